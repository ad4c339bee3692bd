"""Hostile queries: `python -m tests.benchmarks.fuzz_query --cases N --seed S`.

Each goes through the whole chain: it is read as a search and as a rule, its days are placed, it
is understood with the real dictionaries, written for the index, and asked of a real FTS5 index,
whose answer is compared with that of the matcher; every refusal is told in three languages.
Prints one JSON object; exit 1 where anything but a refusal came out, where two answers differ, or
where a case took longer than the bound.
"""

import argparse
import json
import random
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field

from bot.commands.queries import explained
from bot.locales import LANGUAGES, speaker
from bot.query.compile import Directory, understand
from bot.query.dates import window
from bot.query.errors import QueryError
from bot.query.fts import to_fts
from bot.query.lexicon import Lexicon
from bot.query.match import RuleIndex, holds, spans
from bot.query.parse import parse
from bot.query.tree import Document, Tree, dumps, loads
from bot.query.words import norm
from tests.unit.query.queries import PIECES

BOUND = 2.0  # seconds for one case, on a machine that does other things too
NOW = 1_663_677_000_000  # 2022-09-20 12:30 UTC
ZONES = ("Europe/Kyiv", "UTC", "Asia/Beirut", "Pacific/Apia", "America/New_York", "no/zone")
CHANNELS = {"luhanskavtsa": 1, "a": 2, "b": 3, "x_y": 4, "aaaa": 5}
LABELS = {"ua-governors": (1, 2), "мій пак": (3,), "empty": ()}
MARKS = ("c1", "c2", "c3", "luk", "lru", "len", "hasphoto", "haslink", "fwd", "edited", "deleted")
DAYS = ("last", "monday", "тому", "назад", "3", "вчора", "19", "вересня", "мая", "99999", "14:00")
SHOWN = 20  # failures in the report

# As in the archive.
CREATE_INDEX = "CREATE VIRTUAL TABLE posts_index USING fts5 (body, meta, tokenize = 'ascii')"


@dataclass(slots=True)
class Report:
    """What came out. `answers` counts refusals by code, and what was read."""

    cases: int
    seed: int
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_case: str = ""
    answers: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, str]] = field(default_factory=list)

    def failed(self, case: str, what: str) -> None:
        self.failures.append({"case": ascii(case), "what": what})


class Chain:
    """What a query goes through, over a few posts made of the same pieces."""

    def __init__(self, lexicon: Lexicon, connection: sqlite3.Connection, rng: random.Random):
        self._lexicon = lexicon
        self._connection = connection
        self._documents = {number: _document(rng) for number in range(1, 41)}
        self._directory = Directory(CHANNELS, LABELS)
        connection.execute(CREATE_INDEX)
        connection.executemany(
            "INSERT INTO posts_index (rowid, body, meta) VALUES (?, ?, ?)",
            [
                (number, norm(document.text), " ".join(sorted(document.marks & set(MARKS))))
                for number, document in self._documents.items()
            ],
        )

    def run(self, text: str, rule: bool, zone: str) -> str:
        """What became of the text. Raises AssertionError where something disagrees."""
        try:
            query = parse(text, rule=rule)
            assert parse(query.text, rule=rule) == query, "read again it is another query"
            window(query, NOW, zone)
            tree = understand(query, self._lexicon, channels=self._directory).tree
        except QueryError as error:
            _check(error)
            return error.code
        if tree is not None:
            self._ask(tree, rule)
        return "read"

    def _ask(self, tree: Tree, rule: bool) -> None:
        assert loads(dumps(tree)) == tree, "kept it is another tree"
        held = {n for n, document in self._documents.items() if holds(tree, document)}
        plan = to_fts(tree, LABELS)
        found = self._found(plan.expression)
        assert held <= found, f"the index misses {held - found}"
        assert not plan.exact or found == held, f"the index finds {found - held} as well"
        if rule:
            index = RuleIndex()
            index.add(1, tree)
            woken = {n for n, document in self._documents.items() if index.matching(document)}
            assert woken == held, f"alerts differ: {woken ^ held}"
        for number in held:
            spans(self._documents[number].text, [tree])

    def _found(self, expression: str | None) -> set[int]:
        if expression is None:
            return set(self._documents)
        rows = self._connection.execute(
            "SELECT rowid FROM posts_index WHERE posts_index MATCH ?", (expression,)
        )
        return {row[0] for row in rows}


def _check(error: QueryError) -> None:
    """A refusal points into a text that can be shown, and has words in every language."""
    assert 0 <= error.at <= error.end <= len(error.text), "it points beyond the text"
    error.text.encode()
    answer = explained(error)
    for language in LANGUAGES:
        speaker(language)(answer.text, **answer.values).encode()


def _document(rng: random.Random) -> Document:
    text = _joined(rng, rng.randint(1, 30))
    marks = set(rng.sample(MARKS, rng.randint(0, 5)))
    labels = {
        f"in:{label}"
        for label, channels in LABELS.items()
        if any(f"c{channel}" in marks for channel in channels)
    }
    return Document(text, frozenset(marks | labels))


def cases(count: int, rng: random.Random) -> Iterator[str]:
    """Queries that people could write, damaged, and texts that are none."""
    makers: Sequence[Callable[[random.Random], str]] = (
        lambda rng: _joined(rng, rng.randint(1, 12)),
        lambda rng: _damaged(rng, _joined(rng, rng.randint(1, 12))),
        lambda rng: _nested(rng, 0),
        lambda rng: _damaged(rng, _nested(rng, 0)),
        lambda rng: f"{rng.choice(['since', 'until'])}:{_day(rng)} {_joined(rng, 2)}",
        _anything,
        _repeated,
    )
    weights = (4, 4, 4, 3, 3, 2, 1)
    for _ in range(count):
        yield rng.choices(makers, weights)[0](rng)


def _joined(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(PIECES) + rng.choice(["", " ", " ", " "]) for _ in range(count))


def _nested(rng: random.Random, depth: int) -> str:
    """A query with parentheses that mostly pair."""
    parts = [
        f"({_nested(rng, depth + 1)})" if rng.random() < 0.3 and depth < 12 else rng.choice(PIECES)
        for _ in range(rng.randint(1, 4))
    ]
    return rng.choice([" ", " ", " OR ", " AND ", " АБО ", " -", "|", " ~3 "]).join(parts)


def _day(rng: random.Random) -> str:
    figures = "-".join(str(rng.randint(0, 10 ** rng.randint(1, 5))) for _ in range(3))
    unit = rng.choice(["d", "h", "г", "т", "m", "y", "р", "мин", "x", ""])
    back = f"{rng.randint(0, 10 ** rng.randint(1, 12))}{unit}"
    words = " ".join(rng.choices(DAYS, k=rng.randint(1, 5)))
    return rng.choice([figures, back, f'"{words}"', f"«{_damaged(rng, words)}»", words])


def _damaged(rng: random.Random, text: str) -> str:
    """With some characters taken out, doubled, exchanged or put in."""
    signs = list(text)
    for _ in range(rng.randint(1, 4)):
        place = rng.randint(0, len(signs))
        signs[place : place + rng.randint(0, 2)] = rng.choice(
            ["", _character(rng), rng.choice(PIECES), "".join(signs[place : place + 5]) * 2]
        )
    return "".join(signs)


def _anything(rng: random.Random) -> str:
    return "".join(_character(rng) for _ in range(rng.randint(0, 80)))


def _character(rng: random.Random) -> str:
    highest = rng.choice([0x7F, 0x52F, 0x2FFF, 0xFFFF, 0x10FFFF])
    return chr(rng.randint(0, highest))  # lone surrogates too


def _repeated(rng: random.Random) -> str:
    piece = _joined(rng, rng.randint(1, 2))
    return (piece * 10_000)[: rng.choice([60, 400, 999, 1000, 1001, 10_000])]


def fuzz(count: int, seed: int, bound: float = BOUND) -> Report:
    """Run `count` cases; the same seed gives the same ones."""
    rng = random.Random(seed)
    report = Report(count, seed)
    lexicon = Lexicon()
    with closing(sqlite3.connect(":memory:")) as connection:
        chain = Chain(lexicon, connection, rng)
        chain.run('наступ OR offensive since:"last monday"', False, "UTC")  # loads what is slow
        began = time.perf_counter()
        for case in cases(count, rng):
            for rule in (False, True):
                _run(chain, report, bound, (case, rule, rng.choice(ZONES)))
        report.seconds = round(time.perf_counter() - began, 1)
    return report


def _run(chain: Chain, report: Report, bound: float, asked: tuple[str, bool, str]) -> None:
    began = time.perf_counter()
    try:
        report.answers[chain.run(*asked)] += 1
    except Exception as error:  # noqa: BLE001 -- whatever is no refusal is what we look for
        report.failed(asked[0], f"{type(error).__name__}: {error}")
    took = time.perf_counter() - began
    if took > report.slowest:
        report.slowest, report.slowest_case = round(took, 3), ascii(asked[0])
    if took > bound:
        report.failed(asked[0], f"took {took:.1f} s")


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--bound", type=float, default=BOUND, help="seconds for one case")
    asked = options.parse_args(arguments)
    report = fuzz(asked.cases, asked.seed, asked.bound)
    shown = asdict(report) | {"failed": len(report.failures), "failures": report.failures[:SHOWN]}
    print(json.dumps(shown | {"answers": dict(report.answers.most_common())}, indent=1))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
