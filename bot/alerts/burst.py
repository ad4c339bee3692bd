"""A mass deletion as it is told: to the owner, and to those who were alerted to its posts. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.alerts.about import media_line
from bot.alerts.passage import link
from bot.locales import (
    Html,
    Say,
    anchor,
    bare,
    clean,
    fitting,
    inline,
    joined,
    shortened,
    units,
)
from storage.bursts import Burst
from storage.records import TEXT_UNITS, Absence, Channel, Document, Kept, Message

SHOWN = 5  # posts that the message names; the file has all
SHOWN_UNITS = 60  # of their first words
TITLE_UNITS = 80
LINKS = 90  # posts that a message without the file names: Telegram shows a hundred links
LISTED = 10_000  # posts that the file names
LISTED_UNITS = 100  # of their first words
READ = 400  # characters in which these are looked for


@dataclass(frozen=True, slots=True)
class Lost:
    """The posts that went in one burst, oldest first, as one reader is told of them: those that
    are gone, or those that are there again.
    """

    burst: Burst
    channel: Channel
    posts: Sequence[Kept]
    zone: str


def mass_deletion(lost: Lost, say: Say) -> Message:
    """To the owner: how many posts went, from when to when; and that nothing is lost here."""
    head = say.plural(
        "<b>Mass deletion:</b> {count} post of <b>{title}</b> was deleted. {noticed} Its text and "
        "all its versions stay in the archive.",
        "<b>Mass deletion:</b> {count} posts of <b>{title}</b> were deleted. {noticed} Their texts "
        "and all their versions stay in the archive.",
        lost.burst.posts,
        title=lost.channel.title,
        noticed=_noticed(lost, (lost.burst.since_at, lost.burst.until_at), say),
    )
    if not lost.posts:
        return Message(head)
    alone = _alone(head, lost, say("The list could not be sent here as a file."), say)
    return Message(head, document=_file(lost, say), without_document=alone)


def purge(lost: Lost, say: Say) -> Message:
    """To a subscriber: which of the posts went that it was alerted to. Fits a caption."""
    title = inline(lost.channel.title, TITLE_UNITS)
    stories = _stories(lost.posts)
    if all(kept.absence is Absence.RECHECK for kept in lost.posts):
        head = say.plural(
            "<b>Not there any more:</b> {count} post of <b>{title}</b> you were alerted to.",
            "<b>Not there any more:</b> {count} posts of <b>{title}</b> you were alerted to.",
            len(stories),
            title=title,
        )
    else:
        head = say.plural(
            "<b>Mass deletion:</b> {count} post of <b>{title}</b> you were alerted to is gone.",
            "<b>Mass deletion:</b> {count} posts of <b>{title}</b> you were alerted to are gone.",
            len(stories),
            title=title,
        )
    lines = [_line(lost, kept, say) for kept in stories[:SHOWN]]
    when = _when(lost, say)
    foot = (when, say("All of them are in the file, and their texts in the archive."))
    html = _around(head, lines, len(stories), joined("\n", foot), say)
    missing = (
        when,
        say("The list could not be sent here as a file."),
        say("All texts are in the archive."),
    )
    alone = _alone(head, lost, joined("\n", missing), say)
    return Message(html, document=_file(lost, say), without_document=alone)


def _around(head: Html, lines: Sequence[Html], of: int, foot: Html, say: Say) -> Html:
    """The first lines of so many between head and foot, and how many more there are."""
    more = of - len(lines)
    rest = say.plural("and {count} more post", "and {count} more posts", more) if more else Html()
    return joined("\n\n", (head, joined("\n", (*lines, rest)), foot))


def _alone(head: Html, lost: Lost, foot: Html, say: Say) -> Html:
    """What is said where the file may not be sent: as many of its lines as a message holds."""
    stories = _stories(lost.posts)
    room = TEXT_UNITS - units(bare(_around(head, (), len(stories), foot, say))) - 2
    lines = fitting((_line(lost, kept, say) for kept in stories[:LINKS]), room)
    return _around(head, lines, len(stories), foot, say)


def there_again(found: Lost, say: Say) -> Message:
    """To a subscriber: how many posts of a burst are there after all, in one line."""
    html = say.plural(
        "<b>There again:</b> {count} post of <b>{title}</b> that was not found when checked on "
        "{moment} ({place}).",
        "<b>There again:</b> {count} posts of <b>{title}</b> that were not found when checked on "
        "{moment} ({place}).",
        len(_stories(found.posts)),
        title=inline(found.channel.title, TITLE_UNITS),
        moment=say.moment(found.burst.since_at, found.zone),
        place=say.place(found.zone),
    )
    return Message(html)


def _when(lost: Lost, say: Say) -> Html:
    """From when to when it was noticed: by the posts, since not all of a burst may be told."""
    times = [kept.deleted_at or 0 for kept in lost.posts]
    return _noticed(lost, (min(times), max(times)), say)


def _noticed(lost: Lost, between: tuple[int, int], say: Say) -> Html:
    since, until = (say.moment(at, lost.zone) for at in between)
    place = say.place(lost.zone)
    if since == until:
        return say("Noticed on {moment} ({place}).", moment=until, place=place)
    return say("Noticed from {since} to {until} ({place}).", since=since, until=until, place=place)


def _stories(posts: Iterable[Kept]) -> list[Kept]:
    """One post of each album: the first that has words, or else the first."""
    found: dict[str, Kept] = {}
    for kept in posts:
        first = found.setdefault(kept.post.story, kept)
        if kept.post.text.strip() and not first.post.text.strip():
            found[kept.post.story] = kept
    return list(found.values())


def _line(lost: Lost, kept: Kept, say: Say) -> Html:
    moment = say.moment(kept.post.posted_at, lost.zone)
    url = link(lost.channel, kept.post.message_id)
    return joined(" · ", (anchor(url, moment), inline(_first_words(kept, say), SHOWN_UNITS)))


def _first_words(kept: Kept, say: Say) -> str:
    words = clean(kept.post.text[:READ]).split()
    return " ".join(words) or clean(bare(media_line([kept.post], say)))


def _file(lost: Lost, say: Say) -> Document:
    """All of them, a line each: when, where, the first words."""
    stories = _stories(lost.posts)
    head = (
        say.plain("Channel: {title}", title=lost.channel.title),
        say.plain("Deleted posts: {count}", count=len(stories)),
        bare(_when(lost, say)),
        "",
    )
    lines = [_listed(lost, kept, say) for kept in stories[:LISTED]]
    more = len(stories) - len(lines)
    tail = (bare(say.plural("and {count} more post", "and {count} more posts", more)),) * bool(more)
    name = re.sub(r"\W", "", lost.channel.username or str(lost.channel.id), flags=re.ASCII)
    text = "\n".join((*head, *lines, *tail, ""))
    return Document(f"deleted-{name}-{lost.burst.id}.txt", text.encode())


def _listed(lost: Lost, kept: Kept, say: Say) -> str:
    parts = (
        say.moment(kept.post.posted_at, lost.zone),
        link(lost.channel, kept.post.message_id),
        shortened(_first_words(kept, say), LISTED_UNITS),
    )
    return "  ".join(part for part in parts if part)
