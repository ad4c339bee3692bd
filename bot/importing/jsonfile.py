"""result.json -> chats and messages, one at a time, in constant memory.

The outer structure is followed by hand, each message is decoded by the standard library: that
is quicker than an incremental parser, and where the file is damaged it can go on at the next
message, which such a parser cannot. Two mistakes that Telegram Desktop makes itself are mended:
escapes like \\x01, and unquoted file names as document_id (versions of August 2022).
"""

import json
import re
from collections.abc import Iterator

from bot.importing.window import Window
from bot.importing.words import MARK, Chat, ExportError, Flaw, Item
from bot.query.cleaning import whole


def _no_number(written: str) -> object:
    raise ValueError(f"{written} is no number")


_DECODER = json.JSONDecoder(strict=False, parse_constant=_no_number)

_BLANKS = re.compile(r"[\s,]*+")
_KEY = re.compile(r'"((?:[^"\\]++|\\.)*+)"\s*+:\s*+', re.DOTALL)
_TOKEN = re.compile(
    r'\s*+(?:([\[{])|([\]}])|"(?:[^"\\]++|\\.)*+"|[,:]|[^\s"\[\]{},:]++)', re.DOTALL
)

# Where reading can go on. In a string each of these quotation marks would be escaped.
_MESSAGE = r'\{\s*+"id"\s*+:\s*+-?\d++\s*+,\s*+"type"\s*+:'
_NAME = r'(?:"name"\s*+:\s*+(?:null|"(?:[^"\\]++|\\.)*+")\s*+,\s*+)?'
_CHAT = r"\{\s*+" + _NAME + r'"type"\s*+:\s*+"\w*+"\s*+,\s*+"id"\s*+:\s*+-?\d++\s*+,\s*+"messages"'
_RESUME = re.compile(
    rf'(?P<message>{_MESSAGE})|(?P<chat>{_CHAT}\s*+:)|(?P<nameless>"messages"\s*+:\s*+(?=\[))'
)
_LONGEST_MATCH = 4096
_ENDING = re.compile(r"\]\s*+\}\s*+\Z")

_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_BARE_NAME = re.compile(r'("document_id": )([^"\n][^\n]*+)(?=\n)')

KIND_BITS = 1 << 33  # in front of a channel's id in exports of 2018 to 2021


def read(window: Window) -> Iterator[Item]:
    """Everything that can be read, in the order of the file.

    Raises ExportError where it does not even begin like an export.
    """
    reader = _Reader(window)
    yield from reader.items()
    yield from window.flaws
    if not reader.found:
        raise ExportError(
            f"{window.name} is JSON, but no export of Telegram Desktop: it has no messages. Give "
            "the result.json of an export, or the folder it is in."
        )


def bare_id(written: object) -> int | None:
    """A channel's id, bare and positive, from any of the forms it was ever written in."""
    number = written if isinstance(written, int) and not isinstance(written, bool) else 0
    number = abs(number)
    if number > MARK:
        number -= MARK
    if KIND_BITS <= number < KIND_BITS + (1 << 32):
        number -= KIND_BITS
    return number if 0 < number < MARK else None


class _Reader:
    def __init__(self, window: Window) -> None:
        self.found = False  # a list of messages
        self._window = window
        self._several = False
        self._cut = False  # the file ended inside of something
        self._ending_seen = False  # behind damage that was told
        self._mended = False
        self._unsure = False  # whether the damage took the border of a chat with it
        self._id: int | None = None  # of the chat
        self._last: object = None  # the id of the last whole message

    def items(self) -> Iterator[Item]:
        if self._next() != "{":
            raise ExportError(
                f"{self._window.name} is no export of Telegram Desktop: it does not begin like "
                "JSON. Give the result.json of an export, or the folder it is in."
            )
        yield from self._chat()
        while self._next():
            yield self._flaw("something here belongs to no export, or is damaged")
            self._unsure = self._several
            yield from self._rest(self._resume())
        if self._cut and not self._ending_seen:
            yield self._flaw("the file ends before the export does: it is cut off")

    # ------------------------------------------------------------ structure

    def _chat(self) -> Iterator[Item]:
        """A chat, or the whole account: an object with messages or chats in it."""
        facts: dict[str, object] = {}
        self._window.at += 1
        while (key := self._key()) is not None:
            if key == "messages" and self._next() == "[":
                yield self._chat_of(facts)
                yield from self._messages()
            elif key in ("chats", "left_chats") and self._next() == "{":
                yield from self._chats()
            elif key in ("name", "type", "id"):
                facts[key] = self._fact()
            else:
                self._skip()

    def _chats(self) -> Iterator[Item]:
        self._several = True
        self._window.at += 1
        while (key := self._key()) is not None:
            if key != "list" or self._next() != "[":
                self._skip()
                continue
            self._window.at += 1
            while self._next() == "{":
                yield from self._chat()
            self._window.at += self._next() == "]"

    def _chat_of(self, facts: dict[str, object]) -> Chat:
        self.found = True
        self._unsure = False
        self._id = bare_id(facts.get("id"))
        name, kind = facts.get("name"), facts.get("type")
        return Chat(
            title=name if isinstance(name, str) else "",
            kind=kind if isinstance(kind, str) else "",
            id=self._id,
            alone=not self._several,
        )

    def _messages(self) -> Iterator[Item]:
        """The rest of a list, from its bracket or one of its messages on."""
        self._window.at += self._next() == "["
        while (sign := self._next()) and sign != "]":
            try:
                value = self._decode()
            except (ValueError, RecursionError):
                yield self._flaw(f"a message is damaged; the last whole one is {self._last!s:.20}")
                self._unsure = self._several
                self._window.at += 1
                kind = self._resume()
                if kind != "message":
                    yield from () if kind == "chat" and self._several else self._rest(kind)
                    return
                continue
            if isinstance(value, dict):
                if self._unsure and not self._is_of_this_chat(value):
                    yield self._chat_of({})
                self._unsure, self._last = False, value.get("id")
                yield value
            else:
                yield self._flaw("a message is no object")
        self._window.at += sign == "]"

    def _is_of_this_chat(self, message: dict[str, object]) -> bool:
        """A channel is the author of its own posts, in exports since 2021."""
        author = message.get("from_id") or message.get("actor_id")
        return self._id is not None and author == f"channel{self._id}"

    def _rest(self, kind: str) -> Iterator[Item]:
        """What can be read where `_resume` has stopped."""
        if kind == "nameless":
            yield self._chat_of({})
        if kind in ("message", "nameless"):
            yield from self._messages()
        while kind == "chat" and self._next() == "{":
            yield from self._chat()
        while self._next() in ("]", "}"):
            self._window.at += 1

    # ------------------------------------------------------------ steps

    def _next(self) -> str:
        """The next sign that is neither blank nor comma; empty at the end of the file."""
        window = self._window
        while True:
            blanks = _BLANKS.match(window.text, window.at)
            window.at = blanks.end() if blanks else window.at
            if window.fill():
                self._mended = False
            if window.at < len(window.text):
                return window.text[window.at]
            if window.whole:
                return ""

    def _key(self) -> str | None:
        """The next key of an object, up to its value; None behind the end of the object."""
        sign = self._next()
        if sign == "}":
            self._window.at += 1
            return None
        found = _KEY.match(self._window.text, self._window.at)
        if found is None:
            self._cut = self._cut or not sign
            return None
        self._window.at = found.end()
        return found[1]

    def _fact(self) -> object:
        try:
            return self._decode()
        except (ValueError, RecursionError):
            self._skip()
            return None

    def _skip(self) -> None:
        """Past a value, however long."""
        depth = 0
        while True:
            self._window.fill()
            found = _TOKEN.match(self._window.text, self._window.at)
            if found is None or (depth == 0 and found[2]):
                return
            self._window.at = found.end()
            depth += bool(found[1]) - bool(found[2])
            if depth == 0:
                return

    def _decode(self) -> object:
        """The value here. Raises ValueError or RecursionError where it is damaged."""
        window = self._window
        start = window.at
        try:
            value, end = _DECODER.raw_decode(window.text, start)
        except ValueError:
            if self._mended:
                raise
            self._mended = True
            window.text, start = _mended(window.text[start:]), 0
            window.at = 0
            value, end = _DECODER.raw_decode(window.text, 0)
        window.at = end
        return _paired(value) if window.text.find("\\u", start, end) >= 0 else value

    def _resume(self) -> str:
        """Go to where reading can go on; what is there, or empty at the end of the file."""
        window = self._window
        while True:
            found = _RESUME.search(window.text, window.at)
            if found is not None:
                nameless = found.lastgroup == "nameless"
                window.at = found.end() if nameless else found.start()
                return found.lastgroup or ""
            if window.whole:
                self._ending_seen = _ENDING.search(window.text) is not None
                window.at = len(window.text)
                return ""
            window.at = max(window.at, len(window.text) - _LONGEST_MATCH)
            window.fill()

    def _flaw(self, why: str) -> Flaw:
        return Flaw(self._window.place, why)


def _mended(text: str) -> str:
    """The text as it would be without the mistakes of Telegram Desktop."""
    escaped = _ESCAPE.sub(lambda found: rf"\u00{found[1]}" if found[1] else found[0], text)
    return _BARE_NAME.sub(r'\1"\2"', escaped)


def _paired(value: object) -> object:
    """The value without halves of UTF-16 pairs, which no text can hold."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_paired(each) for each in value]
    if isinstance(value, dict):
        return {_paired(key): _paired(each) for key, each in value.items()}
    return value
