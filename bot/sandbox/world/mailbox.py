"""A list of messages together with its event log, the way Telegram keeps both.

Every account has one mailbox for its private chats and small groups; every channel and
supergroup has its own. A message in it is never changed, only replaced by a changed
copy: what was queued to be pushed stays as it was.
"""

import copy
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.sandbox.errors import SandboxMisused
from bot.sandbox.tl import T


class Kind(Enum):
    NEW = auto()
    EDITED = auto()
    DELETED = auto()
    BURNT = auto()  # a stretch of the log that nobody is ever told about


@dataclass(frozen=True, slots=True)
class Event:
    pts: int  # the log's position after the event
    count: int  # by how much the event moved it
    kind: Kind
    ids: tuple[int, ...]
    at: datetime


class Mailbox:
    def __init__(self) -> None:
        self.messages: dict[int, T.Message] = {}
        self.authors: dict[int, int] = {}  # message id -> account that wrote it, where one did
        self.pts = 1
        self.events: list[Event] = []
        self._ids: list[int] = []
        self._next_id = 1

    def next_id(self) -> int:
        """An id nobody else gets."""
        self._next_id += 1
        return self._next_id - 1

    def add(self, message: T.Message, at: datetime) -> Event:
        """Keep a new message under the id it has."""
        if message.id in self.messages:
            raise SandboxMisused(f"there is a message {message.id} already")
        self._next_id = max(self._next_id, message.id + 1)
        self.messages[message.id] = message
        if not self._ids or message.id > self._ids[-1]:
            self._ids.append(message.id)
        else:
            insort(self._ids, message.id)
        return self._log(Kind.NEW, (message.id,), 1, at)

    def replace(self, message: T.Message, at: datetime) -> Event:
        """Put a changed copy in the place of a message."""
        self.messages[message.id] = message
        return self._log(Kind.EDITED, (message.id,), 1, at)

    def remove(self, ids: Iterable[int], at: datetime) -> Event | None:
        """Take away those of `ids` that are there; None where none is."""
        gone = tuple(number for number in dict.fromkeys(ids) if number in self.messages)
        if not gone:
            return None
        for number in gone:
            del self.messages[number]
            del self._ids[bisect_left(self._ids, number)]
        return self._log(Kind.DELETED, gone, len(gone), at)

    def burn(self, count: int, at: datetime) -> Event:
        """Move the log on without anything to show for it."""
        return self._log(Kind.BURNT, (), count, at)

    def since(self, pts: int) -> list[Event]:
        """The events after a position, oldest first."""
        return self.events[bisect_right(self.events, pts, key=lambda event: event.pts) :]

    def newest_first(self) -> Iterator[T.Message]:
        return (self.messages[number] for number in reversed(self._ids))

    @property
    def top_id(self) -> int:
        """The highest id there is, 0 where there is none."""
        return self._ids[-1] if self._ids else 0

    def _log(self, kind: Kind, ids: tuple[int, ...], count: int, at: datetime) -> Event:
        self.pts += count
        event = Event(self.pts, count, kind, ids, at)
        self.events.append(event)
        return event


def changed(message: T.Message, /, **changes: object) -> T.Message:
    """A copy of a message with some of its fields different."""
    different = copy.copy(message)
    vars(different).update(changes)
    return different
