"""Lists of `message.to_dict()` as people keep them -> TL objects of the layer we run on.

Dumps are written by whatever Telethon their owner had, so fields have moved since: a reply
was a number, the peer was called to_id, a poll's question was a plain string, buttons have
been renamed twice. Fields that the layer no longer knows are dropped, as Telegram itself does.
"""

import inspect
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from telethon.tl import types

BUTTONS: Mapping[str, str] = {
    "KeyboardButtonCallback": "InlineButtonTypeCallback",
    "KeyboardButtonUrl": "InlineButtonTypeUrl",
}
WITH_ENTITIES = {("Poll", "question"), ("PollAnswer", "text")}
# What a required field of today says for a dump of a time that had no such field.
MISSING: Mapping[str, Any] = {
    "hash": 0,
    "photo": None,
    "entities": [],
    "random_id": 0,
}


def build(value: Any) -> Any:
    """The TL object that a dumped value stands for; lists and plain values as they are."""
    if isinstance(value, list):
        return [build(each) for each in value]
    if not isinstance(value, dict) or "_" not in value:
        return value
    name, fields = _modern(dict(value))
    kind = getattr(types, name)
    known = _parameters(kind)
    given = {
        field: _field(name, field, value)
        for field, value in fields.items()
        if field in known and (value != [] or known[field])  # an empty optional list is none
    }
    missing = {
        field: MISSING[field] for field, needed in known.items() if needed and field not in given
    }
    return kind(**missing, **given)


def _modern(dumped: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name and the fields of an object as the layer of today has them."""
    name = dumped.pop("_")
    if name in BUTTONS:
        text = dumped.pop("text")
        return "KeyboardInlineButton", {"text": text, "type": {"_": BUTTONS[name], **dumped}}
    if name == "KeyboardButtonRow":
        return "KeyboardInlineButtonRow", dumped
    if name in ("Message", "MessageService"):
        _move_message_fields(dumped)
    return name, dumped


def _move_message_fields(dumped: dict[str, Any]) -> None:
    if "to_id" in dumped:
        dumped["peer_id"] = dumped.pop("to_id")
    reply = dumped.pop("reply_to_msg_id", None)
    if reply is not None:
        dumped["reply_to"] = {"_": "MessageReplyHeader", "reply_to_msg_id": reply}
    # Views and forwards travel together on the wire; old layers had views alone.
    if dumped.get("views") is not None and dumped.get("forwards") is None:
        dumped["forwards"] = 0
    dumped["replies"] = dumped["reactions"] = None  # counts, of other shapes in every layer


def _field(name: str, field: str, value: Any) -> Any:
    if (name, field) in WITH_ENTITIES and isinstance(value, str):
        return types.TextWithEntities(value, [])
    if isinstance(value, str) and "date" in field:
        return datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(value, list) and value and all(isinstance(each, int) for each in value):
        is_bytes = field in ("bytes", "data", "file_reference", "option", "waveform")
        return bytes(value) if is_bytes else value
    return build(value)


@cache
def _parameters(kind: type) -> dict[str, bool]:
    """The fields of a TL class, and whether each must be given."""
    parameters = inspect.signature(kind).parameters.values()
    return {each.name: each.default is inspect.Parameter.empty for each in parameters}
