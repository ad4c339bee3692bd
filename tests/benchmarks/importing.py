"""How fast an export is imported: `python -m tests.benchmarks.importing --posts N --seed S`.

Each round imports the same JSON export into a new archive, then lets SQLite alone take the same
rows into another one: the same file format, settings, transactions, triggers and `norm()`, but
nothing to parse, compare or hash. Prints one JSON line; exit 1 below the bar.
"""

import argparse
import asyncio
import json
import os
import platform
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.clock import Clock
from bot.importing import sources
from bot.importing.importer import Importer
from bot.query import words
from storage.db import open_archive, openers
from tests.benchmarks.exports import write_json

BATCH = 500  # posts a transaction, about as many as an import takes
BAR = 0.5  # of the rate of SQLite alone
TABLES = ("channels", "posts", "versions", "journal")
Rows = dict[str, list[tuple[object, ...]]]


async def import_into(archive: Path, export: Path) -> float:
    """Seconds taken from the file to the last commit."""
    clock = Clock()
    async with open_archive(archive, words.norm, clock.now()) as opened:
        words.norm.forget()  # or the second run would be the quicker one
        began = time.perf_counter()
        with sources.opened(export) as source:
            report = await Importer(opened, clock, source, "UTC").run(None, lambda: None)
        took = time.perf_counter() - began
    assert report.complete, list(report.lines())
    return took


async def rows_of(archive: Path) -> Rows:
    rows: Rows = {}
    async with openers(archive, words.norm).reader() as conn:
        for table in TABLES:
            found = await conn.execute_fetchall(f"SELECT * FROM {table}")  # noqa: S608 -- our own names
            rows[table] = [tuple(row) for row in found]
    return rows


async def insert_into(archive: Path, rows: Rows) -> float:
    """Seconds that SQLite alone takes for the rows of an import."""
    async with open_archive(archive, words.norm, 1):
        pass  # only made
    async with openers(archive, words.norm).writer() as conn:
        words.norm.forget()  # or the second run would be the quicker one
        began = time.perf_counter()
        for first in range(0, len(rows["posts"]), BATCH):
            await conn.execute("BEGIN IMMEDIATE")
            for table, found in rows.items():
                if part := found[first : first + BATCH]:
                    places = ", ".join("?" * len(part[0]))
                    await conn.executemany(f"INSERT INTO {table} VALUES ({places})", part)  # noqa: S608 -- our own names
            await conn.commit()
        return time.perf_counter() - began


async def measure(folder: Path, count: int, seed: int, rounds: int) -> dict[str, object]:
    export = folder / "result.json"
    write_json(export, seed, count)
    imports, bare, memory = [], [], 0
    for number in range(rounds):
        archive, other = folder / f"imported{number}.sqlite3", folder / f"bare{number}.sqlite3"
        imports.append(await import_into(archive, export))
        memory = memory or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        rows = await rows_of(archive)
        bare.append(await insert_into(other, rows))
        assert await rows_of(other) == rows
    ratio = statistics.median(b / i for i, b in zip(imports, bare, strict=True))
    return {
        "posts": count,
        "seed": seed,
        "rounds": rounds,
        "megabytes": round(export.stat().st_size / 1e6, 1),
        "imported_per_second": round(count / statistics.median(imports)),
        "sqlite_alone_per_second": round(count / statistics.median(bare)),
        "ratio": round(ratio, 3),
        "bar": BAR,
        "well": ratio >= BAR,
        "import_memory_megabytes": memory,
        "sqlite": sqlite3.sqlite_version,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), asked.posts, asked.seed, asked.rounds))
    print(json.dumps(figures))
    return 0 if figures["well"] else 1


if __name__ == "__main__":
    sys.exit(main())
