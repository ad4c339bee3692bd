"""New archives, as quickly as tests want them.

To migrate an empty file takes 40 ms of work, which is longer than most tests. The migrations have
tests of their own; wherever else an archive begins, it begins as a copy of what they made once.
"""

import tempfile
from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path

from storage.db import Archive, Norm, open_archive
from storage.migrate import migrate


def fresh(path: Path, norm: Norm, now: int) -> AbstractAsyncContextManager[Archive]:
    """As `open_archive` where there is no archive yet."""
    path.touch(0o600, exist_ok=False)
    path.write_bytes(_migrated(norm))
    return open_archive(path, norm, now)


@cache
def _migrated(norm: Norm) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite3"
        migrate(path, norm)
        return path.read_bytes()
