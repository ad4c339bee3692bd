"""The pieces of a query as they stand in its text: words, phrases, operators, filters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import lark
from lark import Lark, Transformer, v_args

from bot.query.cleaning import plain
from bot.query.errors import QueryError
from bot.query.syntax import And, Near, Node, Not, Or, Phrase, Word
from bot.query.words import Token, tokens


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a query. `kind` is the name of its terminal in language.lark."""

    kind: str
    query: str  # the whole text
    signs: str  # the whole text with plain signs
    start: int
    end: int
    words: tuple[Token, ...] = ()  # of a WORD or PHRASE, by offsets of the whole text

    @property
    def plain(self) -> str:
        """The piece, with plain signs."""
        return self.signs[self.start : self.end]

    @property
    def before(self) -> str:
        """The character before it; a blank at the beginning."""
        return self.signs[self.start - 1] if self.start else " "

    @property
    def behind(self) -> str:
        """The character behind it; a blank at the end."""
        return self.signs[self.end : self.end + 1] or " "

    def error(self, code: str, **values: str | int) -> QueryError:
        """What is wrong with this piece."""
        return QueryError(code, text=self.query, at=self.start, end=self.end, **values)


def lexemes(text: str) -> list[Lexeme]:
    """The pieces of a cleaned query from left to right; whatever it holds, it falls into some."""
    signs = plain(text)
    lexed = _lexer().lex(signs)
    spans = [(token.type, token.start_pos or 0, token.end_pos or 0) for token in lexed]
    found = tokens(_words_alone(text, spans))
    return [
        Lexeme(kind, text, signs, start, end, tuple(t for t in found if start <= t.start < end))
        for kind, start, end in spans
    ]


def _words_alone(text: str, spans: Iterable[tuple[str, int, int]]) -> str:
    """`text` with blanks for all but words and phrases: read at once, since what stands beside
    a word tells its script, and operators and filters must not."""
    shown = [" "] * len(text)
    for kind, start, end in spans:
        if kind in ("WORD", "PHRASE"):
            inner = slice(start, end - 1) if kind == "PHRASE" else slice(start, end)
            shown[inner] = text[inner]
    return "".join(shown)


@cache
def language() -> Lark:
    """The parser of language.lark; built at the first query."""
    return Lark(_grammar(), parser="lalr", lexer="basic", transformer=_Tree())


@cache
def _lexer() -> Lark:
    """One with a parser would build its lexer anew for every text."""
    return Lark(_grammar(), parser=None, lexer="basic")


def _grammar() -> str:
    return files("bot.query").joinpath("language.lark").read_text(encoding="utf-8")


@v_args(inline=True)
class _Tree(Transformer[lark.Token, Node]):
    """Called rule by rule while parsing, so that no nesting of a text nests calls."""

    def operand(self, token: lark.Token) -> Word | Phrase:
        read: Word | Phrase = token.value
        return read

    def term(self, token: lark.Token) -> Node:
        read: Node = token.value
        return read

    def near(self, left: Word | Phrase, sign: lark.Token, right: Word | Phrase) -> Node:
        return Near(left, right, sign.value, left.at)

    def no(self, part: Node) -> Node:
        return part.part if isinstance(part, Not) else Not(part)

    def every(self, *parts: Node) -> Node:
        return And(tuple(_spread(parts, And)))

    def choice(self, *parts: Node) -> Node:
        return Or(tuple(_spread(parts, Or)))


def _spread(parts: Iterable[Node], kind: type[And] | type[Or]) -> Iterator[Node]:
    """The parts of parts of the same kind, which parentheses do not make another thing."""
    for part in parts:
        if isinstance(part, And | Or) and isinstance(part, kind):
            yield from part.parts
        else:
            yield part
