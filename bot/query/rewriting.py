"""A query's text with a part taken out or put in; the rest stays as it was typed."""

from collections.abc import Sequence

from bot.query.lexemes import Lexeme, lexemes
from bot.query.syntax import And, Filter, Query, Sort

_SEARCH_ONLY = frozenset({"since", "until", "versions"})
_SCOPES = frozenset({Sort.FROM, Sort.IN})


def for_rule(query: Query) -> str:
    """The text without what only a search can ask for: days, and texts that were edited away.

    Empty where nothing else was asked for.
    """
    kept: list[Lexeme] = []
    for lexeme in lexemes(query.text):
        joins_nothing = lexeme.kind == "_AND" and not kept
        if not _is_search_only(lexeme) and not joins_nothing:
            kept.append(lexeme)
        elif kept and kept[-1].kind == "_AND":
            kept.pop()
    return _text(kept)


def is_narrowed(query: Query) -> bool:
    """Whether channels or labels stand at the end, for all that is before them."""
    return isinstance(query.root, And) and _is_scope(query.root.parts[-1], query.text)


def narrowed(query: Query, scope: str) -> str:
    """The text for the channels of `scope` (a filter as typed; empty: all channels) instead of
    those that it was narrowed to before."""
    pieces = lexemes(query.text)
    if isinstance(query.root, Filter) and scope and _is_scope(query.root, query.text):
        return scope
    if is_narrowed(query):
        pieces = pieces[:-1]
        if pieces[-1].kind == "_AND":
            pieces.pop()
        pieces = _opened(pieces)
    elif scope:
        pieces = _opened(pieces)
    base = _text(pieces)
    if not scope:
        return base
    return f"({base}) {scope}" if _has_choice(pieces) else f"{base} {scope}"


def _is_search_only(lexeme: Lexeme) -> bool:
    return lexeme.kind == "FILTER" and lexeme.plain.partition(":")[0].lower() in _SEARCH_ONLY


def _is_scope(node: object, text: str) -> bool:
    """Whether it is the last piece of the text, and names channels."""
    last = lexemes(text)[-1]
    return isinstance(node, Filter) and node.sort in _SCOPES and node.at == last.start


def _opened(pieces: list[Lexeme]) -> list[Lexeme]:
    """Without parentheses around all of it."""
    depth = 0
    for place, piece in enumerate(pieces):
        depth += (piece.kind == "LPAR") - (piece.kind == "RPAR")
        if depth == 0:
            whole = place == len(pieces) - 1 and place > 0
            return pieces[1:-1] if whole else pieces
    return pieces


def _has_choice(pieces: Sequence[Lexeme]) -> bool:
    """Whether there is an OR outside of all parentheses."""
    depth = 0
    for piece in pieces:
        depth += (piece.kind == "LPAR") - (piece.kind == "RPAR")
        if depth == 0 and piece.kind == "_OR":
            return True
    return False


def _text(pieces: Sequence[Lexeme]) -> str:
    """The pieces as they were typed, with what stood between those that are neighbours still."""
    text = ""
    for place, piece in enumerate(pieces):
        before = pieces[place - 1] if place else None
        touching = before is not None and before.end == piece.start
        text += "" if before is None or touching else " "
        text += piece.query[piece.start : piece.end]
    return text
