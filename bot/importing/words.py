"""What the parts of this package hand to each other."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import OperatorError

# One message in the words of the JSON export; the HTML is translated into them.
Fields = Mapping[str, object]


MARK = 10**12  # before a channel's id, negative, in the Bot API: -100...


class ExportError(OperatorError):
    """What was asked for cannot be imported; the message says what to write instead."""


class UnusableError(Exception):
    """A message cannot be a post; the message of the exception is the reason, without details,
    so that equal ones can be counted together.
    """


@dataclass(frozen=True, slots=True)
class Chat:
    """The messages that follow, up to the next of these, are of this chat."""

    title: str
    kind: str = ""  # "type" in the JSON; empty where it is not said
    id: int | None = None  # bare and positive; None where it is not said
    alone: bool = True  # the export is of one chat


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place of the export that could not be read, and why."""

    where: str
    why: str


Item = Chat | Flaw | Fields
