"""What becomes of posts that were alerted: each edit and deletion, and each return, is owed as an
answer to the alert, once, in the transaction that writes it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.alerts.returning import SEVERAL, TOGETHER, Tellings, rank, returned
from bot.clock import Clock
from storage import bursts, posts, summaries, told, withdrawing
from storage.bursts import GAP, Burst
from storage.db import Connection
from storage.outbox import Owed
from storage.records import Batch, Change, ChangeKind, Does
from storage.told import Told
from storage.withdrawing import Why

LONGEST = 10 * 60_000  # ms; a burst that goes on for longer is summed up before it ends, and again

CHANGED, GONE, PURGE = "changed", "gone", summaries.KIND


class Following:
    """Owes what becomes of alerted posts. Comes after what owes the alerts, and after what
    counts the deletions of a burst."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def follow(
        self, tx: Connection, batch: Batch, changes: Sequence[Change]
    ) -> Sequence[Owed]:
        """A row for every edit and deletion that somebody follows. History calls for none, but
        where it shows what was told to be gone.
        """
        back = [change for change in changes if change.kind is ChangeKind.REVIVED]
        news = (ChangeKind.EDITED, ChangeKind.DELETED) if batch.via.alerts else ()
        later = [*back, *(change for change in changes if change.kind in news)]
        if not later:
            return ()
        tellings: dict[int, list[Told]] = defaultdict(list)
        ids = {change.post_id for change in later}
        for each in await told.followed(tx, ids, self._clock.now()):
            tellings[each.post_id].append(each)
        alerted = [change for change in later if change.post_id in tellings]
        edits = [change for change in alerted if change.kind is ChangeKind.EDITED]
        gone = [change for change in alerted if change.kind is ChangeKind.DELETED]
        return [
            *await returned(tx, back, tellings, self._clock.now()),
            *await self._edits(tx, edits, tellings),
            *await self._gone(tx, gone, tellings),
        ]

    # ------------------------------------------------------------ edits

    async def _edits(
        self, tx: Connection, edits: Iterable[Change], tellings: Tellings
    ) -> Sequence[Owed]:
        by_post: dict[int, list[Change]] = defaultdict(list)
        for edit in edits:
            by_post[edit.post_id].append(edit)
        owed: list[Owed] = []
        for post_id, states in by_post.items():
            for each in tellings[post_id]:
                if each.version >= states[-1].version:
                    continue  # an alert tells it: the edit made a rule hit
                if not await told.advance(tx, each.last_id, states[-1].version):
                    owed.append(await self._changed(tx, each, states))
        return owed

    async def _changed(self, tx: Connection, each: Told, states: Sequence[Change]) -> Owed:
        post = states[0].post
        return Owed(
            kind=CHANGED,
            subscriber_id=each.subscriber_id,
            subject=f"{post.story}/{post.message_id}/v{states[0].version}",
            post_id=each.post_id,
            version=states[-1].version,
            due_at=self._clock.now(),
            does=Does.REPLY,
            target_id=each.target_id,
            rank=await rank(tx, each),
        )

    # ------------------------------------------------------------ deletions

    async def _gone(
        self, tx: Connection, changes: Iterable[Change], tellings: Tellings
    ) -> Sequence[Owed]:
        """By subscriber and burst: one by one, or, where several went, together."""
        by_post = {change.post_id: change for change in changes}
        in_burst = await bursts.that_took(tx, by_post)
        lost: dict[tuple[int, int], _Lost] = defaultdict(_Lost)
        for post_id, change in by_post.items():
            for each in tellings[post_id]:
                its = lost[each.subscriber_id, in_burst.get(post_id, 0)]
                its.posts.append(post_id)
                if change.post.story not in its.singles:
                    its.singles[change.post.story] = await self._single(tx, each, change)
        owed: list[Owed] = []
        for (subscriber, burst_id), its in lost.items():
            burst = await bursts.get(tx, burst_id)
            owed += await self._together(tx, subscriber, burst, its) if burst else its.owed
        return owed

    async def _single(self, tx: Connection, each: Told, change: Change) -> Owed:
        post = change.post
        return Owed(
            kind=GONE,
            subscriber_id=each.subscriber_id,
            subject=f"{post.story}/{post.message_id}/{each.deleted_at}",
            post_id=each.post_id,
            version=change.version,
            due_at=self._clock.now() + TOGETHER,
            does=Does.REPLY,
            target_id=each.target_id,
            rank=await rank(tx, each),
        )

    async def _together(
        self, tx: Connection, subscriber_id: int, burst: Burst, lost: "_Lost"
    ) -> Sequence[Owed]:
        """These deletions, or one row that tells them with what else the burst takes."""
        before = await summaries.last(tx, subscriber_id, burst.id)
        if before is not None and before.waiting:
            await summaries.add(tx, subscriber_id, before.subject, lost.posts)
            due_at = self._ends(burst, before.since_at)
            await told.put_off(tx, subscriber_id, PURGE, before.subject, due_at)
            return ()
        taken = await bursts.taken(tx, burst.id)
        answers = await summaries.answers(tx, subscriber_id, GONE, taken, burst.since_at)
        if before is None and answers + len(lost.singles) < SEVERAL:
            return await _first_of_albums(tx, lost.owed)
        waiting = await told.waiting(tx, subscriber_id, GONE, taken)
        subject = summaries.subject_after(before, burst.id)
        subjects = [*lost.posts, *await told.about(tx, waiting)]
        await summaries.add(tx, subscriber_id, subject, subjects)
        await withdrawing.withdraw(tx, waiting, Why.ELSEWHERE, self._clock.now())
        due_at = self._ends(burst, self._clock.now())
        return [Owed(PURGE, subscriber_id, subject, due_at=due_at)]

    def _ends(self, burst: Burst, since_at: int) -> int:
        """When a summary that is owed since a time is due: at the end of the burst, or before."""
        return max(self._clock.now(), min(burst.until_at + GAP + 1, since_at + LONGEST))


@dataclass(slots=True)
class _Lost:
    """What went of one subscriber's alerts in one burst."""

    posts: list[int] = field(default_factory=list)
    singles: dict[str, Owed] = field(default_factory=dict)  # by the post, or the album

    @property
    def owed(self) -> Sequence[Owed]:
        return list(self.singles.values())


async def _first_of_albums(tx: Connection, singles: Sequence[Owed]) -> Sequence[Owed]:
    """Those of which no other part is owed already: that row tells of all parts."""
    return [
        each
        for each in singles
        if not await told.waiting(tx, each.subscriber_id, GONE, await _album(tx, each))
    ]


async def _album(tx: Connection, single: Owed) -> Sequence[int]:
    """The row ids of all parts of an album; of another post, its own."""
    assert single.post_id is not None, "a post went"
    return await posts.parts(tx, single.post_id)
