"""Places out of reach are tried again: not all that brings one back is heard of.

Telegram tells a bot once that it may speak again, and tells it nothing of some ways in which that
comes about; what happens while the bot is cut off is lost to it.
"""

from bot.alerts.pace import Pace
from bot.alerts.places import Places
from bot.bell import Bell
from bot.clock import Clock
from storage import places
from storage.db import Archive

# Between two places. Sends in vain count for Telegram as others do, and there may be hundreds.
APART_SECONDS = 2.0


class Sleepers:
    """Tries each once, with what waits for it, whenever some may be back."""

    def __init__(self, archive: Archive, clock: Clock, places: Places, pace: Pace) -> None:
        self._archive = archive
        self._clock = clock
        self._places = places
        self._pace = pace
        self.bell = Bell(clock)

    async def run(self) -> None:
        """Try them until cancelled."""
        while True:
            await self.bell.heard()
            for each in await places.sleepers(self._archive.reader):
                await self._places.attempt(each)
                await self._clock.pass_by(max(APART_SECONDS, self._pace.held()))
