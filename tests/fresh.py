"""New archives, as quickly as tests want them.

To migrate an empty file takes 40 ms of work, which is longer than most tests. The migrations have
tests of their own; wherever else an archive begins, it begins as a copy of what they made once.
"""

import tempfile
from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path

from bot.query import words
from storage.db import Archive, Norm, open_archive
from storage.migrate import migrate


def fresh(path: Path, norm: Norm, now: int) -> AbstractAsyncContextManager[Archive]:
    """As `open_archive` where there is no archive yet."""
    path.touch(0o600, exist_ok=False)
    path.write_bytes(_migrated())
    return open_archive(path, norm, now)


@cache
def _migrated() -> bytes:
    """Without texts in it, it is the same for every `norm`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite3"
        migrate(path, words.norm)
        return path.read_bytes()
