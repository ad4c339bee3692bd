"""What the truth calls for: which rule of which listener holds for which state of a post.

What was seen is what the archive has as versions (that the last state of every post is among
them is demanded elsewhere). The first version of a post is always news, and so is the one that
is current now: a rule that holds for either must have been told. Whether a state in between was
ever current depends on the moment at which it came; there the archive's own record of the match
is believed, if it is possible. What an edit says is news only where no earlier state said so.
Another query of a rule is like another rule.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from bot.documents import document
from bot.query.languages import language_of
from bot.query.match import holds
from bot.query.tree import Document
from storage.records import Post
from tests.benchmarks.soak.asking import Asked, Asking, Edition
from tests.benchmarks.soak.cast import Listener
from tests.benchmarks.soak.ledger import Key, Ledger
from tests.program import Archive


@dataclass(frozen=True, slots=True)
class Seen:
    """A version of a post."""

    number: int
    text: str
    current: int  # number of the version that is current in the end
    seq: int  # its place in the journal
    pts: int  # its place in the channel's event log
    document: Document


@dataclass(frozen=True, slots=True)
class Told:
    """What makes an alert the same: a new story, or a state that an edit brought."""

    subject: str
    text: str = ""  # of the edit


@dataclass(slots=True)
class Call:
    """Why something must be told."""

    seq: int  # the place in the journal that gives the order
    rules: dict[int, Asked] = field(default_factory=dict)
    keys: set[Key] = field(default_factory=set)


class Expecting:
    """Knows what was to be told, listener by listener."""

    def __init__(self, ledger: Ledger, asking: Asking, archive: Archive) -> None:
        self.undecided = 0  # where the record of the match was believed
        self.posts = _versions(archive, asking)
        self._ledger = ledger
        self._asking = asking
        self._matches = _matches(archive)

    def of(self, listener: Listener) -> dict[Told, Call]:
        """What a subscriber must be told."""
        expected: dict[Told, Call] = {}
        for rule in self._asking.of(listener):
            for edition, (key, versions) in product(rule.editions, self.posts.items()):
                if (first := self._first(rule.id, edition, key, versions)) is None:
                    continue
                call = expected.setdefault(self.told(key, first), Call(first.seq))
                call.seq = min(call.seq, first.seq)
                call.rules[rule.id] = rule
                call.keys.add(key)
        return expected

    def told(self, key: Key, version: Seen) -> Told:
        """A version of a post as something to be told."""
        if version.number == 1:
            return Told(self._ledger.lives[key].story)
        return Told(f"{key[0]}/{key[1]}", version.text)

    def _first(
        self, rule_id: int, edition: Edition, key: Key, versions: Sequence[Seen]
    ) -> Seen | None:
        """The version that made a rule hold for a post, if that is news."""
        holding = [each for each in versions if holds(edition.tree, each.document)]
        found = self._told(rule_id, key, [each for each in holding if edition.covers(each.seq)])
        if found is None or found.number == 1:
            return found
        before = [each for each in holding if each.number < found.number]
        return None if any(_was_said(each, versions) for each in before) else found

    def _told(self, rule_id: int, key: Key, holding: Sequence[Seen]) -> Seen | None:
        """The first of the versions for which a rule holds that was news when it came."""
        sure = next((each for each in holding if each.number in (1, each.current)), None)
        possible = [
            each
            for each in holding
            if each.number < each.current and (sure is None or each.number < sure.number)
        ]
        if not possible:
            return sure
        recorded = self._matches[rule_id, key]
        self.undecided += 1
        return next((each for each in possible if each.number in recorded), sure)


def _was_said(version: Seen, versions: Sequence[Seen]) -> bool:
    """Whether it was the newest when it came: what comes after a newer one is told to nobody."""
    return all(each.pts <= version.pts for each in versions if each.number < version.number)


def _versions(archive: Archive, asking: Asking) -> dict[Key, list[Seen]]:
    query = """
        SELECT posts.channel_id, posts.message_id, versions.number, versions.text,
            posts.version, journal.seq, versions.pts
        FROM versions
            JOIN posts ON posts.id = versions.post_id
            JOIN journal ON journal.kind = 'version' AND journal.subject = versions.id
        ORDER BY journal.seq
        """
    found: dict[Key, list[Seen]] = defaultdict(list)
    for channel_id, message_id, number, text, *rest in archive.rows(query):
        post = Post(channel_id, message_id, 0, text, language=language_of(text))
        said = document(post, number, False, asking.labels)
        current, seq, pts = rest
        found[channel_id, message_id].append(Seen(number, text, current, seq, pts, said))
    return found


def _matches(archive: Archive) -> Mapping[tuple[int, Key], set[int]]:
    """By rule and post: the versions that were recorded. What a rule caught by a query that it had
    before is there no more where it caught a later version since; but in the alert.
    """
    query = """
        SELECT matches.rule_id, posts.channel_id, posts.message_id, matches.version
        FROM matches JOIN posts ON posts.id = matches.post_id
        UNION
        SELECT matches.rule_id, posts.channel_id, posts.message_id, outbox.version
        FROM matches
            JOIN posts ON posts.id = matches.post_id
            JOIN outbox ON outbox.id = matches.alerted_in
        WHERE matches.query_edition > 0 AND outbox.kind = 'edit'
        """
    rows: Iterable[tuple[int, int, int, int]] = archive.rows(query)
    found: dict[tuple[int, Key], set[int]] = defaultdict(set)
    for rule, channel_id, message_id, version in rows:
        found[rule, (channel_id, message_id)].add(version)
    return found
