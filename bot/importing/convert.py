"""A message of an export -> a Post of the same shape as the watcher's. Pure but for file sizes.

What the watcher would have seen alike becomes equal, so that its digest is the same: texts with
their entities, replies, signatures, polls, places, service messages. What has an id that the
export leaves out (photos, files, the origin of a forward) cannot.
"""

import re

from bot.importing import media, services, texts
from bot.importing.calendar import Calendar
from bot.importing.folder import Folder
from bot.importing.words import MARK, Fields, UnusableError
from storage.records import Forward, Post

MAX_ID = 2**31 - 1  # Telegram counts messages in 32 bits
_PEER = re.compile("(user|chat|channel)([0-9]{1,12})")
BUTTONS_WITH_LINKS = frozenset({"url", "auth", "web_view", "simple_web_view"})


class Converter:
    """The messages of one channel."""

    def __init__(self, channel_id: int, calendar: Calendar, folder: Folder) -> None:
        self._channel_id = channel_id
        self._calendar = calendar
        self._folder = folder

    def post(self, fields: Fields) -> Post:
        """The post a message is. Raises UnusableError with the reason why it is none."""
        kind = fields.get("type", "service" if "action" in fields else "message")
        if kind == "unsupported":
            raise UnusableError("Telegram Desktop did not know its kind and left it out")
        if kind not in ("message", "service"):
            raise UnusableError("it is neither a post nor a service message")
        message_id = _message_id(fields.get("id"))
        if message_id is None:
            raise UnusableError(
                "it has no id" if fields.get("id") is None else "its id is none of a message"
            )
        posted_at = self._calendar.posted(fields)
        if kind == "service":
            return self._service(fields, message_id, posted_at)
        return self._message(fields, message_id, posted_at)

    def _message(self, fields: Fields, message_id: int, posted_at: int) -> Post:
        written = fields["text"] if "text" in fields else fields.get("text_entities", "")
        text, entities = texts.read(written)
        kind, facts = media.describe(fields, self._folder)
        parts: dict[str, object] = {
            "entities": entities,
            "media": facts,
            "buttons": _buttons(fields.get("inline_bot_buttons")),
            "via_bot_name": _text(fields.get("via_bot")),
            "reply": _reply_elsewhere(fields),
            "signed_by": max(0, _peer(fields.get("from_id"))),
        }
        has = {kind.replace("_", "")} if kind else set()
        if any(entity["type"] in texts.LINKS for entity in entities):
            has.add("link")
        return Post(
            channel_id=self._channel_id,
            message_id=message_id,
            posted_at=posted_at,
            text=text,
            edited_at=self._calendar.edited(fields, posted_at),
            reply_to=_reply_to(fields, fields.get("reply_to_message_id")),
            author=_text(fields.get("author")),
            forward=self._forward(fields),
            media=kind,
            content={name: value for name, value in parts.items() if value},
            has=frozenset(has),
        )

    def _service(self, fields: Fields, message_id: int, posted_at: int) -> Post:
        facts = services.facts(fields)
        parts: dict[str, object] = {
            "action": facts,
            "time": "about" if fields.get("date_about") else None,
        }
        return Post(
            channel_id=self._channel_id,
            message_id=message_id,
            posted_at=posted_at,
            reply_to=_reply_to(fields, services.subject(fields)),
            service=services.name(fields),
            content={name: value for name, value in parts.items() if value},
        )

    def _forward(self, fields: Fields) -> Forward | None:
        if "forwarded_from" not in fields and "forwarded_from_id" not in fields:
            return None
        origin = _peer(fields.get("forwarded_from_id"))
        return Forward(
            posted_at=self._calendar.forwarded(fields),
            channel_id=-MARK - origin if origin < -MARK else None,
            name=_text(fields.get("forwarded_from")),
        )


def _message_id(written: object) -> int | None:
    if not isinstance(written, int) or isinstance(written, bool):
        return None
    return written if 0 < written <= MAX_ID else None


def _reply_to(fields: Fields, target: object) -> int | None:
    """The message of the same channel that is answered."""
    return None if fields.get("reply_to_peer_id") else _message_id(target)


def _reply_elsewhere(fields: Fields) -> dict[str, object]:
    """The message of another chat that is answered."""
    chat_id = _peer(fields.get("reply_to_peer_id"))
    target = _message_id(fields.get("reply_to_message_id"))
    return {"chat_id": chat_id, "message_id": target} if chat_id and target else {}


def _peer(written: object) -> int:
    """The marked id of a person, group or channel, as the Bot API has it; 0 where it is none."""
    found = _PEER.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        return 0
    kind, number = found[1], int(found[2])
    return {"user": number, "chat": -number, "channel": -MARK - number}[kind]


def _buttons(rows: object) -> list[dict[str, str]]:
    buttons = [
        button
        for row in (rows if isinstance(rows, list) else [])
        for button in (row if isinstance(row, list) else [])
        if isinstance(button, dict)
    ]
    return [_button(button) for button in buttons]


def _button(written: Fields) -> dict[str, str]:
    text, url = _text(written.get("text")) or "", _text(written.get("data"))
    linked = url is not None and written.get("type") in BUTTONS_WITH_LINKS
    return {"text": text, "url": url} if linked and url else {"text": text}


def _text(written: object) -> str | None:
    return written if isinstance(written, str) and written else None
