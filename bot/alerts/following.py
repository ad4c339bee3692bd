"""What becomes of posts that were alerted: each edit and deletion is owed as an answer to the
alert, once, in the transaction that writes it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.clock import Clock
from storage import bursts, outbox, posts, told, withdrawing
from storage.bursts import GAP, Burst
from storage.db import Connection
from storage.outbox import Owed
from storage.records import Batch, Change, ChangeKind, Does
from storage.told import Told
from storage.withdrawing import Why

TOGETHER = 2_000  # ms; what goes together is mostly heard of within this time
SEVERAL = 3  # posts, or albums, that went in one burst and of which nothing was told yet
LONGEST = 10 * 60_000  # ms; a burst that goes on for longer is summed up before it ends

CHANGED, GONE, PURGE = "changed", "gone", "purge"

Tellings = Mapping[int, Sequence[Told]]  # by the row id of the post


class Following:
    """Owes what becomes of alerted posts. Comes after what owes the alerts, and after what
    counts the deletions of a burst."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def follow(
        self, tx: Connection, batch: Batch, changes: Sequence[Change]
    ) -> Sequence[Owed]:
        """A row for every edit and deletion that somebody follows. History calls for none."""
        later = [change for change in changes if change.kind is not ChangeKind.NEW]
        if not later or not batch.via.alerts:
            return ()
        tellings: dict[int, list[Told]] = defaultdict(list)
        ids = {change.post_id for change in later}
        for each in await told.followed(tx, ids, self._clock.now()):
            tellings[each.post_id].append(each)
        alerted = [change for change in later if change.post_id in tellings]
        edits = [change for change in alerted if change.kind is ChangeKind.EDITED]
        gone = [change for change in alerted if change.kind is ChangeKind.DELETED]
        return [*await self._edits(tx, edits, tellings), *await self._gone(tx, gone, tellings)]

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
                    owed.append(self._changed(each, states))
        return owed

    def _changed(self, each: Told, states: Sequence[Change]) -> Owed:
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
        )

    # ------------------------------------------------------------ deletions

    async def _gone(
        self, tx: Connection, changes: Iterable[Change], tellings: Tellings
    ) -> Sequence[Owed]:
        """By subscriber and burst: one by one, or, where several went, together."""
        by_post = {change.post_id: change for change in changes}
        in_burst = await bursts.that_took(tx, by_post)
        lost: dict[tuple[int, int], dict[str, Owed]] = defaultdict(dict)
        for post_id, change in by_post.items():
            for each in tellings[post_id]:
                key = each.subscriber_id, in_burst.get(post_id, 0)
                lost[key].setdefault(change.post.story, self._single(each, change))
        owed: list[Owed] = []
        for (subscriber, burst_id), stories in lost.items():
            burst = await bursts.get(tx, burst_id)
            owed += await self._together(tx, subscriber, burst, list(stories.values()))
        return owed

    def _single(self, each: Told, change: Change) -> Owed:
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
        )

    async def _together(
        self, tx: Connection, subscriber_id: int, burst: Burst | None, singles: Sequence[Owed]
    ) -> Sequence[Owed]:
        """These deletions, or the one row that tells all of the burst."""
        if burst is None:
            return singles
        subject = f"burst/{burst.id}"
        due_at = max(self._clock.now(), min(burst.until_at + GAP + 1, burst.since_at + LONGEST))
        if await told.put_off(tx, subscriber_id, PURGE, subject, due_at):
            return ()
        taken = await bursts.taken(tx, burst.id)
        waiting = await told.waiting(tx, subscriber_id, GONE, taken)
        several = len(waiting) + len(singles) >= SEVERAL
        if not several or await outbox.is_composed(tx, subscriber_id, PURGE, subject):
            return await _first_of_albums(tx, singles)
        await withdrawing.withdraw(tx, waiting, Why.ELSEWHERE, self._clock.now())
        return [Owed(PURGE, subscriber_id, subject, due_at=due_at)]


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
