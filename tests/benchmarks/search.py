"""How fast an archive is searched: `python -m tests.benchmarks.search --posts N [--keep FILE]`.

Makes an archive of invented posts (or takes the one that an earlier run kept), its index tidied
as the program does every night. Then the bot is asked, by the texts of commands: for rare, medium
and common words, for two words, a word of one channel in a month, phrases, and names that bring
their other names; each is timed from the text to the composed reply, which shows the first page
and tells how many there are. The rare words are asked for by LIKE too, as the programs of the
field do. Prints one JSON line; exit 1 below the bars of DESIGN section 10.
"""

import argparse
import asyncio
import json
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiosqlite import Connection

from storage import search
from storage.search import Search
from tests.benchmarks.asking import Desk, desk
from tests.benchmarks.generating import Invention, write
from tests.benchmarks.questions import questions

PAGE = 20
ROUNDS = 5
SCANS = 5  # by LIKE: seconds each
AFTER = 1_893_456_000_000  # 2030, after all of the posts
LIKE_BAR = 100  # so many times faster than LIKE for rare words
BARS = {"rare": 3, "medium": 3, "common": 3, "and": 3, "channel and month": 3, "phrase": 6}


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


async def timed(desk: Desk, asked: Mapping[str, Sequence[str]]) -> Mapping[str, Times]:
    """How long a question of each kind takes, from its text to the reply: the archive warm, its
    words never asked before. The kinds take turns, so that whatever else the machine does falls
    on all of them.
    """
    times = {kind: Times() for kind in asked}
    for number in range(ROUNDS + 1):
        for questions_of_all in zip(*asked.values(), strict=True):
            for kind, query in zip(asked, questions_of_all, strict=True):
                desk.forget()
                began, used = time.perf_counter(), time.process_time()
                shown = await desk.shows(query)
                if number:
                    times[kind].wall.append((time.perf_counter() - began) * 1000)
                    times[kind].processor.append((time.process_time() - used) * 1000)
                    times[kind].posts.append(shown)
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


async def measure(path: Path, invention: Invention) -> dict[str, object]:
    async with desk(path, AFTER) as here:
        conn = here.archive.reader
        held = await search.count(conn, Search(), sys.maxsize)
        if held != invention.count:
            raise SystemExit(
                f"{path} holds {held} posts, not {invention.count}: give another file."
            )
        asked = await questions(here, invention)
        times = {kind: each.told() for kind, each in (await timed(here, asked)).items()}
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
        figures = asyncio.run(measure(path, invention))
    told = {"posts": asked.posts, "seed": asked.seed, "made_in_seconds": took, "megabytes": size}
    print(json.dumps({**told, **figures}, ensure_ascii=False))
    return 0 if figures["well"] else 1


if __name__ == "__main__":
    sys.exit(main())
