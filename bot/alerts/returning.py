"""Posts that were told to be gone, and are there again: owed where that had been told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from storage import absences, bursts, posts, told, withdrawing
from storage.absences import Absent
from storage.bursts import GAP
from storage.db import Connection
from storage.outbox import ALERTS, EDITS, Owed
from storage.records import Change, Does
from storage.told import Told, is_behind
from storage.withdrawing import Why

TOGETHER = 2_000  # ms; what goes or comes together is mostly heard of within this time
SEVERAL = 3  # posts, or albums, of one burst, of which nothing was told yet

BACK, RETURN = "back", "return"  # one; what went together, in one line

Tellings = Mapping[int, Sequence[Told]]  # by the row id of the post


async def returned(
    tx: Connection, changes: Sequence[Change], tellings: Tellings, now: int
) -> Sequence[Owed]:
    """What is owed for posts that are there again: an answer to the alert, or a line for all that
    went in one burst.
    """
    back = [(_absent(each, change), each, change) for change in changes
            for each in tellings.get(change.post_id, ())]  # fmt: skip
    known = await absences.told(tx, [absent for absent, _, _ in back])
    went_in = await bursts.that_took(tx, {absent.post_id for absent in known})
    singles: dict[tuple[int, int], dict[str, Owed]] = defaultdict(dict)
    many: set[tuple[int, int]] = set()  # (subscriber, burst) of which a line tells
    for absent, each, change in back:
        if absent not in known:
            continue
        key = absent.subscriber_id, went_in.get(absent.post_id, 0)
        if change.post.story not in singles[key]:
            singles[key][change.post.story] = await _single(tx, each, change, now)
        if known[absent].together:
            many.add(key)
    owed: list[Owed] = []
    for key, stories in singles.items():
        owed += await _together(tx, key, list(stories.values()), many=key in many)
    return owed


async def rank(tx: Connection, told: Told) -> int:
    """Of what follows an alert: it leaves after what must come before it."""
    return EDITS if await is_behind(tx, told) else ALERTS


def _absent(each: Told, change: Change) -> Absent:
    assert change.gone_at is not None, "what is there again was gone"
    return Absent(each.subscriber_id, each.post_id, change.gone_at)


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
        rank=await rank(tx, each),
    )


async def _together(
    tx: Connection, key: tuple[int, int], singles: Sequence[Owed], *, many: bool
) -> Sequence[Owed]:
    """These, but for what a row that waits tells anyway; or the one row that tells of the burst."""
    subscriber_id, burst_id = key
    there = await bursts.returned(tx, burst_id)
    if await told.waiting(tx, subscriber_id, RETURN, there):
        return ()
    waiting = await told.waiting(tx, subscriber_id, BACK, there)
    if not many and len(waiting) + len(singles) < SEVERAL:
        return [each for each in singles if not await _is_awaited(tx, each)]
    await withdrawing.withdraw(tx, waiting, Why.ELSEWHERE, singles[0].due_at - TOGETHER)
    return [_line(singles, burst_id)]


def _line(singles: Sequence[Owed], burst_id: int) -> Owed:
    """What tells how many of a burst are there again. It waits for more of them."""
    first = singles[0]
    return Owed(
        kind=RETURN,
        subscriber_id=first.subscriber_id,
        subject=f"burst/{burst_id}/{first.due_at}",
        post_id=first.post_id,
        version=first.version,
        due_at=first.due_at + GAP,
        rank=max(each.rank for each in singles),
    )


async def _is_awaited(tx: Connection, single: Owed) -> bool:
    """Whether a row that waits tells it: of another part of its album, or of an absence before."""
    assert single.post_id is not None, "a post is back"
    album = await posts.parts(tx, single.post_id)
    return bool(await told.waiting(tx, single.subscriber_id, BACK, album))
