"""The queue of channels to join."""

from dataclasses import replace

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


OLD, NEW = 71, 72  # accounts


async def unreached(archive: Archive, account: int = NEW, *polled: str) -> list[int]:
    return await joins.unreached(archive.reader, account, polled)


async def again(archive: Archive, *channel_ids: int) -> None:
    async with archive.transaction() as tx:
        await joins.again(tx, channel_ids, NEW, now=50)


async def become(archive: Archive, **facts: object) -> None:
    async with archive.transaction() as tx:
        known = await channels.get(tx, CHANNEL)
        assert known is not None
        await channels.save(tx, replace(known, **facts))  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize("state", list(ChannelState))
async def test_what_is_watched_by_another_account_alone_is_unreached(
    archive: Archive, state: ChannelState
) -> None:
    async with archive.transaction() as tx:
        await channels.set_state(tx, CHANNEL, state)
        await channels.remember_access(tx, OLD, CHANNEL, 5)
    unwatched = {ChannelState.REMOVED, ChannelState.QUEUED, ChannelState.IMPORTED}
    assert await unreached(archive, OLD) == []
    assert await unreached(archive) == ([] if state in unwatched else [CHANNEL])


async def test_a_channel_that_is_polled_by_its_name_is_left_out(archive: Archive) -> None:
    await become(archive, username="Svitlo", state=ChannelState.POLLED)
    assert await unreached(archive, NEW, "svitlo") == []
    assert await unreached(archive, NEW, "other") == [CHANNEL]
    await become(archive, username=None)
    assert await unreached(archive, NEW, "svitlo") == [CHANNEL]
    await become(archive, username="Svitlo", state=ChannelState.JOINED)
    assert await unreached(archive, NEW, "svitlo") == [CHANNEL]


@pytest.mark.parametrize(
    ("username", "joined_by", "target"),
    [
        ("now", "before", "now"),
        ("now", "+invite", "now"),
        (None, "+invite", "+invite"),
        (None, "before", str(CHANNEL)),
        (None, None, str(CHANNEL)),
    ],
)
async def test_it_waits_by_what_leads_to_it_now(
    archive: Archive, username: str | None, joined_by: str | None, target: str
) -> None:
    if joined_by is not None:
        await ask(archive, joined_by, 1)
        async with archive.transaction() as tx:
            await joins.finish(tx, 1, CHANNEL, now=2)
    await become(archive, username=username, state=ChannelState.JOINED)
    await again(archive, CHANNEL)
    [waiting_again] = await joins.waiting(archive.reader)
    assert (waiting_again.target, waiting_again.channel_id) == (target, CHANNEL)
    channel = await channels.get(archive.reader, CHANNEL)
    assert channel is not None and channel.state is ChannelState.QUEUED
    assert await unreached(archive) == []


async def test_what_cannot_be_joined_by_the_account_does_not_wait_for_it_once_more(
    archive: Archive,
) -> None:
    await become(archive, username="a", state=ChannelState.BANNED)
    await again(archive, CHANNEL)
    async with archive.transaction() as tx:
        await joins.fail(tx, 1, "CHANNEL_PRIVATE", now=51)
    channel = await channels.get(archive.reader, CHANNEL)
    assert channel is not None and channel.state is ChannelState.PRIVATE
    assert await unreached(archive) == []
    assert await unreached(archive, 73) == [CHANNEL]


async def test_what_is_withdrawn_is_watched_no_more(archive: Archive) -> None:
    await become(archive, username="a", state=ChannelState.JOINED)
    await again(archive, CHANNEL)
    async with archive.transaction() as tx:
        await joins.withdraw(tx, 1, now=51)
    channel = await channels.get(archive.reader, CHANNEL)
    assert channel is not None and channel.state is ChannelState.REMOVED
    assert await waiting(archive) == []


@pytest.mark.parametrize(("asked_by", "has_to_be"), [(5, None), (0, CHANNEL)])
async def test_what_a_person_asks_for_again_may_be_another_channel(
    archive: Archive, asked_by: int, has_to_be: int | None
) -> None:
    await become(archive, username="a", state=ChannelState.JOINED)
    await again(archive, CHANNEL)
    async with archive.transaction() as tx:
        await joins.fail(tx, 1, "HANDLE_CHANGED_OWNER", now=51)
    assert await ask(archive, "a", 52, asked_by)
    [asked] = await joins.waiting(archive.reader)
    assert asked.channel_id == has_to_be


async def test_a_pack_brings_back_nothing_that_the_owner_took_away(archive: Archive) -> None:
    """Packs are asked for at every start."""
    await ask(archive, "queued", 1, asked_by=0)
    await ask(archive, "watched", 2, asked_by=0)
    async with archive.transaction() as tx:
        first, second = await joins.waiting(tx)
        await joins.withdraw(tx, first.id, 3)
        await joins.finish(tx, second.id, CHANNEL, 3)
    await become(archive, state=ChannelState.REMOVED)
    assert not await ask(archive, "queued", 4, asked_by=0)
    assert not await ask(archive, "watched", 4, asked_by=0)
    assert await ask(archive, "queued", 5)
    assert await ask(archive, "watched", 5)
