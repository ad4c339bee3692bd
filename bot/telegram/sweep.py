"""The reconciliation that makes the archive complete, whatever the live stream missed.

Every half minute, at start and after every reconnection: ask for the event-log position of
each channel (a hundred at a time) and, where it is ahead of our own cursor, read the
difference: new posts, edits *and* deletions. Posts and cursor are committed together, so a
crash repeats work and loses none. Telethon's own catch-up is not used: it drops edits and
deletions, and on "too long" it drops everything (core.telegram.org/api/updates).
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from telethon.tl import functions, types

from bot.clock import Clock
from bot.outcomes import Busy, Gone, Refused, SignedOut
from bot.telegram import convert
from bot.telegram.client import Account
from bot.telegram.live import Apply
from bot.telegram.watchlist import Watchlist
from storage.records import Absence, Batch, ChannelState, Cursor, Deletion, Place, Post, Via

logger = logging.getLogger(__name__)

HUNDRED = 100  # the most that getPeerDialogs, getMessages and a difference give at once
REREAD = 200  # ids below the cursor that are read again when the log is too long

LOST = {
    "CHANNEL_PRIVATE": ChannelState.PRIVATE,
    "CHANNEL_INVALID": ChannelState.GONE,
    "USER_BANNED_IN_CHANNEL": ChannelState.BANNED,
}
STALE = ("PERSISTENT_TIMESTAMP_OUTDATED", "PERSISTENT_TIMESTAMP_INVALID")


class Sweep:
    """Brings every watched channel up to where Telegram is."""

    def __init__(self, account: Account, watchlist: Watchlist, apply: Apply, clock: Clock) -> None:
        self._account = account
        self._watchlist = watchlist
        self._apply = apply
        self._clock = clock
        self._nudged = asyncio.Event()
        self.done = 0  # sweeps completed
        account.on_ready.append(self.nudge)

    def nudge(self) -> None:
        """Sweep now, or once more after the sweep that is going on."""
        self._nudged.set()

    async def run(self) -> None:
        """Sweep at every nudge until cancelled."""
        while True:
            await self._nudged.wait()
            await self._account.ready.wait()
            self._nudged.clear()
            try:
                await self.sweep()
            except Busy as busy:
                logger.info("the sweep must wait %.0f s", busy.seconds)
                await self._clock.pass_by(busy.seconds)
                self.nudge()
            except SignedOut:
                logger.warning("the sweep stops: the watcher is signed out")
            except (Gone, Refused) as refused:
                logger.warning("the sweep was refused: %s", refused)

    async def sweep(self) -> None:
        """One pass over all channels. Raises Busy or SignedOut where it could not go on."""
        places = await self._watchlist.places(self._account.id)
        for start in range(0, len(places), HUNDRED):
            for place, dialog in await self._dialogs(places[start : start + HUNDRED]):
                if dialog.pts > place.cursor.pts:
                    await self._catch_up(place)
        self.done += 1

    async def _dialogs(self, places: Sequence[Place]) -> list[tuple[Place, Any]]:
        """Each channel's dialog, which carries its pts. One lost channel fails a whole
        request: then halves are asked, until the lost one stands alone and is marked."""
        if not places:
            return []
        peers = [types.InputDialogPeer(_peer(place)) for place in places]
        try:
            answer = await self._account.ask(functions.messages.GetPeerDialogsRequest(peers))
        except (Gone, Refused) as lost:
            if len(places) == 1:
                await self._lose(places[0], str(lost))
                return []
            half = len(places) // 2
            return [*await self._dialogs(places[:half]), *await self._dialogs(places[half:])]
        by_id = {place.channel_id: place for place in places}
        return [
            (by_id[dialog.peer.channel_id], dialog)
            for dialog in answer.dialogs
            if isinstance(dialog.peer, types.PeerChannel) and dialog.peer.channel_id in by_id
        ]

    async def _lose(self, place: Place, reason: str) -> None:
        state = LOST.get(reason)
        if state is None:
            logger.error("channel %d cannot be read: %s", place.channel_id, reason)
            return
        logger.warning("channel %d is %s", place.channel_id, state)
        await self._watchlist.mark(place.channel_id, state)

    async def _catch_up(self, place: Place) -> None:
        try:
            await self._read_differences(place)
        except (Gone, Refused) as lost:
            await self._lose(place, str(lost))

    async def _read_differences(self, place: Place) -> None:
        """Read the event log from our cursor to its end, a page a transaction."""
        cursor, final = place.cursor, False
        while not final:
            try:
                page = await self._account.ask(_difference(place, cursor.pts))
            except Refused as refused:
                if refused.reason in STALE:
                    return  # Telegram is behind itself for the moment; the next sweep asks again
                raise
            if isinstance(page, types.updates.ChannelDifferenceTooLong):
                await self._read_by_ids(place, page.dialog)
                return
            posts, deletions = _contents(place.channel_id, page)
            top_id = max((post.message_id for post in posts), default=0)
            cursor = Cursor(place.channel_id, page.pts, max(cursor.top_id, top_id))
            await self._keep(Via.SWEEP, posts, deletions, cursor)
            final = bool(page.final)

    async def _read_by_ids(self, place: Place, dialog: Any) -> None:
        """The log is too long to be read: read the messages themselves, and some before."""
        first = max(1, place.cursor.top_id - REREAD)
        for ids in _hundreds(first, dialog.top_message):
            channel = types.InputChannel(place.channel_id, place.access_hash)
            wanted = [types.InputMessageID(each) for each in ids]
            answer = await self._account.ask(functions.channels.GetMessagesRequest(channel, wanted))
            posts = convert.posts(answer.messages, answer.pts)
            gone = set(ids) - {post.message_id for post in posts}
            deletions = convert.deletions(
                place.channel_id, sorted(gone), Absence.RECHECK, answer.pts
            )
            await self._keep(Via.TOO_LONG, posts, deletions, None)
        cursor = Cursor(place.channel_id, dialog.pts, dialog.top_message)
        await self._keep(Via.TOO_LONG, (), (), cursor)

    async def _keep(
        self,
        via: Via,
        posts: tuple[Post, ...],
        deletions: tuple[Deletion, ...],
        cursor: Cursor | None,
    ) -> None:
        await self._apply(Batch(via, self._clock.now(), posts, deletions, cursor))


def _contents(channel_id: int, page: Any) -> tuple[tuple[Post, ...], tuple[Deletion, ...]]:
    """The posts and deletions of a page. New messages come in the state of now, so the
    page's pts is the least they can claim; edits and deletions carry their own."""
    if isinstance(page, types.updates.ChannelDifferenceEmpty):
        return (), ()
    posts = list(convert.posts(page.new_messages, page.pts))
    deletions: list[Deletion] = []
    for update in page.other_updates:
        if isinstance(update, types.UpdateDeleteChannelMessages):
            deletions += convert.deletions(channel_id, update.messages, Absence.NOTICE, update.pts)
        elif isinstance(update, (types.UpdateEditChannelMessage, types.UpdateNewChannelMessage)):
            posts += convert.posts([update.message], update.pts)
    return tuple(posts), tuple(deletions)


def _difference(place: Place, pts: int) -> Any:
    return functions.updates.GetChannelDifferenceRequest(
        channel=types.InputChannel(place.channel_id, place.access_hash),
        filter=types.ChannelMessagesFilterEmpty(),
        pts=pts,
        limit=HUNDRED,
        force=False,
    )


def _peer(place: Place) -> Any:
    return types.InputPeerChannel(place.channel_id, place.access_hash)


def _hundreds(first: int, last: int) -> Iterator[range]:
    for start in range(first, last + 1, HUNDRED):
        yield range(start, min(start + HUNDRED, last + 1))
