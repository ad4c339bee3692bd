"""One attempt to tell what is due: composed, frozen, said; and what comes of it, written down."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.alerts.pace import Pace
from bot.alerts.places import Places
from bot.alerts.schedule import quiet_until
from bot.clock import Clock
from bot.locales.times import DAY
from bot.outcomes import Busy, Gone, Moved, Refused, SignedOut
from storage import alerted, held, histories, outbox, summaries, thawing, withdrawing
from storage.db import Archive
from storage.errors import ArchiveError
from storage.records import Does, Due, Message, Subscriber
from storage.withdrawing import Why

logger = logging.getLogger(__name__)

Compose = Callable[[Due], Awaitable[Message | None]]  # None: there is nothing to tell any more
Awaited = Callable[[Due], Awaitable[bool]]  # whether it still waits for its picture

SIGNED_OUT_SECONDS = 60.0
AGAIN_SECONDS = 30.0  # after a refusal
REFUSALS = 3  # the same request is not refused by accident so often
# A mass deletion, and what is no news of a channel but of the program itself.
ALWAYS_HEARD = frozenset({"anchor", "burst", "notice", histories.PROGRESS})
# Telegram's words for: the message that is to be replaced is not there, or not ours, any more.
NOTHING_TO_EDIT = frozenset(
    {"MESSAGE_ID_INVALID", "MESSAGE_AUTHOR_REQUIRED", "MESSAGE_EDIT_TIME_EXPIRED"}
)


class Voice(Protocol):
    """Says things in chats. Raises Busy, Gone, Moved, Refused or SignedOut."""

    async def send(
        self, subscriber: Subscriber, message: Message, random_id: int, reply_to: int | None = None
    ) -> int:
        """Send a message, as an answer to another; its id. The same `random_id` sends once."""

    async def edit(self, subscriber: Subscriber, message_id: int, message: Message) -> None:
        """Put another message in the place of one that was sent."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the delivery of alerts works with."""

    archive: Archive
    compose: Compose
    voice: Voice
    places: Places
    pace: Pace
    clock: Clock
    awaited: Awaited


def hushed(due: Due, message: Message, now: int) -> Message:
    """What is due as it is said now: without a sound in quiet hours, but for what is always heard.

    Not part of what is frozen: the same message may be said at another time.
    """
    reader = due.subscriber
    if due.kind in ALWAYS_HEARD or quiet_until(reader.wishes.quiet, reader.zone, now) is None:
        return message
    return replace(message, silent=True)


class Attempts:
    """Makes them. What fails is tried again, put to sleep or given up, all of it on the row."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._refusals: Counter[int] = Counter()  # by row; a restart allows some more

    async def make(self, due: Due) -> None:
        """Try once to tell what is due."""
        began = self._desk.clock.now()
        try:
            await self._tell(due)
        except Busy as busy:
            self._desk.pace.flooded(due.subscriber.chat_id, busy)
            if busy.undone and due.message is None:
                await self._thaw(due, began)
            await self._put_off(due, busy.seconds, str(busy))
        except SignedOut as lost:
            await self._put_off(due, SIGNED_OUT_SECONDS, lost.reason)
        except Moved as moved:
            await self._desk.places.moved(due.subscriber.chat_id, moved)
        except Gone as gone:
            await self._desk.places.lost(due, str(gone), began)
        except Refused as refused:
            await self._refused(due, refused.reason)
        except ArchiveError:
            raise  # what cannot be written down must not be sent
        except Exception as bug:  # the edge: one bad row must not end the alerts of all others
            logger.exception("outbox row %d", due.id)
            await self._refused(due, type(bug).__name__)

    async def _tell(self, due: Due) -> None:
        if due.target_failed or (due.does is Does.EDIT and due.target_message_id is None):
            await self._end(due, "what it follows is not there")
            await self._desk.places.unsaid(due.subscriber)
            return
        message = due.message or await self._freeze(due)
        if message is None:
            await self._desk.places.unsaid(due.subscriber)
            return
        if due.does is Does.EDIT:
            await self._edit(due, message)
        else:
            message = hushed(due, message, self._desk.clock.now())
            sent = await self._desk.voice.send(
                due.subscriber, message, due.random_id, due.target_message_id
            )
            await self._told(due, sent)

    async def _edit(self, due: Due, message: Message) -> None:
        assert due.target_message_id is not None, "else it has nothing to replace"
        try:
            await self._desk.voice.edit(due.subscriber, due.target_message_id, message)
        except Refused as refused:
            if refused.reason not in NOTHING_TO_EDIT:
                raise
            await self._end(due, refused.reason)
        else:
            await self._told(due, due.target_message_id)

    async def _freeze(self, due: Due) -> Message | None:
        # Composed while nothing can be written, so that whoever writes next finds it composed: a
        # part of an album is in the alert, or is known to have come too late for it.
        async with self._desk.archive.transaction() as tx:
            standing = await withdrawing.as_it_stands(tx, due)
            if standing is None:
                return None  # withdrawn since it was read
            now = self._desk.clock.now()
            why = await withdrawing.asleep(tx, standing, now)
            message = None if why else await self._desk.compose(standing)
            if message is None:
                await withdrawing.withdraw(tx, [due.id], why or Why.NOTHING, now)
            else:
                await outbox.freeze(tx, due.id, message)
                await alerted.settle(tx, standing, now)
        return message

    async def _thaw(self, due: Due, began: int) -> None:
        # Only what this very attempt has frozen: what an earlier one froze may have been sent.
        async with self._desk.archive.transaction() as tx:
            await thawing.thaw(tx, due.id, began)

    async def _told(self, due: Due, message_id: int) -> None:
        self._desk.pace.went()
        self._refusals.pop(due.id, None)
        async with self._desk.archive.transaction() as tx:
            await outbox.sent(tx, due.id, message_id, self._desk.clock.now())
        await self._desk.places.reached(due.subscriber)

    async def _put_off(self, due: Due, seconds: float, reason: str) -> None:
        until = self._desk.clock.now() + int(seconds * 1000)
        async with self._desk.archive.transaction() as tx:
            await outbox.postpone(tx, due.id, until, reason)
        logger.info("outbox row %d waits %.0f s: %s", due.id, seconds, reason)

    async def _refused(self, due: Due, reason: str) -> None:
        self._refusals[due.id] += 1
        if self._refusals[due.id] < REFUSALS:
            await self._put_off(due, AGAIN_SECONDS, reason)
            return
        del self._refusals[due.id]
        logger.error("outbox row %d cannot be sent: %s", due.id, reason)
        await self._end(due, reason)
        await self._desk.places.untold(due.subscriber, reason)

    async def _end(self, due: Due, reason: str) -> None:
        """It will not be told; what a digest or a summary was to tell is kept for another."""
        logger.info("outbox row %d is over: %s", due.id, reason)
        now = self._desk.clock.now()
        async with self._desk.archive.transaction() as tx:
            await outbox.failed(tx, due.id, reason, now)
            if due.kind == held.KIND:
                await held.put_back(tx, due.id, now + DAY)
            elif due.kind in summaries.NAMES:
                await summaries.put_back(tx, due.id, now)
