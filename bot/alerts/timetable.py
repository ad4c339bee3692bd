"""The time of digests: what was held is owed as one message once it is due."""

import logging
from collections.abc import Callable

from bot.bell import Bell
from bot.clock import Clock
from storage import held
from storage.db import Archive

logger = logging.getLogger(__name__)


class Timetable:
    """Owes each subscriber the digest that is due, once: the row and what it tells are written
    together. One that was due while the program was down is owed at its start; of several, one.
    """

    def __init__(self, archive: Archive, clock: Clock, wake_delivery: Callable[[], None]) -> None:
        self._archive = archive
        self._clock = clock
        self._wake_delivery = wake_delivery
        self.bell = Bell(clock)

    async def run(self) -> None:
        """Look at once and at every ring, until cancelled."""
        while True:
            await self._look()
            await self.bell.heard()

    async def _look(self) -> None:
        now = self._clock.now()
        for subscriber_id in await held.due(self._archive.reader, now):
            async with self._archive.transaction() as tx:
                told = await held.tell(tx, self._archive.id, subscriber_id, now)
            if told:
                logger.info("a digest is due for subscriber %d", subscriber_id)
                self._wake_delivery()
