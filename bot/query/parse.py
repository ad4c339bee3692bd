"""The text of a rule or a search -> what it asks for."""

import re
from dataclasses import dataclass

from bot.query.words import words

MAX_LENGTH = 1000  # characters
MAX_WORDS = 50

# Neither can be shown to a person: the first would also be refused by SQLite and Telegram,
# the second turn the direction of the text around it.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_DIRECTIONS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Query:
    """What a rule or a search asks for: posts in which every one of `words` occurs."""

    text: str  # as typed, with single spaces: two texts that differ in blanks are one rule
    words: tuple[str, ...]  # normalised, each once, in the order of the text; at least one


class QueryError(ValueError):
    """A text that asks for nothing, or for too much.

    `code` says what is wrong; whoever shows it to a person has the words for it, filled in with
    `values`:

    * ``empty``: nothing was written;
    * ``no_words``: something was, but no letter or digit (only signs, links or mentions);
    * ``too_long``: more than `limit` characters (`length`);
    * ``too_many_words``: more than `limit` different words (`count`).
    """

    def __init__(self, code: str, **values: int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def parse(text: str) -> Query:
    """Read a query. Raises QueryError, and nothing else on any text."""
    if len(text) > MAX_LENGTH:
        raise QueryError("too_long", limit=MAX_LENGTH, length=len(text))
    shown = " ".join(_DIRECTIONS.sub("", _UNPRINTABLE.sub(" ", text)).split())
    if not shown:
        raise QueryError("empty")
    asked = tuple(dict.fromkeys(words(shown)))
    if not asked:
        raise QueryError("no_words")
    if len(asked) > MAX_WORDS:
        raise QueryError("too_many_words", limit=MAX_WORDS, count=len(asked))
    return Query(shown, asked)
