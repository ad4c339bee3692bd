"""What somebody typed, as a tree: the words, signs and filters of a query, not yet their meaning.

`at` is always the place in the query's own text (`Query.text`), so that whatever is said about a
part can point at it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What a filter looks at; the value is how it is written before the colon."""

    FROM = "from"  # a channel, by its username
    IN = "in"  # a pack or label
    HAS = "has"  # photo, video, link, ...
    IS = "is"  # forward, edited, deleted
    LANG = "lang"  # uk, ru, en


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in any of its forms, or in exactly this one."""

    text: str  # as typed: a single word to `words.tokens`
    at: int
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so."""

    text: str  # normalised, three letters and more
    at: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two words and more, in this order and nothing between; a hyphenated word is one."""

    words: tuple[Word, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Near:
    """Two words or phrases, in either order, with at most `distance` words between."""

    left: Word | Phrase
    right: Word | Phrase
    distance: int
    at: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression (RE2), for the text as it was posted; capitals do not matter."""

    source: str
    at: int


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on the post and not on its words. Several values: any of them."""

    sort: Sort
    values: tuple[str, ...]  # lower-case, without @
    at: int


@dataclass(frozen=True, slots=True)
class And:
    """All of these; at least two."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these; at least two, none of them negative."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not this."""

    part: "Node"


Term = Word | Prefix | Phrase | Near | Pattern
Node = Term | Filter | And | Or | Not


@dataclass(frozen=True, slots=True)
class Day:
    """A `since:` or `until:` as typed: 2022-09-19, 7d, yesterday."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query. A rule has neither days nor `past`, and something to wait for."""

    text: str  # as typed, cleaned: two texts that differ in blanks are one query
    root: Node | None  # None: every post between the days
    since: Day | None = None
    until: Day | None = None
    past: bool = False  # versions:all: also texts that were edited away
    ignored: tuple[str, ...] = ()  # what stood there and asks for nothing: signs, links, emoji

    def terms(self) -> Iterator[Term]:
        """The parts that ask for words, from left to right, those behind a not included."""
        if self.root is not None:
            yield from _terms(self.root)

    def asks(self, *sorts: Sort) -> bool:
        """Whether it has a filter of one of these sorts."""
        return self.root is not None and any(each.sort in sorts for each in _filters(self.root))


def _filters(node: Node) -> Iterator[Filter]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _filters(part)
        case Not(part):
            yield from _filters(part)
        case Filter():
            yield node


def _terms(node: Node) -> Iterator[Term]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _terms(part)
        case Not(part):
            yield from _terms(part)
        case Filter():
            return
        case _:
            yield node
