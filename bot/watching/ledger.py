"""What is accounted for, kept in the archive (the shape is bot.telegram.watchlist's)."""

from bot.clock import Clock
from bot.watching.nights import last_night
from bot.watching.watchlist import ArchiveWatchlist
from storage import accounted, histories
from storage.db import Archive
from storage.records import Place, Stretch


class ArchiveLedger:
    """Which channels are to be audited, and which of their ids are accounted for."""

    def __init__(
        self, archive: Archive, clock: Clock, zone: str, watchlist: ArchiveWatchlist
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._zone = zone
        self._watchlist = watchlist

    async def audits_due(self, account_id: int) -> list[Place]:
        night = last_night(self._zone, self._clock.now())
        due = await histories.unaudited(self._archive.reader, night)
        return [each for each in await self._watchlist.places(account_id) if each.channel_id in due]

    async def gaps(self, channel_id: int) -> tuple[Stretch | None, list[Stretch]]:
        async with self._archive.heavy() as conn:
            whole = await histories.span(conn, channel_id)
            found = await accounted.gaps(conn, channel_id, whole) if whole else []
            return whole, found

    async def account(self, channel_id: int, stretch: Stretch) -> None:
        async with self._archive.transaction() as tx:
            await accounted.account(tx, channel_id, stretch)

    async def audited(self, channel_id: int) -> None:
        async with self._archive.transaction() as tx:
            await histories.audited(tx, channel_id, self._clock.now())
