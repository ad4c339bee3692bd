"""What the archive says of its own completeness."""

from dataclasses import replace

import pytest

from storage import accounted, channels, coverage, histories
from storage.coverage import Coverage, Lateness
from storage.db import Archive
from storage.records import Cursor, Stretch, Via
from tests.storage.archives import CHANNEL, NOW, POST, apply, gone

HOUR = 3_600_000
DAY = 24 * HOUR


async def report(archive: Archive, now: int = NOW) -> Coverage:
    async with archive.heavy() as conn:
        [found] = await coverage.of_all(conn, now)
    return found


async def post(archive: Archive, number: int, at: int, late: int = 0, via: Via = Via.LIVE) -> None:
    await apply(archive, replace(POST, message_id=number, posted_at=at), via=via, seen_at=at + late)


async def test_every_id_between_the_start_and_the_cursor_must_be_accounted_for(
    archive: Archive,
) -> None:
    async with archive.transaction() as tx:
        await histories.begin(tx, CHANNEL, 3, NOW)
        await channels.move_cursor(tx, Cursor(CHANNEL, 50, 12), NOW)
    for number in (4, 5, 9):
        await post(archive, number, NOW)
    await apply(archive, gone(message_id=7))
    found = await report(archive)
    assert found.gaps == (Stretch(3, 3), Stretch(6, 6), Stretch(8, 8), Stretch(10, 12))
    assert found.missing == 6
    async with archive.transaction() as tx:
        await accounted.account(tx, CHANNEL, Stretch(3, 12))
        await channels.move_cursor(tx, Cursor(CHANNEL, 51, 13), NOW)
    assert (await report(archive)).gaps == (Stretch(13, 13),)


async def test_it_is_complete_up_to_the_last_comparison(archive: Archive) -> None:
    async with archive.transaction() as tx:
        await histories.begin(tx, CHANNEL, 1, NOW - DAY)
        await channels.move_cursor(tx, Cursor(CHANNEL, 50, 0), NOW)
        await coverage.compared(tx, [CHANNEL, 404], NOW - HOUR)
    found = await report(archive)
    assert (found.channel.archive_from_at, found.to_at) == (NOW - DAY, NOW - HOUR)
    shortfall = await coverage.shortfall(archive.reader, [CHANNEL])
    assert (shortfall.fetching, shortfall.compared_at) == (0, NOW - HOUR)


async def test_a_history_on_its_way_is_a_shortfall(archive: Archive) -> None:
    async with archive.transaction() as tx:
        await histories.begin(tx, CHANNEL, 1, NOW)
        await histories.want(tx, CHANNEL, 0, NOW)
    assert (await coverage.shortfall(archive.reader, [CHANNEL])).fetching == 1
    assert (await coverage.shortfall(archive.reader, [])).fetching == 0


async def test_lateness_is_told_by_its_ranks(archive: Archive) -> None:
    """Of a hundred posts, one to a hundred seconds late; history and imports do not count."""
    for number in range(1, 101):
        await post(archive, number, NOW - 101 * 1000 + number, late=number * 1000)
    await post(archive, 101, NOW - DAY, late=DAY, via=Via.BACKFILL)
    await post(archive, 102, NOW - 8 * DAY, late=DAY)
    assert (await report(archive)).lateness == Lateness(100, 50_000, 95_000, 100_000)


async def test_a_clock_that_is_behind_makes_nothing_early(archive: Archive) -> None:
    await post(archive, 1, NOW - HOUR, late=-500)
    assert (await report(archive)).lateness == Lateness(1, 0, 0, 0)


async def test_an_empty_channel_has_no_figures(archive: Archive) -> None:
    found = await report(archive)
    assert (found.lateness, found.last_post_at, found.usual_pause) == (None, None, None)
    assert found.silent_since(NOW) is None


@pytest.mark.parametrize(
    ("pause", "silent_for", "is_silent"),
    [
        (1, 5, False),  # hours: never before six
        (1, 7, True),
        (10, 29, False),  # three of its own pauses
        (10, 31, True),
    ],
)
async def test_silence_is_judged_by_the_channels_own_rhythm(
    archive: Archive, pause: int, silent_for: int, is_silent: bool
) -> None:
    last = NOW - silent_for * HOUR
    for number in range(20):
        await post(archive, 100 - number, last - number * pause * HOUR)
    found = await report(archive)
    assert found.usual_pause == pause * HOUR
    assert found.silent_since(NOW) == (last if is_silent else None)


async def test_few_posts_are_no_rhythm(archive: Archive) -> None:
    for number in range(5):
        await post(archive, number + 1, NOW - DAY + number * HOUR)
    assert (await report(archive)).silent_since(NOW + 20 * DAY) is None


async def test_one_channel_can_be_asked_for(archive: Archive) -> None:
    async with archive.heavy() as conn:
        assert [each.channel.id for each in await coverage.of_all(conn, NOW, CHANNEL)] == [CHANNEL]
        assert await coverage.of_all(conn, NOW, 404) == []
