"""Whether a query can be answered: what must be there, beside what must not."""

from collections.abc import Collection

from bot.query.errors import QueryError
from bot.query.syntax import And, Filter, Node, Not, Or, Pattern, Sort

_ANY = frozenset(Sort)
_WAITING = frozenset({Sort.FROM, Sort.IN})  # what a rule can wait for instead of a word


def check(text: str, root: Node, rule: bool) -> None:
    """Raises QueryError for a query that no index can answer, or a rule that waits for nothing.

    Every And must have a part that can be looked up, and every part of an Or must be one.
    """
    _check(text, root, "only_negative")
    if rule:
        lonely = _unfound(root, _WAITING)
        if lonely is not None:
            raise _error("rule_needs_word", text, lonely)
        _check_deleted(text, root)


def _check(text: str, node: Node, if_negative: str) -> None:
    lonely = _unfound(node, _ANY) if not isinstance(node, Or) else None
    if lonely is not None:
        code = "lonely_regex" if isinstance(lonely, Pattern) else if_negative
        raise _error(code, text, lonely)
    match node:
        case Or(parts):
            for part in parts:
                _check(text, part, "negative_choice")
        case And(parts):
            for part in parts:
                _check_beside(text, part)


def _check_beside(text: str, node: Node) -> None:
    """A part that need not be looked up itself, because another is."""
    match node:
        case Not(part):
            _check_beside(text, part)
        case Or() | And():
            _check(text, node, "only_negative")


def _unfound(node: Node, sorts: Collection[Sort]) -> Node | None:
    """A part beside which nothing can be looked up; words can, and filters of `sorts`."""
    match node:
        case And(parts):
            missing = [_unfound(part, sorts) for part in parts]
            return None if None in missing else _weightiest(missing)
        case Or(parts):
            missing = [_unfound(part, sorts) for part in parts]
            return next((each for each in missing if each is not None), None)
        case Filter(sort):
            return None if sort in sorts else node
        case Not() | Pattern():
            return node
        case _:
            return None


def _weightiest(missing: Collection[Node | None]) -> Node | None:
    """An expression rather than a not: what is put beside it helps both."""
    expressions = [node for node in missing if isinstance(node, Pattern)]
    return next(iter([*expressions, *missing]), None)


def _check_deleted(text: str, root: Node) -> None:
    """A rule is asked when a post comes or changes, never when it goes."""
    for part in root.parts if isinstance(root, And | Or) else (root,):
        if isinstance(part, Filter) and part.values == ("deleted",):
            raise _error("deleted_rule", text, part)


def _error(code: str, text: str, node: Node) -> QueryError:
    return QueryError(code, text=text, at=place(node))


def place(node: Node) -> int:
    """Where a part of a query begins."""
    while isinstance(node, And | Or | Not):
        node = node.part if isinstance(node, Not) else node.parts[0]
    return node.at
