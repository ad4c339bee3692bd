"""A message of ours -> a request with its random_id; Telegram's refusals -> outcomes."""

from typing import Any

from telethon import utils
from telethon.extensions import html
from telethon.tl import functions, types

from bot.outcomes import Refused
from bot.telegram.client import Account
from storage.records import Asked, Button, Message, Reply, Subscriber


class Sending:
    """The bot's voice."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def send(self, subscriber: Subscriber, message: Message, random_id: int) -> int:
        """Send a message; Telegram's id of it. Asked again with the same `random_id`,
        Telegram sends nothing and answers with the id of the first time.

        Raises Busy, Gone, Refused or SignedOut.
        """
        await self._account.ready.wait()
        text, entities = html.parse(message.html)
        request = functions.messages.SendMessageRequest(
            peer=_peer(subscriber.chat_id, subscriber.access_hash),
            message=text,
            entities=entities,
            reply_markup=_markup(message),
            random_id=random_id,
            no_webpage=True,
            silent=message.silent or None,
            reply_to=_topic(subscriber.topic_id),
        )
        return _sent_id(await self._account.ask(request), random_id)

    async def reply(self, asked: Asked, reply: Reply, random_id: int) -> None:
        """Give an answer where it was asked: a message, a changed message, a toast."""
        if asked.press_id:
            await self._answer_press(asked, reply)
        if reply.message is None:
            return
        if reply.replace:
            peer = _peer(asked.chat_id, asked.chat_access_hash)
            await self._replace(peer, asked.message_id, reply.message)
            return
        topic = asked.topic_id or reply.topic_id
        where = Subscriber(0, asked.chat_id, topic, access_hash=asked.chat_access_hash)
        await self.send(where, reply.message, random_id)

    async def edit(self, subscriber: Subscriber, message_id: int, message: Message) -> None:
        """Put another message in the place of one that was sent.

        Raises Busy, Gone, Refused or SignedOut.
        """
        await self._account.ready.wait()
        await self._replace(_peer(subscriber.chat_id, subscriber.access_hash), message_id, message)

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

    async def _replace(self, peer: Any, message_id: int, message: Message) -> None:
        text, entities = html.parse(message.html)
        request = functions.messages.EditMessageRequest(
            peer=peer,
            id=message_id,
            message=text,
            entities=entities,
            reply_markup=_markup(message),
            no_webpage=True,
        )
        try:
            await self._account.ask(request)
        except Refused as refused:
            if refused.reason != "MESSAGE_NOT_MODIFIED":
                raise


def _peer(chat_id: int, access_hash: int) -> Any:
    bare, kind = utils.resolve_id(chat_id)
    if kind is types.PeerUser:
        return types.InputPeerUser(bare, access_hash)
    if kind is types.PeerChannel:
        return types.InputPeerChannel(bare, access_hash)
    return types.InputPeerChat(bare)


def _topic(topic_id: int) -> Any:
    if not topic_id:
        return None
    return types.InputReplyToMessage(reply_to_msg_id=topic_id, top_msg_id=topic_id)


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
