"""What a listener reads in its chat: alerts as they look in the end, and what followed them."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from html import unescape

from bot.sandbox.inbox import Received
from tests.benchmarks.soak.cast import Cast, Listener
from tests.benchmarks.soak.ledger import Key

LINK = re.compile(r"t\.me/soak(\d{3})/(\d+)")
HIDDEN = re.compile(r'<a href="https://t\.me/soak(\d{3})/(\d+)">[^<]*</a>([^<,(]*)(?:\(([^)]*)\))?')
BOLD = re.compile(r"<strong>(.*?)</strong>")
STRUCK = re.compile(r"<del>.*?</del>")
TAG = re.compile(r"<[^>]*>")
SERIAL = re.compile(r"Запис\s+(\d+):")
BY_EDIT, FURTHER = "after an edit", "a further part of an album"
CHANGED, GONE, AWAY, PURGED = "Edited", "Deleted", "Not there any more", "you were alerted to"
BACK = "It is there again"


@dataclass(frozen=True, slots=True)
class Also:
    """A post that is named in the alert of another one."""

    key: Key
    rules: str  # that it hit besides those of the title


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it reads in the end."""

    id: int
    key: Key
    title: str
    text: str
    also: tuple[Also, ...]

    @property
    def by_edit(self) -> bool:
        """Whether an edit made its rules hit."""
        return BY_EDIT in self.title

    @property
    def further(self) -> bool:
        """Whether it tells of a part that its album's alert lacks."""
        return FURTHER in self.title


@dataclass(frozen=True, slots=True)
class Following:
    """What became of posts, as it was told; more than one in a purge."""

    sort: str
    keys: tuple[Key, ...]
    reply_to: int | None
    serial: str = ""  # of the text that an edit brought


@dataclass(frozen=True, slots=True)
class Read:
    alerts: Sequence[Alert]  # in the order in which they came
    following: Sequence[Following]


def read(cast: Cast, listener: Listener) -> Read:
    """Everything that a listener was told of posts."""
    numbers = {str(channel.username): channel.id for channel in cast.channels}
    last: dict[int, Received] = {}
    for message in listener.everything():
        last[message.id] = message
    alerts, following = [], []
    for message in last.values():
        if (found := as_following(message, numbers)) is not None:
            following.append(found)
        elif (alert := as_alert(message, numbers)) is not None:
            alerts.append(alert)
    return Read(alerts, following)


def as_alert(message: Received, numbers: Mapping[str, int]) -> Alert | None:
    """What an alert says; None for a message that is none."""
    if not (links := list(_links(message.text, numbers))):
        return None
    lines = message.html.splitlines()
    named = next((line for line in lines if line.startswith("Also: ")), "")
    also = tuple(
        Also(_key(found[1], found[2], numbers), unescape(found[4] or ""))
        for found in HIDDEN.finditer(named)
    )
    return Alert(message.id, links[-1], lines[0], message.text, also)


def as_following(message: Received, numbers: Mapping[str, int]) -> Following | None:
    """What an answer to an alert says, or a purge; None for a message that is neither."""
    first = message.text.partition("\n")[0]
    if PURGED in first and message.document is not None:
        keys = tuple(_links(message.document.data.decode(), numbers))
        return Following(PURGED, keys, message.reply_to)
    for sort in (CHANGED, GONE, AWAY, BACK):
        if first.startswith(sort):
            key = list(_links(message.text, numbers))[-1]
            shown = TAG.sub("", STRUCK.sub("", message.html))
            found = SERIAL.search(shown)
            serial = found[1] if found and sort == CHANGED else ""
            told = GONE if sort == AWAY else sort
            return Following(told, (key,), message.reply_to, serial)
    return None


def titled(alert: Alert) -> Set[str]:
    """The rules that the title names; empty where it says that there are more, or none any more."""
    first = alert.title
    return (
        frozenset(map(unescape, BOLD.findall(first))) if " more rule" not in first else frozenset()
    )


def _links(text: str, numbers: Mapping[str, int]) -> Iterator[Key]:
    for found in LINK.finditer(text):
        yield _key(found[1], found[2], numbers)


def _key(channel: str, message: str, numbers: Mapping[str, int]) -> Key:
    return numbers[f"soak{channel}"], int(message)
