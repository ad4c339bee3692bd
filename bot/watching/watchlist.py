"""The watcher's watchlist, kept in the archive (the shape is bot.telegram.watchlist's)."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.joinpace import DAY, JoinPace, forecast
from bot.owner.notices import Notices
from storage import channels, coverage, facts, histories, joins, posts, profiles
from storage.db import Archive, Connection
from storage.records import Channel, ChannelState, Cursor, History, Join, Place

SEEN = (ChannelState.JOINED, ChannelState.POLLED, ChannelState.RESTRICTED)
CHANGED_OWNER = "HANDLE_CHANGED_OWNER"  # why a join failed: not the id that the seeds vouch for
JITTER = 0.3  # joins come at no regular interval


@dataclass(frozen=True, slots=True)
class Plan:
    """How fast channels are joined, and how much history of each is fetched."""

    pace: JoinPace
    history_days: int  # 0: none
    polled: Sequence[str] = ()  # usernames of those that are read without being joined


async def places(conn: Connection, account_id: int) -> list[Place]:
    """The channels that an account can see, by title."""
    hashes = await channels.access_hashes(conn, account_id)
    cursors = await channels.cursors(conn)
    watched = [each for each in await channels.watched(conn) if each.state in SEEN]
    return [
        Place(each.id, hashes[each.id], cursors[each.id])
        for each in watched
        if each.id in hashes and each.id in cursors
    ]


class ArchiveWatchlist:
    """What is watched, how far it was read, and what waits to be joined."""

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        plan: Plan,
        notices: Notices,
        chance: random.Random,
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._pace = plan.pace
        self._history_days = plan.history_days
        self._polled = plan.polled
        self._notices = notices
        self._chance = chance
        self._jitter = chance.uniform(0, JITTER)

    async def places(self, account_id: int) -> list[Place]:
        return await places(self._archive.reader, account_id)

    async def newest_id(self, channel_id: int) -> int:
        return await posts.newest_id(self._archive.reader, channel_id)

    async def alive_ids(self, channel_id: int, below: int) -> Sequence[int]:
        return await posts.alive_ids(self._archive.reader, channel_id, below)

    async def chosen(self, account_id: int, usernames: Sequence[str]) -> dict[str, Place | None]:
        places = {place.channel_id: place for place in await self.places(account_id)}
        reached = await channels.access_hashes(self._archive.reader, account_id)
        known = {name: await self._known(name) for name in usernames}
        return {
            name: places.get(each.id)
            for name, each in known.items()
            if each is not None and each.id in reached
        }

    async def _known(self, username: str) -> Channel | None:
        """The channel that has a username, or had it: somebody else may have it now."""
        conn = self._archive.reader
        found = await channels.named(conn, username)
        if found is None:
            former = await facts.formerly(conn, username)
            found = None if former is None else await channels.get(conn, former)
        unseen = (ChannelState.QUEUED, ChannelState.IMPORTED)
        return None if found is None or found.state in unseen else found

    async def compared(self, channel_ids: Sequence[int], at: int) -> None:
        if channel_ids:
            async with self._archive.transaction() as tx:
                await coverage.compared(tx, channel_ids, at)

    async def adopt(
        self, account_id: int, channel: Channel, access_hash: int, cursor: Cursor
    ) -> None:
        now = self._clock.now()
        async with self._archive.transaction() as tx:
            await channels.save(tx, replace(channel, added_at=now))
            await channels.remember_access(tx, account_id, channel.id, access_hash)
            if channel.id not in await channels.cursors(tx):
                await channels.move_cursor(tx, cursor, now)
            if await histories.begin(tx, channel.id, cursor.top_id + 1, now):
                await self._want_history(tx, channel.id, now)

    async def _want_history(self, tx: Connection, channel_id: int, now: int) -> None:
        if self._history_days:
            await histories.want(tx, channel_id, now - self._history_days * DAY, now)

    async def next_wanted(
        self, account_id: int, but: Collection[int]
    ) -> tuple[Place, History] | None:
        places = {place.channel_id: place for place in await self.places(account_id)}
        for history in await histories.wanted(self._archive.reader):
            if history.channel_id in places and history.channel_id not in but:
                return places[history.channel_id], history
        return None

    async def history_failed(self, channel_id: int, reason: str) -> None:
        async with self._archive.transaction() as tx:
            await histories.give_up(tx, channel_id, reason, self._clock.now())

    async def wait_again(self, account_id: int) -> None:
        if not await joins.unreached(self._archive.reader, account_id, self._polled):
            return
        async with self._archive.transaction() as tx:
            unreached = await joins.unreached(tx, account_id, self._polled)
            await joins.again(tx, unreached, account_id, self._clock.now())
            await self._notices.account_changed(tx, len(unreached))
        self._notices.wake()

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
            channel = await channels.get(tx, join.channel_id or 0)
            await joins.fail(tx, join.id, reason, self._clock.now())
        if channel is not None and channel.state is ChannelState.QUEUED:
            self._notices.cannot_be_watched(channel.title, reason)
        elif reason == CHANGED_OWNER:
            self._notices.name_leads_elsewhere(join.target)
