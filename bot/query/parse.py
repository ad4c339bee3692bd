"""The text of a rule or a search -> what it asks for."""

from collections.abc import Sequence

from lark import Token
from lark.exceptions import UnexpectedToken

from bot.query import limits, parts, shape
from bot.query.cleaning import clean
from bot.query.errors import QueryError
from bot.query.lexemes import language, lexemes
from bot.query.parts import Part
from bot.query.syntax import Node, Query

__all__ = ["Query", "QueryError", "parse"]

_OPERATORS = frozenset({"_OR", "_AND", "_NOT"})


def parse(text: str, *, rule: bool = False) -> Query:
    """Read a search, or a rule. Raises QueryError, and nothing else on any text.

    The text that the query keeps is read as the same query again.
    """
    cleaned = clean(text[: limits.LENGTH])
    if max(len(text), len(cleaned)) > limits.LENGTH:
        at = min(len(cleaned), limits.LENGTH)
        raise QueryError("too_long", text=cleaned, at=at, limit=limits.LENGTH, length=len(text))
    if not cleaned:
        raise QueryError("empty")
    found = parts.read(lexemes(cleaned), rule)
    if not (found.parts or found.days or found.past):
        raise QueryError("no_words", text=cleaned)
    root = _root(found.parts) if found.parts else None
    if root is not None:
        shape.check(cleaned, root, rule)
    since, until = found.days.get("since"), found.days.get("until")
    return Query(cleaned, root, since, until, found.past, tuple(found.ignored))


def _root(asked: Sequence[Part]) -> Node:
    """The tree of a query. Raises QueryError where the parts do not go together."""
    parser = language().parse_interactive()
    before: Part | None = None
    for part in asked:
        try:
            parser.feed_token(Token(part.kind, part.asks))
        except UnexpectedToken as error:
            raise _misplaced(asked, before, part) from error
        before = part
    try:
        root: Node = parser.feed_token(Token("$END", ""))
    except UnexpectedToken as error:
        raise _misplaced(asked, before, None) from error
    return root


def _misplaced(asked: Sequence[Part], before: Part | None, part: Part | None) -> QueryError:
    """What is wrong with `part` (None: the end) at its place."""
    if part is not None and part.kind == "NEAR":
        chained = _is_chained(asked, part)
        return part.lexeme.error("near_chain" if chained else "near_operand")
    if before is not None and before.kind == "NEAR":
        return before.lexeme.error("near_operand")
    if before is not None and before.kind in _OPERATORS:
        return before.lexeme.error("operator_alone", operator=before.lexeme.plain)
    if part is not None and part.kind in _OPERATORS:
        return part.lexeme.error("operator_alone", operator=part.lexeme.plain)
    assert before is not None, "a query without parts is not parsed"
    return before.lexeme.error("empty_group")


def _is_chained(asked: Sequence[Part], part: Part) -> bool:
    """Whether the words before a ~ stand behind another one already."""
    place = asked.index(part)
    return place >= 2 and asked[place - 2].kind == "NEAR"
