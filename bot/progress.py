"""The messages that show how fetching a history goes: edited while it goes, at most every few
seconds, and left alone when it is done."""

import logging
from collections.abc import Awaitable, Callable

from bot.bell import Bell
from bot.clock import Clock
from bot.commands.backfill import shown
from bot.locales import speaker
from bot.outcomes import Busy, Outcome
from storage import channels, histories, subscribers
from storage.db import Archive
from storage.histories import Shown
from storage.records import Message, Subscriber

logger = logging.getLogger(__name__)

EDIT_SECONDS = 4.0  # between two edits of one message

Edit = Callable[[Subscriber, int, Message], Awaitable[None]]
Turn = Callable[[int], Awaitable[None]]  # waits until something may go to the chat


class Progress:
    """Keeps the messages up to date, whenever something may have moved."""

    def __init__(self, archive: Archive, clock: Clock, edit: Edit, turn: Turn) -> None:
        self._archive = archive
        self._clock = clock
        self._edit = edit
        self._turn = turn
        self.bell = Bell(clock)
        self._text: dict[int, str] = {}  # as last shown, by channel

    async def run(self) -> None:
        """Edit until cancelled."""
        while True:
            await self.bell.heard()
            for each in await histories.shown(self._archive.reader):
                try:
                    await self._update(each)
                except Busy as busy:
                    await self._clock.pass_by(busy.seconds)
                    self.bell.ring()
                except Outcome as failed:
                    logger.info("progress in chat of %d: %s", each.subscriber_id, failed)
                    await self._leave(each.channel_id)
            await self._clock.pass_by(EDIT_SECONDS)

    async def _update(self, message: Shown) -> None:
        conn = self._archive.reader
        here = await subscribers.get(conn, message.subscriber_id)
        channel = await channels.get(conn, message.channel_id)
        history = await histories.get(conn, message.channel_id)
        if here is None or channel is None or history is None:
            return
        text = shown(channel, history, here.zone, speaker(here.language))
        if self._text.get(channel.id) != text:
            await self._turn(here.chat_id)
            await self._edit(here, message.message_id, Message(text))
            self._text[channel.id] = text
        if not history.wanted:
            await self._leave(channel.id)

    async def _leave(self, channel_id: int) -> None:
        self._text.pop(channel_id, None)
        async with self._archive.transaction() as tx:
            await histories.show(tx, channel_id, None)
