"""A message of ours -> a request with its random_id; Telegram's refusals -> outcomes."""

from dataclasses import replace
from typing import Any

from telethon import utils
from telethon.extensions import html
from telethon.tl import functions, types

from bot.outcomes import Gone, Moved, Refused
from bot.telegram.client import Account
from bot.telegram.uploads import Uploads
from storage.records import Asked, Button, Message, Reply, Subscriber

# Telegram's words for: the message that is to be answered is not there any more.
NOTHING_TO_ANSWER = frozenset({"REPLY_MESSAGE_ID_INVALID", "REPLY_TO_INVALID", "MSG_ID_INVALID"})

NOT_OURS = "MESSAGE_AUTHOR_REQUIRED"  # a message that is to be replaced: others may be sent


class Sending:
    """The bot's voice."""

    def __init__(self, account: Account, uploads: Uploads) -> None:
        self._account = account
        self._uploads = uploads

    async def send(
        self, subscriber: Subscriber, message: Message, random_id: int, reply_to: int | None = None
    ) -> int:
        """Send a message; Telegram's id of it. What may not be an answer to another, or may not
        go with its picture or document, is said without: it is the words that count.

        Asked again with the same `random_id`, Telegram sends nothing and answers with the id of
        the first time.

        Raises Busy, Gone, Moved, Refused or SignedOut.
        """
        await self._account.ready.wait()
        while True:
            try:
                return await self._say(subscriber, message, random_id, reply_to)
            except Refused as refused:
                if reply_to is not None and refused.reason in NOTHING_TO_ANSWER:
                    reply_to = None
                elif _carries(message):
                    message = _without(message)
                elif refused.forbidden:  # so is every message, then
                    raise Gone(refused.reason) from refused
                elif reply_to is not None:
                    reply_to = None
                else:
                    raise

    async def _say(
        self, subscriber: Subscriber, message: Message, random_id: int, reply_to: int | None
    ) -> int:
        text, entities = html.parse(message.html)
        wanted = {
            "peer": _peer(subscriber.chat_id, subscriber.access_hash),
            "message": text,
            "entities": entities,
            "reply_markup": _markup(message),
            "random_id": random_id,
            "silent": message.silent or None,
            "reply_to": _reply(subscriber.topic_id, reply_to),
        }
        media = await self._uploads.media(message, random_id)
        if media is None:
            request = functions.messages.SendMessageRequest(no_webpage=True, **wanted)
        else:
            request = functions.messages.SendMediaRequest(media=media, **wanted)
        return _sent_id(await self._ask_in(subscriber.chat_id, request), random_id)

    async def _ask_in(self, chat_id: int, request: Any) -> Any:
        """The answer to a request about a chat. Raises Moved where that has become another."""
        try:
            return await self._account.ask(request)
        except Gone as gone:
            moved = await self._moved(chat_id)
            raise gone if moved is None else moved from None

    async def _moved(self, chat_id: int) -> Moved | None:
        """Where a small group went on as a supergroup."""
        bare, kind = utils.resolve_id(chat_id)
        if kind is not types.PeerChat:
            return None
        try:
            answer = await self._account.ask(functions.messages.GetFullChatRequest(bare))
        except (Gone, Refused):
            return None
        for chat in answer.chats:
            if chat.id == bare and getattr(chat, "migrated_to", None) is not None:
                to = chat.migrated_to
                return Moved(utils.get_peer_id(types.PeerChannel(to.channel_id)), to.access_hash)
        return None

    async def reply(self, asked: Asked, reply: Reply, random_id: int) -> None:
        """Give an answer where it was asked: a message, a changed message, a toast.

        Where others talk too, and under the message whose button was pressed, it shows what it
        answers.
        """
        if asked.press_id:
            await self._answer_press(asked, reply)
        if reply.message is None:
            return
        topic = asked.topic_id or reply.topic_id
        where = Subscriber(0, asked.chat_id, topic, access_hash=asked.chat_access_hash)
        if reply.replace:
            await self._replace(where, asked.message_id, reply.message)
            return
        answers = None if asked.private and not asked.press_id else asked.message_id or None
        await self.send(where, reply.message, random_id, answers)

    async def edit(self, subscriber: Subscriber, message_id: int, message: Message) -> None:
        """Put another message in the place of one that was sent; of one with a picture or a
        file, it is the caption that changes.

        Raises Busy, Gone, Moved, Refused or SignedOut.
        """
        await self._account.ready.wait()
        await self._replace(subscriber, message_id, message)

    async def set_commands(self, language: str, commands: list[tuple[str, str]]) -> None:
        """What Telegram's menu offers, for people whose app speaks `language` ("": any)."""
        await self._account.ask(
            functions.bots.SetBotCommandsRequest(
                scope=types.BotCommandScopeDefault(),
                lang_code=language,
                commands=[types.BotCommand(name, text) for name, text in commands],
            )
        )

    async def _answer_press(self, asked: Asked, reply: Reply) -> None:
        request = functions.messages.SetBotCallbackAnswerRequest(
            query_id=asked.press_id, cache_time=0, message=reply.toast or None
        )
        try:
            await self._account.ask(request)
        except Refused as refused:
            if refused.reason != "QUERY_ID_INVALID":  # answered too late, or twice
                raise

    async def _replace(self, where: Subscriber, message_id: int, message: Message) -> None:
        text, entities = html.parse(message.html)
        request = functions.messages.EditMessageRequest(
            peer=_peer(where.chat_id, where.access_hash),
            id=message_id,
            message=text,
            entities=entities,
            reply_markup=_markup(message),
            no_webpage=True,
        )
        try:
            await self._ask_in(where.chat_id, request)
        except Refused as refused:
            if refused.forbidden and refused.reason != NOT_OURS:
                raise Gone(refused.reason) from refused
            if refused.reason != "MESSAGE_NOT_MODIFIED":
                raise


def _carries(message: Message) -> bool:
    return message.picture is not None or message.document is not None


def _without(message: Message) -> Message:
    """A message without what it carries."""
    alone = message.without_document if message.document is not None else ""
    return replace(message, html=alone or message.html, picture=None, document=None)


def _peer(chat_id: int, access_hash: int) -> Any:
    bare, kind = utils.resolve_id(chat_id)
    if kind is types.PeerUser:
        return types.InputPeerUser(bare, access_hash)
    if kind is types.PeerChannel:
        return types.InputPeerChannel(bare, access_hash)
    return types.InputPeerChat(bare)


def _reply(topic_id: int, message_id: int | None) -> Any:
    """How a message says what it answers, and in which topic it is."""
    if not topic_id and message_id is None:
        return None
    return types.InputReplyToMessage(message_id or topic_id, top_msg_id=topic_id or None)


def _markup(message: Message) -> Any:
    if not message.buttons:
        return None
    rows = [[_button(button) for button in row] for row in message.buttons]
    return types.ReplyInlineMarkup([types.KeyboardInlineButtonRow(row) for row in rows])


def _button(button: Button) -> Any:
    if button.url:
        return types.KeyboardInlineButton(button.text, types.InlineButtonTypeUrl(button.url))
    data = types.InlineButtonTypeCallback(button.data.encode())
    return types.KeyboardInlineButton(button.text, data)


def _sent_id(answer: Any, random_id: int) -> int:
    if isinstance(answer, types.UpdateShortSentMessage):
        return int(answer.id)
    for update in answer.updates:
        if isinstance(update, types.UpdateMessageID) and update.random_id == random_id:
            return int(update.id)
    raise Refused("NO_MESSAGE_ID")
