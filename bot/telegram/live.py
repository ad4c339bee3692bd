"""What Telegram pushes -> a bounded queue -> one writer. Speed; completeness is the sweep's.

It listens before Telethon, which holds back and drops what comes out of order, and then to
what Telethon fetches to fill a gap. The ear does nothing that could fail or wait: an error
would end the connection. A full queue is left to the sweep, since nothing here moves a cursor.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telethon import events
from telethon.tl import types

from bot.clock import Clock
from bot.telegram import convert
from bot.telegram.client import Account
from storage.records import Absence, Batch, Change, Deletion, Post, Via

logger = logging.getLogger(__name__)

Apply = Callable[[Batch], Awaitable[Sequence[Change]]]

QUEUE = 5_000  # updates waiting to be written
TOGETHER = 200  # updates written in one transaction

SAID = (types.UpdateNewChannelMessage, types.UpdateEditChannelMessage)
DELETED = types.UpdateDeleteChannelMessages
# Something happened that no update tells in full: a look at the channel is needed.
BEHIND = (types.UpdateChannelTooLong, types.UpdateChannel)


class Live:
    """Hears the watcher's updates and hands them, in batches and in order, to `apply`."""

    def __init__(
        self, account: Account, apply: Apply, clock: Clock, behind: Callable[[], None]
    ) -> None:
        self._apply = apply
        self._clock = clock
        self._behind = behind  # asks for a sweep
        self._heard: asyncio.Queue[Any] = asyncio.Queue(QUEUE)
        account.client.pushed.on_update = self._hear
        account.client.add_event_handler(self._hear_fetched, events.Raw([*SAID, *BEHIND]))

    async def _hear_fetched(self, update: Any) -> None:
        """What Telethon fetches by itself, where it noticed a gap, has no place in the log."""
        if isinstance(update, BEHIND) or not update.pts:
            self._hear(update)

    def _hear(self, update: Any) -> None:
        if isinstance(update, BEHIND):
            self._behind()
        elif isinstance(update, (*SAID, DELETED)):
            self._take(update)

    def _take(self, update: Any) -> None:
        try:
            self._heard.put_nowait(update)
        except asyncio.QueueFull:
            logger.warning("the live queue is full, the sweep will find what it missed")
            self._behind()

    async def run(self) -> None:
        """Write what was heard until cancelled. A storage error ends the program."""
        while True:
            updates = [await self._heard.get()]
            while len(updates) < TOGETHER and not self._heard.empty():
                updates.append(self._heard.get_nowait())
            await self._apply(self._batch(updates))

    def _batch(self, updates: list[Any]) -> Batch:
        posts: list[Post] = []
        deletions: list[Deletion] = []
        for update in updates:
            if isinstance(update, DELETED):
                deletions += convert.deletions(
                    update.channel_id, update.messages, Absence.NOTICE, update.pts
                )
            elif isinstance(update.message.peer_id, types.PeerChannel):
                posts += convert.posts([update.message], update.pts)
        return Batch(Via.LIVE, self._clock.now(), tuple(posts), tuple(deletions))
