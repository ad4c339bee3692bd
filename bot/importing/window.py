"""The text of a file of any size, a stretch at a time."""

import codecs
from typing import BinaryIO

from bot.importing.words import Flaw

AHEAD = 1 << 20  # characters: far more than any message takes
CHUNK = 1 << 20  # bytes
_REPLACEMENT = "\ufffd"


class Window:
    """The text from a place on: AHEAD characters of it at least, or all that is left.

    UTF-8. Bytes that are not become U+FFFD, and are told by `flaws`.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.text = ""
        self.at = 0  # the place in `text`; to be moved forward by whoever reads
        self.bytes_read = 0
        self._file = file
        self._rest = b""  # the beginning of a character that the last chunk cut in two
        self._ended = False
        self._replaced = 0
        self._first_replaced = 0
        self.fill()
        self.text = self.text.removeprefix("\ufeff")

    def fill(self) -> bool:
        """Read on where less than AHEAD characters are left; whether there is any new text."""
        if self._ended or len(self.text) - self.at >= AHEAD:
            return False
        parts = [self.text[self.at :]]
        while not self._ended and sum(map(len, parts)) < AHEAD:
            parts.append(self._chunk())
        self.text, self.at = "".join(parts), 0
        return True

    @property
    def at_end(self) -> bool:
        """Whether nothing is left but blanks."""
        return self._ended and not self.text[self.at :].strip()

    @property
    def whole(self) -> bool:
        """Whether `text` reaches to the end of the file."""
        return self._ended

    @property
    def place(self) -> str:
        """Where in the file we are, in words."""
        left = self.text[self.at :].encode("utf-8", "surrogatepass")
        return f"{self.name}, about byte {self.bytes_read - len(self._rest) - len(left)}"

    @property
    def flaws(self) -> list[Flaw]:
        """What was wrong with the bytes so far."""
        if not self._replaced:
            return []
        where = f"{self.name}, from byte {self._first_replaced} on"
        return [Flaw(where, f"{self._replaced} places are not UTF-8 and show as {_REPLACEMENT}")]

    def _chunk(self) -> str:
        data = self._file.read(CHUNK)
        self._ended = not data
        offset = self.bytes_read - len(self._rest)
        self.bytes_read += len(data)
        data = self._rest + data
        try:
            text, used = codecs.utf_8_decode(data, "strict", self._ended)
        except UnicodeDecodeError as error:
            text, used = codecs.utf_8_decode(data, "replace", self._ended)
            self._note(offset + error.start, text, data)
        self._rest = data[used:]
        return text

    def _note(self, offset: int, text: str, data: bytes) -> None:
        self._first_replaced = self._first_replaced if self._replaced else offset
        real = data.count(_REPLACEMENT.encode())
        self._replaced += text.count(_REPLACEMENT) - real
