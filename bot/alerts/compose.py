"""An alert as its subscriber reads it. Pure: facts in, a message out."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.alerts.about import deletion_line, media_line, origin_line
from bot.alerts.also import Also, also_line
from bot.alerts.passage import link, passage
from bot.alerts.presses import Verb, encode
from bot.locales import Html, Say, anchor, bold, inline, joined, quote, shortened
from bot.query.match import spans
from bot.query.tree import Tree
from storage.records import TEXT_UNITS, Button, Channel, Kept, Message, Office, Rule, Subscriber

PASSAGE_UNITS = 700
ALSO_UNITS = 700  # of what joined it
QUERY_UNITS = 80  # of a rule's text in the title line
QUERY_BUTTON_UNITS = 24
RULES_NAMED = 5
RULES_MUTABLE = 3
MINUTE = 60_000
MUTE_HOURS = (1, 24)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alert tells, as known at `now`."""

    subscriber: Subscriber
    channel: Channel
    office: Office | None  # with its holder on the day of the post
    posts: tuple[Kept, ...]  # one, or the parts of an album in their order
    rules: tuple[Rule, ...]  # of this subscriber, those that hit and were not removed since
    trees: tuple[Tree, ...]  # what these rules ask for
    by_edit: bool  # whether it was an edit that made them hit
    now: int
    later_part: bool = False  # whether its album was told of before it came
    origin: Channel | None = None  # where it was forwarded from, if we know that channel
    also: tuple[Also, ...] = ()  # what joined it
    limit: int = TEXT_UNITS  # how many UTF-16 units the message may have


def alert(facts: Facts, say: Say) -> Message:
    """The message: what hit, who said it, the words around the hits, when, where.

    At most 4096 UTF-16 units of visible text whatever the post holds, since every part of
    it has a bound of its own.
    """
    head = joined("\n", (_title(facts, say), _speaker(facts)))
    body = joined("\n", (quote(_passage(facts)), *_attached(facts, say)))
    foot = joined("\n", (_when(facts, say), *_since(facts, say), _where(facts)))
    return Message(joined("\n\n", (head, body, foot)), _buttons(facts, say))


def _title(facts: Facts, say: Say) -> Html:
    """The rules, then what is unusual about this alert."""
    edited = say("after an edit") if facts.by_edit else Html()
    part = say("a further part of an album") if facts.later_part else Html()
    return joined(" · ", (_rules(facts, say), edited, part, _late(facts, say)))


def _rules(facts: Facts, say: Say) -> Html:
    if not facts.rules:
        return say("a rule that was removed since")
    named = [bold(shortened(rule.name, QUERY_UNITS)) for rule in facts.rules[:RULES_NAMED]]
    more = len(facts.rules) - len(named)
    if more:
        named.append(say.plural("and {count} more rule", "and {count} more rules", more))
    return joined(", ", named)


def _late(facts: Facts, say: Say) -> Html:
    post = facts.posts[0].post
    since = post.edited_at if facts.by_edit and post.edited_at else post.posted_at
    late = facts.now - since
    return say("{span} late", span=say.span(late)) if late > MINUTE else Html()


def _speaker(facts: Facts) -> Html:
    """The channel; then office and holder, as far as its title does not name them already."""
    title = facts.channel.title
    office = facts.office
    told = (office.title, office.holder or "") if office else ()
    new = [inline(part) for part in told if part and part.casefold() not in title.casefold()]
    return joined("\n", (inline(title), joined(", ", new)))


def _passage(facts: Facts) -> Html:
    text = "\n\n".join(kept.post.text.strip() for kept in facts.posts if kept.post.text.strip())
    return passage(text, spans(text, facts.trees), min(PASSAGE_UNITS, facts.limit // 2))


def _attached(facts: Facts, say: Say) -> Iterable[Html]:
    posts, zone = [kept.post for kept in facts.posts], facts.subscriber.zone
    yield media_line(posts, say)
    yield origin_line(posts[0], facts.origin, zone, say)
    yield also_line(facts.also, posts[0], zone, min(ALSO_UNITS, facts.limit // 4), say)


def _when(facts: Facts, say: Say) -> Html:
    """The time of posting in the subscriber's zone and in UTC, each with its day if they differ."""
    at, zone = facts.posts[0].post.posted_at, facts.subscriber.zone
    place = say.place(zone)
    here = inline(f"{say.moment(at, zone)} {place}")
    if place == "UTC":
        return here
    same_day = say.date(at, zone) == say.date(at, "UTC")
    utc = say.time(at, "UTC") if same_day else say.moment(at, "UTC")
    return joined(" · ", (here, inline(f"{utc} UTC")))


def _since(facts: Facts, say: Say) -> Iterable[Html]:
    """What happened after the posting. An album counts as deleted when all of it is."""
    zone = facts.subscriber.zone
    edited_at = facts.posts[0].post.edited_at
    if facts.by_edit and edited_at is not None:
        yield say("Edited on {moment}", moment=say.moment(edited_at, zone))
    if all(kept.deleted_at is not None for kept in facts.posts):
        yield deletion_line(facts.posts[-1], zone, say)


def _where(facts: Facts) -> Html:
    url = _url(facts)
    return anchor(url, url.removeprefix("https://"))


def _url(facts: Facts) -> str:
    return link(facts.channel, facts.posts[0].post.message_id)


def _buttons(facts: Facts, say: Say) -> tuple[tuple[Button, ...], ...]:
    opening = (Button(say.plain("Open the post"), url=_url(facts)),)
    return (opening, *(_mute(facts, rule, say) for rule in facts.rules[:RULES_MUTABLE]))


def _mute(facts: Facts, rule: Rule, say: Say) -> tuple[Button, ...]:
    """Buttons that silence one rule; they name it where there are several."""
    return tuple(
        Button(
            _mute_text(facts, rule, hours, say),
            encode(Verb.MUTE, facts.subscriber.id, rule.id, hours),
        )
        for hours in MUTE_HOURS
    )


def _mute_text(facts: Facts, rule: Rule, hours: int, say: Say) -> str:
    if len(facts.rules) == 1:
        return say.plain("Mute {hours} h", hours=hours)
    name = shortened(rule.name, QUERY_BUTTON_UNITS)
    return say.plain("Mute “{rule}” {hours} h", rule=name, hours=hours)
