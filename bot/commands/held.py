"""A rule with all that is known of how it was understood."""

from dataclasses import dataclass

import aiosqlite

from bot.commands.asking import meaning
from bot.commands.context import Context, Request, Stale, UserError
from bot.commands.queries import explained
from bot.locales import deferred
from bot.query.errors import QueryError
from bot.query.parse import parse
from bot.query.reading import Choices, Understood
from bot.query.syntax import Query
from bot.query.tree import Tree
from bot.understanding import stored
from storage import meanings, rules
from storage.records import Rule
from storage.rules import RuleExists, Stored

HELD_ALREADY = deferred("This is watched here already, as <b>{query}</b>. /rules lists all.")


@dataclass(frozen=True, slots=True)
class Held:
    """A rule of the place where it is looked at."""

    rule: Rule
    query: Query
    choices: Choices
    meant: Understood

    @property
    def tree(self) -> Tree:
        """What decides about a post."""
        assert self.meant.tree is not None, "a rule asks for something"
        return self.meant.tree


async def own_rule(conn: aiosqlite.Connection, request: Request, rule_id: int) -> Rule:
    """A rule of the place where the button was pressed. Raises Stale for any other."""
    rule = await rules.get(conn, rule_id)
    if rule is None or rule.subscriber_id != request.here.id:
        raise Stale
    return rule


async def held(ctx: Context, request: Request, rule_id: int) -> Held:
    """A rule of this place as it was understood. Raises Stale for any other, and `read`'s."""
    return await read(ctx, await own_rule(ctx.archive.reader, request, rule_id))


async def read(ctx: Context, rule: Rule) -> Held:
    """A rule as it was understood.

    One whose query is no longer taken (it names a channel that is gone) raises UserError.
    """
    choices = await choices_of(ctx, rule)
    try:
        query = parse(rule.query, rule=True)
    except QueryError as error:
        raise explained(error) from error
    return Held(rule, query, choices, await meaning(ctx, query, choices))


async def choices_of(ctx: Context, rule: Rule) -> Choices:
    """What was changed about how a rule is understood."""
    kept = (await rules.stored(ctx.archive.reader, [rule.id])).get(rule.id)
    return Choices.loads(kept.choices if kept else None)


async def changed(ctx: Context, rule: Rule, query: Query, choices: Choices) -> Held:
    """The rule with another query, or other choices, written down. Raises UserError."""
    meant = await meaning(ctx, query, choices)
    kept = stored(meant, choices, ctx.lexicon)
    try:
        async with ctx.archive.transaction() as tx:
            await refuse_double(tx, rule, query.text, kept)
            await rules.change(tx, rule.id, query.text, kept, ctx.clock.now())
            now = await rules.get(tx, rule.id)
    except RuleExists as error:
        raise UserError(HELD_ALREADY, query=query.text) from error
    if now is None:
        raise Stale
    return Held(now, query, choices, meant)


async def refuse_double(conn: aiosqlite.Connection, rule: Rule, text: str, kept: Stored) -> None:
    """Raises UserError where another rule of its subscriber says or means the same."""
    for other in await meanings.same(conn, rule.subscriber_id, text, kept):
        if other.id != rule.id:
            raise UserError(HELD_ALREADY, query=other.name)
