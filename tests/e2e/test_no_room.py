"""The program on a disk that fills: it ends with a clear word, and the archive is whole.

The disk is the true one; the operating system refuses the program (a process of its own) any
file beyond a size, which it may do to a running process. Nothing in the program knows of that.
"""

import asyncio
import os
import resource
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.operator.verifying import examine
from bot.sandbox.channels import Channel
from tests.e2e.conftest import Cast
from tests.program import ROOT, Archive, Program

pytestmark = pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="limits of another process can be set on Linux only"
)
GROWTH = 32_768  # bytes that the archive's log may still grow


async def test_it_ends_with_a_clear_word_and_goes_on_when_there_is_room(
    program: Program, haidai: Channel, cast: Cast, tmp_path: Path
) -> None:
    await program.stops()
    variables = cast.environment(tmp_path)
    before = cast.telegram.counts["updates.GetState"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run",
        env={**os.environ, **variables}, cwd=ROOT, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    await cast.telegram.is_asked_for("updates.GetState", before + 1, within=20)
    await haidai.posts("Перший")
    archive = Archive(program.settings.archive)
    await archive.until("SELECT 1 FROM posts")

    wal = program.settings.archive.with_name("postwatch.sqlite3-wal")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (wal.stat().st_size + GROWTH,) * 2)
    for number in range(60):
        await haidai.posts(f"{number} " + "слово " * 300)
    async with asyncio.timeout(20):
        _, printed = await process.communicate()
    assert process.returncode == 2
    assert "Traceback" not in printed.decode()
    assert str(program.settings.archive) in printed.decode() and "free space" in printed.decode()

    await whole(program)
    await program.starts()
    await archive.until("SELECT 1 FROM posts GROUP BY 1 HAVING count(*) = 61")
    await program.stops()
    await whole(program)


async def whole(program: Program) -> None:
    path = program.settings.archive
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert await examine(path, program.settings.media_folder, (), as_json=True) == 0
