"""Regular expressions of queries: RE2, so that none can take longer than the text is long."""

import re
from functools import lru_cache
from typing import Any

import re2

MAX_MEMORY = 1 << 20  # bytes, of one compiled expression

_LATIN_ONLY = re.compile(r"(?<!\\)(?:\\\\)*(\\[bBwW])")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


class BadPattern(ValueError):
    """An expression that RE2 does not take; the message is RE2's own."""


def check(source: str) -> None:
    """Raises BadPattern for what is no expression, too big a one, or one that would quietly pass
    over Cyrillic words: to RE2 a letter of a word, and so the edge of one, is a Latin one.
    """
    latin = _LATIN_ONLY.search(source)
    if latin is not None:
        raise BadPattern(
            f"{latin[1]} knows Latin letters only; \\pL is any letter, (^|\\PL) the edge of a word"
        )
    _compiled(source)


def found(source: str, text: str) -> bool:
    """Whether the expression is found in `text`, capitals or not."""
    return _compiled(source).search(_encodable(text)) is not None


def spans(source: str, text: str) -> list[tuple[int, int]]:
    """Where it is found, in characters; finds of nothing are left out."""
    places = (match.span() for match in _compiled(source).finditer(_encodable(text)))
    return [(start, end) for start, end in places if start < end]


@lru_cache(maxsize=256)
def _compiled(source: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    try:
        return re2.compile(_encodable(source), options=options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        told = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise BadPattern(told) from error


def _encodable(text: str) -> str:
    """RE2 reads UTF-8, which has no place for half a character."""
    return _LONE_SURROGATES.sub("\ufffd", text)
