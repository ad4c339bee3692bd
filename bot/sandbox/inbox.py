"""What a person without a client of their own sees of their chats."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from telethon.extensions import html
from telethon.utils import get_peer_id

from bot.sandbox.errors import NotReceived
from bot.sandbox.services.writing import topic_of
from bot.sandbox.tl import T
from bot.sandbox.world.files import Files

CHANNELS_BELOW = -(10**12)  # marked ids of channels and supergroups


@dataclass(frozen=True, slots=True)
class Button:
    text: str
    data: bytes | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    name: str
    mime_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it looked when it came, or when it was edited."""

    id: int
    place: int  # marked id of the chat
    sender: int  # marked id of whoever wrote it
    text: str
    html: str
    entities: tuple[T.TypeMessageEntity, ...]
    buttons: tuple[tuple[Button, ...], ...]
    at: datetime
    edited: bool
    silent: bool
    reply_to: int | None
    topic: int
    photo: bytes | None
    document: File | None
    grouped_id: int | None

    @property
    def labels(self) -> list[str]:
        """The texts of all buttons."""
        return [button.text for row in self.buttons for button in row]


class Inbox:
    def __init__(self, files: Files) -> None:
        self.unread: list[Received] = []  # in the order in which it came, edits too
        self._files = files
        self._now: dict[tuple[int, int], Received] = {}
        self._news = asyncio.Event()

    @property
    def now(self) -> list[Received]:
        """Everything received and not deleted since, oldest first, with its present text."""
        return list(self._now.values())

    def take(self, updates: T.Updates) -> None:
        """Take in what the server pushes to this person."""
        for update in updates.updates:
            match update:
                case T.UpdateNewMessage() | T.UpdateNewChannelMessage():
                    self._came(update.message, edited=False)
                case T.UpdateEditMessage() | T.UpdateEditChannelMessage():
                    self._came(update.message, edited=True)
                case T.UpdateDeleteMessages():
                    self._gone(update.messages, None)
                case T.UpdateDeleteChannelMessages():
                    channel = get_peer_id(T.PeerChannel(update.channel_id))
                    self._gone(update.messages, channel)
        self._news.set()
        self._news = asyncio.Event()

    async def next(self, wanted: Callable[[Received], bool], within: float, what: str) -> Received:
        """Take the first unread message that is wanted; the others stay unread.

        Raises NotReceived after `within` seconds, saying what there was instead.
        """
        try:
            async with asyncio.timeout(within):
                while True:
                    for message in self.unread:
                        if wanted(message):
                            self.unread.remove(message)
                            return message
                    await self._news.wait()
        except TimeoutError:
            raise NotReceived(f"nothing with {what} within {within} s; {self.told()}") from None

    def present(self, message: Received) -> Received:
        """A message as it reads now."""
        return self._now.get((message.place, message.id), message)

    def forget(self, place: int, ids: list[int]) -> None:
        """Take messages of one chat out of sight."""
        for number in ids:
            self._now.pop((place, number), None)

    def told(self) -> str:
        """What is unread, in words."""
        if not self.unread:
            return "nothing is unread"
        lines = (f"{'edited' if one.edited else 'new'}: {one.text!r}" for one in self.unread)
        return "unread is\n  " + "\n  ".join(lines)

    def _came(self, message: T.Message, *, edited: bool) -> None:
        if not isinstance(message, T.Message) or message.out:
            return
        received = received_from(message, self._files, edited=edited)
        self._now[received.place, received.id] = received
        self.unread.append(received)

    def _gone(self, ids: list[int], channel: int | None) -> None:
        """Messages of a channel are gone, or of the person's own mailbox."""
        for place, number in list(self._now):
            here = place == channel if channel is not None else place > CHANNELS_BELOW
            if here and number in ids:
                del self._now[place, number]


def received_from(message: T.Message, files: Files, *, edited: bool) -> Received:
    """A message of the schema in plain words."""
    peer = get_peer_id(message.peer_id)
    return Received(
        id=message.id,
        place=peer,
        sender=get_peer_id(message.from_id) if message.from_id else peer,
        text=message.message,
        html=html.unparse(message.message, message.entities or []),
        entities=tuple(message.entities or ()),
        buttons=_buttons(message.reply_markup),
        at=message.edit_date or message.date,
        edited=edited,
        silent=bool(message.silent),
        reply_to=_answered(message.reply_to),
        topic=topic_of(message),
        photo=_photo(message.media, files),
        document=_document(message.media, files),
        grouped_id=message.grouped_id,
    )


def _answered(header: T.MessageReplyHeader | None) -> int | None:
    if header is None or (header.forum_topic and header.reply_to_top_id is None):
        return None  # being in a topic is written as answering what opened it
    number: int | None = header.reply_to_msg_id
    return number


def _buttons(markup: T.TypeReplyMarkup | None) -> tuple[tuple[Button, ...], ...]:
    if not isinstance(markup, T.ReplyInlineMarkup):
        return ()
    return tuple(tuple(_button(button) for button in row.buttons) for row in markup.rows)


def _button(button: T.KeyboardInlineButton) -> Button:
    match button.type:
        case T.InlineButtonTypeCallback(data=data):
            return Button(button.text, data=data)
        case T.InlineButtonTypeUrl(url=url):
            return Button(button.text, url=url)
    return Button(button.text)


def _photo(media: T.TypeMessageMedia | None, files: Files) -> bytes | None:
    match media:
        case T.MessageMediaPhoto(photo=T.Photo(id=number)):
            return files.data.get(number)
    return None


def _document(media: T.TypeMessageMedia | None, files: Files) -> File | None:
    match media:
        case T.MessageMediaDocument(document=T.Document() as document):
            names = (
                one.file_name
                for one in document.attributes
                if isinstance(one, T.DocumentAttributeFilename)
            )
            data = files.data.get(document.id, b"")
            return File(next(names, ""), document.mime_type, data)
    return None
