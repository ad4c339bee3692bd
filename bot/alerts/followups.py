"""What became of an alerted post, as its subscriber reads it under the alert. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.alerts.about import deletion_line, media_line
from bot.alerts.difference import difference
from bot.alerts.passage import link, passage
from bot.alerts.presses import Verb, encode
from bot.locales import Html, Say, anchor, inline, joined, quote
from bot.query.match import spans
from bot.query.tree import Tree
from storage.records import Absence, Button, Channel, Kept, Message, Post, Subscriber, Version

DIFFERENCE_UNITS = 1500
KEPT_UNITS = 1500
MINUTE = 60_000

Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """An edit: from the state told last to the one that is told now."""

    subscriber: Subscriber
    channel: Channel
    post_id: int
    old: Version
    new: Version
    joined: bool = False  # the alert that is answered is about another post, which this one joined


@dataclass(frozen=True, slots=True)
class Gone:
    """A deletion: of a post, or of parts of an album in their order."""

    subscriber: Subscriber
    channel: Channel
    parts: tuple[Kept, ...]
    of: int  # parts that the album has, with those that are there
    trees: tuple[Tree, ...]  # of the rules that hit, to mark their words
    joined: bool = False  # the alert that is answered is about another post, which this one joined


@dataclass(frozen=True, slots=True)
class Back:
    """A post that was not found, or parts of an album in their order, there again."""

    subscriber: Subscriber
    channel: Channel
    parts: tuple[Kept, ...]
    of: int  # parts that the album has, with those that are not there
    gone_at: int
    back_at: int


def changed(facts: Changed, say: Say) -> Message:
    """What was edited: the words that went and came, and whatever else is another."""
    old, new, zone = facts.old.post, facts.new.post, facts.subscriber.zone
    edited_at = new.edited_at or facts.new.seen_at
    head = (
        _after(say("<b>Edited</b>"), edited_at - new.posted_at, say),
        inline(facts.channel.title),
        _joined(facts, say),
    )
    told = difference(old.text, new.text, DIFFERENCE_UNITS)
    body = (quote(told), *besides(old, new, say, worded=bool(told)))
    moment = say.moment(edited_at, zone)
    foot = (
        say("Edited on {moment} ({place})", moment=moment, place=say.place(zone)),
        _where(facts.channel, new),
    )
    html = joined("\n\n", (joined("\n", head), joined("\n", body), joined("\n", foot)))
    return Message(html, (looking(facts.subscriber, facts.post_id, say),))


def gone(facts: Gone, say: Say) -> Message:
    """The text that was kept, and how long it stood."""
    last, zone = facts.parts[-1], facts.subscriber.zone
    assert last.deleted_at is not None, "it is gone"
    notice = last.absence is not Absence.RECHECK
    head = say("<b>Deleted</b>") if notice else say("<b>Not there any more</b>")
    post = facts.parts[0].post
    head = _after(head, last.deleted_at - post.posted_at, say)
    posts = [kept.post for kept in facts.parts]
    body = (quote(_kept(facts)), media_line(posts, say), _missing(facts, say))
    moment = say.moment(post.posted_at, zone)
    foot = (
        say("Posted on {moment} ({place})", moment=moment, place=say.place(zone)),
        deletion_line(last, zone, say),
        _where(facts.channel, post),
    )
    top = joined("\n", (head, inline(facts.channel.title), _joined(facts, say)))
    html = joined("\n\n", (top, joined("\n", body), joined("\n", foot)))
    return Message(html, (looking(facts.subscriber, facts.parts[0].id, say),))


def back(facts: Back, say: Say) -> Message:
    """That a post is there after all, and how long it seemed to be gone."""
    zone = facts.subscriber.zone
    when = say(
        "It was not found on {gone}, and was found again on {back} ({place})",
        gone=say.moment(facts.gone_at, zone),
        back=say.moment(facts.back_at, zone),
        place=say.place(zone),
    )
    top = joined("\n", (say("<b>It is there again</b>"), inline(facts.channel.title)))
    first = facts.parts[0]
    lines = (_missing(facts, say), when, _where(facts.channel, first.post))
    html = joined("\n\n", (top, joined("\n", lines)))
    return Message(html, (looking(facts.subscriber, first.id, say),))


def looking(subscriber: Subscriber, post_id: int, say: Say) -> Row:
    """The buttons that show what stood around a post, and how it changed."""
    return (
        Button(say.plain("Before and after"), encode(Verb.AROUND, subscriber.id, post_id)),
        Button(say.plain("Versions"), encode(Verb.VERSIONS, subscriber.id, post_id)),
    )


def is_same(old: Post, new: Post) -> bool:
    """Whether two states of a post look alike."""
    return (old.text, old.media, old.content, old.author, old.forward) == (
        new.text, new.media, new.content, new.author, new.forward,
    )  # fmt: skip


def besides(old: Post, new: Post, say: Say, *, worded: bool) -> Sequence[Html]:
    """What besides the words is another; `worded` tells whether words are."""
    return [*(() if worded else _unworded(old, new, say)), *_media(old, new, say)]


def _joined(facts: Changed | Gone, say: Say) -> Html:
    """Why it stands under an alert that may name it by a count alone."""
    return say("It joined the alert that this answers.") if facts.joined else Html()


def _after(what: Html, millis: int, say: Say) -> Html:
    """What happened, and how long after the posting."""
    if millis < MINUTE:
        return joined(" · ", (what, say("less than a minute after posting")))
    return joined(" · ", (what, say("{span} after posting", span=say.span(millis))))


def _unworded(old: Post, new: Post, say: Say) -> Iterable[Html]:
    if old.text != new.text:
        yield say("Only blanks and line breaks were changed.")
    elif _formatting(old) != _formatting(new):
        yield say("The formatting or a link was changed; the words stay.")
    elif _attached(old) == _attached(new):
        yield say("Something besides the words was changed.")


def _media(old: Post, new: Post, say: Say) -> Iterable[Html]:
    if _attached(old) == _attached(new):
        return
    before, after = media_line([old], say), media_line([new], say)
    if before == after:
        other = _identity(old) != _identity(new)
        yield (
            say("Replaced by another: {media}", media=after)
            if other
            else say("Changed: {media}", media=after)
        )
    elif before and after:
        yield say("Before: {media}", media=before)
        yield say("Now: {media}", media=after)
    elif before:
        yield say("Removed: {media}", media=before)
    else:
        yield say("Added: {media}", media=after)


def _attached(post: Post) -> object:
    return post.media, post.content.get("media")


def _identity(post: Post) -> object:
    facts = post.content.get("media")
    return facts.get("id") if isinstance(facts, Mapping) else None


def _formatting(post: Post) -> object:
    return post.content.get("entities"), post.content.get("buttons")


def _kept(facts: Gone) -> Html:
    text = "\n\n".join(kept.post.text.strip() for kept in facts.parts if kept.post.text.strip())
    return passage(text, spans(text, facts.trees), KEPT_UNITS)


def _missing(facts: Gone | Back, say: Say) -> Html:
    if facts.of <= len(facts.parts):
        return Html()
    return say.plural(
        "{count} part of an album of {all}",
        "{count} parts of an album of {all}",
        len(facts.parts),
        all=facts.of,
    )


def _where(channel: Channel, post: Post) -> Html:
    url = link(channel, post.message_id)
    return anchor(url, url.removeprefix("https://"))
