"""A bot and the people it talks to: messages, buttons, commands, refusals."""

import asyncio

import pytest
from telethon import Button, TelegramClient, errors, events

from bot.sandbox.drafts import picture
from bot.sandbox.errors import NotReceived
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Connect, Listen, named


@pytest.fixture
async def anna(telegram: Telegram, client: TelegramClient) -> Reader:
    """Somebody who has started the bot."""
    anna = telegram.reader("Anna", username="anna", language="uk")
    await anna.says("/start")
    return anna


async def test_a_bot_hears_what_is_said_to_it(
    telegram: Telegram, client: TelegramClient, listen: Listen
) -> None:
    told = listen(client, T.UpdateNewMessage)
    anna = telegram.reader("Anna", username="anna", language="uk")
    await anna.says("/search Білогорівка")
    update = await told.get()
    message = update.message
    assert message.message == "/search Білогорівка"
    assert (message.peer_id.user_id, message.out) == (anna.id, False)
    command = message.entities[0]
    assert isinstance(command, T.MessageEntityBotCommand)
    assert (command.offset, command.length) == (0, 7)
    person = update._entities[anna.id]
    assert (person.first_name, person.username, person.lang_code) == ("Anna", "anna", "uk")


async def test_a_person_receives_text_markup_and_buttons(
    client: TelegramClient, anna: Reader
) -> None:
    await client.send_message(
        anna.id,
        "<b>Білогорівка</b> 🔥 <i>наша</i>",
        parse_mode="html",
        buttons=[[Button.inline("Next", b"next"), Button.url("Open", "https://t.me/x/1")]],
        silent=True,
    )
    message = await anna.receives("Білогорівка")
    assert message.html == "<strong>Білогорівка</strong> 🔥 <em>наша</em>"
    assert message.labels == ["Next", "Open"]
    assert message.buttons[0][1].url == "https://t.me/x/1"
    assert (message.silent, message.edited) == (True, False)


async def test_an_edit_is_received_and_the_inbox_shows_it(
    client: TelegramClient, anna: Reader
) -> None:
    sent = await client.send_message(anna.id, "first")
    first = await anna.receives("first")
    await client.edit_message(anna.id, sent.id, "second")
    second = await anna.receives("second")
    assert (second.id, second.edited) == (first.id, True)
    assert [one.text for one in anna.inbox] == ["second"]


async def test_an_edit_that_changes_nothing_is_refused(
    client: TelegramClient, anna: Reader
) -> None:
    sent = await client.send_message(anna.id, "same **words**")
    with pytest.raises(errors.MessageNotModifiedError):
        await client.edit_message(anna.id, sent.id, "same **words**")


async def test_buttons_not_given_again_are_taken_away(client: TelegramClient, anna: Reader) -> None:
    sent = await client.send_message(anna.id, "text", buttons=[Button.inline("Go", b"go")])
    await client.edit_message(anna.id, sent.id, "text")
    assert [one.labels for one in anna.inbox] == [[]]


async def test_nobody_edits_what_another_wrote(client: TelegramClient, anna: Reader) -> None:
    with pytest.raises(errors.MessageAuthorRequiredError):
        await client.edit_message(anna.id, 1, "not mine")
    with pytest.raises(errors.MessageIdInvalidError):
        await client.edit_message(anna.id, 99, "not there")


async def test_a_deleted_message_is_gone_on_both_sides(
    client: TelegramClient, anna: Reader
) -> None:
    sent = await client.send_message(anna.id, "soon gone")
    await anna.receives("soon gone")
    await client.delete_messages(anna.id, [sent.id])
    assert anna.inbox == []


async def test_replies_are_known_to_each_side_by_its_own_numbers(
    client: TelegramClient, anna: Reader, telegram: Telegram
) -> None:
    boris = telegram.reader("Boris")
    await boris.says("/start")  # the bot's numbers run ahead of Anna's
    said = await anna.says("question")
    sent = await client.send_message(anna.id, "answer", reply_to=3)
    answer = await anna.receives("answer")
    assert answer.reply_to == said.id
    assert (sent.id, answer.id) == (4, 3)


async def test_pictures_and_documents_are_received(client: TelegramClient, anna: Reader) -> None:
    await client.send_file(anna.id, named(picture(3), "chart.png"), caption="a chart")
    chart = await anna.receives("a chart")
    assert chart.photo == picture(3)
    await client.send_file(anna.id, named(b"a;b\n1;2\n", "hits.csv"), force_document=True)
    document = (await anna.receives("")).document
    assert document is not None
    assert (document.name, document.data) == ("hits.csv", b"a;b\n1;2\n")


async def test_a_big_file_is_sent_in_big_parts(
    telegram: Telegram, client: TelegramClient, anna: Reader
) -> None:
    data = bytes(11 * 1024 * 1024)
    await client.send_file(anna.id, named(data, "big.bin"), force_document=True)
    document = (await anna.receives("", within=30)).document
    assert document is not None
    assert len(document.data) == len(data)
    assert telegram.counts["upload.SaveBigFilePart"] > 1


async def test_an_album_is_sent_at_once(client: TelegramClient, anna: Reader) -> None:
    files = [named(picture(number), f"{number}.png") for number in (1, 2)]
    await client.send_file(anna.id, files, caption=["one", "two"])
    album = [await anna.receives("one"), await anna.receives("two")]
    assert album[0].grouped_id == album[1].grouped_id is not None
    assert [part.photo for part in album] == [picture(1), picture(2)]


async def test_a_pressed_button_is_answered(client: TelegramClient, anna: Reader) -> None:
    async def press(event: events.CallbackQuery.Event) -> None:
        await event.answer(f"got {event.data.decode()}", alert=True)

    client.add_event_handler(press, events.CallbackQuery())
    await client.send_message(anna.id, "choose", buttons=[Button.inline("Mute 1 h", b"m:1")])
    answer = await anna.presses("Mute", on=await anna.receives("choose"))
    assert (answer.text, answer.alert) == ("got m:1", True)


async def test_callback_data_can_be_made_up(client: TelegramClient, anna: Reader) -> None:
    async def press(event: events.CallbackQuery.Event) -> None:
        await event.answer(event.data.decode())

    client.add_event_handler(press, events.CallbackQuery())
    await client.send_message(anna.id, "choose", buttons=[Button.inline("Mute 1 h", b"m:1")])
    answer = await anna.sends_data(b"delete:everything", on=await anna.receives("choose"))
    assert answer.text == "delete:everything"


async def test_a_press_can_be_answered_once_and_in_time(
    client: TelegramClient, anna: Reader, listen: Listen
) -> None:
    told = listen(client, T.UpdateBotCallbackQuery)
    await client.send_message(anna.id, "choose", buttons=[Button.inline("Go", b"go")])
    with pytest.raises(NotReceived, match="no answer"):
        await anna.presses("Go", within=0.05)
    with pytest.raises(errors.QueryIdInvalidError):
        await client(F.messages.SetBotCallbackAnswerRequest((await told.get()).query_id, 0))


async def test_a_button_that_is_not_there_cannot_be_pressed(
    client: TelegramClient, anna: Reader
) -> None:
    await client.send_message(anna.id, "choose", buttons=[Button.inline("Go", b"go")])
    with pytest.raises(NotReceived, match="Stop"):
        await anna.presses("Stop")


async def test_a_person_with_a_client_talks_to_a_bot_too(
    connected: Connect, watcher: User, client: TelegramClient
) -> None:
    async def start(event: events.NewMessage.Event) -> None:
        await event.respond("hello", buttons=[Button.inline("Go", b"go")])

    async def press(event: events.CallbackQuery.Event) -> None:
        await event.answer("went")

    client.add_event_handler(start, events.NewMessage())
    client.add_event_handler(press, events.CallbackQuery())
    person = await connected(watcher)
    async with person.conversation("postwatch_bot", timeout=5) as chat:
        await chat.send_message("/start")
        hello = await chat.get_response()
    assert hello.text == "hello"
    assert (await hello.click(0)).message == "went"


async def test_the_command_menu_is_kept_by_language(client: TelegramClient, bot: Bot) -> None:
    everybody = T.BotCommandScopeDefault()
    search, suche = T.BotCommand("search", "Find posts"), T.BotCommand("search", "Шукати")
    await client(F.bots.SetBotCommandsRequest(everybody, "", [search]))
    await client(F.bots.SetBotCommandsRequest(everybody, "uk", [suche]))
    assert bot.commands == {"search": "Find posts"}
    assert bot.commands_in("uk") == {"search": "Шукати"}
    await client(F.bots.ResetBotCommandsRequest(everybody, "uk"))
    assert bot.commands_in("uk") == {}


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (T.BotCommand("Search", "capital"), errors.BotCommandInvalidError),
        (T.BotCommand("search!", "sign"), errors.BotCommandInvalidError),
        (T.BotCommand("search", ""), errors.BotCommandDescriptionInvalidError),
    ],
)
async def test_a_command_telegram_would_not_take_is_refused(
    client: TelegramClient, command: T.BotCommand, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await client(F.bots.SetBotCommandsRequest(T.BotCommandScopeDefault(), "", [command]))


async def test_a_bot_cannot_write_first(
    telegram: Telegram,
    client: TelegramClient,
) -> None:
    stranger = telegram.reader("Stranger", username="stranger")
    named = await client.get_input_entity("stranger")
    with pytest.raises(errors.PeerIdInvalidError):
        await client.send_message(named, "hello")
    assert stranger.unread == []


async def test_a_blocked_bot_is_told_so_until_it_is_unblocked(
    client: TelegramClient, bot: Bot, anna: Reader
) -> None:
    anna.blocks(bot)
    with pytest.raises(errors.UserIsBlockedError):
        await client.send_message(anna.id, "hello")
    anna.unblocks(bot)
    await client.send_message(anna.id, "hello again")
    await anna.receives("hello again")


async def test_a_deleted_account_cannot_be_written_to(client: TelegramClient, anna: Reader) -> None:
    anna.leaves_telegram()
    with pytest.raises(errors.InputUserDeactivatedError):
        await client.send_message(anna.id, "hello")


async def test_a_bot_that_runs_a_channel_posts_in_it_and_others_may_not(
    telegram: Telegram, connected: Connect, client: TelegramClient, bot: Bot, anna: Reader
) -> None:
    desk = telegram.channel("desk_alerts", "Desk alerts")
    desk.admits(bot, admin=True)
    desk.admits(anna)
    await client.send_message(await client.get_input_entity("desk_alerts"), "alert")
    assert (await anna.receives("alert", from_=desk)).text == "alert"
    other = await connected(telegram.user("Other", phone="380990000005"))
    await other(F.channels.JoinChannelRequest("desk_alerts"))
    with pytest.raises(errors.ChatAdminRequiredError):
        await other.send_message("desk_alerts", "spam")


async def test_a_second_client_of_the_same_account_sees_what_the_first_sends(
    connected: Connect, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen
) -> None:
    told = listen(await connected(bot), T.UpdateNewMessage)
    await client.send_message(anna.id, "from the first")
    async with asyncio.timeout(5):
        update = await told.get()
    assert (update.message.message, update.message.out) == ("from the first", True)
