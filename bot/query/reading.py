"""How a query was understood: for each word what it stands for, to be shown and corrected."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.query.spellings import proposals
from bot.query.tree import Forms, Tree
from bot.query.words import fold


@dataclass(frozen=True, slots=True)
class Name:
    """One thing under the names it has: a place, a person, an office, a term of the beat."""

    kind: str  # place, person, office, term
    spellings: Mapping[str, tuple[str, ...]]  # by language; a spelling may be several words
    # Those that are words of every day as well: they lead to the others, but are only proposed.
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What a rule keeps about the reading of its query: what a person changed, and which
    channels its names are of. Forms are normalised words."""

    without_forms: frozenset[str] = frozenset()
    without_names: frozenset[str] = frozenset()  # normalised spellings that are not joined
    with_spellings: frozenset[tuple[str, str]] = frozenset()  # (normalised word, its spelling)
    # (name, channel id): what `from:` meant when it was written, since names change hands.
    channels: frozenset[tuple[str, int]] = frozenset()

    def dumps(self) -> str:
        """As JSON, to be kept with a rule."""
        return json.dumps(
            {
                "without_forms": sorted(self.without_forms),
                "without_names": sorted(self.without_names),
                "with_spellings": sorted(self.with_spellings),
                "channels": sorted(self.channels),
            },
            ensure_ascii=False,
        )

    @classmethod
    def loads(cls, text: str | None) -> "Choices":
        """What `dumps` wrote; no choice for None."""
        kept = json.loads(text) if text is not None else {}
        return cls(
            frozenset(kept.get("without_forms", ())),
            frozenset(kept.get("without_names", ())),
            frozenset((word, spelling) for word, spelling in kept.get("with_spellings", ())),
            frozenset((name, number) for name, number in kept.get("channels", ())),
        )


@dataclass(frozen=True, slots=True)
class Joined:
    """Another name of the same thing, which counts as a hit too."""

    text: str  # as the tables have it
    language: str
    row: tuple[Forms, ...]  # its words, each in all forms


@dataclass(frozen=True, slots=True)
class Reading:
    """What one word or phrase of the query stands for."""

    text: str  # as typed
    at: int
    row: tuple[Forms, ...]  # its words, each in all forms, without those that were dropped
    names: tuple[Joined, ...] = ()  # joined to it
    surname: str = ""  # the word, where it may be a surname that no table has
    doubtful: tuple[str, ...] = ()  # names that mean something else too, and are not joined

    @property
    def proposed(self) -> tuple[str, ...]:
        """Spellings that could be joined, the likeliest first. Those of surnames are made up when
        they are asked for, since that takes longer than the rest of a reading.
        """
        found = proposals(self.surname) if self.surname else ()
        return (*self.doubtful, *(text for text in found if fold(text) not in self.row[0]))


@dataclass(frozen=True, slots=True)
class Understood:
    """A query, ready to be matched."""

    tree: Tree | None  # None: every post
    readings: tuple[Reading, ...]  # of its words, from left to right
    channels: frozenset[tuple[str, int]] = frozenset()  # (name, channel id): as in Choices
