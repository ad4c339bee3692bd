"""What was typed after a command -> what it means; every failure is an answer."""

from bot.commands.context import Context
from bot.commands.queries import explained
from bot.query.errors import QueryError
from bot.query.reading import Choices, Understood
from bot.query.syntax import Query
from bot.understanding import understood

_AS_IT_IS = Choices()


async def meaning(ctx: Context, query: Query, choices: Choices = _AS_IT_IS) -> Understood:
    """What a query stands for here. Raises UserError."""
    try:
        return await understood(ctx.archive.reader, ctx.lexicon, query, choices)
    except QueryError as error:
        raise explained(error) from error
