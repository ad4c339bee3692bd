"""Connections to the archive: one that writes, behind a lock, and readers beside it.

SQLite lets one transaction write at a time, and a transaction belongs to a connection, not to
a coroutine. So every write goes through ``Archive.transaction()``; everything else reads what
is committed, on connections that cannot write.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiosqlite
from aiosqlite import Connection

from storage import fetch, reindex, requirements
from storage.errors import explain, explained
from storage.migrate import Norm, check_current, migrate

__all__ = [
    "Archive",
    "Connection",
    "Norm",
    "Openers",
    "look_into",
    "open_archive",
    "openers",
]

# What each connection is set to: SQLite remembers none of it in the file but WAL.
_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",  # with WAL: no corruption ever; safe from kill -9
    "PRAGMA busy_timeout = 5000",
    "PRAGMA cache_size = -16384",  # KiB
)


class Openers:
    """Opens connections to an existing archive, all of them set up alike."""

    def __init__(self, path: Path, norm: Norm) -> None:
        self.path = path
        self._norm = norm

    @asynccontextmanager
    async def writer(self) -> AsyncIterator[Connection]:
        """A connection that may write. Transactions are begun and ended by hand."""
        async with self._connection() as conn:
            yield conn

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[Connection]:
        """A connection on which any attempt to write raises."""
        async with self._connection() as conn:
            await conn.execute("PRAGMA query_only = ON")
            yield conn

    def _version(self) -> str:
        return self._norm.version

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        # mode=rw: a missing archive is an error, never a new empty file
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        # Tried here first, because a connection of aiosqlite that cannot be opened leaves its
        # thread behind, which reports to a loop that may be closed by then.
        with explained(self.path):
            sqlite3.connect(uri, uri=True).close()
        async with aiosqlite.connect(uri, uri=True, isolation_level=None) as conn:
            conn.row_factory = aiosqlite.Row
            await conn.create_function("norm", 1, self._norm, deterministic=True)
            await conn.create_function("norm_version", 0, self._version, deterministic=True)
            for setting in _SETTINGS:
                await conn.execute(setting)
            yield conn


def openers(path: Path, norm: Norm) -> Openers:
    """The only way to open an archive that exists. `norm` brings texts to the indexed form; a
    connection with another version of it than the archive's can read, but not write posts.
    """
    return Openers(path, norm)


class Archive:
    """An open archive. Made by `open_archive`, which also closes it."""

    def __init__(
        self,
        archive_id: bytes,
        connections: Openers,
        writer: Connection,
        readers: tuple[Connection, Connection],
    ) -> None:
        self.id = archive_id  # random, one per archive
        self.reader, self.outbox_reader = readers
        self._connections = connections
        self._writer = writer
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A write transaction: committed whole at the end, or undone on any exception.

        One at a time; others wait. No network await belongs inside. A cancellation undoes
        everything, but for one that arrives while the commit runs: then all of it is kept,
        although the caller sees CancelledError. Raises ArchiveError where the disk is full or
        another program holds the archive.
        """
        async with self._writing:
            try:
                # BEGIN is inside the try: a statement that was queued when we were cancelled
                # is still run by the connection's thread, and must be undone.
                await self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                await self._writer.commit()
            except BaseException as error:
                await self._writer.rollback()
                if isinstance(error, sqlite3.Error):
                    clear = explain(self._connections.path, error)
                    if clear is not None:
                        raise clear from error
                raise

    def heavy(self) -> AbstractAsyncContextManager[Connection]:
        """A reader of its own for one long job, so that nobody waits behind it."""
        return self._connections.reader()


@asynccontextmanager
async def open_archive(path: Path, norm: Norm, now: int) -> AsyncIterator[Archive]:
    """Open the archive at `path`, made or migrated as needed; close it at the end.

    Where its indexes were written by another version of `norm`, they are set aside, and have to
    be built anew (`storage.reindex`), which goes on beside everything else.

    Raises ArchiveError with a message for the operator where that cannot be done.
    """
    requirements.check(sqlite3.sqlite_version_info, requirements.features())
    connections = openers(path, norm)
    async with AsyncExitStack() as stack:
        with explained(path):
            migrate(path, norm)
            # The writer is entered first, so it is closed last and tidies the WAL away.
            writer = await stack.enter_async_context(connections.writer())
            reader = await stack.enter_async_context(connections.reader())
            outbox_reader = await stack.enter_async_context(connections.reader())
            archive_id = await _identity(writer, now)
            await _prepare_indexes(writer, norm.version)
        yield Archive(archive_id, connections, writer, (reader, outbox_reader))


@asynccontextmanager
async def look_into(path: Path, norm: Norm) -> AsyncIterator[Connection]:
    """A reader for a look from outside, beside a running program or without one.

    Nothing is made, migrated or otherwise written, and all that is read is of one moment.
    Text that somebody damaged can be read too: bytes that are no letters become surrogates.
    Raises ArchiveError where there is no archive, or none of this program's schema.
    """
    requirements.check(sqlite3.sqlite_version_info, requirements.features())
    with explained(path):
        check_current(path)
        async with openers(path, norm).reader() as conn:
            conn.text_factory = lambda data: data.decode(errors="surrogateescape")
            await conn.execute("BEGIN")
            yield conn


async def _identity(writer: Connection, now: int) -> bytes:
    """The archive's random id, given at its first opening and kept for ever."""
    await writer.execute(
        """
        INSERT INTO archive (one, id, created_at)
        VALUES (1, ?, ?)
        ON CONFLICT (one) DO NOTHING
        """,
        (secrets.token_bytes(16), now),
    )
    row = await fetch.one(writer, "SELECT id FROM archive")
    assert row is not None
    return bytes(row["id"])


async def _prepare_indexes(writer: Connection, version: str) -> None:
    """Before anything is written: with another version's words, writing would spoil the index."""
    await writer.execute("BEGIN IMMEDIATE")
    try:
        await reindex.prepare(writer, version)
        await writer.commit()
    except BaseException:
        await writer.rollback()
        raise
