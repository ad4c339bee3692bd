"""Channels, the keys that reach them, and our places in their event logs."""

from dataclasses import replace

import pytest

from storage import channels
from storage.db import Archive
from storage.records import Channel, ChannelState, Cursor, Start

HAIDAI = Channel(
    id=501,
    title="Сергій Гайдай",
    username="luhanskaVTSA",
    state=ChannelState.JOINED,
    verified=True,
    subscribers=12,
    about="Про область",
    added_at=3,
    archive_from_at=2,
)


async def save(archive: Archive, *given: Channel) -> None:
    async with archive.transaction() as tx:
        for channel in given:
            await channels.save(tx, channel)


async def test_a_channel_comes_back_as_it_was(archive: Archive) -> None:
    await save(archive, HAIDAI)
    assert await channels.get(archive.reader, 501) == HAIDAI
    assert await channels.get(archive.reader, 502) is None


async def test_several_come_at_once_and_starts_alone(archive: Archive) -> None:
    gone = replace(HAIDAI, id=502, username=None, state=ChannelState.REMOVED)
    await save(archive, HAIDAI, gone)
    assert await channels.several(archive.reader, [501, 502, 9]) == {501: HAIDAI, 502: gone}
    assert await channels.several(archive.reader, []) == {}
    starts = [each for each in await channels.starts(archive.reader) if each.id in (501, 502)]
    assert starts == [Start(501, ChannelState.JOINED, 2)], "of what was not removed"


async def test_facts_are_brought_up_to_date_and_what_is_unknown_is_kept(archive: Archive) -> None:
    await save(archive, HAIDAI)
    await save(archive, Channel(501, "Новий", username=None, added_at=99))
    found = await channels.get(archive.reader, 501)
    assert found == Channel(
        501, "Новий", subscribers=12, about="Про область", added_at=3, archive_from_at=2
    )


@pytest.mark.parametrize("name", ["luhanskaVTSA", "LUHANSKAvtsa", "@luhanskavtsa"])
async def test_a_name_is_found_in_any_case(archive: Archive, name: str) -> None:
    await save(archive, HAIDAI)
    assert await channels.named(archive.reader, name) == HAIDAI


async def test_a_name_belongs_to_the_channel_that_has_it_last(archive: Archive) -> None:
    await save(archive, HAIDAI, replace(HAIDAI, id=502, username="LuhanskaVTSA"))
    named = await channels.named(archive.reader, "luhanskaVTSA")
    assert named is not None
    assert named.id == 502
    before = await channels.get(archive.reader, 501)
    assert before is not None
    assert before.username is None


async def test_watched_are_those_not_removed_by_title(archive: Archive) -> None:
    states = list(ChannelState)
    await save(
        archive,
        *(Channel(i, f"{9 - i}", state=state) for i, state in enumerate(states, start=1)),
    )
    titles = [channel.title for channel in await channels.watched(archive.reader)]
    assert titles == [*"12345678", "Channel 1111"]  # all but REMOVED, the last
    async with archive.transaction() as tx:
        await channels.set_state(tx, 3, ChannelState.REMOVED)
    assert "6" not in [channel.title for channel in await channels.watched(archive.reader)]


async def test_which_of_some_channels_are_watched(archive: Archive) -> None:
    """Not those removed, still waiting to be joined, or known from an export only."""
    states = list(ChannelState)
    await save(archive, *(Channel(i, "x", state=state) for i, state in enumerate(states)))
    expected = {
        i
        for i, state in enumerate(states)
        if state not in (ChannelState.QUEUED, ChannelState.REMOVED, ChannelState.IMPORTED)
    }
    assert await channels.among(archive.reader, [*range(len(states)), 404]) == expected
    assert await channels.among(archive.reader, []) == set()


async def test_keys_are_kept_for_each_account(archive: Archive) -> None:
    await save(archive, HAIDAI)
    async with archive.transaction() as tx:
        await channels.remember_access(tx, 1, 501, -(2**63))
        await channels.remember_access(tx, 2, 501, 5)
        await channels.remember_access(tx, 2, 501, 6)
    assert await channels.access_hashes(archive.reader, 1) == {501: -(2**63)}
    assert await channels.access_hashes(archive.reader, 2) == {501: 6}
    assert await channels.access_hashes(archive.reader, 3) == {}


async def test_a_cursor_never_moves_back(archive: Archive) -> None:
    await save(archive, HAIDAI)
    async with archive.transaction() as tx:
        for pts, top_id in ((5, 50), (4, 60), (9, 10)):
            await channels.move_cursor(tx, Cursor(501, pts, top_id), now=1)
    assert await channels.cursors(archive.reader) == {501: Cursor(501, pts=9, top_id=60)}
