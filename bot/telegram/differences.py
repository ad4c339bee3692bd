"""Reading a channel's event log from our own cursor on: new posts, edits *and* deletions.

Posts and cursor are committed together, so a crash repeats work and loses none. Telethon's own
catch-up is not used: it drops edits and deletions, and on "too long" it drops everything
(core.telegram.org/api/updates).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from telethon.tl import types

from bot.clock import Clock
from bot.outcomes import Gone, Refused
from bot.telegram import convert, unreadable
from bot.telegram.client import Account
from bot.telegram.errors import LOST
from bot.telegram.live import Apply
from bot.telegram.positions import lose
from bot.telegram.watchlist import Register, Watchlist
from storage.records import Absence, Batch, Cursor, Deletion, Place, Post, Via

HUNDRED = 100  # the most that getMessages gives at once
REREAD = 200  # ids below the cursor that are read again in any case when the log is too long

# After the first, second... vain try to read a log. What is pushed meanwhile is kept; what is
# not pushed comes late by so much, and all of it comes, since the cursor stays.
REST_MILLIS = (60_000, 600_000, 3_600_000)

STALE = ("PERSISTENT_TIMESTAMP_OUTDATED", "PERSISTENT_TIMESTAMP_INVALID")


@dataclass(slots=True)
class CaughtUp:
    """What came of reading one channel's log."""

    whole: bool  # whether it was read to its end
    timeout: int = 0  # after so many seconds Telegram wants to be asked again, where it says so
    changes: int = 0  # what was new to the archive, or different in it


@dataclass(frozen=True, slots=True)
class Rest:
    """A channel whose log cannot be read now."""

    tries: int
    until: int


@dataclass(slots=True)
class Rereading:
    """A channel that is read by its messages, and how far that has come."""

    pts: int  # of the log, when it began
    top_id: int
    pages: list[Sequence[int]]  # still to be read


class Differences:
    """Brings single channels up to where Telegram is."""

    def __init__(
        self,
        account: Account,
        watchlist: Watchlist,
        register: Register,
        apply: Apply,
        clock: Clock,
    ) -> None:
        self._account = account
        self._watchlist = watchlist
        self._register = register
        self._apply = apply
        self._clock = clock
        self._rests: dict[int, Rest] = {}
        self._rereading: dict[int, Rereading] = {}  # begun; a restart begins anew

    async def catch_up(self, place: Place) -> CaughtUp:
        """Read one channel's log to its end; what cannot be read is told to the register.

        Raises Busy or SignedOut.
        """
        result = CaughtUp(whole=False)
        rest = self._rests.get(place.channel_id)
        if rest is not None and self._clock.now() < rest.until:
            return result
        try:
            await self._read(place, result)
            self._rests.pop(place.channel_id, None)
        except (Gone, Refused) as lost:
            if str(lost) not in LOST:  # it is asked again, but not a hundred times an hour
                self._rests[place.channel_id] = self._rest_after(rest)
            await lose(self._register, place.channel_id, str(lost))
        return result

    def _rest_after(self, before: Rest | None) -> Rest:
        tries = before.tries if before else 0
        pause = REST_MILLIS[min(tries, len(REST_MILLIS) - 1)]
        return Rest(tries + 1, self._clock.now() + pause)

    async def _read(self, place: Place, result: CaughtUp) -> None:
        """A page a transaction. `result` is whole at the end of the log."""
        cursor = place.cursor
        while not result.whole:
            try:
                page = await unreadable.difference(self._account, place, cursor.pts)
            except Refused as refused:
                if refused.reason in STALE:
                    return  # Telegram is behind itself for the moment; we shall ask again
                raise
            result.timeout = page.timeout or 0
            if isinstance(page, types.updates.ChannelDifferenceTooLong):
                result.changes += await self._read_by_ids(place, page.dialog)
                result.whole = True
            else:
                cursor = await self._take_in(page, cursor, result)
                result.whole = bool(page.final)

    async def _take_in(self, page: Any, cursor: Cursor, result: CaughtUp) -> Cursor:
        """Keep a page, and where it leads; a page without anything new costs nothing."""
        posts, deletions = _contents(cursor.channel_id, page)
        top_id = max((post.message_id for post in posts), default=0)
        moved = Cursor(cursor.channel_id, page.pts, max(cursor.top_id, top_id))
        if moved != cursor or posts or deletions:
            batch = Batch(Via.SWEEP, self._clock.now(), posts, deletions, moved)
            result.changes += len(await self._apply(batch))
        return moved

    async def _read_by_ids(self, place: Place, dialog: Any) -> int:
        """The log is too long to be read: read the messages themselves; how many changed.

        First what is new and a little before, then everything that the archive believes alive:
        nothing else would tell of its edits and deletions. Where Telegram makes us wait, it
        goes on from there the next time, while the other channels have their turn.
        """
        reading = self._rereading.get(place.channel_id)
        if reading is None:
            reading = self._rereading[place.channel_id] = await self._plan(place, dialog)
        changes = 0
        while reading.pages:
            changes += await self._reread(place, reading.pages[0])
            del reading.pages[0]
        # What happened since the first page is still in the log from there on.
        cursor = Cursor(place.channel_id, reading.pts, reading.top_id)
        await self._apply(Batch(Via.TOO_LONG, self._clock.now(), cursor=cursor))
        del self._rereading[place.channel_id]
        return changes

    async def _plan(self, place: Place, dialog: Any) -> Rereading:
        """What was the newest may be gone: then the channel ends before what we have of it."""
        first = max(1, place.cursor.top_id - REREAD)
        newest = await self._watchlist.newest_id(place.channel_id)
        last = max(dialog.top_message, newest)
        older = await self._watchlist.alive_ids(place.channel_id, first)
        pages = [*_hundreds(range(first, last + 1)), *_hundreds(older)]
        return Rereading(dialog.pts, dialog.top_message, pages)

    async def _reread(self, place: Place, ids: Sequence[int]) -> int:
        found = await unreadable.by_ids(self._account, place, ids)
        deletions = tuple(
            Deletion(place.channel_id, each, Absence.RECHECK, pts)
            for each, pts in found.absent.items()
        )
        batch = Batch(Via.TOO_LONG, self._clock.now(), found.posts, deletions)
        return len(await self._apply(batch))


def _contents(channel_id: int, page: Any) -> tuple[tuple[Post, ...], tuple[Deletion, ...]]:
    """The posts and deletions of a page. Messages come in the state of now, whichever edit
    brought them, so the page's pts is the least they can claim; deletions carry their own."""
    if isinstance(page, types.updates.ChannelDifferenceEmpty):
        return (), ()
    posts = list(convert.posts(page.new_messages, page.pts))
    deletions: list[Deletion] = []
    for update in page.other_updates:
        if isinstance(update, types.UpdateDeleteChannelMessages):
            deletions += convert.deletions(channel_id, update.messages, Absence.NOTICE, update.pts)
        elif isinstance(update, (types.UpdateEditChannelMessage, types.UpdateNewChannelMessage)):
            posts += convert.posts([update.message], page.pts)
    return tuple(posts), tuple(deletions)


def _hundreds(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), HUNDRED):
        yield ids[start : start + HUNDRED]
