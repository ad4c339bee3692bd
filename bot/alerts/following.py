"""What becomes of posts that were alerted: each edit and deletion, and each return, is owed as an
answer to the alert, once, in the transaction that writes it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.alerts.returning import SEVERAL, TOGETHER, Tellings, returned
from bot.alerts.summing import LONGEST, Lot, extended
from bot.clock import Clock
from storage import absences, bursts, posts, summaries, told, turns, withdrawing
from storage.bursts import GAP, Burst
from storage.db import Connection
from storage.outbox import Owed
from storage.records import Batch, Change, ChangeKind, Does
from storage.summaries import PURGE
from storage.told import Told
from storage.withdrawing import Why

CHANGED, GONE = "changed", "gone"


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
            rank=await turns.rank_after(tx, each.subscriber_id, [each.post_id]),
        )

    # ------------------------------------------------------------ deletions

    async def _gone(
        self, tx: Connection, changes: Iterable[Change], tellings: Tellings
    ) -> Sequence[Owed]:
        """By subscriber and burst: one by one, or, where several went, together."""
        by_post = {change.post_id: change for change in changes}
        in_burst = await bursts.that_took(tx, by_post)
        lots: dict[tuple[int, int], Lot] = defaultdict(Lot)
        for each in await _news(tx, by_post, tellings):
            lot = lots[each.subscriber_id, in_burst.get(each.post_id, 0)]
            lot.add(each, by_post[each.post_id])
        owed: list[Owed] = []
        for (subscriber_id, burst_id), lot in lots.items():
            burst = await bursts.get(tx, burst_id)
            together = await self._together(tx, subscriber_id, burst, lot) if burst else None
            owed += await self._singles(tx, lot) if together is None else together
        return owed

    async def _together(
        self, tx: Connection, subscriber_id: int, burst: Burst, lot: Lot
    ) -> Sequence[Owed] | None:
        """What tells these deletions with what else the burst takes; None where they are few."""
        before = await summaries.last(tx, subscriber_id, PURGE, burst.id)
        if before is not None and await extended(tx, before, lot.posts, self._clock.now()):
            due_at = self._ends(burst, before.since_at)
            await told.put_off(tx, subscriber_id, PURGE, before.subject, due_at)
            return ()
        taken = await bursts.taken(tx, burst.id)
        answers = await summaries.answers(tx, subscriber_id, GONE, taken, burst.since_at)
        if before is None and answers + len(lot.stories) < SEVERAL:
            return None
        waiting = await told.waiting(tx, subscriber_id, GONE, taken)
        subject = summaries.subject_after(before, PURGE, burst.id)
        due_at = self._ends(burst, self._clock.now())
        purge = Owed(PURGE, subscriber_id, subject, due_at=due_at)
        purge = await summaries.begin(tx, purge, [*lot.posts, *await told.about(tx, waiting)])
        await withdrawing.withdraw(tx, waiting, Why.ELSEWHERE, self._clock.now())
        return [purge]

    async def _singles(self, tx: Connection, lot: Lot) -> Sequence[Owed]:
        return [
            Owed(
                kind=GONE,
                subscriber_id=each.subscriber_id,
                subject=f"{change.post.story}/{change.post.message_id}/{each.deleted_at}",
                post_id=each.post_id,
                version=change.version,
                due_at=self._clock.now() + TOGETHER,
                does=Does.REPLY,
                target_id=each.target_id,
                rank=await turns.rank_after(tx, each.subscriber_id, [each.post_id]),
            )
            for each, change in lot.stories.values()
        ]

    def _ends(self, burst: Burst, since_at: int) -> int:
        """When a summary that is owed since a time is due: at the end of the burst, or before."""
        return max(self._clock.now(), min(burst.until_at + GAP + 1, since_at + LONGEST))


async def _news(tx: Connection, gone: Iterable[int], tellings: Tellings) -> Sequence[Told]:
    """Those who are to be told of it that posts (by row id) are gone: who does not know it, and of
    whom no row that waits tells it anyway."""
    kept = await posts.by_ids(tx, list(gone))
    told_to: dict[int, list[Told]] = defaultdict(list)
    for post in kept:
        for each in tellings[post.id]:
            told_to[each.subscriber_id].append(each)
    found: list[Told] = []
    for subscriber_id, its in told_to.items():
        ids = {each.post_id for each in its}
        news = await absences.news(tx, subscriber_id, [post for post in kept if post.id in ids])
        fresh = {post.id for post in news} - await absences.awaited(tx, subscriber_id, ids)
        found += [each for each in its if each.post_id in fresh]
    return found
