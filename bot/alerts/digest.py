"""A digest as its subscriber reads it: what was held, by rule and channel. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.alerts.about import media_line
from bot.alerts.passage import link
from bot.alerts.presses import Verb, encode
from bot.locales import Html, Say, anchor, bare, bold, deferred, inline, joined, shortened, units
from bot.locales.times import DAY, MINUTE, iso_day
from bot.query.errors import QueryError
from bot.query.parse import parse
from bot.query.syntax import Or
from storage.records import Button, Channel, Kept, Message, Reason, Subscriber

ROOM = 4000  # UTF-16 units of visible text; Telegram takes 4096, and plurals differ in length
RULES = 6  # that have a part of their own
NEWEST = 60  # posts that may be listed; with the rules' names Telegram keeps the links of all
NAME_UNITS = 60
TITLE_UNITS = 48
TEXT_UNITS = 80
SEARCH_UNITS = 100
BUTTON_UNITS = 24
LATE = 5 * MINUTE
WEEK = 7 * DAY

WHY: Mapping[Reason, str] = {
    Reason.QUIET: deferred("in quiet hours"),
    Reason.COOLDOWN: deferred("soon after an alert"),
    Reason.LATE: deferred("found late"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A post, or an album by the part that hit."""

    channel: Channel
    kept: Kept
    reason: Reason
    changed: bool = False  # whether it says something else since


@dataclass(frozen=True, slots=True)
class Part:
    """What one rule caught."""

    rule_id: int
    name: str
    query: str
    count: int  # posts that were held
    entries: Sequence[Entry] = ()  # newest first, maybe not all of them
    caught: int = 0  # posts of this time in all, those that were told at once included
    caught_before: int | None = None  # of that time some weeks before, if there was the rule


@dataclass(frozen=True, slots=True)
class Digest:
    """What was held for a subscriber until a time; the rule with the newest post comes first."""

    subscriber: Subscriber
    since_at: int
    due_at: int
    now: int
    count: int  # posts; one that several rules caught is one
    parts: Sequence[Part]

    @property
    def weeks(self) -> int:
        """How far back that time is with which its counts are compared."""
        return max(1, -(-(self.due_at - self.since_at) // WEEK))


def digest(facts: Digest, say: Say) -> Message:
    """The message: of all posts the newest, of the others how many, and how to find them."""
    parts = facts.parts[:RULES]
    heads = [_heading(facts, part, say) for part in parts]
    # The room for what is left out is kept free, as if that were all.
    rests = [_rest(facts, part, 0, say) for part in parts]
    frame = (_title(facts, say), *heads, *rests, _others(facts, say))
    room = ROOM - sum(_size(each) + 2 for each in frame)
    shown = _fitting(_newest(facts, parts, say), room)
    told = [
        joined("\n", (head, *_listed(mine), _rest(facts, part, len(mine), say)))
        for head, part in zip(heads, parts, strict=True)
        for mine in ([line for line in shown if line.rule_id == part.rule_id],)
    ]
    html = joined("\n\n", (_title(facts, say), *told, _others(facts, say)))
    return Message(html, _buttons(facts, parts))


@dataclass(frozen=True, slots=True)
class _Line:
    """A post on its way into the message."""

    rule_id: int
    channel: Channel
    at: int
    html: Html


def _title(facts: Digest, say: Say) -> Html:
    zone = facts.subscriber.zone
    head = say.plural("<b>Digest:</b> {count} post", "<b>Digest:</b> {count} posts", facts.count)
    since = say(
        "since {moment} ({place})", moment=say.moment(facts.since_at, zone), place=say.place(zone)
    )
    late = facts.now - facts.due_at > LATE
    due = say("late: it was due on {moment}", moment=say.moment(facts.due_at, zone))
    return joined("\n", (joined(", ", (head, since)), due if late else Html()))


def _heading(facts: Digest, part: Part, say: Say) -> Html:
    count = say.plural("{count} post", "{count} posts", part.count)
    compared = Html()
    if part.caught_before is not None:
        compared = say.plural(
            "hits of this time: {now}, {count} week before: {before}",
            "hits of this time: {now}, {count} weeks before: {before}",
            facts.weeks,
            now=part.caught,
            before=part.caught_before,
        )
    return joined(" · ", (bold(shortened(part.name, NAME_UNITS)), count, compared))


def _newest(facts: Digest, parts: Iterable[Part], say: Say) -> Sequence[_Line]:
    """The posts of all rules, newest first."""
    every = [
        _Line(part.rule_id, entry.channel, entry.kept.post.posted_at, _entry(facts, entry, say))
        for part in parts
        for entry in part.entries
    ]
    return sorted(every, key=lambda line: -line.at)[:NEWEST]


def _fitting(lines: Iterable[_Line], room: int) -> list[_Line]:
    """As many of the first as there is room for, with the title of a channel once for a rule."""
    fitting: list[_Line] = []
    titled: set[tuple[int, int]] = set()
    for line in lines:
        room -= _size(line.html) + 1
        if (line.rule_id, line.channel.id) not in titled:
            titled.add((line.rule_id, line.channel.id))
            room -= _size(_channel(line.channel)) + 1
        if room < 0:
            break
        fitting.append(line)
    return fitting


def _listed(lines: Sequence[_Line]) -> Iterator[Html]:
    """The lines channel by channel."""
    for channel in {line.channel.id: line.channel for line in lines}.values():
        yield _channel(channel)
        yield from (line.html for line in lines if line.channel.id == channel.id)


def _channel(channel: Channel) -> Html:
    return inline(shortened(channel.title, TITLE_UNITS))


def _entry(facts: Digest, entry: Entry, say: Say) -> Html:
    post, zone = entry.kept.post, facts.subscriber.zone
    today = say.date(post.posted_at, zone) == say.date(facts.due_at, zone)
    when = say.time(post.posted_at, zone) if today else say.moment(post.posted_at, zone)
    text = " ".join(post.text.split()) or bare(media_line([post], say)) or say.plain("no text")
    head = anchor(link(entry.channel, post.message_id), shortened(text, TEXT_UNITS))
    marks = (
        say(WHY[entry.reason]) if entry.reason in WHY else Html(),
        say("edited since") if entry.changed else Html(),
        say("deleted since") if entry.kept.deleted_at is not None else Html(),
    )
    return joined(" · ", (joined(" ", (inline(when), head)), *marks))


def _rest(facts: Digest, part: Part, listed: int, say: Say) -> Html:
    """How many posts of a rule are not listed, and what finds them."""
    left = part.count - listed
    if not left:
        return Html()
    counted = say.plural("and {count} more post", "and {count} more posts", left)
    search = _search(facts, part)
    return joined(": ", (counted, Html(f"<code>{search}</code>") if search else Html()))


def _search(facts: Digest, part: Part) -> Html:
    """A command that finds what a rule caught since then; empty where it would be too long."""
    try:
        alternatives = isinstance(parse(part.query, rule=True).root, Or)
    except QueryError:  # taken when the rule was made, and no longer
        return Html()
    query = f"({part.query})" if alternatives else part.query
    command = f"/search {query} since:{iso_day(facts.since_at, facts.subscriber.zone)}"
    return inline(command) if units(command) <= SEARCH_UNITS else Html()


def _others(facts: Digest, say: Say) -> Html:
    """The rules that have no part of their own."""
    others = facts.parts[RULES:]
    if not others:
        return Html()
    count = sum(part.count for part in others)
    return say.plural(
        "and {count} more rule with {posts}: /rules",
        "and {count} more rules with {posts}: /rules",
        len(others),
        posts=say.plural("{count} post", "{count} posts", count),
    )


def _size(fragment: Html) -> int:
    return units(bare(fragment))


def _buttons(facts: Digest, parts: Sequence[Part]) -> tuple[tuple[Button, ...], ...]:
    """One for each rule, to open it; two in a row."""
    here = facts.subscriber.id
    buttons = [
        Button(
            shortened(part.name, BUTTON_UNITS),
            encode(Verb.OPEN_RULE, here, part.rule_id),
        )
        for part in parts
    ]
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
