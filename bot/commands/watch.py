"""/watch: a new rule, shown before it is kept."""

from bot.alerts.presses import Verb, encode
from bot.commands.asking import meaning
from bot.commands.card import card
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.held import HELD_ALREADY, Held, held, own_rule
from bot.commands.queries import read_query
from bot.locales import deferred
from bot.query.reading import Choices
from bot.understanding import stored
from storage import rules
from storage.records import Button, Reply, Rule
from storage.rules import RuleExists

MAX_RULES = 200  # of one subscriber

IF_EMPTY = deferred("Write what to watch for after the command: /watch Білогорівка")


async def watch(ctx: Context, request: Request) -> Reply:
    """Show how the rule was understood, and what it would have caught."""
    if not request.args and ctx.starters:
        return _offer(ctx, request)
    return await propose(ctx, request, request.args)


async def starter(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Show a rule that was offered."""
    if not 0 <= numbers[0] < len(ctx.starters):
        raise Stale
    return await propose(ctx, request, ctx.starters[numbers[0]].query)


async def keep(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Take the rule into use."""
    rule = await own_rule(ctx.archive.reader, request, numbers[0])
    if rule.pending:
        await _keep(ctx, request, rule)
    return await _shown(ctx, request, rule.id, request.say.plain("Kept. Alerts come to this chat."))


async def drop(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Take the rule back."""
    rule = await own_rule(ctx.archive.reader, request, numbers[0])
    async with ctx.archive.transaction() as tx:
        await rules.remove(tx, rule.id, ctx.clock.now())
    return replacement(request.say("No longer watched: <b>{query}</b>", query=rule.name))


def _offer(ctx: Context, request: Request) -> Reply:
    """What to write, and some rules to begin with, two in a row."""
    language, here = request.say.language, request.here.id
    buttons = [
        Button(each.titles[language], encode(Verb.STARTER, here, place))
        for place, each in enumerate(ctx.starters)
    ]
    rows = (tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return answer(request.say(IF_EMPTY), *rows)


async def propose(ctx: Context, request: Request, text: str) -> Reply:
    """A rule that is shown and not yet kept. Raises UserError."""
    query = read_query(text, IF_EMPTY, rule=True)
    meant = await meaning(ctx, query)
    assert meant.tree is not None, "a rule asks for something"
    kept = stored(meant.tree, Choices(), ctx.lexicon)
    await _refuse_double(ctx, request, query.text, kept.tree)
    async with ctx.archive.transaction() as tx:
        rule = await rules.propose(tx, request.here.id, query.text, ctx.clock.now(), kept)
    html, rows = await card(ctx, request, Held(rule, query, Choices(), meant))
    return answer(html, *rows)


async def _refuse_double(ctx: Context, request: Request, text: str, tree: str) -> None:
    """Raises UserError where there is a rule that means the same."""
    conn = ctx.archive.reader
    kept = await rules.of(conn, request.here.id)
    trees = await rules.stored(conn, [rule.id for rule in kept])
    for rule in kept:
        if rule.query == text or (rule.id in trees and trees[rule.id].tree == tree):
            raise UserError(HELD_ALREADY, query=rule.name)


async def _keep(ctx: Context, request: Request, rule: Rule) -> None:
    """Raises UserError where there is such a rule, or too many."""
    try:
        async with ctx.archive.transaction() as tx:
            if len(await rules.of(tx, request.here.id)) >= MAX_RULES:
                raise UserError(
                    "There are {limit} rules here, and that is the most. Remove one first: /rules",
                    limit=MAX_RULES,
                )
            await rules.keep(tx, rule.id, ctx.clock.now())
    except RuleExists as error:
        raise UserError("This is watched here already. /rules lists all.") from error


async def _shown(ctx: Context, request: Request, rule_id: int, toast: str) -> Reply:
    html, rows = await card(ctx, request, await held(ctx, request, rule_id))
    return replacement(html, *rows, toast=toast)
