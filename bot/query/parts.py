"""The pieces of a query, looked at: what each asks for, and what holds for the whole search."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.query import filters, limits, terms
from bot.query.lexemes import Lexeme
from bot.query.syntax import Day, Node, Prefix

_WHOLE = frozenset({"since", "until", "versions"})  # filters that are no part of the tree
_PUNCTUATION = frozenset(",;.")  # so usual between words that nobody asks what became of it


@dataclass(frozen=True, slots=True)
class Part:
    """A piece that goes to the parser. `kind` is a terminal of language.lark."""

    kind: str
    lexeme: Lexeme
    asks: Node | int | None = None  # an int is a distance; None: an operator


@dataclass(slots=True)
class Parts:
    """A query in parts, and what is beside them."""

    parts: list[Part] = field(default_factory=list)
    days: dict[str, Day] = field(default_factory=dict)  # by the name of the filter
    past: bool = False
    ignored: list[str] = field(default_factory=list)

    def take(self, lexeme: Lexeme, part: Part | None) -> None:
        """Add what a piece asks for; None: nothing."""
        if part is None:
            self._ignore(lexeme)
        elif part.kind == "RPAR" and self._holds_nothing(lexeme):
            self.parts.pop()
        elif part.kind != "_AND" or self.parts or not (self.days or self.past):
            self.parts.append(part)

    def _ignore(self, lexeme: Lexeme) -> None:
        written = lexeme.query[lexeme.start : lexeme.end]
        if written not in _PUNCTUATION:
            self.ignored.append(written)

    def _holds_nothing(self, closing: Lexeme) -> bool:
        """Whether all that a group held was ignored; one without anything is a mistake."""
        opened = self.parts[-1] if self.parts else None
        return opened is not None and opened.kind == "LPAR" and opened.lexeme.end < closing.start

    def take_whole(self, lexeme: Lexeme) -> None:
        """Add what holds for the whole search; an AND before or behind it joins nothing."""
        name = filters.name(lexeme)
        if name in self.days or (name == "versions" and self.past):
            raise lexeme.error("repeated", filter=name)
        if name == "versions":
            filters.check_versions(lexeme)
            self.past = True
        else:
            self.days[name] = filters.day(lexeme)
        if self.parts and self.parts[-1].kind == "_AND":
            self.parts.pop()


def read(lexemes: Sequence[Lexeme], rule: bool) -> Parts:
    """What the pieces ask for. Raises QueryError."""
    _check_groups(lexemes)
    found = Parts()
    for place, lexeme in enumerate(lexemes):
        if not _is_whole(lexeme):
            found.take(lexeme, _part(lexeme))
        elif rule:
            raise lexeme.error("search_only", filter=filters.name(lexeme))
        else:
            _check_not_a_side(lexemes, place)
            found.take_whole(lexeme)
    _check_count(found.parts)
    return found


def _is_whole(lexeme: Lexeme) -> bool:
    return lexeme.kind == "FILTER" and filters.name(lexeme) in _WHOLE


def _part(lexeme: Lexeme) -> Part | None:
    """The part that a piece makes; None for one that asks for nothing."""
    match lexeme.kind:
        case "WORD":
            asked = terms.word(lexeme)
            kind = "PREFIX" if isinstance(asked, Prefix) else "WORD"
            return Part(kind, lexeme, asked) if asked is not None else None
        case "PHRASE":
            row = terms.phrase(lexeme)
            return Part("PHRASE", lexeme, row) if row is not None else None
        case "REGEX":
            return Part("REGEX", lexeme, terms.pattern(lexeme))
        case "FILTER":
            return Part("FILTER", lexeme, filters.condition(lexeme))
        case "NEAR":
            return Part("NEAR", lexeme, _distance(lexeme))
        case _:
            return Part(lexeme.kind, lexeme)


def _distance(lexeme: Lexeme) -> int:
    written = int(lexeme.plain[1:] or limits.NEAR)
    if written > limits.DISTANCE:
        raise lexeme.error("far", limit=limits.DISTANCE)
    return written


def _check_groups(lexemes: Sequence[Lexeme]) -> None:
    """Raises QueryError for parentheses that do not pair, or are too deep, or hold a date."""
    groups: list[Lexeme] = []
    for lexeme in lexemes:
        if lexeme.kind == "LPAR":
            groups.append(lexeme)
            if len(groups) > limits.DEPTH:
                raise lexeme.error("too_deep", limit=limits.DEPTH)
        elif lexeme.kind == "RPAR":
            if not groups:
                raise lexeme.error("close_group")
            groups.pop()
        elif groups and _is_whole(lexeme):
            raise lexeme.error("nested", filter=filters.name(lexeme))
    if groups:
        raise groups[-1].error("open_group")


def _check_not_a_side(lexemes: Sequence[Lexeme], place: int) -> None:
    """Raises QueryError for what holds for the whole search behind a not or as a side of an OR."""
    before = lexemes[place - 1].kind if place else "_OR"
    behind = lexemes[place + 1].kind if place + 1 < len(lexemes) else ""
    negated, a_side = before == "_NOT", before == "_OR" and (place > 0 or behind == "_OR")
    if negated or a_side:
        lexeme = lexemes[place]
        raise lexeme.error("nested", filter=filters.name(lexeme))


def _check_count(parts: Sequence[Part]) -> None:
    """Raises QueryError at the part that is one too many."""
    count = 0
    beyond: Part | None = None
    for part in parts:
        if part.asks is not None and part.kind != "NEAR":
            count += max(1, len(part.lexeme.words))
        if count > limits.TERMS and beyond is None:
            beyond = part
    if beyond is not None:
        raise beyond.lexeme.error("too_many_terms", limit=limits.TERMS, count=count)
