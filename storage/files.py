"""Files on disk, each stored once under the SHA-256 of its bytes.

A file grows as `partial/NAME` and is moved to its place when it is whole: so what has a place
is complete, and a download that was interrupted goes on where its part ends. Everything here
blocks; callers in an event loop use a thread.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

FreeSpace = Callable[[Path], int]  # bytes


def free_space(folder: Path) -> int:
    """What the disk of `folder` has left, in bytes."""
    return shutil.disk_usage(folder).free


class Files:
    """The files in one folder, readable by their owner alone."""

    def __init__(self, folder: Path, free: FreeSpace = free_space) -> None:
        self._folder = folder
        self._free = free

    def free(self) -> int:
        """What the disk has left, in bytes."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._free(self._folder)

    def path(self, sha256: bytes) -> Path:
        """Where the file with these bytes has its place: ab/cdef..."""
        name = sha256.hex()
        return self._folder / name[:2] / name[2:]

    def begun(self, name: str, unit: int) -> int:
        """How much of a file is there already, in whole units; what is beyond is cut off."""
        try:
            length = self._partial(name).stat().st_size
        except FileNotFoundError:
            return 0
        whole = length - length % unit
        if whole != length:
            os.truncate(self._partial(name), whole)
        return whole

    def append(self, name: str, data: bytes) -> None:
        """Let a file that is being fetched grow."""
        part = self._partial(name)
        part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)

    def finish(self, name: str) -> tuple[bytes, int]:
        """Move a whole file to its place, durably; the SHA-256 and the number of its bytes."""
        self.append(name, b"")  # there are empty files
        part = self._partial(name)
        with part.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").digest()
            size = file.tell()
            os.fsync(file.fileno())
        place = self.path(sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        part.replace(place)
        _sync(place.parent)
        return sha256, size

    def discard(self, name: str) -> None:
        """Forget what was begun."""
        self._partial(name).unlink(missing_ok=True)

    def is_whole(self, sha256: bytes) -> bool:
        """Whether the file is in its place with the bytes it is named by. Reads it through."""
        try:
            with self.path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").digest() == sha256
        except OSError:
            return False

    def _partial(self, name: str) -> Path:
        return self._folder / "partial" / name


def _sync(folder: Path) -> None:
    """Make a rename in `folder` last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
