"""Once a night: what every channel says of itself, read in full and slowly.

Titles, names and marks are seen at every sweep; descriptions and subscribers only here. A
channel that was lost is tried again, and where a former username leads now is looked up.
"""

import logging
from collections.abc import Callable

from telethon.tl import functions, types

from bot.clock import Clock
from bot.outcomes import Gone, Refused
from bot.telegram import convert
from bot.telegram.client import Account
from bot.telegram.errand import Errand
from bot.telegram.positions import lose
from bot.telegram.watchlist import Register
from storage.records import Place

logger = logging.getLogger(__name__)

REQUEST_SECONDS = 10.0  # between two of them
RESOLVE_SECONDS = 60.0  # names are the scarcest of all


class Readings:
    """Reads the facts of the channels that are due."""

    def __init__(
        self, account: Account, register: Register, clock: Clock, seen: Callable[[], None]
    ) -> None:
        self._account = account
        self._register = register
        self._clock = clock
        self._seen = seen  # called when channels were read: lost ones may be back
        errand = Errand("reading channels", account, self._read, clock)
        self.bell = errand.bell
        self.run = errand.run

    async def _read(self) -> None:
        due = await self._register.readings_due(self._account.id)
        for place in due:
            await self._read_one(place)
            await self._register.was_read(place.channel_id)
            self._seen()
            await self._clock.pass_by(REQUEST_SECONDS)
        if due:
            await self._follow_names()

    async def _read_one(self, place: Place) -> None:
        channel = types.InputChannel(place.channel_id, place.access_hash)
        try:
            answer = await self._account.ask(functions.channels.GetFullChannelRequest(channel))
        except (Gone, Refused) as lost:
            await lose(self._register, place.channel_id, str(lost))
            return
        seen = convert.facts(answer.chats, answer.full_chat)
        await self._register.observe([each for each in seen if each.channel_id == place.channel_id])

    async def _follow_names(self) -> None:
        """See where the names lead that our channels gave up."""
        for channel_id, username in await self._register.former_usernames():
            try:
                request = functions.contacts.ResolveUsernameRequest(username)
                peer = (await self._account.ask(request)).peer
            except (Gone, Refused) as refused:
                logger.info("a former name of channel %d: %s", channel_id, refused)
            else:
                other = int(getattr(peer, "channel_id", 0) or getattr(peer, "user_id", 0))
                if other != channel_id:
                    await self._register.leads_elsewhere(channel_id, username, other)
            await self._clock.pass_by(RESOLVE_SECONDS)
