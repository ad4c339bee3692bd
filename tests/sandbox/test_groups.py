"""Groups, small and super, their topics, and what a bot hears there."""

import pytest
from telethon import Button, TelegramClient, errors, events

from bot.sandbox.errors import SandboxMisused
from bot.sandbox.groups import Kind
from bot.sandbox.people import Bot
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Listen


@pytest.fixture
def anna(telegram: Telegram) -> Reader:
    return telegram.reader("Anna", username="anna")


@pytest.fixture
def boris(telegram: Telegram) -> Reader:
    return telegram.reader("Boris")


KINDS = pytest.mark.parametrize("kind", ["supergroup", "basic"])


HEARD = {
    "/search x": True,
    "/search@postwatch_bot x": True,
    "/search@other_bot x": False,
    "just chatter": False,
    "ask @Postwatch_Bot about it": True,
    "see /search": False,
}


@KINDS
async def test_a_bot_with_privacy_mode_hears_what_is_meant_for_it(
    telegram: Telegram, client: TelegramClient, bot: Bot, listen: Listen, kind: Kind
) -> None:
    anna = telegram.reader("Anna")
    group = telegram.group("Desk", members=[anna, bot], kind=kind)
    told = listen(client, T.UpdateNewMessage, T.UpdateNewChannelMessage)
    for text in HEARD:
        await anna.says(text, to=group)
    heard = [(await told.get()).message.message for _ in range(sum(HEARD.values()))]
    assert heard == [text for text, hears in HEARD.items() if hears]
    await telegram.settled()
    assert told.empty()


@KINDS
async def test_a_bot_hears_replies_to_what_it_said(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen, kind: Kind
) -> None:
    group = telegram.group("Desk", members=[anna, bot], kind=kind)
    heard = listen(client, T.UpdateNewMessage, T.UpdateNewChannelMessage)
    await anna.says("/start", to=group)
    update = await heard.get()
    sent = await client.send_message(group.id, "hello")
    hello = await anna.receives("hello")
    await anna.says("thanks", to=group, reply_to=hello)
    answer = (await heard.get()).message
    assert (answer.message, answer.reply_to.reply_to_msg_id) == ("thanks", sent.id)
    assert (answer.from_id.user_id, answer.peer_id) == (anna.id, update.message.peer_id)


@pytest.mark.parametrize("how", ["no privacy mode", "admin"])
async def test_a_bot_without_privacy_mode_or_with_rights_hears_everything(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen, how: str
) -> None:
    bot.privacy = how != "no privacy mode"
    admins = [bot] if how == "admin" else []
    group = telegram.group("Desk", members=[anna, bot], admins=admins)
    told = listen(client, T.UpdateNewChannelMessage)
    await anna.says("just chatter", to=group)
    assert (await told.get()).message.message == "just chatter"


async def test_a_difference_leaves_out_what_a_bot_does_not_hear(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen
) -> None:
    group = telegram.group("Desk", members=[anna, bot])
    told = listen(client, T.UpdateNewChannelMessage)
    await anna.says("/one", to=group)
    await told.get()
    await anna.says("chatter", to=group)
    await anna.says("/two", to=group)
    update = await told.get()  # by a difference: the event log has a gap for the bot
    assert (update.message.message, update.message.id) == ("/two", 3)
    assert told.empty()


@KINDS
async def test_everybody_in_a_group_receives_what_the_bot_says(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, boris: Reader, kind: Kind
) -> None:
    group = telegram.group("Desk", members=[anna, boris, bot], kind=kind)
    await anna.says("/start@postwatch_bot", to=group)
    await boris.receives("/start", from_=anna)
    await telegram.settled()
    await client.send_message(group.id, "hello", buttons=[Button.inline("Go", b"go")])
    for reader in (anna, boris):
        message = await reader.receives("hello", from_=bot)
        assert (message.place, message.sender) == (group.id, bot.id)


@KINDS
async def test_a_button_in_a_group_tells_who_pressed_it(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, boris: Reader, kind: Kind
) -> None:
    async def press(event: events.CallbackQuery.Event) -> None:
        await event.answer(f"{event.sender_id} in {event.chat_id}")

    client.add_event_handler(press, events.CallbackQuery())
    group = telegram.group("Desk", members=[anna, boris, bot], kind=kind)
    await anna.says("/start@postwatch_bot", to=group)
    await telegram.settled()
    await client.send_message(group.id, "choose", buttons=[Button.inline("Go", b"go")])
    answer = await boris.presses("Go", on=await boris.receives("choose"))
    assert answer.text == f"{boris.id} in {group.id}"


async def test_an_anonymous_admin_speaks_in_the_name_of_the_group(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen
) -> None:
    group = telegram.group("Desk", members=[bot], admins=[anna])
    told = listen(client, T.UpdateNewChannelMessage)
    await anna.says("/rules", to=group, anonymous=True)
    message = (await told.get()).message
    assert message.from_id == message.peer_id == group.state.peer


async def test_a_bot_is_told_when_it_is_brought_into_a_group(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen
) -> None:
    group = telegram.group("Desk", members=[anna])
    told = listen(client, T.UpdateNewChannelMessage)
    await group.adds(bot, by=anna)
    action = (await told.get()).message.action
    assert isinstance(action, T.MessageActionChatAddUser)
    assert action.users == [bot.id]


@pytest.mark.parametrize(
    ("kind", "error"),
    [("supergroup", errors.ChannelPrivateError), ("basic", errors.ChatIdInvalidError)],
)
async def test_a_bot_that_was_thrown_out_cannot_write(
    telegram: Telegram,
    client: TelegramClient,
    bot: Bot,
    anna: Reader,
    kind: Kind,
    error: type[Exception],
) -> None:
    group = telegram.group("Desk", members=[anna, bot], kind=kind)
    await anna.says("/start@postwatch_bot", to=group)
    await telegram.settled()
    await group.removes(bot)
    with pytest.raises(error):
        await client.send_message(group.id, "hello")


async def test_a_muted_bot_cannot_write(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader
) -> None:
    group = telegram.group("Desk", members=[anna, bot])
    await anna.says("/start@postwatch_bot", to=group)
    await telegram.settled()
    group.mutes(bot)
    with pytest.raises(errors.ChatWriteForbiddenError):
        await client.send_message(group.id, "hello")
    group.unmutes(bot)
    await client.send_message(group.id, "hello")


async def test_a_small_group_goes_on_as_a_supergroup(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen
) -> None:
    group = telegram.group("Desk", members=[anna, bot], kind="basic")
    told = listen(client, T.UpdateNewMessage, T.UpdateNewChannelMessage)
    await anna.says("/start", to=group)
    await told.get()
    old = group.id
    await group.upgrades(by=anna)
    moved, arrived = (await told.get()).message.action, (await told.get()).message.action
    assert group.id == -1_000_000_000_000 - moved.channel_id
    assert arrived.chat_id == -old
    with pytest.raises(errors.ChatIdInvalidError):
        await client.send_message(old, "to the old one")
    await client.send_message(group.id, "to the new one")
    await anna.receives("to the new one", from_=group)
    with pytest.raises(SandboxMisused):
        await group.upgrades(by=anna)


async def test_what_is_said_in_a_topic_stays_in_it(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader
) -> None:
    async def answer(event: events.NewMessage.Event) -> None:
        await event.reply("answer")

    client.add_event_handler(answer, events.NewMessage(incoming=True, pattern="/"))
    forum = telegram.group("Desk", members=[anna, bot], forum=True)
    topic = await forum.topic("Luhansk", by=anna)
    said = await anna.says("/search x", to=topic)
    received = await anna.receives("answer")
    assert (received.topic, received.reply_to) == (topic.id, said.id)
    general = await anna.says("/search x", to=forum)
    received = await anna.receives("answer")
    assert (received.topic, received.reply_to) == (0, general.id)


async def test_a_closed_or_deleted_topic_refuses_messages(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader
) -> None:
    forum = telegram.group("Desk", members=[anna, bot], forum=True)
    topic = await forum.topic("Luhansk", by=anna)
    await telegram.settled()
    await client.send_message(forum.id, "open", reply_to=topic.id)
    await topic.closes(by=anna)
    with pytest.raises(errors.BadRequestError, match="TOPIC_CLOSED"):
        await client.send_message(forum.id, "closed", reply_to=topic.id)
    await topic.reopens(by=anna)
    await client.send_message(forum.id, "open again", reply_to=topic.id)
    await topic.deletes()
    with pytest.raises(errors.TopicDeletedError):
        await client.send_message(forum.id, "deleted", reply_to=topic.id)
    assert [one.text for one in anna.reads_everything()] == ["open", "open again"]
    assert anna.inbox == [], "what was said in a topic goes with it"


async def test_the_topics_of_a_forum_are_listed(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader
) -> None:
    forum = telegram.group("Desk", members=[anna, bot], forum=True)
    topic = await forum.topic("Luhansk", by=anna)
    said = await anna.says("/here@postwatch_bot", to=topic)
    await telegram.settled()
    named = await client.get_input_entity(forum.id)
    found = await client(F.messages.GetForumTopicsByIDRequest(named, [topic.id, 999]))
    (shown,) = found.topics
    assert (shown.title, shown.top_message, shown.closed) == ("Luhansk", said.id, False)


async def test_who_runs_a_group_can_be_asked(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, boris: Reader
) -> None:
    group = telegram.group("Desk", members=[boris, bot], admins=[anna])
    small = telegram.group("Night desk", members=[boris, bot], admins=[anna], kind="basic")
    for place in (group, small):
        await anna.says("/start", to=place)
        await boris.says("/start", to=place)
    await telegram.settled()
    assert (await client.get_permissions(group.id, anna.id)).is_admin
    assert not (await client.get_permissions(group.id, boris.id)).is_admin
    named = await client.get_input_entity(group.id)
    admins = F.channels.GetParticipantsRequest(named, T.ChannelParticipantsAdmins(), 0, 100, 0)
    assert [user.id for user in (await client(admins)).users] == [anna.id]
    assert (await client.get_permissions(small.id, anna.id)).is_admin
    assert not (await client.get_permissions(small.id, boris.id)).is_admin


async def test_a_group_is_told_when_a_topic_is_closed_or_reopened(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen
) -> None:
    forum = telegram.group("Desk", members=[anna, bot], forum=True)
    topic = await forum.topic("Luhansk", by=anna)
    await telegram.settled()
    told = listen(client, T.UpdateNewChannelMessage, T.UpdateDeleteChannelMessages)
    await topic.closes(by=anna)
    await topic.reopens(by=anna)
    for closed in (True, False):
        message = (await told.get()).message
        assert message.action.closed is closed
        assert (message.reply_to.forum_topic, message.reply_to.reply_to_msg_id) == (True, topic.id)
    await topic.deletes()
    assert topic.id in (await told.get()).messages


STANDINGS = (T.UpdateChannelParticipant, T.UpdateChatParticipant)


@KINDS
async def test_a_bot_is_told_what_it_is_in_a_group(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen, kind: Kind
) -> None:
    group = telegram.group("Desk", members=[anna], kind=kind)
    told = listen(client, *STANDINGS)
    await group.adds(bot, by=anna)
    update = await told.get()
    assert (update.actor_id, update.user_id) == (anna.id, bot.id)
    assert isinstance(update.new_participant, T.ChannelParticipant | T.ChatParticipant)
    await group.removes(bot, by=anna)
    gone = (await told.get()).new_participant
    assert gone is None or gone.left
    await group.adds(bot, by=anna, admin=True)
    back = (await told.get()).new_participant
    assert isinstance(back, T.ChannelParticipantAdmin | T.ChatParticipantAdmin)


async def test_a_bot_is_told_when_it_may_not_write_any_more(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen
) -> None:
    group = telegram.group("Desk", members=[anna, bot])
    told = listen(client, *STANDINGS)
    group.mutes(bot, by=anna)
    muted = (await told.get()).new_participant
    assert (muted.left, muted.banned_rights.send_messages) == (False, True)
    group.unmutes(bot, by=anna)
    assert isinstance((await told.get()).new_participant, T.ChannelParticipant)


@KINDS
async def test_a_group_that_is_deleted_is_gone_for_everybody(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen, kind: Kind
) -> None:
    group = telegram.group("Desk", members=[anna, bot], kind=kind)
    await anna.says("/start@postwatch_bot", to=group)
    await telegram.settled()
    told = listen(client, *STANDINGS)
    await group.ends()
    assert (await told.get()).new_participant is None
    with pytest.raises((errors.ChannelPrivateError, errors.ChatIdInvalidError)):
        await client.send_message(group.id, "hello")


async def test_an_upgraded_group_says_where_it_went(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader
) -> None:
    group = telegram.group("Desk", members=[anna, bot], kind="basic")
    await anna.says("/start", to=group)
    await telegram.settled()
    old = -group.id
    await group.upgrades(by=anna)
    answer = await client(F.messages.GetFullChatRequest(old))
    (chat,) = answer.chats
    assert -1_000_000_000_000 - chat.migrated_to.channel_id == group.id
    peer = T.InputPeerChannel(chat.migrated_to.channel_id, chat.migrated_to.access_hash)
    await client(F.messages.SendMessageRequest(peer, "by the hash that was told"))
    await anna.receives("by the hash that was told", from_=group)


async def test_a_channel_tells_its_bot_who_appointed_it(
    telegram: Telegram, client: TelegramClient, bot: Bot, anna: Reader, listen: Listen
) -> None:
    channel = telegram.channel("desk_news", "Desk news")
    told = listen(client, *STANDINGS)
    await channel.appoints(bot, by=anna)
    update = await told.get()
    assert (update.channel_id, update.actor_id) == (channel.id, anna.id)
    await client.send_message(channel.marked_id, "an alert")
    assert [one.message for one in channel.messages.values()] == ["an alert"]
    await channel.removes(bot)
    assert (await told.get()).new_participant is None
    with pytest.raises(errors.RPCError):
        await client.send_message(channel.marked_id, "another")


async def test_a_bot_is_told_that_a_person_stopped_it_and_started_it_again(
    client: TelegramClient, bot: Bot, anna: Reader, listen: Listen
) -> None:
    told = listen(client, T.UpdateBotStopped)
    await anna.says("/start")
    anna.blocks(bot)
    anna.unblocks(bot)
    heard = [await told.get() for _ in range(2)]
    assert [(one.user_id, one.stopped, one.qts) for one in heard] == [
        (anna.id, True, 1),
        (anna.id, False, 2),
    ]
