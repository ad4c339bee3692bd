"""What the owner must know, told by the bot: it works when the watcher does not."""

import asyncio
import logging
from collections.abc import Callable

from bot.clock import Clock
from bot.locales import Say, speaker
from storage import outbox, subscribers
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Message

logger = logging.getLogger(__name__)

Told = Callable[[Say], str]


class Notices:
    """Writes notices to the owner into the outbox."""

    def __init__(
        self, archive: Archive, clock: Clock, owner: int, wake_delivery: Callable[[], None]
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._owner = owner
        self._wake_delivery = wake_delivery
        self._queue: asyncio.Queue[Told] = asyncio.Queue()
        self._signed_out = False

    def watcher_signed_out(self, reason: str) -> None:
        """The watcher cannot go on until its owner signs in again."""
        self._signed_out = True
        self._queue.put_nowait(
            lambda say: say(
                "The watcher is signed out ({reason}): no new posts are seen until you run "
                "<code>postwatch login</code> and start the program again. Alerts already "
                "written, and all your questions, go on working.",
                reason=reason,
            )
        )

    def watcher_connected(self) -> None:
        """The watcher is at work; worth telling only after it was not."""
        if self._signed_out:
            self._signed_out = False
            self._queue.put_nowait(lambda say: say("The watcher is signed in again."))

    async def run(self) -> None:
        """Write what is noted until cancelled."""
        while True:
            await self._owe(await self._queue.get())

    async def _owe(self, told: Told) -> None:
        owner = await subscribers.find(self._archive.reader, self._owner, 0)
        if owner is None:
            logger.warning("the owner cannot be told anything before pressing /start")
            return
        now = self._clock.now()
        message = Message(told(speaker(owner.language)))
        notice = Owed("notice", owner.id, f"notice/{now}", due_at=now, message=message)
        async with self._archive.transaction() as tx:
            await outbox.add(tx, self._archive.id, [notice], now)
        self._wake_delivery()
