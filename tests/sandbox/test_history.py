"""Reading what was said before."""

from datetime import UTC, datetime, timedelta

import pytest
from telethon import TelegramClient

from bot.sandbox.channels import Channel
from bot.sandbox.people import Bot, User
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Connect

START = datetime(2022, 9, 19, tzinfo=UTC)


@pytest.fixture
async def client(connected: Connect, watcher: User) -> TelegramClient:
    return await connected(watcher)


@pytest.fixture
async def haidai(telegram: Telegram) -> Channel:
    """A channel with a post a minute, numbered as their ids, three of them deleted."""
    channel = telegram.channel("luhanskaVTSA", "Haidai")
    for number in range(1, 151):
        await channel.posts(f"post {number}", at=START + timedelta(minutes=number))
    await channel.deletes([5, 50, 100])
    return channel


async def test_everything_comes_newest_first_over_several_pages(
    telegram: Telegram, client: TelegramClient, haidai: Channel
) -> None:
    ids = [one.id async for one in client.iter_messages("luhanskaVTSA", limit=None, wait_time=0)]
    assert ids == sorted(haidai.messages, reverse=True)
    assert telegram.counts["messages.GetHistory"] == 2


async def test_everything_after_an_id_comes_oldest_first(
    client: TelegramClient, haidai: Channel
) -> None:
    found = client.iter_messages("luhanskaVTSA", min_id=40, reverse=True, limit=None, wait_time=0)
    assert [one.id async for one in found] == [one for one in haidai.messages if one > 40]


async def test_history_can_start_at_a_date(client: TelegramClient, haidai: Channel) -> None:
    at = START + timedelta(minutes=10)
    found = await client.get_messages("luhanskaVTSA", offset_date=at, limit=3)
    assert [one.id for one in found] == [9, 8, 7]


async def test_messages_by_id_have_holes_where_they_were_deleted(
    client: TelegramClient, haidai: Channel
) -> None:
    named = await client.get_input_entity("luhanskaVTSA")
    wanted = [T.InputMessageID(number) for number in (4, 5, 6, 999)]
    found = (await client(F.channels.GetMessagesRequest(named, wanted))).messages
    assert [one.id for one in found] == [4, 5, 6, 999]
    assert [isinstance(one, T.MessageEmpty) for one in found] == [False, True, False, True]


async def test_a_text_can_be_searched_for(client: TelegramClient, haidai: Channel) -> None:
    found = client.iter_messages("luhanskaVTSA", search="Post 14", limit=None, wait_time=0)
    assert [one.id async for one in found] == [*range(149, 139, -1), 14]


async def test_a_bot_reads_its_own_chats_by_id(
    telegram: Telegram, connected: Connect, bot: Bot
) -> None:
    anna = telegram.reader("Anna")
    client = await connected(bot)
    await anna.says("one")
    await anna.says("two")
    found = await client(F.messages.GetMessagesRequest([T.InputMessageID(n) for n in (1, 2, 3)]))
    assert [getattr(one, "message", None) for one in found.messages[:2]] == ["one", "two"]
    assert isinstance(found.messages[2], T.MessageEmpty)
