"""What channels say of themselves, kept in the archive (the shape is bot.telegram.watchlist's)."""

from collections.abc import Sequence

from bot.clock import Clock
from bot.owner.changes import Changes
from bot.watching.nights import last_night
from storage import channels, facts
from storage.db import Archive
from storage.records import ChannelState, Cursor, Facts, Place

DAY = 86_400_000
FORMER_DAYS = 90  # for so long it is looked where a former username leads
FORMER_A_NIGHT = 5  # resolving names is what Telegram limits most
UNREAD = Cursor(0, 0, 0)  # a lost channel is not read from anywhere


class ArchiveRegister:
    """Facts of channels over time; each change is an event, and told with its transaction."""

    def __init__(self, archive: Archive, clock: Clock, zone: str, changes: Changes) -> None:
        self._archive = archive
        self._clock = clock
        self._zone = zone
        self._changes = changes
        self._seen: dict[int, Facts] = {}  # as last written: most of the time nothing changes

    async def observe(self, seen: Sequence[Facts]) -> None:
        new = [each for each in seen if self._seen.get(each.channel_id) != each]
        if not new:
            return
        async with self._archive.transaction() as tx:
            now = self._clock.now()
            events = [event for each in new for event in await facts.observe(tx, each, now)]
            await self._changes.write(tx, events)
        self._changes.wake()
        self._seen |= {each.channel_id: each for each in new}

    async def mark(self, channel_id: int, state: ChannelState) -> None:
        async with self._archive.transaction() as tx:
            events = await facts.change_state(tx, channel_id, state, self._clock.now())
            await self._changes.write(tx, events)
        self._changes.wake()
        self._seen.pop(channel_id, None)

    async def readings_due(self, account_id: int) -> list[Place]:
        conn = self._archive.reader
        due = await facts.unread(conn, last_night(self._zone, self._clock.now()))
        hashes = await channels.access_hashes(conn, account_id)
        return [Place(each, hashes[each], UNREAD) for each in sorted(due) if each in hashes]

    async def was_read(self, channel_id: int) -> None:
        async with self._archive.transaction() as tx:
            await facts.read(tx, channel_id, self._clock.now())

    async def former_usernames(self) -> list[tuple[int, str]]:
        since = self._clock.now() - FORMER_DAYS * DAY
        return (await facts.former_usernames(self._archive.reader, since))[:FORMER_A_NIGHT]

    async def leads_elsewhere(self, channel_id: int, username: str, other_id: int) -> None:
        async with self._archive.transaction() as tx:
            now = self._clock.now()
            events = await facts.leads_elsewhere(tx, channel_id, username, other_id, now)
            await self._changes.write(tx, events)
        self._changes.wake()
