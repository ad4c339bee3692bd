"""The alerts that were received against those that the truth calls for.

Each must be told once: at the head of an alert, or as joined to one of the same listener, by what
the messages say in the end; or it is held for a digest, where its reader wants it so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from tests.benchmarks.soak.aftermath import Aftermath
from tests.benchmarks.soak.asking import Asking
from tests.benchmarks.soak.cast import BUNDLED, Cast, Listener
from tests.benchmarks.soak.comparing import Difference
from tests.benchmarks.soak.expecting import Call, Expecting, Told
from tests.benchmarks.soak.ledger import Key, Ledger
from tests.benchmarks.soak.receiving import Alert, Read, read, titled
from tests.program import Archive

Telling = tuple[Told, Alert, str]  # what was told, where, and which rules it names


@dataclass(slots=True)
class Count:
    expected: int = 0
    received: int = 0  # alerts, by what they are headed with
    joined: int = 0  # further posts in them
    by_edit: int = 0
    withdrawn: int = 0  # that had not left when their rules were removed
    held: int = 0
    followed: int = 0  # messages about edits and deletions
    undecided: int = 0  # where the record of the match was believed


class Alerts:
    """Compares, and counts."""

    def __init__(self, cast: Cast, ledger: Ledger, asking: Asking, archive: Archive) -> None:
        self.count = Count()
        self._cast = cast
        self._ledger = ledger
        self._archive = archive
        self._expecting = Expecting(ledger, asking, archive)
        self._aftermath = Aftermath(ledger, self._expecting, archive)

    def differences(self) -> Iterator[Difference]:
        """Lost, doubled, not called for, out of order; and the same of what followed."""
        for listener in self._cast.listeners:
            expected, came = self._expecting.of(listener), read(self._cast, listener)
            self.count.expected += len(expected)
            self.count.followed += len(came.following)
            if listener.taste.handling == BUNDLED:
                yield from self._held(listener, expected, came)
                continue
            for sort, where in self._compared(listener, expected, came):
                yield sort, f"{listener.name}: {where}"
            yield from self._aftermath.differences(listener, expected, came)
        self.count.undecided = self._expecting.undecided

    def _withdrawn(self, listener: Listener, expected: Mapping[Told, Call]) -> Set[Told]:
        """What needs not be told, since it had not left when all rules for it were removed."""
        query = """
            SELECT posts.channel_id, posts.message_id
            FROM outbox
                JOIN subscribers ON subscribers.id = outbox.subscriber_id
                LEFT JOIN joined ON joined.outbox_id = outbox.id
                JOIN posts ON posts.id IN (outbox.post_id, joined.post_id)
            WHERE outbox.withdrawn = 'removed'
                AND subscribers.chat_id = ? AND subscribers.topic_id = ?
            """
        rows = self._archive.rows(query, listener.chat.marked_id, listener.topic_id)
        withdrawn: Set[Key] = {(channel, message) for channel, message in rows}
        return {
            told
            for told, call in expected.items()
            if call.keys & withdrawn and all(rule.removed for rule in call.rules.values())
        }

    def _compared(
        self, listener: Listener, expected: Mapping[Told, Call], came: Read
    ) -> Iterator[Difference]:
        tellings = list(self._tellings(came.alerts, expected))
        self.count.received += len(came.alerts)
        self.count.joined += sum(len(alert.also) for alert in came.alerts)
        self.count.by_edit += sum(alert.by_edit for alert in came.alerts)
        withdrawn = self._withdrawn(listener, expected) - {told for told, _, _ in tellings}
        self.count.withdrawn += len(withdrawn)
        yield from _once(expected, tellings, withdrawn)
        yield from self._parts(expected, came.alerts)
        yield from self._unnamed(expected, came.alerts, tellings)
        yield from self._joined(listener, tellings)
        order = [
            min(expected[told].seq for told, where, _ in tellings if where is alert)
            for alert in came.alerts
            if any(where is alert for _, where, _ in tellings)
            and all(told in expected for told, where, _ in tellings if where is alert)
        ]
        for before, after in pairwise(order):
            if before > after:
                yield "out of order", f"{before} before {after}"

    def _tellings(
        self, alerts: Sequence[Alert], expected: Mapping[Told, Call]
    ) -> Iterator[Telling]:
        """What alerts tell, an album's further parts left out."""
        heads = [alert for alert in alerts if not alert.further]
        first = {self._head(alert) for alert in heads}
        for alert in heads:
            yield self._head(alert), alert, ""
            for also in alert.also:
                told = Told(self._ledger.lives[also.key].story)
                if told in first or told not in expected:
                    # What an edit made news, where the origin has taken the headline from it.
                    name = f"{also.key[0]}/{also.key[1]}"
                    edits = [each for each in expected if each.text and each.subject == name]
                    told = next((each for each in edits if each not in first), told)
                yield told, alert, also.rules

    def _head(self, alert: Alert) -> Told:
        if not alert.by_edit:
            return Told(self._ledger.lives[alert.key].story)
        states = sorted(self._ledger.lives[alert.key].states, key=len, reverse=True)
        said = next((state for state in states if state and state in alert.text), "?")
        return Told(f"{alert.key[0]}/{alert.key[1]}", said)

    def _parts(
        self, expected: Mapping[Told, Call], alerts: Sequence[Alert]
    ) -> Iterator[Difference]:
        """Of a part that its album's alert lacks there may be one of its own, for another rule."""
        further = Counter(alert.key for alert in alerts if alert.further)
        for key, times in further.items():
            call = expected.get(Told(self._ledger.lives[key].story))
            if call is None or key not in call.keys or len(call.rules) < 2:
                yield "alerts without cause", f"a further part, {key}"
            elif times > 1:
                yield "doubled alerts", f"a further part, {key}, {times} times"

    def _unnamed(
        self,
        expected: Mapping[Told, Call],
        alerts: Sequence[Alert],
        tellings: Sequence[Telling],
    ) -> Iterator[Difference]:
        """Each rule that holds is named where it is told."""
        named: dict[Told, str] = {}
        for told, alert, rules in tellings:
            named[told] = f"{named.get(told, '')}, {', '.join(titled(alert))}, {rules}"
        for alert in alerts:
            if alert.further:
                told = Told(self._ledger.lives[alert.key].story)
                named[told] = f"{named.get(told, '')}, {', '.join(titled(alert))}"
        for told, call in expected.items():
            for rule in call.rules.values():
                if told in named and not rule.removed and not _names(rule.names, named[told]):
                    yield "rules not named", f"{told}: {rule.names}, only {named[told]}"

    def _joined(self, listener: Listener, tellings: Sequence[Telling]) -> Iterator[Difference]:
        """What joined an alert tells the same, where that is wanted; and a forward has joined."""
        heads = {
            self._ledger.lives[alert.key].story for _, alert, _ in tellings if not alert.by_edit
        }
        for _, alert, _ in tellings:
            for also in alert.also:
                if not listener.taste.merging:
                    yield "joined unasked", f"{also} to {alert.key}"
                if not self._tell_the_same(also.key, alert.key):
                    yield "joined wrongly", f"{also} to {alert.key}"
        for key, life in self._ledger.lives.items() if listener.taste.merging else ():
            # Of several alerts of a story, what joins it joins the newest.
            origin = life.forward and self._ledger.lives[life.forward].story
            if {origin, life.story} <= heads:
                yield "told apart", f"{key} and {life.forward}"

    def _tell_the_same(self, one: Key, other: Key) -> bool:
        lives = self._ledger.lives
        return lives[one].source == lives[other].source

    def _held(
        self, listener: Listener, expected: Mapping[Told, Call], came: Read
    ) -> Iterator[Difference]:
        """A digest will tell it, and nothing does before."""
        query = """
            SELECT posts.channel_id, posts.message_id, held.version
            FROM held
                JOIN posts ON posts.id = held.post_id
                JOIN subscribers ON subscribers.id = held.subscriber_id
            WHERE subscribers.chat_id = ? AND subscribers.topic_id = ?
            """
        rows = self._archive.rows(query, listener.chat.marked_id, listener.topic_id)
        held = {self._kept((channel, message), number) for channel, message, number in rows}
        self.count.held += len(held)
        for told in expected.keys() - held:
            yield "lost alerts", f"{listener.name}: {told} is not held"
        for told in held - expected.keys():
            yield "alerts without cause", f"{listener.name}: {told} is held"
        for each in (*came.alerts, *came.following):
            yield "told and held", f"{listener.name}: {each}"

    def _kept(self, key: Key, number: int) -> Told:
        versions = self._expecting.posts[key]
        return self._expecting.told(key, next(each for each in versions if each.number == number))


def _names(names: Set[str], said: str) -> bool:
    return any(name in said for name in names)


def _once(
    expected: Mapping[Told, Call], tellings: Sequence[Telling], withdrawn: Set[Told]
) -> Iterator[Difference]:
    times = Counter(told for told, _, _ in tellings)
    for told in expected.keys() - times.keys() - withdrawn:
        yield "lost alerts", str(told)
    for told, number in times.items():
        if number > 1:
            yield "doubled alerts", f"{told}, {number} times"
        if told not in expected:
            yield "alerts without cause", str(told)
