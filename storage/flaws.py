"""What can be wrong with an archive, as `storage.verify` reports it."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    """What can be wrong."""

    GAP = "gap"  # the entries before this number are missing
    LINK = "link"  # the entry, or the hash of the one before it, was altered or moved
    ANCHOR = "anchor"  # the entry is not there, or not the one that was anchored
    ROW = "row"  # what the entry vouches for is not there
    FACTS = "facts"  # ids, dates or the road of what it vouches for were altered
    TEXT = "text"  # the text was altered
    STATE = "state"  # the text or anything else of the post was altered, or its digest
    RAW = "raw"  # the object as received was altered, added or removed
    FILE = "file"  # the stored file was altered or removed
    UNLISTED = "unlisted"  # a row for which no entry vouches
    SHOWN = "shown"  # a post is shown otherwise than its versions and deletions say


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the archive that is not as it was written."""

    flaw: Flaw
    kind: str  # of the subject: an EntryKind, "post" or "anchor"
    subject: int  # row id in the table of that kind; 0 for an anchor given by hand
    seq: int | None = None  # number of the journal's entry that tells, if one does


# What reading a row raises whose bytes were damaged on the disk: letters that are none, JSON that
# is none or goes too deep, and values of another type than the schema allows.
DAMAGED = (ValueError, TypeError, AttributeError, RecursionError)

Tick = Callable[[], None]  # called for every row that was looked at
Look = Callable[[Tick], AsyncGenerator[Problem, None]]  # to be closed


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at from beginning to end."""

    name: str
    rows: int  # how many there are to look at
    look: Look
