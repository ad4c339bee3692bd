"""Catching up with what was missed."""

import asyncio

import pytest
from telethon import TelegramClient, errors, events
from telethon.sessions import SQLiteSession

from bot.sandbox.channels import Channel
from bot.sandbox.people import Bot, User
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Connect, Listen


@pytest.fixture
async def client(connected: Connect, watcher: User) -> TelegramClient:
    return await connected(watcher)


async def difference(
    client: TelegramClient, channel: Channel, pts: int, limit: int = 100
) -> T.updates.ChannelDifference:
    named = await client.get_input_entity(channel.username)
    everything = T.ChannelMessagesFilterEmpty()
    return await client(F.updates.GetChannelDifferenceRequest(named, everything, pts, limit))


async def test_a_difference_has_new_messages_edits_and_deletions_in_order(
    client: TelegramClient, haidai: Channel
) -> None:
    kept, edited, deleted = [await haidai.posts(text, withhold=True) for text in "abc"]
    await edited.edits("b!", withhold=True)
    await deleted.deletes(withhold=True)
    found = await difference(client, haidai, pts=1)
    assert isinstance(found, T.updates.ChannelDifference)
    assert [(one.id, one.message) for one in found.new_messages] == [(1, "a"), (2, "b!")]
    edit, deletion = found.other_updates
    assert (edit.message.id, edit.pts) == (edited.id, 5)
    assert (deletion.messages, deletion.pts, deletion.pts_count) == ([deleted.id], 6, 1)
    assert (found.final, found.pts) == (True, haidai.pts)
    assert kept.text == "a"


async def test_a_long_difference_comes_in_pages(client: TelegramClient, haidai: Channel) -> None:
    for number in range(25):
        await haidai.posts(str(number), withhold=True)
    pts, texts, pages = 1, [], 0
    while True:
        found = await difference(client, haidai, pts, limit=10)
        texts += [one.message for one in found.new_messages]
        pts, pages = found.pts, pages + 1
        if found.final:
            break
    assert (texts, pages) == ([str(number) for number in range(25)], 3)


async def test_nothing_missed_is_an_empty_difference(
    client: TelegramClient, haidai: Channel
) -> None:
    await haidai.posts("text")
    found = await difference(client, haidai, pts=haidai.pts)
    assert isinstance(found, T.updates.ChannelDifferenceEmpty)
    assert (found.pts, found.final) == (haidai.pts, True)


async def test_too_much_missed_is_told_as_too_long(
    telegram: Telegram, client: TelegramClient, haidai: Channel
) -> None:
    telegram.faults.too_long_after = 10
    for number in range(11):
        await haidai.posts(str(number), withhold=True)
    found = await difference(client, haidai, pts=1)
    assert isinstance(found, T.updates.ChannelDifferenceTooLong)
    assert (found.dialog.pts, found.dialog.top_message) == (haidai.pts, 11)
    assert [one.message for one in found.messages] == ["10"]


async def test_burnt_pts_are_a_gap_with_nothing_in_it(
    telegram: Telegram, client: TelegramClient, haidai: Channel
) -> None:
    telegram.faults.burn_pts(haidai, 5)
    found = await difference(client, haidai, pts=1)
    assert (found.new_messages, found.other_updates, found.pts) == ([], [], 6)


@pytest.mark.parametrize(
    ("pts", "error"),
    [(0, errors.PersistentTimestampEmptyError), (99, errors.PersistentTimestampInvalidError)],
)
async def test_a_position_that_cannot_be_is_refused(
    client: TelegramClient, haidai: Channel, pts: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await difference(client, haidai, pts)


async def test_a_gap_is_noticed_and_filled_by_the_client(
    client: TelegramClient, haidai: Channel, listen: Listen
) -> None:
    told = listen(client, T.UpdateNewChannelMessage)
    await haidai.posts("seen")
    await haidai.posts("lost", withhold=True)
    await haidai.posts("seen again")
    async with asyncio.timeout(5):
        texts = [(await told.get()).message.message for _ in range(3)]
    assert texts == ["seen", "lost", "seen again"]


async def test_somebody_who_polls_a_channel_is_pushed_to_without_being_a_member(
    telegram: Telegram, client: TelegramClient, listen: Listen
) -> None:
    public = telegram.channel("public", "Public")
    told = listen(client, T.UpdateNewChannelMessage)
    await public.posts("before")
    await difference(client, public, pts=1)
    await public.posts("after")
    async with asyncio.timeout(5):
        assert (await told.get()).message.message == "after"


async def test_an_account_s_difference_names_the_channels_that_moved_on(
    client: TelegramClient, haidai: Channel
) -> None:
    state = await client(F.updates.GetStateRequest())
    await haidai.posts("missed", withhold=True)
    asked = F.updates.GetDifferenceRequest(pts=state.pts, date=state.date, qts=0)
    found = await client(asked)
    assert [(one.channel_id, one.pts) for one in found.other_updates] == [(haidai.id, haidai.pts)]


async def test_a_long_difference_of_an_account_comes_in_slices(
    telegram: Telegram, connected: Connect, bot: Bot
) -> None:
    anna = telegram.reader("Anna")
    client = await connected(bot)
    state = await client(F.updates.GetStateRequest())
    for number in range(120):
        await anna.says(str(number))
    asked = F.updates.GetDifferenceRequest(pts=state.pts, date=state.date, qts=0)
    first = await client(asked)
    assert isinstance(first, T.updates.DifferenceSlice)
    asked.pts = first.intermediate_state.pts
    rest = await client(asked)
    assert isinstance(rest, T.updates.Difference)
    texts = [one.message for one in (*first.new_messages, *rest.new_messages)]
    assert texts == [str(number) for number in range(120)]


async def test_a_bot_that_was_away_is_told_what_was_said_to_it(
    telegram: Telegram, bot: Bot, tmp_path: object
) -> None:
    anna = telegram.reader("Anna")
    path = str(telegram.seed_session(f"{tmp_path}/bot", bot))
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def hear(event: events.NewMessage.Event) -> None:
        heard.put_nowait(event.raw_text)

    for told in ("while connected", "while away"):
        client = TelegramClient(SQLiteSession(path), 1, "hash", catch_up=True)
        client.add_event_handler(hear, events.NewMessage())
        await client.connect()
        if told == "while connected":
            await anna.says(told)
        async with asyncio.timeout(5):
            assert await heard.get() == told
        await client.disconnect()
        await anna.says("while away")
    assert heard.empty()
