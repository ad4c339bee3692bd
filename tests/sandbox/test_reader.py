"""What a test can do with a person, and how it waits for what they are told."""

import asyncio

import pytest
from telethon import Button, TelegramClient, events

from bot.sandbox.errors import NotReceived, SandboxMisused
from bot.sandbox.people import Bot
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import T
from tests.sandbox.conftest import Listen


async def test_receiving_takes_what_is_wanted_and_leaves_the_rest(
    client: TelegramClient, anna: Reader
) -> None:
    for text in ("one", "two", "three"):
        await client.send_message(anna.id, text)
    assert (await anna.receives("two")).text == "two"
    assert [one.text for one in anna.unread] == ["one", "three"]
    assert [one.text for one in anna.inbox] == ["one", "two", "three"]
    assert (await anna.receives()).text == "one"
    assert [one.text for one in anna.reads_everything()] == ["three"]


async def test_receiving_waits_for_what_has_not_come_yet(
    client: TelegramClient, anna: Reader
) -> None:
    waiting = asyncio.ensure_future(anna.receives("late"))
    await client.send_message(anna.id, "early")
    await client.send_message(anna.id, "late")
    assert (await waiting).text == "late"


async def test_what_did_not_come_is_told_with_what_came_instead(
    client: TelegramClient, anna: Reader
) -> None:
    with pytest.raises(NotReceived, match="nothing is unread"):
        await anna.receives("alert", within=0.01)
    await client.send_message(anna.id, "something else")
    with pytest.raises(NotReceived, match="something else"):
        await anna.receives("alert", within=0.01)


async def test_a_message_received_stays_as_it_was_when_it_came(
    client: TelegramClient, anna: Reader
) -> None:
    sent = await client.send_message(anna.id, "first")
    await client.edit_message(anna.id, sent.id, "second")
    assert [(one.text, one.edited) for one in anna.unread] == [("first", False), ("second", True)]


async def test_nothing_more_comes_where_nothing_is_unread_and_all_is_still(
    client: TelegramClient, anna: Reader
) -> None:
    await anna.receives_nothing_more()
    await client.send_message(anna.id, "surprise")
    with pytest.raises(NotReceived, match="surprise"):
        await anna.receives_nothing_more()


async def test_nothing_more_waits_for_what_is_still_being_thought_about(
    telegram: Telegram, client: TelegramClient, anna: Reader
) -> None:
    thinking = asyncio.Event()
    done = asyncio.Event()

    async def answer(event: events.NewMessage.Event) -> None:
        thinking.set()
        await asyncio.wait_for(done.wait(), 5)
        await event.respond("answer after all")

    async def idle() -> None:
        done.set()
        await telegram.is_asked_for("messages.SendMessage")

    client.add_event_handler(answer, events.NewMessage(incoming=True))
    await anna.says("question")
    await thinking.wait()
    telegram.idle = idle
    with pytest.raises(NotReceived, match="answer after all"):
        await anna.receives_nothing_more()


async def test_nothing_is_still_while_a_client_has_not_read_what_it_was_told(
    telegram: Telegram, client: TelegramClient, anna: Reader, listen: Listen
) -> None:
    await telegram.settled()
    told = listen(client, T.UpdateNewMessage)
    for number in range(50):
        await anna.says(str(number))
    await telegram.settled()
    assert told.qsize() == 50


async def test_what_a_person_said_can_be_edited_and_answered_to(
    telegram: Telegram, client: TelegramClient, anna: Reader, listen: Listen
) -> None:
    await telegram.settled()
    told = listen(client, T.UpdateNewMessage, T.UpdateEditMessage)
    said = await anna.says("/serch x")
    await anna.edits(said, "/search x")
    await anna.says("that one", reply_to=said)
    first, edit, reply = [(await told.get()) for _ in range(3)]
    assert (first.message.message, edit.message.message) == ("/serch x", "/search x")
    assert edit.message.id == first.message.id == reply.message.reply_to.reply_to_msg_id
    assert [one.text for one in anna.sent] == ["/start", "/serch x", "that one"]


async def test_a_person_deletes_a_message_for_both_sides(
    client: TelegramClient, anna: Reader, listen: Listen
) -> None:
    told = listen(client, T.UpdateDeleteMessages)
    sent = await client.send_message(anna.id, "unwanted")
    await anna.deletes(await anna.receives("unwanted"))
    assert (await told.get()).messages == [sent.id]
    assert anna.inbox == []


async def test_what_makes_no_sense_is_said_to_be_so(telegram: Telegram, bot: Bot) -> None:
    anna = telegram.reader("Anna")
    anna.blocks(bot)
    with pytest.raises(SandboxMisused, match="blocked"):
        await anna.says("hello")
    telegram.bot("second_bot")
    with pytest.raises(SandboxMisused, match="2 bots"):
        await anna.says("hello")
    with pytest.raises(SandboxMisused, match="not in 'Others'"):
        await anna.says("hello", to=telegram.group("Others"))
    small = telegram.group("Small", members=[anna], kind="basic")
    with pytest.raises(SandboxMisused, match="anonymous"):
        await anna.says("hello", to=small, anonymous=True)
    with pytest.raises(SandboxMisused, match="no forum"):
        await telegram.group("Desk", members=[anna]).topic("Topic", by=anna)
    with pytest.raises(SandboxMisused, match="verfied"):
        telegram.channel("channel", "Channel", verfied=True)
    channel = telegram.channel("channel", "Channel")
    await channel.posts_raw(T.Message(7, None, message="once"))
    with pytest.raises(SandboxMisused, match="message 7"):
        await channel.posts_raw(T.Message(7, None, message="twice"))


async def test_a_button_is_found_by_its_whole_label_before_a_part_of_it(
    client: TelegramClient, anna: Reader
) -> None:
    async def press(event: events.CallbackQuery.Event) -> None:
        await event.answer(event.data.decode())

    client.add_event_handler(press, events.CallbackQuery())
    buttons = [Button.inline("10", b"ten"), Button.inline("1", b"one")]
    await client.send_message(anna.id, "choose", buttons=buttons)
    assert (await anna.presses("1")).text == "one"
    assert (await anna.presses("0")).text == "ten"
