"""What the buttons under our messages send back: a verb and numbers, in 64 bytes.

The first number is always the subscriber that the button was made for. What comes back is not
trusted: whoever handles it checks that the subscriber lives in the chat of the press, and that
everything else named belongs to that subscriber.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_BYTES = 64
UNTIL_WOKEN = -1  # hours for which a rule is muted, where it is for good
_SHAPE = re.compile(r"([a-z]+):(-?[0-9]{1,19}(?::-?[0-9]{1,19}){0,3})")
_MAX_NUMBER = 2**63 - 1  # what SQLite can hold


class Verb(StrEnum):
    """What a press asks for."""

    MUTE = "mute"  # rule, hours (-1: until it is woken): under an alert
    AROUND = "around"  # post: what stands before and after it
    VERSIONS = "vers"  # post
    VERSIONS_PAGE = "verspage"  # post, page
    NOT_RELEVANT = "notrel"  # post: what hit it here; pressed again by the same person, taken back
    RULES = "rules"  # page
    KEEP = "keep"  # rule: under the answer to /watch
    DROP = "drop"  # rule: there, and under a rule that is kept
    CARD = "card"  # rule: show it
    OPEN_RULE = "rule"  # rule: show it below, where the message of the button is to stay
    DELIVERY = "how"  # rule: how its hits are told
    HANDLE = "tell"  # rule, choice: tell them so
    DIGEST_NOW = "dnow"
    SETTINGS = "set"  # page
    CHOOSE = "pick"  # page, choice
    CARD_MUTE = (
        "cmute"  # rule, hours (0: no longer, -1: until it is woken): under a rule that is shown
    )
    WORDS = "words"  # rule, page
    SWITCH = "switch"  # rule, option, page
    NARROW = "narrow"  # rule, page
    NARROW_TO = "into"  # rule, channel or label (0: all channels)
    STARTER = "starter"  # place in the list of starter rules
    SEARCH = "find"  # question, before
    SEARCH_NEWER = "findup"  # question, before
    RELEVANT = "best"  # question: the most relevant
    WATCH_FOUND = "watchit"  # question: a rule that asks the same
    LATEST = "last"  # channel or 0, before
    LATEST_NEWER = "lastup"  # channel or 0, before
    STORY = "story"  # post, before
    STORY_NEWER = "storyup"  # post, before
    CHANNELS = "chans"  # page
    ADD = "add"  # question
    REMOVE = "remove"  # channel
    UNQUEUE = "unqueue"  # join
    CANCEL = "cancel"
    HISTORY = "history"  # channel, days (0: all)
    COVERAGE = "cover"  # page
    MEDIA = "media"  # page


# How many numbers each verb takes, the subscriber included.
_NUMBERS: Mapping[Verb, int] = {
    Verb.MUTE: 3,
    Verb.AROUND: 2,
    Verb.VERSIONS: 2,
    Verb.VERSIONS_PAGE: 3,
    Verb.NOT_RELEVANT: 2,
    Verb.RULES: 2,
    Verb.KEEP: 2,
    Verb.DROP: 2,
    Verb.CARD: 2,
    Verb.OPEN_RULE: 2,
    Verb.DELIVERY: 2,
    Verb.HANDLE: 3,
    Verb.DIGEST_NOW: 1,
    Verb.SETTINGS: 2,
    Verb.CHOOSE: 3,
    Verb.CARD_MUTE: 3,
    Verb.WORDS: 3,
    Verb.SWITCH: 4,
    Verb.NARROW: 3,
    Verb.NARROW_TO: 3,
    Verb.STARTER: 2,
    Verb.SEARCH: 3,
    Verb.SEARCH_NEWER: 3,
    Verb.RELEVANT: 2,
    Verb.WATCH_FOUND: 2,
    Verb.LATEST: 3,
    Verb.LATEST_NEWER: 3,
    Verb.STORY: 3,
    Verb.STORY_NEWER: 3,
    Verb.CHANNELS: 2,
    Verb.ADD: 2,
    Verb.REMOVE: 2,
    Verb.UNQUEUE: 2,
    Verb.CANCEL: 1,
    Verb.HISTORY: 3,
    Verb.COVERAGE: 2,
    Verb.MEDIA: 2,
}


@dataclass(frozen=True, slots=True)
class Press:
    """A button's data, read back and of the right shape."""

    verb: Verb
    subscriber_id: int
    numbers: tuple[int, ...]


def encode(verb: Verb, subscriber_id: int, *numbers: int) -> str:
    """The data of a button."""
    assert len(numbers) + 1 == _NUMBERS[verb], verb
    data = ":".join([verb, str(subscriber_id), *map(str, numbers)])
    assert len(data) <= MAX_BYTES, data
    return data


def decode(data: str) -> Press | None:
    """What `encode` wrote; None for anything else."""
    shape = _SHAPE.fullmatch(data)
    if shape is None or shape[1] not in Verb.__members__.values():
        return None
    verb = Verb(shape[1])
    numbers = tuple(int(number) for number in shape[2].split(":"))
    if len(numbers) != _NUMBERS[verb] or any(abs(number) > _MAX_NUMBER for number in numbers):
        return None
    return Press(verb, numbers[0], numbers[1:])
