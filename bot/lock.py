"""One program for one data folder.

Two programs on one Telegram session get its key revoked, and two writers on one archive would
each believe to be the only one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import OperatorError

NAME = "postwatch.lock"


class AlreadyRunningError(OperatorError):
    """Another program works in this data folder."""


class FolderError(OperatorError):
    """The data folder cannot be made or written."""


def is_held(folder: Path) -> bool:
    """Whether a program works in the folder now."""
    try:
        with only_one(folder):
            return False
    except AlreadyRunningError:
        return True


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder; the operating system lets go of it when the process ends, however it ends.

    Raises AlreadyRunningError at once where another process holds it.
    """
    lock = FileLock(folder / NAME)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        raise AlreadyRunningError(
            f"Another postwatch is running with {folder}. Stop it first, or give this one a "
            "folder of its own (the setting data)."
        ) from None
    except OSError as error:
        raise FolderError(
            f"The data folder {folder} cannot be used: {error.strerror}. Name another one with "
            "the setting data, or make this one writable."
        ) from None
    try:
        yield
    finally:
        lock.release()
