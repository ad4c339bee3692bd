"""Bring an archive to the schema this program needs.

The schema is the numbered files in ``migrations``, applied once each, in order. The number of
the last one is SQLite's own ``user_version``, and ``application_id`` says that the file is
ours. Each script runs in a transaction of its own together with its number, so one that fails
leaves the archive as it was. Files that have shipped are never edited.

This runs once, at start, before anything else has the file open; hence plain ``sqlite3``.
"""

import logging
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Protocol

from storage.errors import (
    ArchiveError,
    ArchiveUnwritable,
    NewerArchive,
    NotAnArchive,
    explain,
    explained,
)

logger = logging.getLogger(__name__)

APPLICATION_ID = 0x70776174  # "pwat"
_MAGIC = b"SQLite format 3\x00"


class Norm(Protocol):
    """Brings texts to the form that is indexed. Pure: whatever changes a result must change
    the version, because an index is spoilt by words other than those it was written with.
    """

    @property
    def version(self) -> str: ...

    def __call__(self, text: str, /) -> str: ...


def packaged() -> list[str]:
    """The SQL of this program's migrations, oldest first."""
    folder = resources.files("storage") / "migrations"
    files = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return in_order({file.name: file.read_text(encoding="utf-8") for file in files})


def in_order(files: Mapping[str, str]) -> list[str]:
    """The scripts by their numbers, which must be 1, 2, 3... without a gap or a double."""
    names = sorted(files)
    numbers = [name.split("_")[0] for name in names]
    if not names or numbers != [f"{number:04}" for number in range(1, len(names) + 1)]:
        raise ArchiveError(
            "This installation of postwatch is incomplete: its migrations are "
            f"{', '.join(names) or 'missing'}. Please install it again."
        )
    return [files[name] for name in names]


def migrate(path: Path, norm: Norm, scripts: Sequence[str] | None = None) -> None:
    """Make the archive at `path`, or bring it to the newest schema after a backup.

    Raises ArchiveError, and changes nothing, where `path` is not an archive of ours, is newer
    than this program, is damaged, or a script fails.
    """
    scripts = packaged() if scripts is None else scripts
    _prepare(path)
    with explained(path), closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.create_function("norm", 1, norm, deterministic=True)
        conn.create_function("norm_version", 0, lambda: norm.version, deterministic=True)
        conn.execute("PRAGMA busy_timeout = 5000")
        current = _current(conn, path)
        if current > len(scripts):
            raise _newer(path, current, len(scripts))
        conn.execute("PRAGMA journal_mode = WAL")
        if 0 < current < len(scripts):
            _back_up(conn, path, current)
        for number in range(current + 1, len(scripts) + 1):
            _apply(conn, path, number, scripts[number - 1])


def is_current(path: Path) -> bool:
    """Whether there is nothing for `migrate` to do at `path`. Writes nothing.

    Raises ArchiveError where it is not an archive of ours; a newer one is left to `migrate`.
    """
    return path.exists() and _schema(path) >= len(packaged())


def check_current(path: Path) -> None:
    """Raise ArchiveError unless `path` is an archive of exactly this program's schema."""
    if not path.exists():
        raise NotAnArchive(
            f"There is no archive at {path} yet: `postwatch run` makes it. If it is elsewhere, "
            "check the setting data."
        )
    current, newest = _schema(path), len(packaged())
    if current < newest:
        raise ArchiveError(
            f"The archive {path} was written by an older postwatch (schema {current}, this one "
            f"needs {newest}). Start `postwatch run` once, which brings it up to date."
        )
    if current > newest:
        raise _newer(path, current, newest)


def _schema(path: Path) -> int:
    """The schema number of an archive that exists; 0 for an empty file."""
    _look_at(path)
    with explained(path), closing(sqlite3.connect(path)) as conn:
        return _current(conn, path)


def _newer(path: Path, current: int, newest: int) -> NewerArchive:
    return NewerArchive(
        f"The archive {path} was written by a newer postwatch (schema {current}, this one "
        f"knows {newest}). Please update postwatch; nothing was changed."
    )


def _prepare(path: Path) -> None:
    """Make the folder and an empty file nobody else can read, unless there is a file already."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        _look_at(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _look_at(path: Path) -> None:
    """Refuse what is plainly not an archive, before SQLite gets to see it."""
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "not a file"
        raise NotAnArchive(
            f"{path} is {kind}. Please give the path of a file for the archive, such as "
            f"{path / 'archive.sqlite3'}."
        )
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise _unwritable(path, error) from error
    if start and start != _MAGIC:
        raise _foreign(path, "it is not an SQLite file")


def _current(conn: sqlite3.Connection, path: Path) -> int:
    """The schema number of an archive of ours; 0 for an empty file."""
    (application_id,) = conn.execute("PRAGMA application_id").fetchone()
    (current,) = conn.execute("PRAGMA user_version").fetchone()
    (objects,) = conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application_id == APPLICATION_ID:
        return int(current)
    if application_id or current or objects:
        raise _foreign(path, "it is an SQLite file of another program")
    return 0


def _back_up(conn: sqlite3.Connection, path: Path, current: int) -> None:
    """Copy the archive to NAME.before-N.sqlite3, where N is the number about to be applied.

    An older copy of that name comes from an attempt that failed, and holds nothing that the
    archive does not hold; it is replaced only by a whole one.
    """
    backup = path.with_name(f"{path.stem}.before-{current + 1}.sqlite3")
    partial = backup.with_name(f"{backup.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        conn.execute("VACUUM INTO ?", (str(partial),))
        partial.replace(backup)
    except OSError as error:
        raise _unwritable(backup, error) from error
    logger.info("archive backed up to %s before migrating it", backup)


def _apply(conn: sqlite3.Connection, path: Path, number: int, script: str) -> None:
    """Run one script in one transaction. Foreign keys are not enforced meanwhile (SQLite's
    default), so that a script may rebuild a table; they are checked before the commit.
    """
    try:
        conn.executescript(
            f"BEGIN IMMEDIATE;\n{script}\n;"
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number};"
        )
        if broken := conn.execute("PRAGMA foreign_key_check").fetchall():
            raise _failed(path, number, f"it would leave {len(broken)} dangling references")
        conn.execute("COMMIT")
    except BaseException as error:
        conn.rollback()
        if isinstance(error, sqlite3.Error) and explain(path, error) is None:
            raise _failed(path, number, str(error)) from error
        raise
    logger.info("archive %s brought to schema %d", path, number)


def _failed(path: Path, number: int, why: str) -> ArchiveError:
    return ArchiveError(
        f"The archive {path} could not be brought to schema {number}: {why}. Nothing was "
        "changed, and the postwatch you had before can still open it. Please report this."
    )


def _foreign(path: Path, why: str) -> NotAnArchive:
    return NotAnArchive(
        f"{path} is not an archive of postwatch: {why}. It was left as it is. Please give "
        "another path, or move that file away."
    )


def _unwritable(path: Path, error: OSError) -> ArchiveUnwritable:
    return ArchiveUnwritable(
        f"{path} cannot be written: {error.strerror}. Please give a path in a folder that the "
        "user who runs postwatch may write."
    )
