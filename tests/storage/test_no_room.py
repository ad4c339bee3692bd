"""A disk that fills, and an archive that another program holds: a clear word, nothing damaged."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from storage import posts
from storage.db import Archive, open_archive
from storage.errors import ArchiveFull, ArchiveLocked
from tests.storage.archives import NOW, POST, apply, norm, problems


async def test_an_archive_that_cannot_grow_says_so_and_stays_whole(archive: Archive) -> None:
    """SQLite itself counts the pages here, and answers as on a full disk."""
    await apply(archive, POST)
    async with archive.transaction() as tx:
        [(pages,)] = await tx.execute_fetchall("PRAGMA page_count")
        await tx.execute(f"PRAGMA max_page_count = {pages + 4}")
    many = [replace(POST, message_id=number, text="слово " * 300) for number in range(10, 60)]
    with pytest.raises(ArchiveFull, match="the disk is full"):
        await apply(archive, *many)
    assert (await posts.counts(archive.reader)).posts == 1
    assert await problems(archive) == []

    async with archive.transaction() as tx:
        await tx.execute("PRAGMA max_page_count = 100000")
    await apply(archive, *many)
    assert (await posts.counts(archive.reader)).posts == 51
    assert await problems(archive) == []


async def test_a_lock_of_another_program_is_waited_for_and_then_told(
    archive: Archive, tmp_path: Path
) -> None:
    async with archive.transaction() as tx:
        await tx.execute("PRAGMA busy_timeout = 200")
    other = sqlite3.connect(tmp_path / "archive.sqlite3", isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveLocked, match="held by another program"):
            await apply(archive, POST)
        other.execute("COMMIT")
    await apply(archive, POST)
    assert await problems(archive) == []


async def test_a_connection_waits_five_seconds_for_a_lock(tmp_path: Path) -> None:
    async with open_archive(tmp_path / "archive.sqlite3", norm, NOW) as opened:
        for conn in (opened.reader, opened.outbox_reader):
            [(patience,)] = await conn.execute_fetchall("PRAGMA busy_timeout")
            assert patience == 5000
        async with opened.transaction() as tx:
            [(patience,)] = await tx.execute_fetchall("PRAGMA busy_timeout")
            assert patience == 5000
