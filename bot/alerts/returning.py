"""Posts that were told to be gone, and are there again: owed where that had been told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bot.alerts.summing import Lot, extended
from storage import absences, bursts, posts, summaries, told, turns, withdrawing
from storage.bursts import GAP
from storage.db import Connection
from storage.outbox import Owed
from storage.records import Change, Does
from storage.summaries import RETURN
from storage.told import Told
from storage.withdrawing import Why

TOGETHER = 2_000  # ms; what goes or comes together is mostly heard of within this time
SEVERAL = 3  # posts, or albums, of one burst, of which nothing was told yet

BACK = "back"  # one; what went together is told in one line

Tellings = Mapping[int, Sequence[Told]]  # by the row id of the post


async def returned(
    tx: Connection, changes: Sequence[Change], tellings: Tellings, now: int
) -> Sequence[Owed]:
    """What is owed for posts that are there again: an answer to the alert, or a line for all that
    went in one burst.
    """
    back = {(each.subscriber_id, change.post_id): (each, change) for change in changes
            for each in tellings.get(change.post_id, ())}  # fmt: skip
    known = await absences.told(tx, back)
    went_in = await bursts.that_took(tx, {post_id for _, post_id in known})
    lots: dict[tuple[int, int], Lot] = defaultdict(Lot)
    for about, (each, change) in back.items():
        if about not in known:
            continue
        lot = lots[each.subscriber_id, went_in.get(change.post_id, 0)]
        lot.add(each, change)
        lot.summed = lot.summed or known[about].together
    return [owed for key, lot in lots.items() for owed in await _told(tx, key, lot, now)]


async def _told(tx: Connection, key: tuple[int, int], lot: Lot, now: int) -> Sequence[Owed]:
    """What tells these: one by one, but for what a row that waits tells anyway; or one row that
    tells of the burst."""
    subscriber_id, burst_id = key
    before = await summaries.last(tx, subscriber_id, RETURN, burst_id)
    if await extended(tx, before, lot.posts, now):
        return ()
    waiting = await told.waiting(tx, subscriber_id, BACK, await bursts.returned(tx, burst_id))
    if not lot.summed and len(waiting) + len(lot.stories) < SEVERAL:
        return [
            await _single(tx, each, change, now)
            for each, change in lot.stories.values()
            if not await _is_awaited(tx, each)
        ]
    post_ids = [*lot.posts, *await told.about(tx, waiting)]
    subject = summaries.subject_after(before, RETURN, burst_id)
    # It waits for more of them.
    line = Owed(RETURN, subscriber_id, subject, due_at=now + TOGETHER + GAP)
    line = await summaries.begin(tx, line, post_ids)
    await withdrawing.withdraw(tx, waiting, Why.ELSEWHERE, now)
    return [line]


async def _single(tx: Connection, each: Told, change: Change, now: int) -> Owed:
    post = change.post
    return Owed(
        kind=BACK,
        subscriber_id=each.subscriber_id,
        subject=f"{post.story}/{post.message_id}/{change.gone_at}",
        post_id=each.post_id,
        version=change.version,
        due_at=now + TOGETHER,
        does=Does.REPLY,
        target_id=each.target_id,
        rank=await turns.rank_after(tx, each.subscriber_id, [each.post_id]),
    )


async def _is_awaited(tx: Connection, each: Told) -> bool:
    """Whether a row that waits tells it: of another part of its album, or of an absence before."""
    album = await posts.parts(tx, each.post_id)
    return bool(await told.waiting(tx, each.subscriber_id, BACK, album))
