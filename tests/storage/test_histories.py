"""How far back a channel is in the archive, and how far back it is wanted."""

from dataclasses import replace

import pytest

from storage import channels, histories, posts
from storage.db import Archive
from storage.records import Batch, History, Reached, Via
from tests.storage.archives import CHANNEL, NOW, POST

DAY = 86_400_000


@pytest.fixture(autouse=True)
async def begun(archive: Archive) -> None:
    async with archive.transaction() as tx:
        assert await histories.begin(tx, CHANNEL, 1001, NOW)


async def want(archive: Archive, days: int, asked_by: int | None = None) -> History:
    """Ask for so many days, 0 for all."""
    goal = NOW - days * DAY if days else 0
    async with archive.transaction() as tx:
        found = await histories.want(tx, CHANNEL, goal, NOW, asked_by)
    assert found is not None
    return found


async def page(archive: Archive, first_id: int, days: float | None) -> History:
    """A page down to a message of so many days ago; None is the page that is empty."""
    at = None if days is None else NOW - int(days * DAY)
    reached = Reached(CHANNEL, first_id, at, whole=at is None, fetched=0 if at is None else 100)
    kept = () if at is None else (replace(POST, message_id=first_id, posted_at=at),)
    async with archive.transaction() as tx:
        await posts.apply(tx, Batch(Via.BACKFILL, NOW, kept, reached=reached))
    return await history(archive)


async def history(archive: Archive) -> History:
    found = await histories.get(archive.reader, CHANNEL)
    assert found is not None
    return found


async def start(archive: Archive) -> float:
    """From how many days ago on the archive is."""
    channel = await channels.get(archive.reader, CHANNEL)
    assert channel is not None and channel.archive_from_at is not None
    return (NOW - channel.archive_from_at) / DAY


async def test_a_channel_that_is_new_starts_now_and_wants_nothing(archive: Archive) -> None:
    assert await start(archive) == 0
    assert await histories.wanted(archive.reader) == []


async def test_watching_it_again_changes_nothing(archive: Archive) -> None:
    await want(archive, 30)
    await page(archive, 901, 20)
    async with archive.transaction() as tx:
        assert not await histories.begin(tx, CHANNEL, 5000, NOW + DAY)
    assert await start(archive) == 20
    assert (await history(archive)).first_id == 901


async def test_a_history_is_wanted_until_its_goal_is_reached(archive: Archive) -> None:
    await want(archive, 30)
    assert (await page(archive, 901, 20)).wanted
    done = await page(archive, 801, 31)
    assert (done.wanted, done.first_id, done.fetched, done.whole) == (False, 801, 200, False)
    assert await start(archive) == 31


async def test_a_young_channel_is_complete_back_to_the_goal(archive: Archive) -> None:
    """There was nothing to be missed before its first message."""
    await want(archive, 30)
    await page(archive, 1, 3)
    assert not (await page(archive, 1, None)).wanted
    assert await start(archive) == 30


async def test_all_is_done_at_the_first_message_alone(archive: Archive) -> None:
    await want(archive, 0)
    assert (await page(archive, 1, 4000)).wanted
    done = await page(archive, 1, None)
    assert done.whole and not done.wanted
    assert await start(archive) == 4000
    assert not (await want(archive, 9000)).wanted


@pytest.mark.parametrize(
    ("first", "second", "goal"), [(30, 90, 90), (90, 30, 90), (0, 30, 0), (30, 0, 0)]
)
async def test_of_two_open_wishes_the_farther_counts(
    archive: Archive, first: int, second: int, goal: int
) -> None:
    await want(archive, first)
    assert (await want(archive, second)).goal_at == (NOW - goal * DAY if goal else 0)


async def test_what_is_there_is_not_fetched_again(archive: Archive) -> None:
    await want(archive, 30)
    await page(archive, 801, 31)
    assert not (await want(archive, 20, asked_by=1)).wanted
    assert await histories.untold(archive.reader) == []
    more = await want(archive, 90)
    assert more.wanted and more.fetched == 0 and more.first_id == 801


async def test_whoever_asked_is_told_once_when_it_is_done(archive: Archive) -> None:
    await want(archive, 30, asked_by=4)
    assert await histories.untold(archive.reader) == []
    await page(archive, 801, 31)
    [told] = await histories.untold(archive.reader)
    assert told.asked_by == 4
    async with archive.transaction() as tx:
        await histories.told(tx, CHANNEL)
    assert await histories.untold(archive.reader) == []


async def test_a_wish_that_was_given_up_says_why_and_can_be_made_again(archive: Archive) -> None:
    await want(archive, 30)
    async with archive.transaction() as tx:
        await histories.give_up(tx, CHANNEL, "CHAT_ADMIN_REQUIRED", NOW)
    assert (await history(archive)).error == "CHAT_ADMIN_REQUIRED"
    assert await histories.wanted(archive.reader) == []
    assert (await want(archive, 30)).wanted


async def test_a_channel_that_was_never_watched_has_no_history(archive: Archive) -> None:
    async with archive.transaction() as tx:
        assert await histories.want(tx, 404, 0, NOW) is None
