"""What a service message of an HTML page announces, in the words of the JSON export.

The page has words only, always English ones; for a channel these.
"""

import re
from collections.abc import Mapping

from bot.importing.htmltree import Element

Told = dict[str, object]

UNSUPPORTED = "This message is not supported by this version"
# The words -> the action. A group is a field of that name.
WORDS: Mapping[str, str] = {
    "Channel title changed to «(?P<title>.*)»": "edit_group_title",
    "Channel photo changed": "edit_group_photo",
    "Channel photo removed": "delete_group_photo",
    "Channel «(?P<title>.*)» created": "create_channel",
    ".* pinned this message": "pin_message",
    "History cleared": "clear_history",
    r"(?:Voice chat|Group call)(?: \((?P<duration>\d+) seconds\))?": "group_call",
    "Voice chat scheduled for .*": "group_call_scheduled",
    "New messages will (?:not )?auto-delete.*": "set_messages_ttl",
    ".* just started a giveaway .*": "giveaway_launch",
}
_ACTIONS = {re.compile(words, re.DOTALL): action for words, action in WORDS.items()}
_TARGET = re.compile(r"go_to_message(\d{1,10})")


def describe(body: Element) -> Told:
    """The fields that the JSON export has for a service message."""
    text = body.text
    if text.startswith(UNSUPPORTED):
        return {"type": "unsupported"}
    told: Told = {"type": "service", **_announced(text)}
    if (target := message_linked(body)) is not None:
        told["message_id"] = target
    return told


def message_linked(element: Element) -> int | None:
    """The id of the message that a link in it goes to."""
    link = element.tagged("a")
    found = _TARGET.search(link.attributes.get("href", "")) if link is not None else None
    return int(found[1]) if found else None


def _announced(text: str) -> Told:
    for words, action in _ACTIONS.items():
        if found := words.fullmatch(text):
            told: Told = {"action": action}
            for name, value in found.groupdict().items():
                if value is not None:
                    told[name] = int(value[:10]) if name == "duration" else value
            return told
    return {"information_text": text}
