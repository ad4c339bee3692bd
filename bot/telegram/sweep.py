"""The reconciliation that makes the archive complete, whatever the live stream missed.

Every half minute, at start and after every reconnection: ask for the event-log position of
each channel and, where it is ahead of our own cursor, read the difference.
"""

import asyncio
from collections.abc import Sequence

from bot.clock import Clock
from bot.outcomes import Busy
from bot.telegram.client import Account
from bot.telegram.differences import Differences
from bot.telegram.errand import Errand
from bot.telegram.positions import Positions
from bot.telegram.watchlist import Watchlist
from storage.records import Place, Swept

BY_HAND_SECONDS = 60.0  # how long somebody waits for a sweep


class Sweep:
    """Brings every watched channel up to where Telegram is."""

    def __init__(
        self,
        account: Account,
        watchlist: Watchlist,
        positions: Positions,
        differences: Differences,
        clock: Clock,
    ) -> None:
        self._account = account
        self._watchlist = watchlist
        self._positions = positions
        self._differences = differences
        self._clock = clock
        self._stumbled: dict[int, int] = {}  # when a channel's reading was broken off
        self._waiting: list[asyncio.Future[Swept]] = []  # those who asked for the next sweep
        errand = Errand("the sweep", account, self.sweep, clock)
        self.bell = errand.bell
        self.run = errand.run

    async def by_hand(self) -> Swept:
        """Sweep now; what that found. Raises Busy where it does not come about."""
        asked: asyncio.Future[Swept] = asyncio.get_running_loop().create_future()
        self._waiting.append(asked)
        self.bell.ring()
        try:
            async with asyncio.timeout(BY_HAND_SECONDS):
                return await asked
        except TimeoutError:
            raise Busy(BY_HAND_SECONDS) from None

    async def sweep(self) -> None:
        """One pass over all channels. Raises Busy or SignedOut where it could not go on."""
        waiting, self._waiting = self._waiting, []
        try:
            found = await self._sweep()
        except BaseException:
            self._waiting += waiting  # the next one is theirs
            raise
        for asked in waiting:
            if not asked.done():
                asked.set_result(found)

    async def _sweep(self) -> Swept:
        now = self._clock.now()
        places = await self._watchlist.places(self._account.id)
        pts = await self._positions.of(places)
        seen = [place for place in places if place.channel_id in pts]
        behind = [place for place in seen if pts[place.channel_id] > place.cursor.pts]
        lagging: set[int] = set()
        changes = 0
        # One that could not be read last time must not keep the others waiting again.
        behind.sort(key=lambda place: self._stumbled.get(place.channel_id, 0))
        for place in behind:
            self._stumbled[place.channel_id] = now
            result = await self._differences.catch_up(place)
            del self._stumbled[place.channel_id]
            changes += result.changes
            if not result.whole:
                lagging.add(place.channel_id)
        await self._compared(seen, lagging, now)
        return Swept(len(seen), len(behind), changes)

    async def _compared(self, seen: Sequence[Place], lagging: set[int], now: int) -> None:
        """What was read to its end is complete up to the time at which we began."""
        whole = [place.channel_id for place in seen if place.channel_id not in lagging]
        await self._watchlist.compared(whole, now)
