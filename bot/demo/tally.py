"""The count at the end: what the channels posted against what was saved and delivered."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.demo.expectation import alerted_by_edit, hits, told_of_deletion, told_of_edit
from bot.demo.stage import Stage
from bot.query.words import norm
from bot.sandbox.channels import Post
from bot.sandbox.inbox import Received
from seeds import DemoDay, DemoPost
from storage import posts, rules
from storage.db import openers
from storage.records import Kept

Told = Counter[tuple[str, str]]  # (subscriber, link of the post)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Messages of one sort: those that the seeds promise, and those that came."""

    expected: Told
    came: Told

    @property
    def lost(self) -> int:
        return (self.expected - self.came).total()

    @property
    def doubled(self) -> int:
        return (self.came - self.expected).total()


@dataclass(frozen=True, slots=True)
class Tally:
    """Counted from the archive and from what the sandbox handed to each reader."""

    posted: int
    saved: int
    matched: int
    alerts: Delivered
    follow_ups: Delivered  # edits and deletions of what was alerted
    wrongs: tuple[str, ...]

    @property
    def lost(self) -> int:
        return self.posted - self.saved + self.alerts.lost + self.follow_ups.lost

    @property
    def doubled(self) -> int:
        return self.alerts.doubled + self.follow_ups.doubled

    @property
    def well(self) -> bool:
        return not (self.lost or self.doubled or self.wrongs)

    def rows(self) -> Iterator[tuple[str, int, str]]:
        yield "posted", self.posted, "posts in the channels; two were edited, one deleted"
        yield "saved", self.saved, "of them, in the state the channel left them in"
        yield "matched", self.matched, "times a rule caught a post"
        alerts, later = self.alerts, self.follow_ups
        yield "delivered", alerts.came.total(), f"alerts, of {alerts.expected.total()} due"
        due = f"edits and deletions told under them, of {later.expected.total()} due"
        yield "followed", later.came.total(), due
        yield "lost", self.lost, "posts, alerts or what followed them"
        yield "doubled", self.doubled, "of these messages"


async def count(stage: Stage, day: DemoDay, posted: dict[str, Post], wrongs: list[str]) -> Tally:
    """Compare the archive and the inboxes with the day."""
    async with openers(stage.settings.archive, norm).reader() as conn:
        kept = {
            post.key: await posts.get(conn, posted[post.key].channel.id, posted[post.key].id)
            for post in day.posts
        }
        caught = await rules.hits(conn, [rule.id for rule in await rules.every(conn)])
    saved = [post for post in day.posts if _as_shown_last(post, kept[post.key])]
    return Tally(
        posted=len(day.posts),
        saved=len(saved),
        matched=sum(caught.values()),
        alerts=Delivered(_alerts_due(day, posted), _told(stage, alerts=True)),
        follow_ups=Delivered(_follow_ups_due(day, posted), _told(stage, alerts=False)),
        wrongs=tuple(wrongs),
    )


def _as_shown_last(post: DemoPost, kept: Kept | None) -> bool:
    if kept is None:
        return False
    text = post.edit.text if post.edit else post.text
    gone = kept.deleted_at is not None
    return kept.post.text == text and gone is (post.deleted_at is not None)


def _alerts_due(day: DemoDay, posted: dict[str, Post]) -> Told:
    """An alert for every post or album that hits, and for every edit that does so first."""
    due: Told = Counter()
    for subscriber in day.subscribers:
        hit = {_first_part(day, post) for post in day.posts if hits(subscriber, post.hits)}
        edited = [post.key for post in day.posts if alerted_by_edit(subscriber, post)]
        due.update((subscriber.name, posted[key].link) for key in (*hit, *edited))
    return due


def _follow_ups_due(day: DemoDay, posted: dict[str, Post]) -> Told:
    """A message for every edit and every deletion of what was alerted."""
    return Counter(
        (subscriber.name, posted[post.key].link)
        for subscriber in day.subscribers
        for told in (told_of_edit, told_of_deletion)
        for post in day.posts
        if told(subscriber, post)
    )


def _first_part(day: DemoDay, post: DemoPost) -> str:
    """The key of the post by whose link an alert is known."""
    if post.album is None:
        return post.key
    return next(part.key for part in day.posts if part.album == post.album)


def _told(stage: Stage, *, alerts: bool) -> Told:
    """What was received about posts. An alert's first button opens the post; what follows it has
    the same link, and only buttons that look closer."""
    return Counter(
        (name, _link(message))
        for name, reader in stage.readers.items()
        for message in reader.inbox
        if _looks_closer(message) and bool(message.buttons[0][0].url) is alerts
    )


def _link(message: Received) -> str:
    """The post that a message is about, which it links to last."""
    urls = [url for entity in message.entities if (url := getattr(entity, "url", None))]
    return str(urls[-1]) if urls else ""


def _looks_closer(message: Received) -> bool:
    """Whether a button under it shows the versions of a post."""
    data = [button.data or b"" for row in message.buttons for button in row]
    return any(each.startswith(b"vers:") for each in data)
