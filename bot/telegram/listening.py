"""What people say to the bot, and the buttons they press -> Asked -> an answer, in order.

One chat's questions are answered one after the other; different chats do not wait for each
other. The answer is worked out elsewhere; here it is only fetched and sent.
"""

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from telethon import events, utils
from telethon.tl import types

from bot.clock import Clock
from bot.outcomes import Busy, Outcome
from bot.telegram.client import Account
from bot.telegram.sending import Sending
from storage.records import Asked, Reply

logger = logging.getLogger(__name__)

Answer = Callable[[Asked], Awaitable[Reply | None]]
Turn = Callable[[int], Awaitable[None]]  # waits until an answer may go to the chat

WAITING = 50  # questions of one chat; more at once is no conversation
FROM_ONE = 10  # of them from one of several people: a stranger's leave room for the others'
TRIES = 5
LONGEST_WAIT = 60.0  # an answer that would come later than this is not worth waiting for
MAX_SAID = 4096  # Telegram's own limit for a message


class Listening:
    """Hears the bot's updates and answers them."""

    def __init__(
        self, account: Account, sending: Sending, answer: Answer, turn: Turn, clock: Clock
    ) -> None:
        self._sending = sending
        self._answer = answer
        self._turn = turn
        self._clock = clock
        self._open: dict[int, deque[Asked]] = {}  # questions by chat, being answered in order
        self._heard: asyncio.Queue[int] = asyncio.Queue()  # chats with a first question
        client = account.client
        client.add_event_handler(self._hear_message, events.NewMessage(incoming=True))
        client.add_event_handler(self._hear_press, events.CallbackQuery())

    async def _hear_message(self, event: Any) -> None:
        message = event.message
        if isinstance(message, types.Message):
            self._take(_said(message, event))

    async def _hear_press(self, event: Any) -> None:
        self._take(_pressed(event))

    def _take(self, asked: Asked) -> None:
        waiting = self._open.get(asked.chat_id)
        if waiting is None:
            self._open[asked.chat_id] = deque([asked])
            self._heard.put_nowait(asked.chat_id)
        elif len(waiting) < WAITING and (asked.private or _from_one(waiting, asked) < FROM_ONE):
            waiting.append(asked)
        else:
            logger.warning("chat %d asks faster than it can be answered", asked.chat_id)

    async def run(self) -> None:
        """Answer until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                chat_id = await self._heard.get()
                group.create_task(self._converse(chat_id), name=f"chat {chat_id}")

    async def _converse(self, chat_id: int) -> None:
        waiting = self._open[chat_id]
        while waiting:
            await self._respond(waiting[0])
            waiting.popleft()
        del self._open[chat_id]

    async def _respond(self, asked: Asked) -> None:
        reply = await self._answer(asked)
        if reply is None:
            return
        for _ in range(TRIES):
            if reply.message is not None:  # what is shown over a button is no message
                await self._turn(asked.chat_id)
            try:
                await self._sending.reply(asked, reply, _random_id(asked))
            except Busy as busy:
                if busy.seconds > LONGEST_WAIT:
                    break
                await self._clock.pass_by(busy.seconds)
            except Outcome as failed:
                logger.warning("chat %d could not be answered: %s", asked.chat_id, failed)
                return
            else:
                return
        logger.warning("chat %d was not answered: Telegram is too busy", asked.chat_id)


def _from_one(waiting: Iterable[Asked], asked: Asked) -> int:
    """How many questions of the same person wait already."""
    return sum(each.user_id == asked.user_id for each in waiting)


def _random_id(asked: Asked) -> int:
    """Derived, so that a question heard twice (after a reconnection) is answered once."""
    seed = f"reply {asked.chat_id} {asked.message_id} {asked.press_id}"
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big", signed=True) or 1


def _said(message: types.Message, event: Any) -> Asked:
    sender = event.sender
    return Asked(
        chat_id=event.chat_id,
        user_id=_author(message, event.chat_id),
        text=(message.message or "")[:MAX_SAID],
        message_id=message.id,
        topic_id=_topic(message.reply_to),
        chat_title=utils.get_display_name(event.chat) if event.chat else "",
        chat_access_hash=_access_hash(event.chat),
        user_name=utils.get_display_name(sender) if sender else "",
        language=getattr(sender, "lang_code", None) or "",
    )


def _pressed(event: Any) -> Asked:
    sender = event.sender
    return Asked(
        chat_id=event.chat_id,
        user_id=event.sender_id,
        message_id=event.query.msg_id,
        chat_title=utils.get_display_name(event.chat) if event.chat else "",
        chat_access_hash=_access_hash(event.chat),
        user_name=utils.get_display_name(sender) if sender else "",
        language=getattr(sender, "lang_code", None) or "",
        press_id=event.query.query_id,
        data=(event.data or b"").decode("utf-8", "replace"),
    )


def _author(message: types.Message, chat_id: int) -> int:
    """Who said it. 0 is an anonymous admin, who speaks as the group itself and as nobody else:
    one who speaks as a channel is that channel, a stranger."""
    said_by = message.from_id or message.peer_id
    if isinstance(said_by, types.PeerUser):
        return int(said_by.user_id)
    marked = int(utils.get_peer_id(said_by))
    return 0 if marked == chat_id else marked


def _topic(header: Any) -> int:
    """The forum topic a message was said in; 0 in the general one and outside forums."""
    if not getattr(header, "forum_topic", False):
        return 0
    return int(header.reply_to_top_id or header.reply_to_msg_id or 0)


def _access_hash(chat: Any) -> int:
    return int(getattr(chat, "access_hash", None) or 0)
