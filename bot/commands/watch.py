"""/watch: a new rule, shown before it is kept."""

import aiosqlite

from bot.alerts.presses import Verb, encode
from bot.commands.asking import meaning
from bot.commands.card import card, opened
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.held import HELD_ALREADY, Held, own_rule, read, refuse_double
from bot.commands.queries import read_query
from bot.locales import deferred
from bot.locales.times import DAY
from bot.query.reading import Choices
from bot.understanding import stored
from storage import rules
from storage.records import Button, Reply, Rule
from storage.rules import RuleExists, Stored

MAX_RULES = 200  # of one subscriber
REMEMBERED = 7 * DAY  # how long a rule that is shown waits for a yes

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
    """Take the rule into use, as it is understood now; one that is in use stays so."""
    rule = await own_rule(ctx.archive.reader, request, numbers[0])
    if rule.pending:
        await _keep(ctx, await read(ctx, rule))
    html, rows = await opened(ctx, request, await own_rule(ctx.archive.reader, request, rule.id))
    return replacement(html, *rows, toast=request.say.plain("Kept. Alerts come to this chat."))


async def drop(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Take the rule back."""
    say, rule = request.say, await own_rule(ctx.archive.reader, request, numbers[0])
    async with ctx.archive.transaction() as tx:
        await rules.remove(tx, rule.id, ctx.clock.now())
    if rule.pending:
        return replacement(say("Not kept: <b>{query}</b>", query=rule.query))
    every = Button(say.plain("All rules"), encode(Verb.RULES, request.here.id, 0))
    return replacement(say("No longer watched: <b>{query}</b>", query=rule.name), (every,))


async def propose(ctx: Context, request: Request, text: str) -> Reply:
    """A rule that is shown and not yet kept. Raises UserError."""
    query = read_query(text, IF_EMPTY, rule=True)
    meant = await meaning(ctx, query)
    kept, now = stored(meant, Choices(), ctx.lexicon), ctx.clock.now()
    async with ctx.archive.transaction() as tx:
        rule = await rules.propose(tx, request.here.id, query.text, now, kept)
        await rules.forget_proposed(tx, now - REMEMBERED)
        await _refuse(tx, rule, kept)
    html, rows = await card(ctx, request, Held(rule, query, Choices(), meant))
    return answer(html, *rows)


def _offer(ctx: Context, request: Request) -> Reply:
    """What to write, and some rules to begin with, two in a row."""
    language, here = request.say.language, request.here.id
    buttons = [
        Button(each.titles[language], encode(Verb.STARTER, here, place))
        for place, each in enumerate(ctx.starters)
    ]
    rows = (tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return answer(request.say(IF_EMPTY), *rows)


async def _keep(ctx: Context, one: Held) -> None:
    """Raises UserError where there is such a rule, or too many."""
    # The dictionaries may be others than when it was shown: what is kept is what is shown now.
    kept = stored(one.meant, one.choices, ctx.lexicon)
    try:
        async with ctx.archive.transaction() as tx:
            await _refuse(tx, one.rule, kept)
            await rules.change(tx, one.rule.id, one.query.text, kept, ctx.clock.now())
            await rules.keep(tx, one.rule.id, ctx.clock.now())
    except RuleExists as error:
        raise UserError(HELD_ALREADY, query=one.query.text) from error


async def _refuse(tx: aiosqlite.Connection, rule: Rule, kept: Stored) -> None:
    """Raises UserError where there is such a rule, or too many."""
    await refuse_double(tx, rule, rule.query, kept)
    if await _full(tx, rule):
        raise UserError(
            "There are {limit} rules here, and that is the most. Remove one first: /rules",
            limit=MAX_RULES,
        )


async def _full(tx: aiosqlite.Connection, rule: Rule) -> bool:
    return len(await rules.of(tx, rule.subscriber_id)) >= MAX_RULES
