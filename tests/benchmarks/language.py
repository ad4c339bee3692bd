"""Queries of the whole language over the words of invented posts, at random."""

import random
from collections.abc import Callable, Sequence

from tests.benchmarks.generating import ABSENT, CHANNELS, ENDINGS, LANGUAGES, PLACES, Invention

LABELS = ("north", "south")
KINDS = ("photo", "video", "link")
DEPTH = 3  # of parentheses
IN_CAPITALS = ("US", "us", "U.S.", "=US", "WHO", "who", '"U.S. aid"')


class Queries:
    """What people could ask of these posts; nearly every one of them is a rule too."""

    def __init__(self, invention: Invention, texts: Sequence[str], seed: int) -> None:
        self._invention = invention
        self._texts = texts
        self._chance = random.Random(seed)
        makers: Sequence[tuple[Callable[[], str], int]] = (
            (self._word, 10),
            (self._phrase, 3),
            (self._near, 3),
            (self._prefix, 2),
            (self._exact, 1),
            (self._name, 2),
            (self._filter, 3),
        )
        self._makers = [make for make, _ in makers]
        self._weights = [weight for _, weight in makers]

    def one(self) -> str:
        """One query."""
        return self._every(0)

    def _every(self, depth: int) -> str:
        """One to four conditions that all must hold; those that must not, and expressions that
        are slow to look for, only beside others."""
        parts = [self._part(depth) for _ in range(self._chance.choice((1, 1, 2, 2, 3)))]
        if self._chance.random() < 0.2:
            parts.append(f"-{self._part(depth)}")
        if self._chance.random() < 0.06:
            parts.insert(0, self._regex())
        return self._chance.choice((" ", " ", " AND ", " ТА ")).join(parts)

    def _part(self, depth: int) -> str:
        if depth < DEPTH and self._chance.random() < 0.15:
            either = self._chance.choice((" OR ", " | ", " АБО ")).join(
                self._every(depth + 1) for _ in range(self._chance.choice((2, 2, 3)))
            )
            return f"({either})"
        return self._chance.choices(self._makers, self._weights)[0]()

    def _word(self) -> str:
        """As it is typed; of common and rare ones each as often."""
        chance = self._chance
        if chance.random() < 0.3:
            return self._written(1)
        code = chance.choice(LANGUAGES)
        stems = self._invention.stems[code]
        stem = stems[int(len(stems) ** chance.random()) - 1]
        typed = stem + chance.choice((*ENDINGS[code], ABSENT[0]))
        return chance.choice((typed, typed, typed.capitalize(), f"#{typed}"))

    def _written(self, count: int) -> str:
        """Words that follow each other in some post."""
        while True:
            words = self._chance.choice(self._texts).split()
            if len(words) >= count:
                place = self._chance.randrange(len(words) - count + 1)
                return " ".join(word.strip(".,:") for word in words[place : place + count])

    def _phrase(self) -> str:
        return f'"{self._written(self._chance.choice((2, 2, 3)))}"'

    def _near(self) -> str:
        left, right = (self._chance.choice((self._word, self._phrase))() for _ in range(2))
        words = self._written(4).split()
        if self._chance.random() < 0.6:
            left, right = words[3], words[0]
        return f"{left} ~{self._chance.randint(0, 6)} {right}"

    def _prefix(self) -> str:
        word = self._written(1)
        return f"{word[: self._chance.randint(3, 6)]}*" if len(word) > 3 else word

    def _exact(self) -> str:
        return f"={self._written(1)}"

    def _name(self) -> str:
        written = (*(PLACES[code] for code in LANGUAGES), IN_CAPITALS)
        return self._chance.choice(self._chance.choice(written))

    def _regex(self) -> str:
        word = self._written(1)
        place = len(word) // 2
        return f"/{word[:place]}.?{word[place + 1 :]}/"

    def _filter(self) -> str:
        chance = self._chance
        number = int(CHANNELS ** chance.random())
        return chance.choice(
            (
                f"from:@channel_{number}",
                f"from:@channel_{number},@channel_{number + 1}",
                f"in:{chance.choice(LABELS)}",
                f"has:{chance.choice(KINDS)}",
                "is:forward",
                "is:edited",
                f"lang:{chance.choice(LANGUAGES)}",
            )
        )
