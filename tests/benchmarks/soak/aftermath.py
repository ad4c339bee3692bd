"""What followed the alerts against what became of their posts.

Every edit and deletion of what somebody was alerted to is told once, under the alert. Edits in
quick succession may be one, so that what counts is the last state; deletions in one burst may be
one message for all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.soak.cast import Listener
from tests.benchmarks.soak.comparing import Difference
from tests.benchmarks.soak.expecting import Call, Expecting, Told
from tests.benchmarks.soak.ledger import Key, Ledger
from tests.benchmarks.soak.receiving import CHANGED, GONE, PURGED, Alert, Following, Read
from tests.program import Archive


@dataclass(frozen=True, slots=True)
class Loss:
    """The deletions of a post, by their places in the journal, and whether it is gone still."""

    seqs: tuple[int, ...]
    gone: bool


class Aftermath:
    """Compares, listener by listener."""

    def __init__(self, ledger: Ledger, expecting: Expecting, archive: Archive) -> None:
        self._ledger = ledger
        self._expecting = expecting
        self._losses = _losses(archive)
        self._coming = _coming(archive)
        self._stories: dict[str, list[Key]] = defaultdict(list)
        for key in expecting.posts:
            self._stories[ledger.lives[key].story].append(key)

    def differences(
        self, listener: Listener, expected: Mapping[Told, Call], read: Read
    ) -> Iterator[Difference]:
        """Lost, doubled, not called for, under another alert."""
        if not listener.taste.handling.follows:
            for each in read.following:
                yield "followed unasked", f"{listener.name}: {each}"
            return
        found = [
            *self._misplaced(expected, read),
            *self._doubled(expected, read.following),
            *self._lost_changes(expected, read.following),
            *self._lost_deletions(listener, expected, read.following),
        ]
        for sort, where in found:
            yield sort, f"{listener.name}: {where}"

    def _misplaced(self, expected: Mapping[Told, Call], read: Read) -> Iterator[Difference]:
        tells = {alert.id: set(self._told_by(alert)) for alert in read.alerts}
        alerted = {self._story(key) for call in expected.values() for key in call.keys}
        for each in read.following:
            stories = {self._story(key) for key in each.keys}
            if each.sort == PURGED:
                if not stories <= alerted:
                    yield "follow-ups without cause", str(each)
            elif not stories <= (told := tells.get(each.reply_to or 0, set())):
                yield "follow-ups under another alert", f"{each}, under one that tells {told}"

    def _told_by(self, alert: Alert) -> Iterator[str]:
        yield self._story(alert.key)
        yield from (self._story(also.key) for also in alert.also)

    def _doubled(
        self, expected: Mapping[Told, Call], following: Sequence[Following]
    ) -> Iterator[Difference]:
        by_edit = {(told.subject, told.text) for told in expected if told.text}
        changes = Counter(each for each in following if each.sort == CHANGED)
        for each, times in Counter(
            (each.keys[0], each.serial) for each in changes.elements()
        ).items():
            (channel, message), serial = each
            texts = self._said(each[0], serial)
            if times > 1:
                yield "doubled changes", f"{each}, {times} times"
            if any((f"{channel}/{message}", text) in by_edit for text in texts):
                yield "doubled changes", f"{each}, told by an alert"
        for sort in {each.sort for each in following} - {CHANGED}:
            gone = (key for each in following if each.sort == sort for key in each.keys)
            for story, times in Counter(map(self._story, gone)).items():
                lost = [self._losses[key] for key in self._stories[story] if key in self._losses]
                if times > sum(len(loss.seqs) for loss in lost):
                    yield "doubled deletions", f"{story}, {sort}, {times} times"

    def _lost_changes(
        self, expected: Mapping[Told, Call], following: Sequence[Following]
    ) -> Iterator[Difference]:
        """The last state of what was told must have been told."""
        told = {(each.keys[0], each.serial) for each in following if each.sort == CHANGED}
        for story, since in self._since(expected).items():
            for key in self._stories[story]:
                last = next(
                    each for each in self._expecting.posts[key] if each.number == each.current
                )
                if last.number == 1 or last.seq <= since:
                    continue
                if self._expecting.told(key, last) in expected:
                    continue
                serial = last.text.partition(":")[0].removeprefix("Запис ")
                if (key, serial) not in told:
                    yield "lost changes", f"{key}: {last.text!r}"

    def _lost_deletions(
        self, listener: Listener, expected: Mapping[Told, Call], following: Sequence[Following]
    ) -> Iterator[Difference]:
        gone = [each for each in following if each.sort in (GONE, PURGED)]
        told = {self._story(key) for each in gone for key in each.keys}
        told |= {
            self._story(key) for key in self._coming[listener.chat.marked_id, listener.topic_id]
        }
        for story, since in self._since(expected).items():
            for key in self._stories[story]:
                loss = self._losses.get(key)
                if loss is None or not loss.gone or story in told:
                    continue
                new = self._expecting.posts[key][0].seq
                if loss.seqs[0] > since or loss.seqs[0] < new >= since:
                    yield "lost deletions", f"{key}, {story}"

    def _since(self, expected: Mapping[Told, Call]) -> Mapping[str, int]:
        """By story: from where in the journal on it was followed for sure."""
        found: dict[str, int] = {}
        removed: set[str] = set()
        for call in expected.values():
            for key in call.keys:
                story = self._story(key)
                found[story] = min(call.seq, found.get(story, call.seq))
                if any(rule.removed for rule in call.rules.values()):
                    removed.add(story)
        return {story: seq for story, seq in found.items() if story not in removed}

    def _said(self, key: Key, serial: str) -> Sequence[str]:
        states = self._ledger.lives[key].states
        return [state for state in states if state.startswith(f"Запис {serial}:")]

    def _story(self, key: Key) -> str:
        return self._ledger.lives[key].story


def _losses(archive: Archive) -> Mapping[Key, Loss]:
    query = """
        SELECT deletions.channel_id, deletions.message_id, journal.seq,
            posts.deleted_at IS NOT NULL
        FROM deletions
            JOIN posts USING (channel_id, message_id)
            JOIN journal ON journal.kind = 'deletion' AND journal.subject = deletions.id
        ORDER BY journal.seq
        """
    found: dict[Key, Loss] = {}
    for channel_id, message_id, seq, gone in archive.rows(query):
        before = found.get((channel_id, message_id), Loss((), False))
        found[channel_id, message_id] = Loss((*before.seqs, seq), bool(gone))
    return found


def _coming(archive: Archive) -> Mapping[tuple[int, int], set[Key]]:
    """By chat and topic: the posts of bursts of which word is due only when they have ended."""
    query = """
        SELECT subscribers.chat_id, subscribers.topic_id, posts.channel_id, posts.message_id
        FROM outbox
            JOIN subscribers ON subscribers.id = outbox.subscriber_id
            JOIN summed USING (subscriber_id, subject)
            JOIN posts ON posts.id = summed.post_id
        WHERE outbox.kind = 'purge' AND outbox.sent_at IS NULL AND outbox.failed_at IS NULL
        """
    found: dict[tuple[int, int], set[Key]] = defaultdict(set)
    for chat_id, topic_id, *key in archive.rows(query):
        found[chat_id, topic_id].add((key[0], key[1]))
    return found
