"""Two programs at once on one archive: an import takes turns, and nothing is lost or broken."""

import asyncio
import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.importing.turns import FEWEST, HOLD, MOST, Turns
from storage import channels, posts
from storage.db import Archive
from storage.errors import ArchiveLocked
from storage.records import Batch, Channel, ChannelState, Post, Via
from tests.benchmarks.exports import CHANNEL, write_json
from tests.importing.desktop import NOW
from tests.storage.archives import check_index, problems

ROOT = Path(__file__).parents[2]
COUNT = 3_000
PATIENCE = 4.0  # seconds; after five a watcher gives up
PROGRAM = """
import asyncio, sys
from pathlib import Path
from bot.clock import Clock
from bot.importing import command
archive, export = map(Path, sys.argv[1:])
order = command.Order(export, None, "UTC", as_json=True)
sys.exit(asyncio.run(command.run(archive, order, Clock())))
"""


async def test_a_watcher_writes_while_another_program_imports(
    archive: Archive, tmp_path: Path
) -> None:
    write_json(tmp_path / "result.json", 7, COUNT)
    async with archive.transaction() as tx:
        await channels.save(tx, Channel(1, "Watched", state=ChannelState.JOINED))
    importing = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, tmp_path / "postwatch.sqlite3", tmp_path,
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    ended = asyncio.create_task(importing.wait())
    written, longest = 0, 0.0
    while not ended.done():
        written += 1
        post = Post(1, written, NOW + written * 1000, "Слово", pts=written)
        began = time.monotonic()
        async with archive.transaction() as tx:
            await posts.apply(tx, Batch(Via.LIVE, NOW, (post,)))
        longest = max(longest, time.monotonic() - began)
        await Clock().pass_by(0.01)
    assert await ended == 0
    assert longest < PATIENCE
    assert (await posts.counts(archive.reader)).posts == COUNT + written
    assert await posts.newest_id(archive.reader, CHANNEL) == COUNT
    assert await problems(archive) == []
    await check_index(archive)


async def test_a_batch_waits_for_a_program_that_holds_the_archive(
    archive: Archive, tmp_path: Path
) -> None:
    async with archive.transaction() as tx:
        await tx.execute("PRAGMA busy_timeout = 100")  # each attempt, instead of five seconds
    with closing(sqlite3.connect(tmp_path / "postwatch.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        batch = asyncio.create_task(Turns(archive).take(_count, 1))
        done, _ = await asyncio.wait([batch], timeout=0.3)
        assert not done
        other.execute("ROLLBACK")
        assert await batch == 0


async def test_a_program_that_never_lets_go_is_told(archive: Archive, tmp_path: Path) -> None:
    async with archive.transaction() as tx:
        await tx.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(tmp_path / "postwatch.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveLocked, match="another program"):
            await Turns(archive).take(_count, 1)


async def _count(tx: object) -> int:
    return 0


@pytest.mark.parametrize(("seconds", "fits"), [(0.0, MOST), (HOLD / 100, 100), (1.0, FEWEST)])
async def test_a_batch_is_as_large_as_fits_its_time(
    archive: Archive, seconds: float, fits: int
) -> None:
    turns = Turns(archive)
    for _ in range(40):
        turns.note(seconds * 10, 10, HOLD)
    assert turns.size == fits
