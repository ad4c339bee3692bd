"""What the archive needs of SQLite, checked before a file is touched."""

import sqlite3
from collections.abc import Collection
from contextlib import closing

from storage.errors import SqliteTooOld

OLDEST = (3, 37, 0)  # STRICT tables

# What is compiled in or not, and a statement that works only where it is.
_FEATURES = {
    "FTS5": "CREATE VIRTUAL TABLE temp.probe USING fts5(words)",
    "JSON": "SELECT value FROM json_each('[1]')",
}


def check(version: tuple[int, ...], features: Collection[str]) -> None:
    """Raise SqliteTooOld unless an SQLite of this version with these features can do it."""
    lacking = [name for name in _FEATURES if name not in features]
    if version >= OLDEST and not lacking:
        return
    found = ".".join(map(str, version)) + "".join(f" without {name}" for name in lacking)
    raise SqliteTooOld(
        f"The archive needs SQLite 3.37 or newer with FTS5 and JSON; this Python has {found}. "
        "Run postwatch with another Python 3.11 or newer: those from python.org, Debian 12, "
        "Ubuntu 22.04 and the official container images have what is needed."
    )


def features() -> set[str]:
    """Which of the needed features this Python's SQLite has, found by trying."""
    with closing(sqlite3.connect(":memory:")) as conn:
        return {name for name, statement in _FEATURES.items() if _works(conn, statement)}


def _works(conn: sqlite3.Connection, statement: str) -> bool:
    try:
        conn.execute(statement)
    except sqlite3.OperationalError:
        return False
    return True
