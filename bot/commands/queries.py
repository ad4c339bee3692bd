"""Reading what somebody wants to find, with an answer for every way in which it can fail."""

from collections.abc import Mapping

from bot.commands.context import UserError
from bot.locales import deferred
from bot.query.parse import Query, QueryError, parse

_PROBLEMS: Mapping[str, str] = {
    "no_words": deferred(
        "There is no word in this. Write letters or digits; links and @names do not count."
    ),
    "too_long": deferred(
        "This is too long: {length} characters, and the most is {limit}. Write fewer words."
    ),
    "too_many_words": deferred(
        "These are {count} different words, and the most is {limit}. Write fewer."
    ),
}
_UNREADABLE = deferred("This could not be read. Write one word or a few, with spaces between.")


def read_query(text: str, if_empty: str) -> Query:
    """The query that `text` asks for. Raises UserError; `if_empty` is its text for nothing."""
    try:
        return parse(text)
    except QueryError as error:
        if error.code == "empty":
            raise UserError(if_empty) from error
        raise UserError(_PROBLEMS.get(error.code, _UNREADABLE), **error.values) from error
