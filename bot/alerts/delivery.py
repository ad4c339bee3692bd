"""The outbox worker: due rows -> composed -> sent once -> marked.

What is sent carries the row's random_id, so a repeat after a lost answer or a crash is
answered by Telegram with the first message instead of a second one; and the text is frozen
on the row before the first attempt, so that a repeat cannot say something else.
"""

import asyncio

from bot.alerts.attempts import Attempts, Desk
from bot.alerts.pace import REMEMBERED, Going
from bot.bell import Bell
from storage import outbox, queues
from storage.records import Due

IN_FLIGHT = 8
OFFERED = 200  # rows looked at in one go; each is another subscriber's oldest
PICTURE_SECONDS = 0.5  # between two looks whether a picture has come; its coming wakes us, too
SOON = 0.05  # seconds; within them it is not worth asking what else is to come
LOOK_AGAIN = 30.0  # a missed wake-up costs at most this


class Delivery:
    """Tells what is due: eight at once, one a chat, in order within (chat, topic).

    Its bell rings when something may be due.
    """

    def __init__(self, desk: Desk, bell: Bell) -> None:
        self.bell = bell
        self._desk = desk
        self._attempts = Attempts(desk)
        self._in_flight: set[int] = set()  # chats

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent, and nobody has asked to look."""
        return not self._in_flight and not self.bell.rung

    async def run(self) -> None:
        """Deliver until cancelled."""
        await self._remember()
        async with asyncio.TaskGroup() as group:
            while True:
                wait = await self._start_due(group)
                await self.bell.heard(wait)

    async def _remember(self) -> None:
        """What was sent before a restart counts for Telegram, and so for us."""
        now, conn = self._desk.clock.now(), self._desk.archive.outbox_reader
        self._desk.pace.remember(await outbox.sendings(conn, now - REMEMBERED, now))

    async def _start_due(self, group: asyncio.TaskGroup) -> float:
        """Start sending what may go now; seconds until the next may."""
        now, pace = self._desk.clock.now(), self._desk.pace
        if len(self._in_flight) >= IN_FLIGHT:
            return LOOK_AGAIN  # one that ends wakes us
        if (held := pace.held()) > 0:
            return held
        conn = self._desk.archive.outbox_reader
        waits = [LOOK_AGAIN]
        before = frozenset(self._in_flight)  # their rows may be done when the answer is here
        for due in await queues.due(conn, now, OFFERED, self._desk.places.trying):
            chat = due.subscriber.chat_id
            if chat in self._in_flight | before:
                continue
            if len(self._in_flight) >= IN_FLIGHT:
                return LOOK_AGAIN  # one that ends wakes us
            if (delay := pace.delay(chat)) > 0:
                waits.append(delay)
                continue
            if due.message is None and await self._desk.awaited(due):
                waits.append(PICTURE_SECONDS)
                continue
            self._in_flight.add(chat)
            group.create_task(self._deliver(due, pace.sets_out(chat)), name=f"outbox row {due.id}")
        if min(waits) > SOON:
            waits.append(await self._later(now))
        return min(waits)

    async def _later(self, now: int) -> float:
        """Seconds until something will be due that is not due yet."""
        later = await queues.next_due_at(self._desk.archive.outbox_reader, now)
        return LOOK_AGAIN if later is None else max(0.0, (later - now) / 1000)

    async def _deliver(self, due: Due, going: Going) -> None:
        try:
            await self._attempts.make(due)
        finally:
            self._desk.pace.arrived(going)
            self._in_flight.discard(due.subscriber.chat_id)
            self.bell.ring()
