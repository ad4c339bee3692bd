"""Migrations: in order, whole or not at all, and with a backup."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import ArchiveError, NewerArchive
from storage.migrate import in_order, migrate, packaged
from tests.storage.archives import files, norm

FIRST = "CREATE TABLE a (id INTEGER PRIMARY KEY, text TEXT) STRICT; INSERT INTO a VALUES (1, 'x');"
SECOND = "ALTER TABLE a ADD COLUMN folded TEXT; UPDATE a SET folded = norm('OLD X');"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(query).fetchall()


def test_scripts_run_once_each_in_order_and_may_normalise(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    migrate(path, norm, [FIRST])
    migrate(path, norm, [FIRST])
    migrate(path, norm, [FIRST, SECOND])
    assert rows(path, "SELECT * FROM a") == [(1, "x", "old x")]
    assert rows(path, "PRAGMA user_version") == [(2,)]


def test_an_older_archive_is_backed_up_before_it_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    migrate(path, norm, [FIRST])
    assert files(tmp_path) == {"archive.sqlite3"}
    migrate(path, norm, [FIRST, SECOND])
    backup = tmp_path / "archive.before-2.sqlite3"
    assert files(tmp_path) == {"archive.sqlite3", backup.name}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert rows(backup, "SELECT * FROM a") == [(1, "x")]
    migrate(backup, norm, [FIRST])  # it is an archive of the older program


@pytest.mark.parametrize(
    "broken",
    [
        "CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE b (x INTEGER) STRICT;",
        "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO b VALUES ('word');",
        "CREATE TABLE b (x INTEGER REFERENCES a (id)) STRICT; INSERT INTO b VALUES (77);",
        "CREATE TABLE b (x INTEGER) STRICT; this is no SQL;",
    ],
    ids=["twice", "constraint", "dangling reference", "syntax"],
)
def test_a_failing_migration_changes_nothing(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "archive.sqlite3"
    migrate(path, norm, [FIRST])
    for _ in range(2):
        with pytest.raises(ArchiveError, match="Nothing was changed"):
            migrate(path, norm, [FIRST, broken, SECOND])
        assert rows(path, "SELECT name FROM sqlite_schema") == [("a",)]
        assert rows(path, "PRAGMA user_version") == [(1,)]
    assert files(tmp_path) == {"archive.sqlite3", "archive.before-2.sqlite3"}
    migrate(path, norm, [FIRST, SECOND])
    assert rows(path, "SELECT folded FROM a") == [("old x",)]


def test_what_succeeded_before_the_failing_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    with pytest.raises(ArchiveError, match="schema 3"):
        migrate(path, norm, [FIRST, SECOND, "this is no SQL"])
    assert rows(path, "PRAGMA user_version") == [(2,)]


def test_a_newer_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    migrate(path, norm, [FIRST, SECOND])
    with pytest.raises(NewerArchive, match="schema 2, this one knows 1"):
        migrate(path, norm, [FIRST])
    assert files(tmp_path) == {"archive.sqlite3"}


def test_the_packaged_migrations_are_numbered_without_gaps() -> None:
    assert packaged()[0].startswith("-- The archive")


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["0002_b.sql"],
        ["0001_a.sql", "0003_c.sql"],
        ["0001_a.sql", "0001_b.sql"],
        ["1_a.sql"],
        ["initial.sql"],
    ],
)
def test_an_incomplete_installation_is_told(names: list[str]) -> None:
    with pytest.raises(ArchiveError, match="install it again"):
        in_order(dict.fromkeys(names, ""))


def test_scripts_are_put_in_order() -> None:
    assert in_order({"0002_b.sql": "second", "0001_a.sql": "first"}) == ["first", "second"]


def test_every_table_is_strict(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    migrate(path, norm)
    loose = rows(
        path,
        """
        SELECT name
        FROM pragma_table_list
        WHERE type = 'table' AND NOT strict AND schema = 'main'
            AND name NOT LIKE 'posts_index%' AND name NOT LIKE 'sqlite%'
        """,
    )
    assert loose == []
