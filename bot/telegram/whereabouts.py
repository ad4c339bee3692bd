"""What becomes of the bot's own place in chats, as Telegram tells it.

That a chat is out of reach is not taken from here but from a send that fails, since news may be
missed. That it is back is known from here, from what people say, or from a send that succeeds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telethon import events, utils
from telethon.tl import types

from bot.telegram.client import Account
from storage.records import News, Turn

Hear = Callable[[News], Awaitable[None]]

KINDS = (
    types.UpdateBotStopped,
    types.UpdateChatParticipant,
    types.UpdateChannelParticipant,
    types.UpdateChatDefaultBannedRights,
    types.UpdateNewMessage,
    types.UpdateNewChannelMessage,
)


class Whereabouts:
    """Hears them, and hands them on in their order."""

    def __init__(self, account: Account, hear: Hear) -> None:
        self._account = account
        self._hear = hear
        self._news: asyncio.Queue[News] = asyncio.Queue()
        account.client.add_event_handler(self._take, events.Raw(KINDS))

    async def _take(self, update: Any) -> None:
        news = news_of(update, self._account.id)
        if news is not None:
            self._news.put_nowait(news)

    async def run(self) -> None:
        """Hand on until cancelled."""
        while True:
            await self._hear(await self._news.get())


def news_of(update: Any, bot_id: int) -> News | None:
    """What an update says of the bot's place in a chat; None if nothing that is news."""
    match update:
        case types.UpdateBotStopped(stopped=False):
            return News(Turn.BACK, int(update.user_id))
        case types.UpdateChatParticipant() | types.UpdateChannelParticipant():
            return _standing(update) if update.user_id == bot_id else None
        case types.UpdateChatDefaultBannedRights(default_banned_rights=rights):
            here = int(utils.get_peer_id(update.peer))
            return None if rights.send_messages else News(Turn.BACK, here)
        case types.UpdateNewMessage(message=types.MessageService() as message):
            return _of_small_group(message, update)
        case types.UpdateNewChannelMessage(message=types.MessageService() as message):
            return _of_supergroup(message, update)
    return None


def _standing(update: Any) -> News | None:
    """The bot was brought in, appointed, or allowed to write."""
    now = update.new_participant
    if now is None or isinstance(now, types.ChannelParticipantLeft):
        return None
    if isinstance(now, types.ChannelParticipantBanned) and now.banned_rights.send_messages:
        return None
    if isinstance(update, types.UpdateChatParticipant):
        return News(Turn.BACK, -int(update.chat_id))
    chat_id = int(utils.get_peer_id(types.PeerChannel(update.channel_id)))
    channel = _entity(update, chat_id)
    if not isinstance(now, types.ChannelParticipantAdmin) or not _is_channel(channel):
        return News(Turn.BACK, chat_id)
    return News(
        Turn.ADMITTED,
        chat_id,
        access_hash=int(channel.access_hash or 0),
        title=channel.title,
        user_id=int(update.actor_id),
    )


def _of_small_group(message: types.MessageService, update: Any) -> News | None:
    if not isinstance(message.action, types.MessageActionChatMigrateTo):
        return None
    old = int(utils.get_peer_id(message.peer_id))
    to = getattr(_entity(update, old), "migrated_to", None)
    if to is None:  # the new one says it as well
        return None
    new = int(utils.get_peer_id(types.PeerChannel(to.channel_id)))
    return News(Turn.MOVED, old, to_chat_id=new, access_hash=int(to.access_hash))


def _of_supergroup(message: types.MessageService, update: Any) -> News | None:
    here = int(utils.get_peer_id(message.peer_id))
    match message.action:
        case types.MessageActionChannelMigrateFrom(chat_id=old):
            access_hash = int(getattr(_entity(update, here), "access_hash", None) or 0)
            return News(Turn.MOVED, -int(old), to_chat_id=here, access_hash=access_hash)
        case types.MessageActionTopicEdit(closed=False):
            return News(Turn.BACK, here, topic_id=_topic(message))
    return None


def _topic(message: types.MessageService) -> int:
    """The topic a service message is about; 0 for the general one."""
    header = message.reply_to
    return int(header.reply_to_msg_id or 0) if getattr(header, "forum_topic", False) else 0


def _entity(update: Any, marked_id: int) -> Any:
    return (getattr(update, "_entities", None) or {}).get(marked_id)


def _is_channel(entity: Any) -> bool:
    return isinstance(entity, types.Channel) and bool(entity.broadcast)
