"""What channels say of themselves, over time."""

from dataclasses import replace

import pytest

from storage import channels, facts
from storage.db import Archive
from storage.records import Channel, ChannelEvent, ChannelState, Fact, Facts
from tests.storage.archives import CHANNEL, NOW

SEEN = Facts(CHANNEL, f"Channel {CHANNEL}", None, verified=False)
OTHER = CHANNEL + 1


async def observe(archive: Archive, seen: Facts) -> list[ChannelEvent]:
    async with archive.transaction() as tx:
        return await facts.observe(tx, seen, NOW)


async def channel(archive: Archive) -> Channel:
    found = await channels.get(archive.reader, CHANNEL)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("seen", "fact", "before", "after"),
    [
        (replace(SEEN, title="Новий"), Fact.TITLE, f"Channel {CHANNEL}", "Новий"),
        (replace(SEEN, username="new_name"), Fact.USERNAME, None, "new_name"),
        (replace(SEEN, verified=True), Fact.VERIFIED, "0", "1"),
        (replace(SEEN, about="Про нас"), Fact.ABOUT, None, "Про нас"),
        (replace(SEEN, photo_id=0), Fact.PHOTO_ID, None, "0"),
        (replace(SEEN, subscribers=17), Fact.SUBSCRIBERS, None, "17"),
        (replace(SEEN, member=False), Fact.STATE, "joined", "polled"),
        (replace(SEEN, restricted=True), Fact.STATE, "joined", "restricted"),
    ],
)
async def test_a_change_is_an_event_once(
    archive: Archive, seen: Facts, fact: Fact, before: str | None, after: str
) -> None:
    [event] = await observe(archive, seen)
    assert (event.fact, event.before, event.after) == (fact, before, after)
    assert await observe(archive, seen) == []
    assert await facts.of(archive.reader, CHANNEL) == [event]


async def test_what_is_not_told_is_no_change(archive: Archive) -> None:
    await observe(archive, replace(SEEN, about="Про нас", subscribers=17, photo_id=4))
    assert await observe(archive, SEEN) == []
    assert (await channel(archive)).subscribers == 17


async def test_several_changes_are_several_events(archive: Archive) -> None:
    events = await observe(archive, replace(SEEN, title="Новий", verified=True))
    assert {event.fact for event in events} == {Fact.TITLE, Fact.VERIFIED}
    assert (await channel(archive)).title == "Новий"


async def test_a_channel_that_is_not_watched_leaves_no_events(archive: Archive) -> None:
    async with archive.transaction() as tx:
        await channels.set_state(tx, CHANNEL, ChannelState.REMOVED)
    assert await observe(archive, replace(SEEN, title="Новий")) == []
    assert await observe(archive, replace(SEEN, channel_id=404)) == []
    assert (await channel(archive)).state is ChannelState.REMOVED


async def test_a_name_that_moves_to_another_watched_channel_is_told(archive: Archive) -> None:
    async with archive.transaction() as tx:
        await channels.save(tx, Channel(OTHER, "Other", "the_name", ChannelState.JOINED))
    events = await observe(archive, replace(SEEN, username="the_name"))
    assert [(each.channel_id, each.fact, each.after) for each in events] == [
        (OTHER, Fact.HANDLE, str(CHANNEL)),
        (CHANNEL, Fact.USERNAME, "the_name"),
    ]
    assert (await channels.named(archive.reader, "the_name")) == await channel(archive)


async def test_a_lost_channel_is_an_event_and_its_return_another(archive: Archive) -> None:
    async with archive.transaction() as tx:
        [lost] = await facts.change_state(tx, CHANNEL, ChannelState.PRIVATE, NOW)
        assert await facts.change_state(tx, CHANNEL, ChannelState.PRIVATE, NOW) == []
    assert (lost.before, lost.after) == ("joined", "private")
    [back] = await observe(archive, SEEN)
    assert (back.before, back.after) == ("private", "joined")


async def test_a_name_that_was_given_up_is_followed_until_it_leads_elsewhere(
    archive: Archive,
) -> None:
    await observe(archive, replace(SEEN, username="old_name"))
    await observe(archive, replace(SEEN, username="new_name"))
    assert await facts.former_usernames(archive.reader, NOW) == [(CHANNEL, "old_name")]
    assert await facts.formerly(archive.reader, "OLD_name") == CHANNEL
    async with archive.transaction() as tx:
        [event] = await facts.leads_elsewhere(tx, CHANNEL, "old_name", 999, NOW)
        assert await facts.leads_elsewhere(tx, CHANNEL, "old_name", 999, NOW) == []
    assert (event.before, event.after) == ("old_name", "999")
    assert await facts.former_usernames(archive.reader, NOW) == []


async def test_facts_are_read_in_full_once_a_night(archive: Archive) -> None:
    assert await facts.unread(archive.reader, NOW) == {CHANNEL}
    async with archive.transaction() as tx:
        await facts.read(tx, CHANNEL, NOW)
    assert await facts.unread(archive.reader, NOW) == set()
    assert await facts.unread(archive.reader, NOW + 1) == {CHANNEL}
