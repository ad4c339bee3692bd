"""A rule with all that is known of how it was understood."""

from dataclasses import dataclass

import aiosqlite

from bot.commands.asking import meaning
from bot.commands.context import Context, Request, Stale, UserError
from bot.query.errors import QueryError
from bot.query.parse import parse
from bot.query.reading import Choices, Understood
from bot.query.syntax import Query
from bot.query.tree import Tree
from bot.understanding import stored
from storage import rules
from storage.records import Rule
from storage.rules import RuleExists

HELD_ALREADY = "This is watched here already, as <b>{query}</b>. /rules lists all."


@dataclass(frozen=True, slots=True)
class Held:
    """A rule of the place where it is looked at."""

    rule: Rule
    query: Query
    choices: Choices
    meant: Understood

    @property
    def tree(self) -> Tree:
        assert self.meant.tree is not None, "a rule asks for something"
        return self.meant.tree


async def own_rule(conn: aiosqlite.Connection, request: Request, rule_id: int) -> Rule:
    """A rule of the place where the button was pressed. Raises Stale for any other."""
    rule = await rules.get(conn, rule_id)
    if rule is None or rule.subscriber_id != request.here.id:
        raise Stale
    return rule


async def held(ctx: Context, request: Request, rule_id: int) -> Held:
    """A rule of this place, understood as it is matched. Raises Stale for any other.

    One whose query is no longer taken (it names a channel that is gone) raises UserError.
    """
    rule = await own_rule(ctx.archive.reader, request, rule_id)
    kept = (await rules.stored(ctx.archive.reader, [rule.id])).get(rule.id)
    choices = Choices.loads(kept.choices if kept else None)
    try:
        query = parse(rule.query, rule=True)
    except QueryError as error:
        raise UserError(
            "This rule cannot be read any more: <b>{query}</b>", query=rule.query
        ) from error
    return Held(rule, query, choices, await meaning(ctx, query, choices))


async def changed(ctx: Context, one: Held, query: Query, choices: Choices) -> Held:
    """The rule with another query, or other choices, written down. Raises UserError."""
    meant = await meaning(ctx, query, choices)
    assert meant.tree is not None, "a rule asks for something"
    kept = stored(meant.tree, choices, ctx.lexicon)
    try:
        async with ctx.archive.transaction() as tx:
            await rules.change(tx, one.rule.id, query.text, kept)
            rule = await rules.get(tx, one.rule.id)
    except RuleExists as error:
        raise UserError(HELD_ALREADY, query=query.text) from error
    if rule is None:
        raise Stale
    return Held(rule, query, choices, meant)
