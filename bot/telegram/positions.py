"""Where Telegram is in each channel's event log, by one of three sources.

getPeerDialogs takes a hundred channels a request. How fresh its answers are for channels that
Telegram pushes late is not documented, so pages of dialogs and full channels can be asked
instead; `postwatch doctor --probe` compares the three. What the answers say of the channels
besides costs nothing and is handed on.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from telethon.tl import functions, types

from bot.outcomes import Gone, Refused
from bot.telegram import convert, dialogs
from bot.telegram.client import Account
from bot.telegram.errors import LOST
from bot.telegram.unreadable import UNREADABLE
from bot.telegram.watchlist import Register
from storage.records import Facts, Place

logger = logging.getLogger(__name__)

HUNDRED = 100  # the most that getPeerDialogs gives at once


@dataclass(slots=True)
class Reading:
    """What a source says."""

    pts: dict[int, int] = field(default_factory=dict)  # by channel
    facts: list[Facts] = field(default_factory=list)
    lost: dict[int, str] = field(default_factory=dict)  # why it cannot be read, by channel

    def take_in(self, answer: Any) -> None:
        """The dialogs and channels of an answer."""
        for dialog in answer.dialogs:
            if isinstance(dialog.peer, types.PeerChannel) and dialog.pts is not None:
                self.pts[dialog.peer.channel_id] = dialog.pts
        self.facts += convert.facts(answer.chats)


Source = Callable[[Account, Sequence[Place]], Awaitable[Reading]]


class Positions:
    """Asks a source, and tells the register what it says of channels."""

    def __init__(self, account: Account, register: Register, source: str) -> None:
        self._account = account
        self._register = register
        self._source = SOURCES[source]

    async def of(self, places: Sequence[Place]) -> Mapping[int, int]:
        """The pts of each channel that can be read. Raises Busy or SignedOut."""
        reading = await self._source(self._account, places)
        for channel_id, reason in reading.lost.items():
            await lose(self._register, channel_id, reason)
        await self._register.observe(reading.facts)
        return reading.pts


async def lose(register: Register, channel_id: int, reason: str) -> None:
    """Note that a channel cannot be read, where the reason is one that stays."""
    state = LOST.get(reason)
    if state is None:
        logger.error("channel %d cannot be read: %s", channel_id, reason)
        return
    logger.warning("channel %d is %s", channel_id, state)
    await register.mark(channel_id, state)


async def by_peer_dialogs(account: Account, places: Sequence[Place]) -> Reading:
    """A hundred a request; full channels for those it says nothing of."""
    reading = Reading()
    for start in range(0, len(places), HUNDRED):
        await _ask_together(account, places[start : start + HUNDRED], reading)
    return await _with_the_rest(account, places, reading)


async def _ask_together(account: Account, places: Sequence[Place], reading: Reading) -> None:
    """One lost channel fails a whole request: then halves are asked, until it stands alone."""
    if not places:
        return
    peers = [types.InputDialogPeer(_peer(place)) for place in places]
    try:
        reading.take_in(await account.ask(functions.messages.GetPeerDialogsRequest(peers)))
    except (Gone, Refused) as lost:
        if len(places) == 1:
            await _ask_alone(account, places[0], str(lost), reading)
            return
        half = len(places) // 2
        await _ask_together(account, places[:half], reading)
        await _ask_together(account, places[half:], reading)


async def _ask_alone(account: Account, place: Place, reason: str, reading: Reading) -> None:
    """A dialog shows the newest message; where that cannot be read, the channel still can."""
    if reason != UNREADABLE:
        reading.lost[place.channel_id] = reason
        return
    full = await by_full_channels(account, [place])
    reading.pts |= full.pts
    reading.facts += full.facts
    reading.lost |= full.lost


async def by_dialogs(account: Account, places: Sequence[Place]) -> Reading:
    """The account's list of dialogs, page by page; full channels for those not in it."""
    reading = Reading()
    async for page in dialogs.pages(account):
        reading.take_in(page)
    return await _with_the_rest(account, places, reading)


async def _with_the_rest(account: Account, places: Sequence[Place], reading: Reading) -> Reading:
    """Channels the account does not follow need not be among its dialogs: ask about each."""
    known = reading.pts.keys() | reading.lost.keys()
    others = [place for place in places if place.channel_id not in known]
    rest = await by_full_channels(account, others)
    return Reading(reading.pts | rest.pts, reading.facts + rest.facts, reading.lost | rest.lost)


async def by_full_channels(account: Account, places: Sequence[Place]) -> Reading:
    """One request a channel."""
    reading = Reading()
    for place in places:
        channel = types.InputChannel(place.channel_id, place.access_hash)
        try:
            answer = await account.ask(functions.channels.GetFullChannelRequest(channel))
        except (Gone, Refused) as lost:
            reading.lost[place.channel_id] = str(lost)
        else:
            reading.pts[place.channel_id] = answer.full_chat.pts
            reading.facts += convert.facts(answer.chats, answer.full_chat)
    return reading


SOURCES: Mapping[str, Source] = {
    "peer_dialogs": by_peer_dialogs,
    "dialogs": by_dialogs,
    "full_channel": by_full_channels,
}


def _peer(place: Place) -> Any:
    return types.InputPeerChannel(place.channel_id, place.access_hash)
