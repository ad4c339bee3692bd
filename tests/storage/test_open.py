"""Opening an archive: what is made, what is refused, and in what words."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from storage import errors, posts, requirements
from storage.db import Archive, open_archive, openers
from storage.errors import ArchiveError
from storage.migrate import APPLICATION_ID, migrate
from tests.storage.archives import NOW, POST, apply, files, norm


async def opening(path: Path) -> str:
    """The message with which opening is refused."""
    with pytest.raises(ArchiveError) as refused:
        async with open_archive(path, norm, NOW):
            pass
    message = str(refused.value)
    assert str(path) in message
    return message


async def test_a_new_archive_is_private_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "data of today #1?" / "deeper" / "archive.sqlite3"
    async with open_archive(path, norm, NOW):
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes) == {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    assert set(modes.values()) == {0o600}


async def test_an_archive_keeps_its_id_and_another_has_another(tmp_path: Path) -> None:
    ids = []
    for name in ("a", "a", "b"):
        async with open_archive(tmp_path / name, norm, NOW) as archive:
            ids.append(archive.id)
    assert ids[0] == ids[1] != ids[2]
    assert len(ids[0]) == 16


async def test_nothing_but_the_archive_is_left_after_closing(tmp_path: Path) -> None:
    async with open_archive(tmp_path / "archive.sqlite3", norm, NOW):
        pass
    assert files(tmp_path) == {"archive.sqlite3"}


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [
        ("foreign_keys", 1),
        ("journal_mode", "wal"),
        ("synchronous", 1),
        ("busy_timeout", 5000),
        ("cache_size", -16384),
    ],
)
async def test_every_connection_is_set_up_alike(
    archive: Archive, pragma: str, expected: object
) -> None:
    async with archive.heavy() as heavy, archive.transaction() as tx:
        for conn in (archive.reader, archive.outbox_reader, heavy, tx):
            [(found,)] = await conn.execute_fetchall(f"PRAGMA {pragma}")
            assert found == expected
            [(folded,)] = await conn.execute_fetchall("SELECT norm('Слово, СЛОВО')")
            assert folded == "слово слово"


async def test_a_reader_cannot_write(archive: Archive) -> None:
    async with archive.heavy() as heavy:
        for conn in (archive.reader, archive.outbox_reader, heavy):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                await conn.execute("DELETE FROM channels")


async def test_an_archive_that_is_not_there_is_not_made_by_a_reader(tmp_path: Path) -> None:
    with pytest.raises(errors.ArchiveUnwritable, match="missing cannot be opened"):
        async with openers(tmp_path / "missing", norm).reader():
            pass
    assert files(tmp_path) == set()


async def test_a_text_file_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("to do: buy bread\n" * 100)
    message = await opening(path)
    assert "not an archive of postwatch" in message
    assert "another path" in message
    assert path.read_text() == "to do: buy bread\n" * 100


async def test_a_folder_is_refused(tmp_path: Path) -> None:
    message = await opening(tmp_path)
    assert "is a folder" in message
    assert str(tmp_path / "archive.sqlite3") in message


async def test_a_path_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written" in await opening(tmp_path / "file" / "archive.sqlite3")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(errors.ArchiveUnwritable, match="cannot be written"):
        migrate(tmp_path / "archive.sqlite3", norm)


async def test_the_database_of_another_program_is_refused_and_left_as_it_was(
    tmp_path: Path,
) -> None:
    path = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    assert "another program" in await opening(path)
    assert path.read_bytes() == before
    assert files(tmp_path) == {"other.sqlite3"}


async def test_a_newer_archive_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute("PRAGMA user_version = 999")
    before = path.read_bytes()
    message = await opening(path)
    assert "newer postwatch" in message
    assert "update postwatch" in message
    assert path.read_bytes() == before


@pytest.mark.parametrize("kept", [50, 4096 * 3, -4096])
async def test_a_truncated_archive_is_refused_and_left_as_it_was(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "archive.sqlite3"
    async with open_archive(path, norm, NOW):
        pass
    cut = path.read_bytes()[:kept]
    path.write_bytes(cut)
    message = await opening(path)
    assert "damaged or cut short" in message
    assert "backup" in message
    assert path.read_bytes() == cut


async def test_an_empty_file_becomes_an_archive(tmp_path: Path) -> None:
    """It is what a start leaves that was killed at once."""
    path = tmp_path / "archive.sqlite3"
    path.write_bytes(b"")
    async with open_archive(path, norm, NOW) as archive:
        assert (await posts.counts(archive.reader)).posts == 0


async def test_an_empty_database_becomes_an_archive(tmp_path: Path) -> None:
    """It is what a start leaves that was killed a moment later."""
    path = tmp_path / "archive.sqlite3"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
    assert path.stat().st_size > 0
    async with open_archive(path, norm, NOW) as archive:
        assert (await posts.counts(archive.reader)).posts == 0


async def test_a_full_disk_is_told_and_costs_only_what_was_being_written(
    archive: Archive,
) -> None:
    await apply(archive, POST)
    async with archive.transaction() as tx:
        [(pages,)] = await tx.execute_fetchall("PRAGMA page_count")
        await tx.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(errors.ArchiveFull, match="disk is full"):
        async with archive.transaction() as tx:
            await tx.execute("UPDATE channels SET about = ?", ("a" * 100_000,))
    async with archive.transaction() as tx:
        await tx.execute("PRAGMA max_page_count = 1000000")
    assert await apply(archive, POST) == []
    assert (await posts.counts(archive.reader)).posts == 1


async def test_an_archive_held_by_another_program_is_told(archive: Archive, tmp_path: Path) -> None:
    async with archive.transaction() as tx:
        await tx.execute("PRAGMA busy_timeout = 0")  # do not make the test wait five seconds
    with closing(sqlite3.connect(tmp_path / "archive.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(errors.ArchiveLocked, match="another program"):
            await apply(archive, POST)
        other.execute("ROLLBACK")
    assert len(await apply(archive, POST)) == 1


async def test_a_mistake_of_the_program_keeps_its_own_error(archive: Archive) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        async with archive.transaction() as tx:
            await tx.execute("SELECT 1 FROM missing")


@pytest.mark.parametrize(
    ("version", "features", "told"),
    [
        ((3, 36, 9), {"FTS5", "JSON"}, "has 3.36.9."),
        ((3, 37, 0), {"JSON"}, "has 3.37.0 without FTS5."),
        ((3, 45, 1), set(), "has 3.45.1 without FTS5 without JSON."),
    ],
)
def test_an_sqlite_that_cannot_do_it_is_refused(
    version: tuple[int, ...], features: set[str], told: str
) -> None:
    with pytest.raises(errors.SqliteTooOld) as refused:
        requirements.check(version, features)
    assert told in str(refused.value)
    assert "another Python" in str(refused.value)


def test_this_sqlite_will_do() -> None:
    requirements.check((3, 37, 0), {"FTS5", "JSON"})
    requirements.check(sqlite3.sqlite_version_info, requirements.features())
