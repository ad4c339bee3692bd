"""The outbox worker: due rows -> composed -> sent once -> marked.

What is sent carries the row's random_id, so a repeat after a lost answer or a crash is
answered by Telegram with the first message instead of a second one; and the text is frozen
on the row before the first attempt, so that a repeat cannot say something else.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable

from bot.alerts.pace import Pace
from bot.clock import Clock
from bot.outcomes import Busy, Gone, Refused, SignedOut
from storage import outbox, subscribers, told
from storage.db import Archive
from storage.errors import ArchiveError
from storage.records import Due, Message, Subscriber

logger = logging.getLogger(__name__)

Send = Callable[[Subscriber, Message, int], Awaitable[int]]
Compose = Callable[[Due], Awaitable[Message | None]]  # None: there is nothing to tell any more

IN_FLIGHT = 8
OFFERED = 200  # rows looked at in one go; each is another subscriber's oldest
LOOK_AGAIN = 30.0  # a missed wake-up costs at most this
SIGNED_OUT_SECONDS = 60.0
FLOODS_IN_A_ROW = 3  # of different chats: then it is not the chat, it is the bot
REFUSALS = 3  # the same request is not refused by accident so often


class Delivery:
    """Sends what is due: eight at once, one a chat, in order within (chat, topic)."""

    def __init__(
        self, archive: Archive, compose: Compose, send: Send, pace: Pace, clock: Clock
    ) -> None:
        self._archive = archive
        self._compose = compose
        self._send = send
        self._pace = pace
        self._clock = clock
        self._woken = asyncio.Event()
        self._in_flight: set[int] = set()  # chats
        self._refusals: Counter[int] = Counter()  # by row; a restart allows some more
        self._flooded: set[int] = set()  # chats that had to wait since anything last went

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent, and nobody has asked to look."""
        return not self._in_flight and not self._woken.is_set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                wait = await self._start_due(group)
                await self._clock.wait(self._woken, wait)

    async def _start_due(self, group: asyncio.TaskGroup) -> float:
        """Start sending what may go now; seconds until the next may."""
        now = self._clock.now()
        waits = [LOOK_AGAIN]
        for due in await outbox.due(self._archive.outbox_reader, now, OFFERED):
            chat = due.subscriber.chat_id
            if chat in self._in_flight:
                continue
            if len(self._in_flight) >= IN_FLIGHT:
                return LOOK_AGAIN  # one that ends wakes us
            if (delay := self._pace.delay(chat)) > 0:
                waits.append(delay)
                continue
            self._pace.spend(chat)
            self._in_flight.add(chat)
            group.create_task(self._deliver(due), name=f"outbox row {due.id}")
        later = await outbox.next_due_at(self._archive.outbox_reader, now)
        if later is not None:
            waits.append(max(0.0, (later - now) / 1000))
        return min(waits)

    async def _deliver(self, due: Due) -> None:
        try:
            await self._attempt(due)
        finally:
            self._in_flight.discard(due.subscriber.chat_id)
            self.wake()

    async def _attempt(self, due: Due) -> None:
        try:
            message = due.message or await self._freeze(due)
            if message is None:
                return
            message_id = await self._send(due.subscriber, message, due.random_id)
        except Busy as busy:
            await self._postpone(due, busy)
        except SignedOut as lost:
            await self._put_off(due, SIGNED_OUT_SECONDS, lost.reason)
        except Gone as gone:
            await self._lose(due, gone)
        except Refused as refused:
            await self._refused(due, refused.reason)
        except ArchiveError:
            raise  # what cannot be written down must not be sent
        except Exception as bug:  # the edge: one bad row must not end the alerts of all others
            logger.exception("outbox row %d", due.id)
            await self._refused(due, type(bug).__name__)
        else:
            self._flooded.clear()
            async with self._archive.transaction() as tx:
                await outbox.sent(tx, due.id, message_id, self._clock.now())

    async def _freeze(self, due: Due) -> Message | None:
        # Composed while nothing can be written, so that whoever writes next finds it composed: a
        # part of an album is in the alert, or is known to have come too late for it.
        async with self._archive.transaction() as tx:
            message = await self._compose(due)
            if message is None:
                await told.withdraw(tx, [due.id])
            else:
                await outbox.freeze(tx, due.id, message)
        return message

    async def _postpone(self, due: Due, busy: Busy) -> None:
        """A flood concerns the chat; when chat after chat is flooded, it concerns the bot."""
        self._flooded.add(due.subscriber.chat_id)
        if busy.everybody or len(self._flooded) >= FLOODS_IN_A_ROW:
            self._pace.hold_everybody(busy.seconds)
        await self._put_off(due, busy.seconds, str(busy))

    async def _put_off(self, due: Due, seconds: float, reason: str) -> None:
        until = self._clock.now() + int(seconds * 1000)
        async with self._archive.transaction() as tx:
            await outbox.postpone(tx, due.id, until, reason)
        logger.info("outbox row %d waits %.0f s: %s", due.id, seconds, reason)

    async def _lose(self, due: Due, gone: Gone) -> None:
        """The chat is out of reach: its rules and alerts sleep until it is heard of again."""
        logger.warning("subscriber %d is gone: %s", due.subscriber.id, gone)
        async with self._archive.transaction() as tx:
            await outbox.postpone(tx, due.id, self._clock.now(), str(gone))
            await subscribers.set_gone(tx, due.subscriber.id, self._clock.now())

    async def _refused(self, due: Due, reason: str) -> None:
        self._refusals[due.id] += 1
        if self._refusals[due.id] < REFUSALS:
            await self._put_off(due, LOOK_AGAIN, reason)
            return
        del self._refusals[due.id]
        logger.error("outbox row %d cannot be sent: %s", due.id, reason)
        async with self._archive.transaction() as tx:
            await outbox.failed(tx, due.id, reason, self._clock.now())
