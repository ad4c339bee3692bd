"""An alert as its subscriber reads it. Pure: facts in, a message out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.alerts.about import deletion_line, kind_of, media_line, origin_line
from bot.alerts.also import Joined, also_line
from bot.alerts.followups import looking
from bot.alerts.passage import link, passage
from bot.alerts.presses import UNTIL_WOKEN, Verb, encode
from bot.locales import (
    INLINE_UNITS,
    Html,
    Say,
    anchor,
    bare,
    deferred,
    inline,
    joined,
    quote,
    shortened,
    units,
)
from bot.query.match import spans
from bot.query.tree import Tree
from storage.records import (
    TEXT_UNITS,
    Button,
    Channel,
    Kept,
    Message,
    Mode,
    Office,
    Rule,
    Subscriber,
)

PASSAGE_UNITS = 700
ALSO_UNITS = 700  # of what joined it
LEAST_PASSAGE = 240  # what others wrote around it is cut before the passage is cut further
WIDTHS = (INLINE_UNITS, 80, 40, 20)  # of what others wrote in a line of ours, the widest that fits
QUERY_UNITS = 80  # of a rule's name in the title line
QUERY_BUTTON_UNITS = 24
RULES_NAMED = 5
RULES_MUTABLE = 3
MINUTE = 60_000
MUTES = ((1, deferred("Mute 1 h")), (24, deferred("24 h")), (UNTIL_WOKEN, deferred("Until woken")))


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alert tells, as known at `now`."""

    subscriber: Subscriber
    channel: Channel
    office: Office | None  # with its holder on the day of the post
    posts: tuple[Kept, ...]  # one, or the parts of an album in their order, as they matched
    rules: tuple[Rule, ...]  # of this subscriber, those that hit and were not removed since
    trees: tuple[Tree, ...]  # what these rules ask for
    by_edit: bool  # whether it was an edit that made them hit
    now: int
    later_part: bool = False  # whether its album was told of before it came
    origin: Channel | None = None  # where it was forwarded from, if we know that channel
    changed_at: int | None = None  # when it was edited last, if that was after it matched
    also: Joined = field(default_factory=Joined)  # what joined it
    limit: int = TEXT_UNITS  # how many UTF-16 units the message may have


def alert(facts: Facts, say: Say) -> Message:
    """The message: what hit, who said it, the words around the hits, when, where.

    At most `facts.limit` UTF-16 units of visible text whatever the post holds, since every part
    of it has a bound of its own: names are cut first, then the passage.
    """
    for width in WIDTHS:
        shell = _around(facts, Html(), width, say)
        room = facts.limit - units(bare(shell)) - 4  # … on both sides, and its own lines
        if room >= LEAST_PASSAGE:
            break
    html = _around(facts, _passage(facts, min(room, PASSAGE_UNITS)), width, say)
    hit = [*facts.rules, *facts.also.hit]
    silent = bool(hit) and all(rule.handling.mode is Mode.SILENT for rule in hit)
    return Message(html, _buttons(facts, say), silent)


def _around(facts: Facts, shown: Html, width: int, say: Say) -> Html:
    """All of the message, around a passage."""
    head = joined("\n", (_title(facts, width, say), _speaker(facts, width)))
    body = joined("\n", (quote(shown), *_attached(facts, width, say)))
    foot = joined("\n", (_when(facts, say), *_since(facts, say), _where(facts)))
    return joined("\n\n", (head, body, foot))


def _title(facts: Facts, width: int, say: Say) -> Html:
    """The rules, what kind of post it is, then what is unusual about this alert."""
    forwarded = say("forwarded") if facts.posts[0].post.forward else Html()
    return joined(
        " · ",
        (
            _rules(facts, min(width, QUERY_UNITS), say),
            kind_of([kept.post for kept in facts.posts], say),
            forwarded,
            say("after an edit") if facts.by_edit else Html(),
            say("a further part of an album") if facts.later_part else Html(),
            _late(facts, say),
        ),
    )


def _rules(facts: Facts, width: int, say: Say) -> Html:
    """Those that hit; where they are muted since, those that only what joined it hit."""
    rules = facts.rules or facts.also.hit
    if not rules:
        return say("a rule that was removed since")
    named = [Html(f"<b>{inline(rule.name, width)}</b>") for rule in rules[:RULES_NAMED]]
    more = len(rules) - len(named)
    if more:
        named.append(say.plural("and {count} more rule", "and {count} more rules", more))
    return joined(", ", named)


def _late(facts: Facts, say: Say) -> Html:
    post = facts.posts[0].post
    since = post.edited_at if facts.by_edit and post.edited_at else post.posted_at
    late = facts.now - since
    return say("{span} late", span=say.span(late)) if late > MINUTE else Html()


def _speaker(facts: Facts, width: int) -> Html:
    """The channel; then office and holder, as far as its title does not name them already."""
    title = facts.channel.title
    office = facts.office
    told = (office.title, office.holder or "") if office else ()
    new = [inline(part, width) for part in told if part and part.casefold() not in title.casefold()]
    return joined("\n", (inline(title, width), joined(", ", new)))


def _passage(facts: Facts, size: int) -> Html:
    text = "\n\n".join(kept.post.text.strip() for kept in facts.posts if kept.post.text.strip())
    return passage(text, spans(text, facts.trees), size)


def _attached(facts: Facts, width: int, say: Say) -> Iterable[Html]:
    """What is attached, where that is more than the title says; the origin; what joined it."""
    posts, zone = [kept.post for kept in facts.posts], facts.subscriber.zone
    media = media_line(posts, say, width)
    yield Html() if media == kind_of(posts, say) else media
    yield origin_line(posts[0], facts.origin, zone, say, width)
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
    if facts.changed_at is not None:
        moment = say.moment(facts.changed_at, zone)
        yield say("Edited since, on {moment}: this is what it said before.", moment=moment)
    if all(kept.deleted_at is not None for kept in facts.posts):
        yield deletion_line(facts.posts[-1], zone, say)


def _where(facts: Facts) -> Html:
    url = _url(facts)
    return anchor(url, url.removeprefix("https://"))


def _url(facts: Facts) -> str:
    return link(facts.channel, facts.posts[0].post.message_id)


def _buttons(facts: Facts, say: Say) -> tuple[tuple[Button, ...], ...]:
    reader, post_id = facts.subscriber.id, facts.posts[0].id
    opening = Button(say.plain("Open the post"), url=_url(facts))
    judging = Button(say.plain("Not relevant"), encode(Verb.NOT_RELEVANT, reader, post_id))
    return (
        (opening, judging) if facts.rules else (opening,),
        looking(facts.subscriber, post_id, say),
        *(_mute(facts, rule, say) for rule in facts.rules[:RULES_MUTABLE]),
    )


def _mute(facts: Facts, rule: Rule, say: Say) -> tuple[Button, ...]:
    """Buttons that silence one rule; the first names it where there are several."""
    texts = [say.plain(text) for _, text in MUTES]
    if len(facts.rules) > 1:
        name = shortened(rule.name, QUERY_BUTTON_UNITS)
        texts[0] = say.plain("Mute “{rule}” {hours} h", rule=name, hours=MUTES[0][0])
    return tuple(
        Button(text, encode(Verb.MUTE, facts.subscriber.id, rule.id, hours))
        for text, (hours, _) in zip(texts, MUTES, strict=True)
    )
