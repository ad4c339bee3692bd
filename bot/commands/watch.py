"""/watch: a new rule."""

import aiosqlite

from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.queries import read_query
from bot.locales import Html, Say, deferred, joined
from bot.query.parse import Query, QueryError, parse
from storage import channels, rules
from storage.records import Button, Reply, Rule

MAX_RULES = 200  # of one subscriber

IF_EMPTY = deferred("Write what to watch for after the command: /watch Білогорівка")
HELD_ALREADY = deferred("This is watched here already, as <b>{query}</b>. /rules lists all.")


async def watch(ctx: Context, request: Request) -> Reply:
    """Add the rule, and say how it was understood."""
    if not request.args and ctx.starters:
        return _offer(ctx, request)
    return await _watch(ctx, request, request.args)


async def starter(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Add a rule that was offered."""
    if not 0 <= numbers[0] < len(ctx.starters):
        raise Stale
    return await _watch(ctx, request, ctx.starters[numbers[0]].query)


def _offer(ctx: Context, request: Request) -> Reply:
    """What to write, and some rules to begin with, two in a row."""
    language, here = request.say.language, request.here.id
    buttons = [
        Button(each.titles[language], encode(Verb.STARTER, here, place))
        for place, each in enumerate(ctx.starters)
    ]
    rows = (tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return answer(request.say(IF_EMPTY), *rows)


async def _watch(ctx: Context, request: Request, text: str) -> Reply:
    query = read_query(text, IF_EMPTY)
    async with ctx.archive.transaction() as tx:
        rule = await _add(tx, request.here.id, query, ctx.clock.now())
    count = len(await channels.watched(ctx.archive.reader))
    say = request.say
    return answer(
        joined("\n", (_understood(query, say), _where(count, say))),
        (
            Button(say.plain("Remove"), encode(Verb.UNWATCH, request.here.id, rule.id)),
            Button(say.plain("All rules"), encode(Verb.RULES, request.here.id, 0)),
        ),
    )


async def unwatch(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Take back the rule that was just added."""
    rule = await own_rule(ctx.archive.reader, request, numbers[0])
    async with ctx.archive.transaction() as tx:
        await rules.remove(tx, rule.id, ctx.clock.now())
    return replacement(request.say("No longer watched: <b>{query}</b>", query=rule.query))


async def own_rule(conn: aiosqlite.Connection, request: Request, rule_id: int) -> Rule:
    """A rule of the place where the button was pressed. Raises Stale for any other."""
    rule = await rules.get(conn, rule_id)
    if rule is None or rule.subscriber_id != request.here.id:
        raise Stale
    return rule


async def _add(tx: aiosqlite.Connection, subscriber_id: int, query: Query, now: int) -> Rule:
    """Raises UserError where there is such a rule, or too many."""
    held = await rules.of(tx, subscriber_id)
    for rule in held:
        if _words(rule.query) == frozenset(query.words):
            raise UserError(HELD_ALREADY, query=rule.query)
    if len(held) >= MAX_RULES:
        raise UserError(
            "There are {limit} rules here, and that is the most. Remove one first: /rules",
            limit=MAX_RULES,
        )
    return await rules.add(tx, subscriber_id, query.text, now)


def _words(text: str) -> frozenset[str]:
    """What a rule asks for, in whatever order and letters it was typed."""
    try:
        return frozenset(parse(text).words)
    except QueryError:  # a rule from a time when more was allowed is like no new one
        return frozenset()


def _understood(query: Query, say: Say) -> Html:
    return joined(
        "\n",
        (
            say("New rule: <b>{query}</b>", query=query.text),
            say.plural(
                "A post must have this word: {words}",
                "A post must have each of these words: {words}",
                len(query.words),
                words=", ".join(query.words),
            ),
        ),
    )


def _where(count: int, say: Say) -> Html:
    if not count:
        return say("No channel is watched yet; the rule waits for the first.")
    return say.plural(
        "{count} channel is watched. Alerts come to this chat.",
        "{count} channels are watched. Alerts come to this chat.",
        count,
    )
