"""Reading what somebody wants to find, with an answer for every way in which it can fail."""

from collections.abc import Mapping

from bot.commands.context import UserError
from bot.commands.problems import PROBLEMS, UNREADABLE
from bot.locales import shortened
from bot.query.errors import QueryError
from bot.query.parse import parse
from bot.query.syntax import Query

AROUND = 40  # characters shown on either side of the part in question
PART = 60  # characters of that part

# What may stand behind the colon, for whoever wrote nothing there.
_EXAMPLES: Mapping[str, str] = {
    "from": "@luhanskaVTSA",
    "in": "ua-oblasts",
    "has": "photo",
    "is": "edited",
    "lang": "uk",
    "since": "2022-09-19",
    "until": "2022-09-20",
    "versions": "all",
}


def read_query(text: str, if_empty: str, *, rule: bool = False) -> Query:
    """The search, or the rule, that `text` asks for.

    Raises UserError; `if_empty` is its text for nothing.
    """
    try:
        return parse(text, rule=rule)
    except QueryError as error:
        raise explained(error, if_empty) from error


def explained(error: QueryError, if_empty: str = UNREADABLE) -> UserError:
    """What to tell a person about a query that was refused, here or while it was compiled."""
    if error.code == "empty":
        return UserError(if_empty)
    text = PROBLEMS.get(_variant(error), UNREADABLE)
    example = _EXAMPLES.get(str(error.values.get("filter")), "")
    return UserError(text, **{**error.values, "place": _place(error), "example": example})


def _variant(error: QueryError) -> str:
    """The text differs where there is something to propose, and for signs and words."""
    if error.values.get("close"):
        return f"{error.code}_like"
    if error.code == "operator_alone" and not str(error.values["operator"]).isalpha():
        return "sign_alone"
    return error.code


def _place(error: QueryError) -> str:
    """The part in question between arrows, with a little of what is around it."""
    text, at, end = error.text, error.at, error.end
    before = text[max(0, at - AROUND) : at]
    behind = text[end : end + AROUND]
    left_out = "…" if at > AROUND else "", "…" if end + AROUND < len(text) else ""
    return f"{left_out[0]}{before}→{shortened(text[at:end], PART)}←{behind}{left_out[1]}"
