"""The day that the demo plays. All of its texts are samples; see demo.toml."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from seeds.channels import username
from seeds.tables import Table, read

DEMO = Path(__file__).parent / "demo.toml"


@dataclass(frozen=True, slots=True)
class DemoChannel:
    """A channel of the day."""

    username: str
    title: str


@dataclass(frozen=True, slots=True)
class DemoEdit:
    """What a post is changed to. `hits`: the rules that the later text satisfies."""

    at: int
    text: str
    hits: frozenset[str]


@dataclass(frozen=True, slots=True)
class DemoPost:
    """A post of the day, and the rules (by their queries) that it must hit."""

    key: str
    channel: str  # the username
    at: int
    text: str  # of a forward, that of its origin; empty for a photo without a caption
    hits: frozenset[str]
    photo: bool = False
    album: str | None = None  # posts with the same name here are one album
    forward_of: str | None = None  # the key of the origin
    edit: DemoEdit | None = None
    deleted_at: int | None = None


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """What a subscriber asks the bot."""

    at: int
    text: str
    finds: tuple[str, ...] | None  # keys of posts, newest first; None for what is no search


@dataclass(frozen=True, slots=True)
class DemoSubscriber:
    """A person of the day. `rules` are queries, asked for before it begins."""

    name: str
    language: str
    zone: str
    rules: tuple[str, ...]
    asks: tuple[DemoQuestion, ...]


@dataclass(frozen=True, slots=True)
class DemoDay:
    """Everything that happens; posts in the order of their times."""

    notice: str  # to be shown with it: that the texts are samples
    channels: tuple[DemoChannel, ...]
    subscribers: tuple[DemoSubscriber, ...]
    posts: tuple[DemoPost, ...]


def demo_day(path: Path = DEMO) -> DemoDay:
    """Read the day. Raises SeedsError, also where one entry names another that is not there."""
    top = read(path)
    notice = top.take("notice", str)
    channels = tuple(_channel(table) for table in top.tables("channel", label="username"))
    people = top.tables("subscriber", label="name")
    subscribers = tuple(_subscriber(table) for table in people)
    names = {channel.username for channel in channels}
    queries = {query for subscriber in subscribers for query in subscriber.rules}
    posts: dict[str, DemoPost] = {}
    for table in top.tables("post", label="key"):
        post = _post(table, posts)
        _check(table, post, names, queries)
        _check_place(table, post, posts)
        posts[post.key] = post
    for table, subscriber in zip(people, subscribers, strict=True):
        _refuse_unknown(table, "finds", _found(subscriber), posts)
    top.done()
    return DemoDay(notice, channels, subscribers, tuple(posts.values()))


def _channel(table: Table) -> DemoChannel:
    channel = DemoChannel(username(table), table.take("title", str))
    table.done()
    return channel


def _subscriber(table: Table) -> DemoSubscriber:
    subscriber = DemoSubscriber(
        name=table.take("name", str),
        language=table.take("language", str),
        zone=table.take("zone", str),
        rules=table.texts("rules"),
        asks=tuple(_question(each) for each in table.tables("asks", label="text")),
    )
    table.done()
    return subscriber


def _question(table: Table) -> DemoQuestion:
    text = table.take("text", str)
    finds = table.texts("finds")
    question = DemoQuestion(
        table.moment("at"), text, finds if text.startswith("/search ") else None
    )
    table.done()
    return question


def _post(table: Table, earlier: dict[str, DemoPost]) -> DemoPost:
    origin = table.maybe("forward_of", str)
    text = table.maybe("text", str)
    if origin is not None:
        _refuse_unknown(table, "forward_of", [origin], earlier)
        if text is not None:
            raise table.wrong("a forward has the text of its origin: leave text out.")
        text = earlier[origin].text
    post = DemoPost(
        key=table.take("key", str),
        channel=table.take("channel", str),
        at=table.moment("at"),
        text=text or "",
        hits=frozenset(table.texts("hits")),
        photo=table.maybe("photo", bool) or False,
        album=table.maybe("album", str),
        forward_of=origin,
        edit=_edit(table.table("edit")),
        deleted_at=table.maybe_moment("deleted_at"),
    )
    table.done()
    return post


def _edit(table: Table | None) -> DemoEdit | None:
    if table is None:
        return None
    edit = DemoEdit(table.moment("at"), table.take("text", str), frozenset(table.texts("hits")))
    table.done()
    return edit


def _check(table: Table, post: DemoPost, channels: set[str], queries: set[str]) -> None:
    _refuse_unknown(table, "channel", [post.channel], channels)
    _refuse_unknown(table, "hits", post.hits | (post.edit.hits if post.edit else set()), queries)
    if not post.text and not post.photo:
        raise table.wrong("it needs a text, a photo or forward_of.")
    later = [post.edit.at if post.edit else None, post.deleted_at]
    if any(at is not None and at <= post.at for at in later):
        raise table.wrong("it is edited or deleted before it is posted.")


def _check_place(table: Table, post: DemoPost, earlier: dict[str, DemoPost]) -> None:
    if post.key in earlier:
        raise table.wrong("another post has this key.")
    if any(other.at > post.at for other in earlier.values()):
        raise table.wrong("it is earlier than the one before it: put posts in the order of time.")


def _refuse_unknown(table: Table, key: str, named: Iterable[str], known: Iterable[str]) -> None:
    strange = sorted(set(named) - set(known))
    if strange:
        raise table.wrong(f"{key} names {strange[0]!r}, which is nowhere in this file.")


def _found(subscriber: DemoSubscriber) -> set[str]:
    return {key for question in subscriber.asks for key in question.finds or ()}
