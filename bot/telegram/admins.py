"""Who runs a group or a channel: asked of Telegram by the bot, and remembered for a minute."""

from typing import Any

from telethon import utils
from telethon.tl import functions, types

from bot.clock import Clock
from bot.outcomes import Refused
from bot.telegram.client import Account

REMEMBERED = 60_000  # ms: so long somebody who is no admin any more may still pass for one
MANY = 1_000  # answers; then those that are out of date are dropped

RUNS = (
    types.ChannelParticipantAdmin,
    types.ChannelParticipantCreator,
    types.ChatParticipantAdmin,
    types.ChatParticipantCreator,
)


class Admins:
    """Answers whether a person is an admin of a chat that the bot is in."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._known: dict[tuple[int, int], tuple[int, bool]] = {}  # until when, and what

    async def is_admin(self, chat_id: int, access_hash: int, user_id: int) -> bool:
        """Whether `user_id` runs the chat, which the bot knows by `access_hash`.

        Raises Busy, Gone, Refused or SignedOut where Telegram does not say.
        """
        now = self._clock.now()
        until, known = self._known.get((chat_id, user_id), (0, False))
        if now < until:
            return known
        if len(self._known) >= MANY:
            self._known = {who: each for who, each in self._known.items() if now < each[0]}
        found = await self._asked(chat_id, access_hash, user_id)
        self._known[chat_id, user_id] = now + REMEMBERED, found
        return found

    async def _asked(self, chat_id: int, access_hash: int, user_id: int) -> bool:
        bare, kind = utils.resolve_id(chat_id)
        if kind is types.PeerChannel:
            return await self._of_channel(types.InputChannel(bare, access_hash), user_id)
        full = await self._account.ask(functions.messages.GetFullChatRequest(bare))
        members = getattr(full.full_chat.participants, "participants", ())
        return any(isinstance(each, RUNS) and each.user_id == user_id for each in members)

    async def _of_channel(self, channel: Any, user_id: int) -> bool:
        request = functions.channels.GetParticipantRequest(channel, self._person(user_id))
        try:
            found = await self._account.ask(request)
        except Refused as refused:
            if refused.reason == "USER_NOT_PARTICIPANT":
                return False
            raise
        return isinstance(found.participant, RUNS)

    def _person(self, user_id: int) -> Any:
        """As the bot has met them; a bot may also name by id alone whom it has heard."""
        try:
            return self._account.client.session.get_input_entity(user_id)
        except ValueError:
            return types.InputPeerUser(user_id, 0)
