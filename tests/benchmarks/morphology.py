"""How well inflections are found: `python -m tests.benchmarks.morphology [--data TABLE]`

Each line of a table is a rule, a text, and whether the one should find the other (see
tests/unit/query/cases.py). What is found is compared with that, beside what a search for the
rule's letters in the text finds, as other watchers have it. Derived words, of which opinions
differ, count for neither. Prints one JSON object; exit 1 below 99 of 100.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from bot.query.compile import understand
from bot.query.lexicon import Lexicon
from bot.query.match import holds
from bot.query.parse import parse
from bot.query.tree import Document, Tree
from tests.unit.query.cases import OURS, Case, read

BAR = 99.0  # percent

Finds = Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out of a table, without its arguable lines."""

    cases: int
    recall: float  # percent of what should be found that was
    precision: float  # percent of what was found that should be
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    arguable: str  # how many derived words were found, of how many


def measure(cases: Iterable[Case], lexicon: Lexicon) -> Figures:
    """How our rules do."""

    @cache
    def tree(rule: str) -> Tree:
        meant = understand(parse(rule, rule=True), lexicon).tree
        assert meant is not None, "a rule asks for something"
        return meant

    return judged(cases, lambda case: holds(tree(case.rule), Document(case.text)))


def by_letters(case: Case) -> bool:
    """What a search for a substring finds."""
    return case.rule.lower() in case.text.lower()


def judged(cases: Iterable[Case], finds: Finds) -> Figures:
    """The figures of some way to find."""
    outcomes = [(case, finds(case)) for case in cases]
    clear = [(case, found) for case, found in outcomes if not case.arguable]
    right = sum(case.expected and found for case, found in clear)
    missed = [_shown(case) for case, found in clear if case.expected and not found]
    wrong = [_shown(case) for case, found in clear if found and not case.expected]
    derived = [found for case, found in outcomes if case.arguable]
    return Figures(
        cases=len(clear),
        recall=_percent(right, right + len(missed)),
        precision=_percent(right, right + len(wrong)),
        missed=tuple(missed),
        wrong=tuple(wrong),
        arguable=f"{sum(derived)}/{len(derived)}",
    )


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 100.0


def _shown(case: Case) -> str:
    return f"{case.rule} | {case.text} | {case.lang}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=OURS, help="a table (default: our own)")
    cases = read(options.parse_args().data)
    lexicon = Lexicon()
    lexicon.load()
    started = time.perf_counter()
    ours = measure(cases, lexicon)
    seconds = round(time.perf_counter() - started, 2)
    letters = judged(cases, by_letters)
    substring = {"recall": letters.recall, "precision": letters.precision}
    print(
        json.dumps({**asdict(ours), "seconds": seconds, "substring": substring}, ensure_ascii=False)
    )
    return 0 if min(ours.recall, ours.precision) >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
