"""What can be wrong with an archive, in words for the person who runs it.

    ArchiveError
    ├── SqliteTooOld       the SQLite of this Python cannot carry an archive
    ├── NotAnArchive       the path holds something else, which is left alone
    ├── NewerArchive       written by a newer postwatch
    ├── ArchiveBroken      damaged
    ├── ArchiveLocked      another program holds it
    ├── ArchiveFull        no room left
    └── ArchiveUnwritable  the file or its folder cannot be written

Each message names the path and says what to do; it is shown without a traceback.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ArchiveError(Exception):
    """The archive cannot be used."""


class SqliteTooOld(ArchiveError):
    """The SQLite of this Python lacks what the archive needs."""


class NotAnArchive(ArchiveError):
    """The path holds something that is not an archive of postwatch."""


class NewerArchive(ArchiveError):
    """The archive was written by a newer version of the program."""


class ArchiveBroken(ArchiveError):
    """The archive is damaged."""


class ArchiveLocked(ArchiveError):
    """Another program holds the archive."""


class ArchiveFull(ArchiveError):
    """There is no room left to write."""


class ArchiveUnwritable(ArchiveError):
    """The archive or its folder cannot be written."""


_HELD = (
    ArchiveLocked,
    "is held by another program. Stop that program (perhaps a second postwatch, a backup, or an "
    "SQLite browser), then try again.",
)
_FULL = (
    ArchiveFull,
    "cannot grow: the disk is full. Free some space and start again; what was being written was "
    "taken back, everything before it is safe.",
)
_FAILING = (
    ArchiveBroken,
    "could not be read or written by the system. Check the disk and its free space, then start "
    "again.",
)
_DAMAGED = (
    ArchiveBroken,
    "is damaged or cut short. Keep a copy of it, then put a backup in its place, or save what "
    "can be saved with the command `.recover` of the sqlite3 shell.",
)
_CLOSED = (
    ArchiveUnwritable,
    "cannot be opened or written. Give the user who runs postwatch the right to write the file "
    "and its folder.",
)

# SQLite's primary result codes -> what they mean to the person who runs the program. Whatever
# is missing here is a mistake of ours and keeps its traceback.
_MEANINGS: dict[int, tuple[type[ArchiveError], str]] = {
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_PROTOCOL: _HELD,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _FAILING,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
}


def explain(path: Path, error: sqlite3.Error) -> ArchiveError | None:
    """What an error of SQLite means to an operator; None where it is a mistake of the program."""
    code = getattr(error, "sqlite_errorcode", None)  # absent on errors of the sqlite3 module
    if code is None or (meaning := _MEANINGS.get(code & 0xFF)) is None:
        return None
    kind, words = meaning
    return kind(f"The archive {path} {words} (SQLite says: {error})")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise errors of SQLite that an operator can do something about as ArchiveError."""
    try:
        yield
    except sqlite3.Error as error:
        if (clear := explain(path, error)) is None:
            raise
        raise clear from error
