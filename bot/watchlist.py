"""The watcher's watchlist, kept in the archive (the shape is bot.telegram.watchlist's)."""

import random
from dataclasses import replace

from bot.clock import Clock
from bot.joinpace import DAY, JoinPace, forecast
from storage import channels, joins, profiles
from storage.db import Archive
from storage.records import Channel, ChannelState, Cursor, Join, Place

SEEN = (ChannelState.JOINED, ChannelState.POLLED)
JITTER = 0.3  # joins come at no regular interval


class ArchiveWatchlist:
    """What is watched, how far it was read, and what waits to be joined."""

    def __init__(
        self, archive: Archive, clock: Clock, pace: JoinPace, chance: random.Random
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._pace = pace
        self._chance = chance
        self._jitter = chance.uniform(0, JITTER)

    async def places(self, account_id: int) -> list[Place]:
        conn = self._archive.reader
        hashes = await channels.access_hashes(conn, account_id)
        cursors = await channels.cursors(conn)
        watched = [each for each in await channels.watched(conn) if each.state in SEEN]
        return [
            Place(each.id, hashes[each.id], cursors[each.id])
            for each in watched
            if each.id in hashes and each.id in cursors
        ]

    async def mark(self, channel_id: int, state: ChannelState) -> None:
        async with self._archive.transaction() as tx:
            await channels.set_state(tx, channel_id, state)

    async def adopt(
        self, account_id: int, channel: Channel, access_hash: int, cursor: Cursor
    ) -> None:
        now = self._clock.now()
        async with self._archive.transaction() as tx:
            await channels.save(tx, replace(channel, added_at=now))
            await channels.remember_access(tx, account_id, channel.id, access_hash)
            if channel.id not in await channels.cursors(tx):
                await channels.move_cursor(tx, cursor, now)

    async def waiting(self) -> list[Join]:
        return await joins.waiting(self._archive.reader)

    async def pinned_id(self, target: str) -> int | None:
        return await profiles.pinned_id(self._archive.reader, target)

    async def seconds_to_next_join(self) -> float:
        now = self._clock.now()
        done = await joins.joined_since(self._archive.reader, now - DAY)
        times = [join.done_at for join in done if join.done_at is not None]
        slower = replace(self._pace, minutes=self._pace.minutes * (1 + self._jitter))
        [turn] = forecast(1, times, slower, now)
        return (turn - now) / 1000

    async def joined(self, join: Join, channel_id: int) -> None:
        async with self._archive.transaction() as tx:
            await joins.finish(tx, join.id, channel_id, self._clock.now())
        self._jitter = self._chance.uniform(0, JITTER)

    async def adopted(self, join: Join, channel_id: int) -> None:
        async with self._archive.transaction() as tx:
            await joins.finish(tx, join.id, channel_id, self._clock.now(), adopted=True)

    async def join_failed(self, join: Join, reason: str) -> None:
        async with self._archive.transaction() as tx:
            await joins.fail(tx, join.id, reason, self._clock.now())
