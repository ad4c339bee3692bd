"""Places out of reach are tried again: not all that brings one back is heard of.

Telegram tells a bot once that it may speak again, and tells it nothing of some ways in which that
comes about; what happens while the bot is cut off is lost to it.
"""

import asyncio

from bot.alerts.pace import Pace
from bot.alerts.places import Places
from bot.clock import Clock
from storage import places
from storage.db import Archive

# Between two places. Sends in vain count for Telegram as others do, and there may be hundreds.
APART_SECONDS = 2.0


class Sleepers:
    """Tries each once, with what waits for it, whenever it is nudged."""

    def __init__(self, archive: Archive, clock: Clock, places: Places, pace: Pace) -> None:
        self._archive = archive
        self._clock = clock
        self._places = places
        self._pace = pace
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """Some may be back. Those that are being gone through are gone through to the end first."""
        self._nudged.set()

    async def run(self) -> None:
        """Try them until cancelled."""
        while True:
            await self._nudged.wait()
            self._nudged.clear()
            for each in await places.sleepers(self._archive.reader):
                await self._places.attempt(each)
                await self._clock.pass_by(max(APART_SECONDS, self._pace.held()))
