"""The files that were exported with the messages."""

import re
import stat
from pathlib import Path, PurePosixPath

# Names that Telegram Desktop made up: photo_1@23-03-2022_02-12-10.jpg, audio_2@...
_MADE_UP = re.compile(r"\w+_\d+@\d\d-\d\d-\d{4}_\d\d-\d\d-\d\d.*")


class Folder:
    """Where an export lies. Nothing outside of it is looked at."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def size(self, written: object) -> int | None:
        """The size of an exported file, in bytes; None where it was left out."""
        if not isinstance(written, str) or written.startswith("(") or "\0" in written:
            return None
        inside = PurePosixPath(written)
        if inside.is_absolute() or ".." in inside.parts:
            return None
        try:
            found = (self._path / inside).stat()
        except OSError:
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None


def original_name(written: object) -> str | None:
    """The name a file was sent under, from where it was exported to; None where it is lost."""
    if not isinstance(written, str) or written.startswith("("):
        return None
    name = PurePosixPath(written).name
    return None if not name or _MADE_UP.fullmatch(name) else name
