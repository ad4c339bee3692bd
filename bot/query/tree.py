"""A query as it is decided: the same tree for alerts, for searches, and in the archive.

The forms of every word are in it, so that neither matching nor a restart needs a dictionary.
All words are normalised (`words.norm`); marks are the filter words of the index:

* ``c<channel id>``, ``l<language>``, ``has<kind>``, ``fwd``, ``edited``, ``deleted``, as the
  archive's column ``meta`` has them;
* ``in:<label>``: whichever channels carry the label when the question is asked.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.query.words import words

Forms = frozenset[str]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these words."""

    forms: Forms


@dataclass(frozen=True, slots=True)
class Begins:
    """A word that begins so."""

    prefix: str


@dataclass(frozen=True, slots=True)
class InRow:
    """Words that follow each other, at each place one of its forms; at least two places."""

    places: tuple[Forms, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """Two rows of words (each of one place or more) that do not overlap, in either order, with
    at most `distance` words between them."""

    left: tuple[Forms, ...]
    right: tuple[Forms, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Regex:
    """An RE2 expression that is found somewhere in the text as posted, capitals or not."""

    source: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A post that has one of these marks."""

    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class All:
    """Each of these holds; at least one of them can be found by an index."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of these holds; each can be found by an index."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class No:
    """This does not hold; stands in an `All` only."""

    part: "Tree"


Tree = AnyOf | Begins | InRow | Close | Regex | Marked | All | Either | No


@dataclass(frozen=True)
class Document:
    """A post as conditions see it."""

    text: str
    marks: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its normalised words in order."""
        return tuple(words(self.text))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Its normalised words, each once."""
        return frozenset(self.words)


def dumps(tree: Tree) -> str:
    """A tree as JSON; equal trees give equal texts."""
    return json.dumps(_plain(tree), ensure_ascii=False, separators=(",", ":"))


def sense(tree: Tree) -> str:
    """A digest, equal for trees that differ at most in the order of what AND or OR joins."""
    plain = json.dumps(_unordered(tree), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def loads(text: str) -> Tree:
    """What `dumps` wrote. Raises ValueError for anything else."""
    try:
        return _tree(json.loads(text))
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("this is not a stored query") from error


def _plain(tree: Tree) -> list[object]:  # noqa: PLR0911 -- one answer a kind
    match tree:
        case AnyOf(forms):
            return ["word", sorted(forms)]
        case Begins(prefix):
            return ["begins", prefix]
        case InRow(places):
            return ["row", *map(sorted, places)]
        case Close(left, right, distance):
            return ["close", distance, [sorted(f) for f in left], [sorted(f) for f in right]]
        case Regex(source):
            return ["regex", source]
        case Marked(marks):
            return ["marked", sorted(marks)]
        case No(part):
            return ["no", _plain(part)]
        case All(parts):
            return ["all", *map(_plain, parts)]
        case Either(parts):
            return ["either", *map(_plain, parts)]


def _unordered(tree: Tree) -> list[object]:
    match tree:
        case All(parts) | Either(parts):
            each = map(_unordered, parts)
            return [type(tree).__name__, *sorted(each, key=json.dumps)]
        case No(part):
            return ["no", _unordered(part)]
        case _:
            return _plain(tree)


def _tree(plain: Any) -> Tree:  # noqa: PLR0911 -- one answer a kind
    kind, *rest = plain
    match kind:
        case "word":
            return AnyOf(_forms(rest[0]))
        case "begins":
            return Begins(str(rest[0]))
        case "row":
            return InRow(tuple(map(_forms, rest)))
        case "close":
            distance, left, right = rest
            return Close(_row(left), _row(right), int(distance))
        case "regex":
            return Regex(str(rest[0]))
        case "marked":
            return Marked(_forms(rest[0]))
        case "no":
            return No(_tree(rest[0]))
        case "all":
            return All(tuple(map(_tree, rest)))
        case "either":
            return Either(tuple(map(_tree, rest)))
    raise ValueError(f"there is no condition of the kind {kind!r}")


def _row(plain: Any) -> tuple[Forms, ...]:
    return tuple(map(_forms, plain))


def _forms(plain: Any) -> Forms:
    if not isinstance(plain, list) or not all(isinstance(each, str) for each in plain):
        raise TypeError("forms are a list of texts")
    return frozenset(set(plain))  # by way of a set, since that takes half of the memory
