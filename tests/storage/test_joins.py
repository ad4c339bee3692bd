"""The queue of channels to join."""

import pytest

from storage import channels, joins
from storage.db import Archive
from storage.records import ChannelState, Join
from tests.storage.archives import CHANNEL


async def ask(archive: Archive, target: str, now: int, asked_by: int = 5) -> bool:
    async with archive.transaction() as tx:
        return await joins.ask(tx, target, asked_by, now)


async def waiting(archive: Archive) -> list[str]:
    return [join.target for join in await joins.waiting(archive.reader)]


async def test_targets_wait_in_the_order_of_asking(archive: Archive) -> None:
    assert await ask(archive, "second", 2)
    assert await ask(archive, "first", 1)
    assert await waiting(archive) == ["first", "second"]
    assert await joins.waiting(archive.reader) == [
        Join(2, "first", asked_by=5, asked_at=1),
        Join(1, "second", asked_by=5, asked_at=2),
    ]


async def test_a_target_waits_once_in_any_case(archive: Archive) -> None:
    assert await ask(archive, "Luhanska", 1)
    assert not await ask(archive, "luhanska", 2, asked_by=6)
    assert await joins.waiting(archive.reader) == [Join(1, "Luhanska", asked_by=5, asked_at=1)]


async def test_what_is_joined_waits_no_longer_and_is_counted(archive: Archive) -> None:
    for now, target in enumerate(("a", "b", "c")):
        await ask(archive, target, now)
    async with archive.transaction() as tx:
        await joins.finish(tx, 1, CHANNEL, now=10)
        await joins.finish(tx, 2, CHANNEL, now=20)
    assert await waiting(archive) == ["c"]
    assert not await ask(archive, "a", 30)
    assert await joins.joined_since(archive.reader, 11) == [
        Join(2, "b", 5, 1, channel_id=CHANNEL, done_at=20)
    ]
    assert len(await joins.joined_since(archive.reader, 10)) == 2


async def test_adopting_what_is_followed_already_uses_up_none_of_the_days_joins(
    archive: Archive,
) -> None:
    await ask(archive, "a", 1)
    async with archive.transaction() as tx:
        await joins.finish(tx, 1, CHANNEL, now=10, adopted=True)
    assert await waiting(archive) == []
    assert await joins.joined_since(archive.reader, 0) == []
    assert not await ask(archive, "a", 2)


async def test_what_failed_waits_again_at_the_end_when_asked_again(archive: Archive) -> None:
    await ask(archive, "a", 1)
    await ask(archive, "b", 2)
    async with archive.transaction() as tx:
        await joins.fail(tx, 1, "the link has expired", now=3)
    assert await waiting(archive) == ["b"]
    assert await joins.joined_since(archive.reader, 0) == []
    assert await ask(archive, "a", 4, asked_by=6)
    assert await joins.waiting(archive.reader) == [
        Join(2, "b", asked_by=5, asked_at=2),
        Join(1, "a", asked_by=6, asked_at=4),
    ]


@pytest.mark.parametrize("state", list(ChannelState))
async def test_a_channel_that_was_removed_or_lost_can_be_asked_for_again(
    archive: Archive, state: ChannelState
) -> None:
    await ask(archive, "a", 1)
    async with archive.transaction() as tx:
        await joins.finish(tx, 1, CHANNEL, now=2)
        await channels.set_state(tx, CHANNEL, state)
    lost = {
        ChannelState.REMOVED,
        ChannelState.PRIVATE,
        ChannelState.BANNED,
        ChannelState.GONE,
        ChannelState.IMPORTED,
    }
    assert await ask(archive, "a", 3) is (state in lost)
