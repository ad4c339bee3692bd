"""Opening the archive for a command that may run beside `postwatch run`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.lock import AlreadyRunningError, only_one
from bot.query.words import norm
from storage.db import Archive, open_archive
from storage.errors import ArchiveLocked
from storage.migrate import is_current, migrate


@asynccontextmanager
async def opened_beside(path: Path, now: int) -> AsyncIterator[Archive]:
    """Open the archive at `path`, whose folder is the data folder.

    It is made or migrated only while no program works in the folder: one of an older version
    would find it changed under its hands. Raises ArchiveLocked where one does, and ArchiveError.
    """
    if not is_current(path):
        try:
            with only_one(path.parent):
                migrate(path, norm)
        except AlreadyRunningError:
            raise ArchiveLocked(_refusal(path)) from None
    async with open_archive(path, norm, now) as archive:
        yield archive


def _refusal(path: Path) -> str:
    if not path.exists():
        return f"The archive {path} is just being made by another postwatch. Try again in a moment."
    return (
        f"The archive {path} was written by an older postwatch, and one is running with it. Stop "
        "it, then start `postwatch run` of this version, which brings the archive up to date."
    )
