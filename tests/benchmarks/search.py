"""How fast an archive is searched: `python -m tests.benchmarks.search --posts N [--keep FILE]`.

Makes an archive of invented posts (or takes the one that an earlier run kept), its index tidied
as the program does every night, then asks it for the newest twenty of rare, medium and common
words, of two words, of a word of one channel in a month, and of phrases, each word in the 21
forms that a query may have of it; and, as the programs of the field do, for the rare words by
LIKE. Prints one JSON line; exit 1 below the bars of DESIGN section 10.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from pathlib import Path

from aiosqlite import Connection

from bot.query import words
from storage import search
from storage.db import openers
from storage.search import Search
from tests.benchmarks.generating import LANGUAGES, Invention, write

PAGE = 20
QUESTIONS = 40  # of each kind
ROUNDS = 5
SCANS = 5  # by LIKE: seconds each
MONTH = 30 * 86_400_000
LIKE_BAR = 100  # so many times faster than LIKE for rare words
BARS = {"rare": 3, "medium": 3, "common": 3, "and": 3, "channel and month": 3, "phrase": 6}

# From what is looked for to what is answered; the bot's reply takes this place.
Answer = Callable[[Connection, Search], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the forms that a query has of it."""

    forms: tuple[str, ...]

    @property
    def any(self) -> str:
        return "(" + " OR ".join(f'"{words.norm(form)}"' for form in self.forms) + ")"


@dataclass(slots=True)
class Times:
    """Of the questions of one kind, in milliseconds."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)  # of all threads
    posts: list[int] = field(default_factory=list)

    def told(self) -> dict[str, float]:
        return {
            "median": round(statistics.median(self.wall), 3),
            "p95": round(statistics.quantiles(self.wall, n=20)[-1], 3),
            "max": round(max(self.wall), 3),
            "processor": round(statistics.median(self.processor), 3),
            "posts": round(statistics.mean(self.posts), 1),
        }


async def kept_posts(conn: Connection, wanted: Search) -> int:
    """How many posts there are on the first page, read whole."""
    return len(await search.newest(conn, wanted, PAGE, None))


async def questions(conn: Connection, invention: Invention) -> Mapping[str, Sequence[Search]]:
    """What is asked, by kind."""
    chance = random.Random(7)
    rare = [Word(invention.forms("uk", stem)) for stem in chance.sample(invention.rare, QUESTIONS)]
    medium = await _of_share(conn, invention, 0.001, 0.004)
    common = await _of_share(conn, invention, 0.03, 0.10)
    both = [f"body : ({a.any} AND {b.any})" for a, b in zip(common, medium, strict=True)]
    newest_at = (await search.newest(conn, Search(), 1, None))[0].post.posted_at
    return {
        "rare": [Search(f"body : {word.any}") for word in rare],
        "medium": [Search(f"body : {word.any}") for word in medium],
        "common": [Search(f"body : {word.any}") for word in common],
        "and": [Search(expression) for expression in both],
        "channel and month": [
            Search(f"body : {word.any} AND meta : c{number % 20 + 1}", until - MONTH, until)
            for number, word in enumerate(common)
            for until in (newest_at - number * MONTH // 10,)
        ],
        "phrase": [Search(f"body : {phrase}") for phrase in await _phrases(conn, invention)],
    }


async def _of_share(
    conn: Connection, invention: Invention, least: float, most: float
) -> list[Word]:
    """Words that such a share of all posts has."""
    total = await search.count(conn, Search(), sys.maxsize)
    found: list[Word] = []
    rank = 0
    while len(found) < QUESTIONS:
        code = LANGUAGES[rank % 2]  # those of most posts
        word = Word(invention.forms(code, invention.stems[code][rank // 2]))
        hits = await search.count(conn, Search(f"body : {word.any}"), int(most * total) + 1)
        if least * total <= hits <= most * total:
            found.append(word)
        rank += 1 + rank // 100  # further apart where neighbours are alike
    return found


async def _phrases(conn: Connection, invention: Invention) -> list[str]:
    """Two words that follow each other somewhere, in every pairing of their forms."""
    by_form = {
        form: forms
        for code in LANGUAGES[:2]
        for stem in invention.stems[code]
        for forms in (invention.forms(code, stem)[:12],)
        for form in forms
    }
    posts = await search.newest(conn, Search(), 100 * QUESTIONS, None)
    found: list[str] = []
    for kept in posts[::10]:
        text = [word.strip(".").lower() for word in kept.post.text.split()[-40:]]
        pairs = (pair for pair in pairwise(text) if set(pair) <= by_form.keys())
        if (pair := next(pairs, None)) is not None:
            rows = product(*(by_form[word] for word in pair))
            found.append(" OR ".join(f'"{words.norm(" ".join(row))}"' for row in rows))
    return [f"({phrase})" for phrase in found[:QUESTIONS]]


async def timed(
    conn: Connection, asked: Mapping[str, Sequence[Search]], answer: Answer
) -> Mapping[str, Times]:
    """How long a question of each kind takes, the archive warm. The kinds take turns, so that
    whatever else the machine does falls on all of them.
    """
    times = {kind: Times() for kind in asked}
    for number in range(ROUNDS + 1):
        for questions_of_all in zip(*asked.values(), strict=True):
            for kind, wanted in zip(asked, questions_of_all, strict=True):
                began, used = time.perf_counter(), time.process_time()
                hits = await answer(conn, wanted)
                if number:
                    times[kind].wall.append((time.perf_counter() - began) * 1000)
                    times[kind].processor.append((time.process_time() - used) * 1000)
                    times[kind].posts.append(hits)
    return times


async def scanned(conn: Connection, asked: Sequence[str]) -> float:
    """Median milliseconds by LIKE: every text is read, as far as none of twenty is missing."""
    taken = []
    for word in asked:
        began = time.perf_counter()
        await conn.execute_fetchall(
            "SELECT id, text FROM posts WHERE text LIKE ? ORDER BY id DESC LIMIT ?",
            (f"%{word}%", PAGE),
        )
        taken.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(taken), 1)


def made(path: Path, invention: Invention) -> float:
    """Make the archive unless it is there; the seconds that took."""
    if path.exists():
        return 0.0
    began = time.perf_counter()
    asyncio.run(write(path, invention))
    return round(time.perf_counter() - began, 1)


async def measure(
    path: Path, count: int, invention: Invention, answer: Answer
) -> dict[str, object]:
    async with openers(path, words.norm).reader() as conn:
        held = await search.count(conn, Search(), sys.maxsize)
        if held != count:
            raise SystemExit(f"{path} holds {held} posts, not {count}: give another file.")
        asked = await questions(conn, invention)
        times = {kind: each.told() for kind, each in (await timed(conn, asked, answer)).items()}
        like = await scanned(conn, [name.capitalize() for name in invention.rare[:SCANS]])
        [(index,)] = await conn.execute_fetchall("SELECT sum(length(block)) FROM posts_index_data")
    return {
        "milliseconds": times,
        "like_milliseconds": like,
        **_verdict({kind: each["median"] for kind, each in times.items()}, like),
        "index_megabytes": round(index / 1e6),
        "sqlite": sqlite3.sqlite_version,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    }


def _verdict(medians: Mapping[str, float], like: float) -> dict[str, object]:
    """Each kind beside the quickest one, and rare words beside LIKE."""
    quickest = min(medians.values())
    ratios = {kind: round(each / quickest, 2) for kind, each in medians.items()}
    faster = round(like / medians["rare"], 1)
    return {
        "ratios": ratios,
        "ratio_bars": BARS,
        "faster_than_like": faster,
        "like_bar": LIKE_BAR,
        "well": faster >= LIKE_BAR and all(ratios[kind] <= bar for kind, bar in BARS.items()),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="make the archive here, or use the one here")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = asked.keep or Path(folder) / "archive.sqlite3"
        invention = Invention(asked.seed, asked.posts)
        took = made(path, invention)
        size = round(path.stat().st_size / 1e6)
        figures = asyncio.run(measure(path, asked.posts, invention, kept_posts))
    told = {"posts": asked.posts, "seed": asked.seed, "made_in_seconds": took, "megabytes": size}
    print(json.dumps({**told, **figures}, ensure_ascii=False))
    return 0 if figures["well"] else 1


if __name__ == "__main__":
    sys.exit(main())
