"""Hundreds of posts deleted at once: recorded whole, one event, told once."""

import pytest

from bot.alerts.composing import Composer
from bot.ingest import Ingest
from bot.owner.massdeletions import MANY, MassDeletions
from storage import bursts, posts, queues
from storage.db import Archive
from storage.records import Absence, Batch, Deletion, Via
from tests.clocks import ManualClock
from tests.services.conftest import batch, post, subscribe

OWNER = 1001
COUNT = 240


@pytest.fixture
async def ingest(archive: Archive, clock: ManualClock) -> Ingest:
    """Over an archive with the owner and so many posts."""
    await subscribe(archive, OWNER)
    ingest = Ingest(archive, clock, lambda: None, [MassDeletions(clock, OWNER).follow])
    await ingest.apply(batch(*(post(number, "Тихо") for number in range(1, COUNT + 1))))
    return ingest


def gone(clock: ManualClock, ids: range, via: Via = Via.LIVE) -> Batch:
    deletions = tuple(Deletion(77, number, Absence.NOTICE, pts=1000) for number in ids)
    return Batch(via, clock.now(), deletions=deletions)


async def told(archive: Archive, clock: ManualClock) -> list[str]:
    """What the owner is owed by now, as composed at its time."""
    clock.forward(61)
    rows = await queues.due(archive.reader, clock.now(), 100)
    made = [await Composer(archive, clock).compose(due) for due in rows]
    return [message.html for message in made if message]


@pytest.mark.parametrize("via", [Via.LIVE, Via.SWEEP, Via.TOO_LONG])
async def test_all_of_them_are_recorded_and_told_as_one(
    archive: Archive, clock: ManualClock, ingest: Ingest, via: Via
) -> None:
    await ingest.apply(gone(clock, range(1, COUNT + 1), via))
    assert (await posts.counts(archive.reader)).deleted == COUNT
    [message] = await told(archive, clock)
    assert "240 posts of <b>Сергій Гайдай</b> were deleted" in message
    assert "19 Sep 2022, 18:06" in message and "Kyiv" in message


async def test_parts_of_one_burst_are_told_together(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    """Telegram tells at most a hundred at once."""
    for start in (1, 101, 201):
        await ingest.apply(gone(clock, range(start, min(start + 100, COUNT + 1))))
        clock.forward(5)
    [message] = await told(archive, clock)
    assert "240 posts" in message
    [burst] = await bursts.since(archive.reader, 0, MANY)
    assert (burst.channel_id, burst.posts, burst.until_at - burst.since_at) == (77, 240, 10_000)


async def test_a_replay_or_a_deletion_of_what_was_never_seen_is_no_event(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await ingest.apply(gone(clock, range(1, 10)))
    for _ in range(10):
        await ingest.apply(gone(clock, range(1, 10)))
    await ingest.apply(gone(clock, range(1000, 1200)))
    assert await told(archive, clock) == []
    assert [burst.posts for burst in await bursts.since(archive.reader, 0, 1)] == [9]


async def test_a_second_burst_is_a_second_event(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await ingest.apply(gone(clock, range(1, 101)))
    clock.forward(bursts.GAP / 1000 + 1)
    await ingest.apply(gone(clock, range(101, COUNT + 1)))
    clock.forward(60)
    [first] = await told(archive, clock)
    assert "100 posts" in first
    assert [burst.posts for burst in await bursts.since(archive.reader, 0, MANY)] == [100, 140]


async def test_few_deletions_are_no_event(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await ingest.apply(gone(clock, range(1, MANY)))
    assert await told(archive, clock) == []
