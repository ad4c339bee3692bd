"""A program that is killed while it writes leaves a sound archive with all it had committed."""

import asyncio
import random
import sys
from pathlib import Path

from storage import posts
from storage.db import open_archive
from tests.storage.archives import NOW, check_index, norm, problems
from tests.storage.writer import BATCH


async def write_and_be_killed(path: Path, first: int, after: int) -> int:
    """Kill a writer as soon as it has told of so many batches; the last message id it told."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.storage.writer",
        str(path),
        str(first),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert writer.stdout is not None
    for _ in range(after):
        await writer.stdout.readline()
    writer.kill()
    told = (await writer.stdout.read()).split()
    await writer.wait()
    return int(told[-1]) if told else first + after * BATCH - 1


async def test_what_was_committed_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    rng = random.Random(9)
    last = 0
    for _ in range(4):
        last = await write_and_be_killed(path, last + 1, after=rng.randrange(1, 12))
        async with open_archive(path, norm, NOW) as archive:
            counts = await posts.counts(archive.reader)
            whole, rest = divmod(counts.posts, BATCH)
            assert (rest, counts.deleted) == (0, whole)
            assert counts.posts in (last, last + BATCH)  # a batch it could not tell of any more
            last = counts.posts
            await check_index(archive)
            assert await problems(archive) == []
            [(sound,)] = await archive.reader.execute_fetchall("PRAGMA integrity_check")
            assert sound == "ok"
