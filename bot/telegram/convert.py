"""A Telethon message -> Post, an update -> deletions. Pure: no network, no state."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from telethon import utils
from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from bot.telegram.media import describe
from storage.records import Absence, Channel, ChannelState, Deletion, Facts, Forward, Post

LINKS = (types.MessageEntityUrl, types.MessageEntityTextUrl)


def post(message: Any, pts: int = 0) -> Post | None:
    """A channel's message as a Post; None for what is no message (MessageEmpty).

    `pts` is the place in the channel's event log at which it looked so, 0 if unknown.
    """
    if isinstance(message, types.MessageService):
        return _service(message, pts)
    if isinstance(message, types.Message):
        return _message(message, pts)
    return None


def posts(messages: Iterable[Any], pts: int) -> tuple[Post, ...]:
    """All of `messages` that are posts."""
    return tuple(found for message in messages if (found := post(message, pts)) is not None)


def deletions(
    channel_id: int, message_ids: Iterable[int], absence: Absence, pts: int
) -> tuple[Deletion, ...]:
    """One Deletion for each of `message_ids`."""
    return tuple(Deletion(channel_id, each, absence, pts) for each in message_ids)


def channel(chat: types.Channel, state: ChannelState, about: str = "") -> Channel:
    """The facts of a channel as an account sees them."""
    return Channel(
        id=chat.id,
        title=chat.title,
        username=_username(chat),
        state=state,
        verified=bool(chat.verified),
        subscribers=chat.participants_count,
        about=about,
    )


def facts(chats: Iterable[Any], full: Any = None) -> list[Facts]:
    """What each of `chats` says of itself, where it is a channel that can be seen in full.

    `full` is the full channel of one of them.
    """
    return [
        Facts(
            channel_id=chat.id,
            title=chat.title,
            username=_username(chat),
            verified=bool(chat.verified),
            member=not chat.left,
            restricted=any(each.platform == "all" for each in chat.restriction_reason or ()),
            photo_id=getattr(chat.photo, "photo_id", 0),
            about=full.about if full and full.id == chat.id else None,
            subscribers=full.participants_count if full and full.id == chat.id else None,
        )
        for chat in chats
        if isinstance(chat, types.Channel) and not chat.min
    ]


def _username(chat: types.Channel) -> str | None:
    """A channel may have several names; the first active one leads to it."""
    if chat.username:
        return str(chat.username)
    return next((str(each.username) for each in chat.usernames or () if each.active), None)


def _message(message: types.Message, pts: int) -> Post:
    media, facts = describe(message.media)
    return Post(
        channel_id=message.peer_id.channel_id,
        message_id=message.id,
        posted_at=_millis(message.date),
        text=message.message or "",
        edited_at=_edited_at(message),
        grouped_id=message.grouped_id,
        reply_to=_reply_to(message.reply_to),
        author=message.post_author,
        forward=_forward(message.fwd_from),
        media=media,
        content=_content(message, facts),
        has=_has(message, media),
        views=message.views,
        forwards=message.forwards,
        pts=pts,
        raw=bytes(message),
        layer=LAYER,
    )


def _edited_at(message: types.Message) -> int | None:
    """A reaction, too, sets the date of an edit, hidden from readers: that is no edit."""
    hidden = message.edit_date is None or message.edit_hide
    return None if hidden else _millis(message.edit_date)


def _reply_to(header: Any) -> int | None:
    """The message of the same channel that is answered."""
    if getattr(header, "reply_to_peer_id", None) is not None:
        return None  # its number belongs to another chat
    return getattr(header, "reply_to_msg_id", None)


def _reply_facts(header: Any) -> dict[str, object]:
    """Where an answer to another chat's message leads, and the words that are quoted."""
    found: dict[str, object] = {}
    peer = getattr(header, "reply_to_peer_id", None)
    if peer is not None:
        found |= {"chat_id": utils.get_peer_id(peer), "message_id": header.reply_to_msg_id}
    if quoted := getattr(header, "quote_text", None):
        found["quote"] = quoted
    return found


def _service(message: types.MessageService, pts: int) -> Post:
    action = {
        key: value
        for key, value in message.action.to_dict().items()
        if key != "_" and isinstance(value, (str, int, float))
    }
    return Post(
        channel_id=message.peer_id.channel_id,
        message_id=message.id,
        posted_at=_millis(message.date),
        reply_to=_reply_to(message.reply_to),
        service=_snake(type(message.action).__name__.removeprefix("MessageAction")),
        content={"action": action} if action else {},
        pts=pts,
        raw=bytes(message),
        layer=LAYER,
    )


def _content(message: types.Message, media: dict[str, object]) -> dict[str, object]:
    """What belongs to the post besides its text; empty parts are left out."""
    parts: dict[str, object] = {
        "entities": [_entity(each) for each in message.entities or ()],
        "media": media,
        "buttons": _buttons(message.reply_markup),
        "via_bot": message.via_bot_id,
        "reply": _reply_facts(message.reply_to),
        "signed_by": getattr(message.from_id, "user_id", None),
    }
    return {name: value for name, value in parts.items() if value}


def _entity(entity: Any) -> dict[str, object]:
    """Offsets are in UTF-16 units, as Telegram counts them."""
    kind = _snake(type(entity).__name__.removeprefix("MessageEntity"))
    shown: dict[str, object] = {"type": kind, "offset": entity.offset, "length": entity.length}
    for extra in ("url", "language", "user_id", "document_id"):
        if (value := getattr(entity, extra, None)) is not None:
            shown[extra] = value
    return shown


def _buttons(markup: Any) -> list[dict[str, str]]:
    rows = markup.rows if isinstance(markup, types.ReplyInlineMarkup) else ()
    buttons = [button for row in rows for button in row.buttons]
    return [
        {"text": button.text, "url": url} if (url := _button_url(button)) else {"text": button.text}
        for button in buttons
    ]


def _button_url(button: Any) -> str | None:
    return getattr(getattr(button, "type", None), "url", None)


def _has(message: types.Message, media: str | None) -> frozenset[str]:
    kinds = {media.replace("_", "")} if media else set()
    if any(isinstance(entity, LINKS) for entity in message.entities or ()):
        kinds.add("link")
    if isinstance(message.media, types.MessageMediaWebPage):
        kinds.add("link")
    return frozenset(kinds)


def _forward(header: types.MessageFwdHeader | None) -> Forward | None:
    if header is None:
        return None
    origin = header.from_id
    of_channel = isinstance(origin, types.PeerChannel)
    return Forward(
        posted_at=_millis(header.date),
        channel_id=origin.channel_id if of_channel else None,
        message_id=header.channel_post if of_channel else None,
        name=header.from_name or header.post_author or _person(origin),
    )


def _person(peer: Any) -> str | None:
    """Forwards of people who show themselves carry an id and no name."""
    return (
        None
        if peer is None or isinstance(peer, types.PeerChannel)
        else str(utils.get_peer_id(peer))
    )


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
