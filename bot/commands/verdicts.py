"""What one rule says to one post: which words hit, or which condition failed."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from bot.commands.context import Context
from bot.commands.queries import explained
from bot.documents import by_channel, document
from bot.locales import Html, Say, bold, deferred, inline, joined, shortened
from bot.query.compile import Directory, decider
from bot.query.errors import QueryError
from bot.query.match import holds, spans
from bot.query.parse import parse
from bot.query.reading import Choices
from bot.query.tree import Document, Tree, loads
from bot.query.why import Part, parts
from bot.understanding import directory
from storage import held, joining, meanings, profiles, rules, told
from storage.held import Keeping
from storage.records import Kept, Reason, Rule, Subscriber
from storage.rules import Stored

PARTS = 6  # conditions that are named of one rule
NAME_UNITS = 80
PART_UNITS = 60
WORD_UNITS = 40
HITS = 5

WHY: Mapping[Reason, str] = {
    Reason.DIGEST: deferred("the rule is told in digests"),
    Reason.QUIET: deferred("it came in quiet hours"),
    Reason.COOLDOWN: deferred("it came soon after another alert of the rule"),
    Reason.LATE: deferred("it was found too long after its posting"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A post, or the parts of an album in their order, as rules see it."""

    posts: Sequence[Kept]
    documents: Sequence[Document]
    stored: dict[int, Stored]
    caught: Set[int]  # the rules that caught it, now or before
    changed: Mapping[int, int]  # when rules were made to mean something else
    told: bool  # whether an alert of it was owed, by whichever rule
    withdrawn: bool  # whether all alerts of it were, before they left
    held: Sequence[Mapping[int, Keeping]]  # of each part: by rule, for which digest it is held
    channels: Directory
    zone: str  # in which times are told

    @property
    def longest(self) -> Document:
        """The part that says most, to be held against a rule that none satisfies."""
        return max(self.documents, key=lambda each: len(each.text))

    def hit(self, rule: Rule) -> int | None:
        """The place of the first part that satisfies a rule."""
        if rule.id not in self.stored:
            return None
        tree = loads(self.stored[rule.id].tree)
        hits = (place for place, seen in enumerate(self.documents) if holds(tree, seen))
        return next(hits, None)


async def judged(
    ctx: Context, posts: Sequence[Kept], of: Sequence[Rule], reader: Subscriber
) -> Judged:
    """The post, ready to be held against these rules of a subscriber."""
    conn = ctx.archive.reader
    labels = by_channel(await profiles.labels(conn))
    documents = [
        document(kept.post, kept.version, kept.deleted_at is not None, labels) for kept in posts
    ]
    ids = [rule.id for rule in of]
    alerts = await joining.states(conn, reader.id, [kept.id for kept in posts])
    stored = await rules.stored(conn, ids)
    matched = await rules.that_matched(conn, reader.id, [kept.id for kept in posts])
    known = await directory(conn)
    return Judged(
        posts,
        documents,
        stored,
        caught={rule.id for rule in matched},
        channels=known,
        zone=reader.zone,
        changed=await meanings.changed(conn, ids),
        told=bool(await told.among(conn, reader.id, [kept.id for kept in posts])),
        withdrawn=bool(alerts) and all(each.withdrawn for each in alerts),
        held=[await held.keeping(conn, ids, kept.id) for kept in posts],
    )


async def verdict(ctx: Context, place: int, rule: Rule, seen: Judged, say: Say) -> Html:
    """Why the rule with this number caught the post, or why not."""
    hit = seen.hit(rule)
    name = bold(shortened(rule.name, NAME_UNITS))
    if hit is not None:
        tree = loads(seen.stored[rule.id].tree)
        lines: Iterable[Html] = (
            _hits(tree, seen.documents[hit], say),
            _held(rule, seen, say) or _unalerted(rule, seen, seen.posts[hit], say),
        )
    else:
        before = say("It fitted before; the post or the rule was changed since.")
        failed = await _failed(ctx, rule, seen, say)
        lines = chain(failed, [before] if rule.id in seen.caught else [])
    return joined("\n", (Html(f"{'❌' if hit is None else '✅'} {place}. {name}"), *lines))


def _hits(tree: Tree, seen: Document, say: Say) -> Html:
    """The words of the post that the rule is after; a rule may be after none."""
    found = dict.fromkeys(seen.text[start:end] for start, end in spans(seen.text, [tree]))
    return say("Found: {words}", words=_words(found, say)) if found else say("Its filters hold.")


def _held(rule: Rule, seen: Judged, say: Say) -> Html:
    """Which digest tells the hit, and why no alert did; empty where none has to."""
    keeping = next((each[rule.id] for each in seen.held if rule.id in each), None)
    if keeping is None:
        return Html()
    if keeping.told_at is not None:
        return say(
            "No alert ({reason}): told in the digest of {moment}.",
            reason=say(WHY[keeping.reason]),
            moment=say.moment(keeping.told_at, seen.zone),
        )
    return say(
        "No alert ({reason}): the digest due on {moment} will tell it.",
        reason=say(WHY[keeping.reason]),
        moment=say.moment(keeping.due_at, seen.zone),
    )


def _unalerted(rule: Rule, seen: Judged, kept: Kept, say: Say) -> Html:
    """Why a rule that holds raised no alert; empty where there was one."""
    if rule.id in seen.caught:
        if seen.withdrawn:
            return say("No alert: the rule was muted before the alert left.")
        was_new = kept.version == 1 and not seen.told
        return say("No alert: the rule was muted when the post came.") if was_new else Html()
    if not kept.via.alerts:
        return say("No alert: the post came as history.")
    if rule.created_at > kept.first_seen_at:
        return say("No alert: the rule is newer than the post.")
    if seen.changed.get(rule.id, 0) > kept.first_seen_at:
        return say("No alert: when the post came it did not fit; the rule was changed since.")
    return say(
        "No alert: when the post came, this chat could not be reached, or the words and labels "
        "of the rule stood for less."
    )


async def _failed(ctx: Context, rule: Rule, seen: Judged, say: Say) -> list[Html]:
    """Which conditions of a rule the post does not meet."""
    held = seen.stored.get(rule.id)
    choices = Choices.loads(held.choices if held else None)

    def unmet() -> list[Part]:
        query = parse(rule.query, rule=True)
        each = parts(query, decider(query, ctx.lexicon, choices, seen.channels), seen.longest)
        return [part for part in each if not part.met]

    try:
        found = await asyncio.to_thread(unmet)
    except QueryError as error:
        told = explained(error)
        return [say(told.text, **told.values)]
    lines = [_unmet(part, say) for part in found[:PARTS]]
    if more := len(found) - len(lines):
        lines.append(say.plural("and {count} more condition", "and {count} more conditions", more))
    return lines or [say("It was understood otherwise when it was kept.")]


def _unmet(part: Part, say: Say) -> Html:
    text = inline(part.text, PART_UNITS)
    if part.negative and part.hits:
        return say(
            "{part} must not be there, but is: {words}", part=text, words=_words(part.hits, say)
        )
    if part.negative:
        return say("{part} must not be so, but is", part=text)
    if part.apart:
        return say("{part}: the words are there, but not together", part=text)
    if part.nearest is not None:
        word = inline(part.nearest, WORD_UNITS)
        return say("{part} is not there; the nearest is {word}", part=text, word=word)
    if part.is_filter:
        return say("{part} does not hold", part=text)
    return say("{part} is not there", part=text)


def _words(hits: Iterable[str], say: Say) -> Html:
    every = list(hits)
    shown = [inline(hit, WORD_UNITS) for hit in every[:HITS]]
    if more := len(every) - len(shown):
        shown.append(Html(f"+{say.number(more)}"))
    return joined(", ", shown)
