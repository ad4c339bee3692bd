"""A random id says a thing once, however often it is sent."""

import pytest
from telethon import TelegramClient, errors

from bot.sandbox.people import Bot
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Connect


async def send(client: TelegramClient, to: Reader, text: str, random_id: int) -> T.Updates:
    peer = await client.get_input_entity(to.id)
    return await client(F.messages.SendMessageRequest(peer, text, random_id=random_id))


async def test_a_repeated_random_id_returns_the_first_message_and_sends_nothing(
    client: TelegramClient, anna: Reader
) -> None:
    first = await send(client, anna, "once", 42)
    again = await send(client, anna, "twice?", 42)
    assert [type(one).__name__ for one in again.updates] == ["UpdateMessageID", "UpdateNewMessage"]
    assert again.updates[1].message.id == first.updates[1].message.id
    assert again.updates[1].message.message == "once"
    assert (first.updates[1].pts_count, again.updates[1].pts_count) == (1, 0)
    assert [one.text for one in anna.inbox] == ["once"]


async def test_a_random_id_is_counted_by_peer(
    telegram: Telegram, client: TelegramClient, anna: Reader
) -> None:
    boris = telegram.reader("Boris")
    await boris.says("/start")
    await send(client, anna, "to Anna", 42)
    await send(client, boris, "to Boris", 42)
    assert [one.text for one in boris.inbox] == ["to Boris"]


async def test_a_random_id_is_remembered_over_sessions_and_restarts(
    telegram: Telegram, connected: Connect, bot: Bot, client: TelegramClient, anna: Reader
) -> None:
    await send(client, anna, "once", 42)
    await client.disconnect()
    await telegram.stop()
    await telegram.start()
    again = await connected(bot)
    await send(again, anna, "once", 42)
    assert [one.text for one in anna.inbox] == ["once"]


async def test_a_refused_message_does_not_use_its_random_id_up(
    client: TelegramClient, anna: Reader
) -> None:
    with pytest.raises(errors.MessageTooLongError):
        await send(client, anna, "x" * 5000, 42)
    await send(client, anna, "shorter", 42)
    assert [one.text for one in anna.inbox] == ["shorter"]


async def test_a_message_is_sent_once_when_its_answer_is_lost(
    telegram: Telegram, client: TelegramClient, anna: Reader
) -> None:
    telegram.faults.lose_response("SendMessage")
    await send(client, anna, "once", 42)
    assert telegram.counts["messages.SendMessage"] == 2
    assert [one.text for one in anna.inbox] == ["once"]
