"""What becomes of the states and deletions that arrive, decided without touching the archive.

The rules, which make the outcome independent of the order of arrival wherever the event log's
own order (pts) is known:

* Between two states of a post the higher pts wins. Where a pts is unknown (0) or equal, the
  date of the edit decides, and of two equal ones the one that arrived later.
* An import never beats what the watcher saw.
* A state that loses is kept as a version, unless it is known already.
* A deletion notice is final. An absence at recheck holds until the post is seen later than it:
  at a higher pts, or, where one is unknown, simply afterwards and not in an import.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from storage import rowids
from storage.known import Earlier, Held, Key, Known, Tombstone, key_of
from storage.records import Absence, Batch, Change, ChangeKind, Deletion, Post, Version, Via


@dataclass(frozen=True, slots=True)
class Seen:
    """A row of versions, to be written."""

    id: int
    post_id: int
    number: int
    post: Post
    digest: bytes


@dataclass(slots=True)
class Plan:
    """What has to be written, and what it means."""

    changes: list[Change] = field(default_factory=list)
    new: dict[Key, Held] = field(default_factory=dict)
    changed: dict[Key, Held] = field(default_factory=dict)
    entries: list[Seen | Tombstone] = field(default_factory=list)  # each makes a journal entry
    moved: dict[int, int] = field(default_factory=dict)  # pts of deletions written before
    placed: dict[tuple[int, int], int] = field(default_factory=dict)  # pts, by (post id, number)


class Verdict(Enum):
    """What an arriving state is to the one held."""

    SAME = auto()
    WINS = auto()
    LOSES = auto()
    REPLAYED = auto()  # it loses, and is among the versions


def judge(held: Held, post: Post, digest: bytes, via: Via) -> Verdict:
    """Whether a state that arrives becomes the current one."""
    if digest == held.digest:
        return Verdict.SAME
    order = _order(held.post, held.via, post, via)
    if digest in held.versions:
        return Verdict.WINS if order > 0 else Verdict.REPLAYED
    return Verdict.WINS if order >= 0 else Verdict.LOSES


def _order(held: Post, held_via: Via, post: Post, via: Via) -> int:
    """Positive where the arriving state is the newer one, 0 where nothing tells."""
    if (via is Via.IMPORT) != (held_via is Via.IMPORT):
        return -1 if via is Via.IMPORT else 1
    if post.pts and held.pts and post.pts != held.pts:
        return post.pts - held.pts
    return (post.edited_at or 0) - (held.edited_at or 0)


def overtaken(versions: Iterable[Version]) -> set[int]:
    """The numbers of the states of a post, given in the order of arrival, that came after a
    newer one, and so were never current."""
    late: set[int] = set()
    newest: Version | None = None
    for each in versions:
        if newest is None or _order(newest.post, newest.via, each.post, each.via) >= 0:
            newest = each
        else:
            late.add(each.number)
    return late


def what_changes(held: Held, post: Post, verdict: Verdict, via: Via) -> ChangeKind | None:
    """What a state that arrives is to a subscriber; None where it is nothing.

    What only a file has told of is news when the watcher comes upon it going forward, since
    nobody was alerted by the file; where it looks back, it is history that is confirmed.
    """
    if held.via is not Via.IMPORT or via is Via.IMPORT:
        return ChangeKind.EDITED if verdict is Verdict.WINS else None
    if (post.edited_at or 0) > (held.post.edited_at or 0):
        return ChangeKind.EDITED
    return ChangeKind.NEW if via in (Via.LIVE, Via.SWEEP) else None


def _told_early(held: Held, post: Post, digest: bytes) -> Earlier | None:
    """The version that this state is already, if it came before its place in the log was known.

    A difference tells of a new message as it is by then, with an edit of which it tells later.
    """
    told = held.versions.get(digest)
    if told is None or told.via is Via.IMPORT or told.edited_at != post.edited_at:
        return None
    return told if told.number > held.version else None  # else it was current once


def alive_after(post: Post, via: Via, tombstone: Tombstone) -> bool:
    """Whether this sight of a post is later than the recheck that did not find it."""
    if via is Via.IMPORT:
        return False
    if post.pts and tombstone.deletion.pts:
        return post.pts > tombstone.deletion.pts
    return True


def decide(batch: Batch, states: Iterable[tuple[Post, bytes]], known: Known) -> Plan:
    """What a batch makes of what is known: its posts first, then its deletions.

    `states` are the batch's posts with their digests. `known` is used up.
    """
    merge = _Merge(batch, known)
    for post, digest in states:
        merge.post(post, digest)
    for deletion in batch.deletions:
        merge.deletion(deletion)
    return merge.plan


class _Merge:
    """One batch on its way into what is known."""

    def __init__(self, batch: Batch, known: Known) -> None:
        self.plan = Plan()
        self._known = known
        self._via = batch.via
        self._now = batch.seen_at
        self._version_id = known.next_version_id
        self._deletion_id = known.next_deletion_id

    def post(self, post: Post, digest: bytes) -> None:
        key = key_of(post)
        held = self._known.posts.get(key)
        if held is None:
            self._first(key, post, digest)
            return
        if post.posted_at != held.post.posted_at:  # as first seen: the row id tells it
            post = replace(post, posted_at=held.post.posted_at)
        before = copy(held)
        verdict = judge(held, post, digest, self._via)
        change = what_changes(held, post, verdict, self._via)
        match verdict:
            case Verdict.SAME:
                self._again(held, post)
            case Verdict.WINS:
                self._becomes(held, post, digest)
            case Verdict.LOSES:
                self._keep(held, post, digest)
        if change is not None:
            self._change(change, held)
        self._revive(key, held, post)
        self._count(held, post)
        if held != before:
            self._touch(held)

    def deletion(self, deletion: Deletion) -> None:
        key = key_of(deletion)
        held = self._known.posts.get(key)
        stones = self._known.tombstones.setdefault(key, {})
        if deletion.absence is Absence.NOTICE:
            if Absence.NOTICE not in stones:
                self._bury(held, deletion)
            return
        gone = bool(stones) if held is None else held.deleted_at is not None
        seen_later = held is not None and held.post.pts > deletion.pts > 0
        if gone and Absence.RECHECK in stones:
            self._move(stones[Absence.RECHECK], deletion.pts)
        elif gone or not seen_later:
            self._bury(held, deletion)

    def _first(self, key: Key, post: Post, digest: bytes) -> None:
        held = Held(
            id=next(self._known.ids[rowids.second_of(post.posted_at)]),
            post=post,
            digest=digest,
            version=1,
            via=self._via,
            first_seen_at=self._now,
            counted_at=None if post.views is None and post.forwards is None else self._now,
            last_number=0,
        )
        self._known.posts[key] = self.plan.new[key] = held
        self._keep(held, post, digest)
        self._change(ChangeKind.NEW, held)
        self._gone_before(key, held)

    def _gone_before(self, key: Key, held: Held) -> None:
        """Its deletion was known before the post itself: both are news, in this order."""
        stones = self._known.tombstones.get(key, {})
        stone = stones.get(Absence.NOTICE) or stones.get(Absence.RECHECK)
        if stone is None:
            return
        recheck = stone.deletion.absence is Absence.RECHECK
        if not (recheck and alive_after(held.post, self._via, stone)):
            held.deleted_at, held.absence = stone.seen_at, stone.deletion.absence
            self._change(ChangeKind.DELETED, held)

    def _again(self, held: Held, post: Post) -> None:
        """The state held was seen again: only its place in the event log may move up."""
        if self._via is Via.IMPORT and held.via is not Via.IMPORT:
            return
        told = () if held.via is Via.IMPORT else (held.post.edited_at,)
        edits = [at for at in (*told, post.edited_at) if at is not None]
        held.via = self._via if held.via is Via.IMPORT else held.via
        held.post = replace(
            held.post,
            pts=max(held.post.pts, post.pts),
            edited_at=max(edits, default=None),
            language=post.language or held.post.language,
        )

    def _becomes(self, held: Held, post: Post, digest: bytes) -> None:
        views, forwards = held.post.views, held.post.forwards
        # Where its place is unknown, it is at least later than what it replaces.
        pts = post.pts or held.post.pts
        held.post = replace(post, pts=pts, views=views, forwards=forwards)
        held.digest, held.via = digest, self._via
        if (told := _told_early(held, post, digest)) is not None:
            held.version, held.via = told.number, told.via
            held.post = replace(held.post, has=told.has)
            self.plan.placed[held.id, told.number] = pts
            return
        self._keep(held, post, digest)
        held.version = held.last_number

    def _keep(self, held: Held, post: Post, digest: bytes) -> None:
        """Write a version."""
        held.last_number += 1
        held.versions[digest] = Earlier(held.last_number, self._via, post.edited_at, post.has)
        self.plan.entries.append(Seen(self._version_id, held.id, held.last_number, post, digest))
        self._version_id += 1

    def _count(self, held: Held, post: Post) -> None:
        """Take the later reading of views and forwards."""
        if post.views is None and post.forwards is None:
            return
        if held.counted_at is not None and (self._via is Via.IMPORT or self._now < held.counted_at):
            return
        held.post = replace(
            held.post,
            views=held.post.views if post.views is None else post.views,
            forwards=held.post.forwards if post.forwards is None else post.forwards,
        )
        held.counted_at = self._now

    def _revive(self, key: Key, held: Held, post: Post) -> None:
        if held.absence is not Absence.RECHECK:
            return
        if alive_after(post, self._via, self._known.tombstones[key][Absence.RECHECK]):
            gone_at, held.deleted_at, held.absence = held.deleted_at, None, None
            self._change(ChangeKind.REVIVED, held, gone_at)

    def _bury(self, held: Held | None, deletion: Deletion) -> None:
        """Write a row of deletions, and what it means for the post, if we have it."""
        key = key_of(deletion)
        stone = Tombstone(self._deletion_id, deletion, self._now)
        self._deletion_id += 1
        self._known.tombstones[key][deletion.absence] = stone
        self.plan.entries.append(stone)
        if held is not None and held.deleted_at is None:
            held.deleted_at, held.absence = self._now, deletion.absence
            self._change(ChangeKind.DELETED, held)
            self._touch(held)
        elif held is not None and deletion.absence is Absence.NOTICE:
            held.absence = Absence.NOTICE  # outweighs what a recheck found; no news
            self._touch(held)

    def _move(self, stone: Tombstone, pts: int) -> None:
        """It was still absent, further on in the event log."""
        if pts > stone.deletion.pts:
            stone.deletion = replace(stone.deletion, pts=pts)
            self.plan.moved[stone.id] = pts

    def _touch(self, held: Held) -> None:
        key = key_of(held.post)
        if key not in self.plan.new:
            self.plan.changed[key] = held

    def _change(self, kind: ChangeKind, held: Held, gone_at: int | None = None) -> None:
        self.plan.changes.append(Change(kind, held.id, held.version, held.post, gone_at))
