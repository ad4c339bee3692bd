"""The alerts that were received against those that the archive's versions call for.

What was seen is what the archive has as versions (that the last state of every post is among
them is demanded elsewhere). The first version of a post is always news, and so is the one that
is current now: a rule that holds for either must have been told. Whether a state in between was
ever current depends on the moment at which it came; there the archive's own record of the match
is believed, if it is possible.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from bot.sandbox.inbox import Received
from tests.benchmarks.soak.cast import Cast, Listener
from tests.benchmarks.soak.comparing import Difference
from tests.benchmarks.soak.ledger import Key, Ledger
from tests.program import Archive

LINK = re.compile(r"t\.me/soak(\d{3})/(\d+)")
BY_EDIT = "after an edit"


@dataclass(frozen=True, slots=True)
class Seen:
    """A version of a post."""

    number: int
    text: str
    pts: int
    current: int  # number of the version that is current in the end
    seq: int  # its place in the journal


@dataclass(frozen=True, slots=True)
class Told:
    """What makes an alert the same: a new story, or a state that an edit brought."""

    subject: str
    text: str = ""  # of the edit


@dataclass(slots=True)
class Count:
    expected: int = 0
    received: int = 0
    by_edit: int = 0
    undecided: int = 0  # where the record of the match was believed


class Alerts:
    """Compares, and counts."""

    def __init__(self, cast: Cast, ledger: Ledger, archive: Archive) -> None:
        self.count = Count()
        self._cast = cast
        self._ledger = ledger
        self._numbers = {channel.username: channel.id for channel in cast.channels}
        self._posts = _versions(archive)
        self._matches = _matches(archive)

    def differences(self) -> Iterator[Difference]:
        """Lost, doubled, not called for, out of order."""
        for listener in self._cast.listeners:
            expected = self._expected(listener)
            received = [each for each in map(self._told, listener.received()) if each]
            self.count.expected += len(expected)
            self.count.received += len(received)
            self.count.by_edit += sum(bool(told.text) for told in received)
            yield from _differences(listener.name, expected, received)

    def _expected(self, listener: Listener) -> dict[Told, int]:
        """What a subscriber must be told, with the place in the journal that gives the order."""
        expected: dict[Told, int] = {}
        for rule in listener.rules:
            for key, versions in self._posts.items():
                if (first := self._first(listener, rule, key, versions)) is None:
                    continue
                told = self._subject(key, first)
                expected[told] = min(first.seq, expected.get(told, first.seq))
        return expected

    def _subject(self, key: Key, version: Seen) -> Told:
        if version.number == 1:
            return Told(self._ledger.lives[key].story)
        return Told(f"{key[0]}/{key[1]}", version.text)

    def _first(self, listener: Listener, rule: str, key: Key, versions: list[Seen]) -> Seen | None:
        """The version that made a rule hold for a post."""
        holding = [
            version for version in versions if set(rule.split()) <= set(version.text.split())
        ]
        sure = next((each for each in holding if each.number in (1, each.current)), None)
        possible = [
            each
            for each in holding
            if each.number < each.current and (sure is None or each.number < sure.number)
        ]
        if not possible:
            return sure
        recorded = self._matches.get((listener.chat.marked_id, listener.topic_id, rule, key))
        between = next((each for each in possible if each.number == recorded), None)
        self.count.undecided += 1
        return between or sure

    def _told(self, message: Received) -> Told | None:
        """What an alert is about; None for a message that is none."""
        link = LINK.search(message.text)
        if link is None:
            return None
        key = self._numbers[f"soak{link[1]}"], int(link[2])
        if BY_EDIT not in message.text.partition("\n")[0]:
            return Told(self._ledger.lives[key].story)
        states = sorted(self._ledger.lives[key].states, key=len, reverse=True)
        said = next((state for state in states if state and state in message.text), "?")
        return Told(f"{key[0]}/{key[1]}", said)


def _differences(
    name: str, expected: Mapping[Told, int], received: list[Told]
) -> Iterator[Difference]:
    times = Counter(received)
    for told in expected.keys() - times.keys():
        yield "lost alerts", f"{name}: {told}"
    for told, number in times.items():
        if number > 1:
            yield "doubled alerts", f"{name}: {told}, {number} times"
        if told not in expected:
            yield "alerts without cause", f"{name}: {told}"
    order = [told for told in dict.fromkeys(received) if told in expected]
    for before, after in pairwise(order):
        if expected[before] > expected[after]:
            yield "out of order", f"{name}: {before} before {after}"


def _versions(archive: Archive) -> dict[Key, list[Seen]]:
    query = """
        SELECT posts.channel_id, posts.message_id, versions.number, versions.text, versions.pts,
            posts.version, journal.seq
        FROM versions
            JOIN posts ON posts.id = versions.post_id
            JOIN journal ON journal.kind = 'version' AND journal.subject = versions.id
        ORDER BY journal.seq
        """
    found: dict[Key, list[Seen]] = defaultdict(list)
    for channel_id, message_id, *version in archive.rows(query):
        found[channel_id, message_id].append(Seen(*version))
    return found


def _matches(archive: Archive) -> dict[tuple[int, int, str, Key], int]:
    """By chat, topic, rule and post: the version that was recorded."""
    query = """
        SELECT subscribers.chat_id, subscribers.topic_id, rules.query, posts.channel_id,
            posts.message_id, matches.version
        FROM matches
            JOIN rules ON rules.id = matches.rule_id
            JOIN subscribers ON subscribers.id = rules.subscriber_id
            JOIN posts ON posts.id = matches.post_id
        """
    rows: Iterable[tuple[int, int, str, int, int, int]] = archive.rows(query)
    return {(chat, topic, rule, (a, b)): version for chat, topic, rule, a, b, version in rows}
