"""Rules over the words of invented posts: as many as wanted, the same for the same seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.query import words
from bot.query.tree import All, AnyOf, Forms, InRow, No, Tree
from tests.benchmarks.generating import LANGUAGES, SHARES, Invention

KINDS = ("word", "phrase", "and", "not")
KIND_SHARES = (0.65, 0.15, 0.15, 0.05)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is decided, and as the programs of the field would: by parts of the text."""

    tree: Tree
    found: Callable[[str], bool]  # in a text in lower case


class Rules:
    """Each of words that no other has, drawn so that a word is as likely to be one of those that
    all posts have as one that few have (log-uniformly by rank).
    """

    def __init__(self, invention: Invention, seed: int) -> None:
        self._invention = invention
        self._chance = random.Random(seed)
        self._taken: set[str] = set()

    def many(self, count: int) -> Iterator[Rule]:
        for kind in self._chance.choices(KINDS, KIND_SHARES, k=count):
            code = self._chance.choices(LANGUAGES, SHARES)[0]
            yield self._rule(kind, code)

    def _rule(self, kind: str, code: str) -> Rule:
        one = self._stem(code)
        first = self._forms(code, one)
        if kind == "word":
            return Rule(AnyOf(first), lambda text: one in text)
        other = self._stem(code)
        second = self._forms(code, other)
        if kind == "phrase":
            return Rule(InRow((first, second)), lambda text: f"{one} {other}" in text)
        if kind == "and":
            both = All((AnyOf(first), AnyOf(second)))
            return Rule(both, lambda text: one in text and other in text)
        but = All((AnyOf(first), No(AnyOf(second))))
        return Rule(but, lambda text: one in text and other not in text)

    def _stem(self, code: str) -> str:
        stems = self._invention.stems[code]
        while True:
            stem = stems[int(len(stems) ** self._chance.random()) - 1]
            if stem not in self._taken:
                self._taken.add(stem)
                return stem

    def _forms(self, code: str, stem: str) -> Forms:
        return frozenset(map(words.norm, self._invention.forms(code, stem)))
