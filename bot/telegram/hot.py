"""A few channels that are asked for news as often as Telegram allows, member or not.

Telegram pushes some channels late, and those the account does not follow not at all, unless
their difference is asked for every `timeout` seconds; it suffers that for ten channels
(core.telegram.org/api/updates). All others are left to the live stream and the sweep.
"""

import logging
from collections.abc import Sequence
from typing import Any

from telethon.tl import functions, types

from bot.clock import Clock
from bot.outcomes import Busy, Gone, Refused, SignedOut
from bot.telegram import convert
from bot.telegram.client import Account
from bot.telegram.differences import Differences
from bot.telegram.watchlist import Watchlist
from storage.records import ChannelState, Cursor, Place

logger = logging.getLogger(__name__)

LEAST_SECONDS = 5.0  # between two questions about one channel, whatever Telegram suggests
AGAIN_SECONDS = 60.0  # after being signed out, or for a channel that cannot be read now
DAY_SECONDS = 86_400.0  # a name that leads nowhere is not resolved again before


class Hot:
    """Asks for the differences of the channels that are chosen."""

    def __init__(
        self,
        account: Account,
        watchlist: Watchlist,
        differences: Differences,
        clock: Clock,
        usernames: Sequence[str],
    ) -> None:
        self._account = account
        self._watchlist = watchlist
        self._differences = differences
        self._clock = clock
        self._due_at = dict.fromkeys(usernames, 0)

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            await self._account.ready.wait()
            try:
                pause = await self._round()
            except SignedOut:
                pause = AGAIN_SECONDS
            await self._clock.pass_by(pause)

    async def _round(self) -> float:
        """Ask about those that are due; seconds until the next one is."""
        places = await self._watchlist.chosen(self._account.id, list(self._due_at))
        for username, due_at in self._due_at.items():
            if due_at <= self._clock.now():
                pause = await self._poll_if_free(username, places)
                self._due_at[username] = self._clock.now() + int(pause * 1000)
        return max(0.0, (min(self._due_at.values()) - self._clock.now()) / 1000)

    async def _poll_if_free(self, username: str, places: dict[str, Place | None]) -> float:
        """One that has to wait keeps no other waiting."""
        try:
            return await self._poll(username, places)
        except Busy as busy:
            logger.info("@%s must wait %.0f s", username, busy.seconds)
            return max(LEAST_SECONDS, busy.seconds)

    async def _poll(self, username: str, places: dict[str, Place | None]) -> float:
        """Ask about one channel; after how many seconds to ask again."""
        if username not in places:
            return await self._take_in(username)
        place = places[username]
        if place is None:
            return AGAIN_SECONDS
        result = await self._differences.catch_up(place)
        return max(LEAST_SECONDS, float(result.timeout))

    async def _take_in(self, username: str) -> float:
        """Watch a channel that is not watched yet, without joining it."""
        try:
            chat = await self._find(username)
            peer = types.InputChannel(chat.id, chat.access_hash)
            full = await self._account.ask(functions.channels.GetFullChannelRequest(peer))
            cursor = Cursor(chat.id, full.full_chat.pts, await self._top(chat))
        except (Gone, Refused) as refused:
            logger.warning("@%s cannot be polled: %s", username, refused)
            return DAY_SECONDS
        state = ChannelState.POLLED if chat.left else ChannelState.JOINED
        facts = convert.channel(chat, state, full.full_chat.about)
        await self._watchlist.adopt(self._account.id, facts, chat.access_hash, cursor)
        return LEAST_SECONDS

    async def _find(self, username: str) -> Any:
        answer = await self._account.ask(functions.contacts.ResolveUsernameRequest(username))
        for chat in answer.chats:
            if isinstance(chat, types.Channel) and chat.broadcast:
                return chat
        raise Refused("NOT_A_CHANNEL")

    async def _top(self, chat: Any) -> int:
        """The newest message id. Asked for after the pts: what comes between is in the log."""
        peer = types.InputPeerChannel(chat.id, chat.access_hash)
        request = functions.messages.GetHistoryRequest(peer, 0, None, 0, 1, 0, 0, 0)
        answer = await self._account.ask(request)
        return max((message.id for message in answer.messages), default=0)
