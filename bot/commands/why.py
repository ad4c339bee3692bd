"""/why: for each rule, why it caught a post, or why not."""

import asyncio
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.alerts.passage import link
from bot.commands.context import Context, Request, UserError, answer
from bot.commands.targets import HOSTS
from bot.documents import by_channel, document
from bot.locales import Html, Say, anchor, bold, deferred, inline, joined, shortened
from bot.query.compile import decider
from bot.query.errors import QueryError
from bot.query.match import holds, spans
from bot.query.parse import parse
from bot.query.reading import Choices
from bot.query.tree import Document, Tree, loads
from bot.query.why import Part, parts
from bot.understanding import directory
from storage import channels, posts, profiles
from storage import rules as rule_table
from storage.records import Channel, Kept, Reply, Rule
from storage.rules import Stored

EXPLAINED = 10  # rules; of more one is asked for by its number
PARTS = 6  # conditions that are named of one rule
NAME_UNITS = 80
PART_UNITS = 60
WORD_UNITS = 40
HITS = 5

IF_EMPTY = deferred("Write the link of a post after the command: /why https://t.me/name/123")
_MESSAGE = re.compile(r"[1-9]\d{0,9}")


async def why(ctx: Context, request: Request) -> Reply:
    """What each rule of this place, or the one whose number is given, says to a post."""
    target, _, number = request.args.partition(" ")
    if not target:
        raise UserError(IF_EMPTY)
    kept, channel = await _post(ctx, target)
    rules = await rule_table.of(ctx.archive.reader, request.here.id)
    if not rules:
        raise UserError("Nothing is watched for here yet. Begin with /watch Білогорівка")
    chosen = list(enumerate(rules, 1))
    if number.strip():
        chosen = [(place, rule) for place, rule in chosen if str(place) == number.strip()]
        if not chosen:
            raise UserError("There is no such rule here. /rules lists all with their numbers.")
    lines = await _lines(ctx, request, kept, chosen)
    head = anchor(link(channel, kept.post.message_id), channel.title)
    return answer(joined("\n\n", (head, *lines)))


async def _post(ctx: Context, text: str) -> tuple[Kept, Channel]:
    """The post of the archive that a link leads to. Raises UserError."""
    name, message_id = read_link(text)
    conn = ctx.archive.reader
    named = name.isdecimal()
    channel = await channels.get(conn, int(name)) if named else await channels.named(conn, name)
    if channel is None:
        raise UserError("“{name}” is not watched. /channels lists what is.", name=name)
    kept = await posts.get(conn, channel.id, message_id)
    if kept is None:
        raise UserError(
            "Post {number} of {channel} is not in the archive. /coverage tells what is.",
            number=message_id,
            channel=channel.title,
        )
    return kept, channel


def read_link(text: str) -> tuple[str, int]:
    """The channel (its name, or its id) and the message of a link. Raises UserError."""
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
        host = (url.hostname or "").removeprefix("www.")
    except ValueError:
        raise UserError(IF_EMPTY) from None
    path = [part for part in url.path.split("/") if part and part not in ("s", "c")]
    if host not in HOSTS or len(path) < 2 or not _MESSAGE.fullmatch(path[-1]):
        raise UserError(IF_EMPTY)
    return path[0], int(path[-1])


async def _lines(
    ctx: Context, request: Request, kept: Kept, chosen: Sequence[tuple[int, Rule]]
) -> list[Html]:
    """The rules that caught the post, then those that did not."""
    conn, say = ctx.archive.reader, request.say
    labels = by_channel(await profiles.labels(conn))
    seen = document(kept.post, kept.version, kept.deleted_at is not None, labels)
    held = await rule_table.stored(conn, [rule.id for _, rule in chosen])
    trees = {rule_id: loads(each.tree) for rule_id, each in held.items()}
    hit = {rule_id for rule_id, tree in trees.items() if holds(tree, seen)}
    ordered = sorted(chosen, key=lambda each: each[1].id not in hit)
    lines: list[Html] = []
    for place, rule in ordered[:EXPLAINED]:
        told = _title(place, rule, rule.id in hit)
        if rule.id in hit:
            lines.append(
                joined("\n", (told, _hits(trees[rule.id], seen, say), _late(rule, kept, say)))
            )
        else:
            lines.append(
                joined("\n", (told, *await _failed(ctx, rule, held.get(rule.id), seen, say)))
            )
    if more := len(ordered) - len(lines):
        lines.append(say("…and {count} more; add a rule’s number to ask about it.", count=more))
    return lines


def _title(place: int, rule: Rule, hit: bool) -> Html:
    return Html(f"{'✅' if hit else '❌'} {place}. {bold(shortened(rule.name, NAME_UNITS))}")


def _hits(tree: Tree, seen: Document, say: Say) -> Html:
    """The words of the post that the rule is after; a rule may be after none."""
    hits = dict.fromkeys(seen.text[start:end] for start, end in spans(seen.text, [tree]))
    words = joined(", ", [inline(hit, WORD_UNITS) for hit in list(hits)[:HITS]])
    return say("Found: {words}", words=words) if words else say("Its filters hold.")


def _late(rule: Rule, kept: Kept, say: Say) -> Html:
    """Why a rule that holds may have raised no alert."""
    if not kept.via.alerts:
        return say("The post came as history, which is not alerted.")
    if rule.created_at > kept.first_seen_at:
        return say("The rule is newer than the post.")
    return Html()


async def _failed(
    ctx: Context, rule: Rule, held: Stored | None, seen: Document, say: Say
) -> list[Html]:
    """Which conditions of a rule the post does not meet."""
    choices = Choices.loads(held.choices if held else None)
    known = await directory(ctx.archive.reader)

    def explained() -> list[Part]:
        query = parse(rule.query, rule=True)
        return parts(query, decider(query, ctx.lexicon, choices, known), seen)

    try:
        each = await asyncio.to_thread(explained)
    except QueryError:  # it names a channel that is gone, and waits for it in vain
        return [say("This rule cannot be read any more.")]
    return [_unmet(part, say) for part in each if not part.met][:PARTS]


def _unmet(part: Part, say: Say) -> Html:
    text = inline(part.text, PART_UNITS)
    if part.negative:
        words = joined(", ", [inline(hit, WORD_UNITS) for hit in part.hits])
        return say("{part} must not be there, but is: {words}", part=text, words=words)
    if part.apart:
        return say("{part}: the words are there, but not together", part=text)
    if part.nearest is not None:
        return say("{part} is not there; the nearest is {word}", part=text, word=part.nearest)
    return say("{part}: no", part=text)
