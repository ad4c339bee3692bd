"""What a member of a channel is told, and how it reads."""

import asyncio
from datetime import UTC, datetime

import pytest
from telethon import TelegramClient

from bot.sandbox.channels import Channel
from bot.sandbox.drafts import picture
from bot.sandbox.people import User
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Connect, Listen


@pytest.fixture
def haidai(telegram: Telegram, watcher: User) -> Channel:
    channel = telegram.channel("luhanskaVTSA", "Haidai", verified=True)
    channel.admits(watcher)
    return channel


@pytest.fixture
async def client(connected: Connect, watcher: User) -> TelegramClient:
    return await connected(watcher)


@pytest.fixture
def told(client: TelegramClient, listen: Listen) -> "asyncio.Queue[object]":
    return listen(client)


async def next_post(told: "asyncio.Queue[object]") -> T.UpdateNewChannelMessage:
    async with asyncio.timeout(5):
        update = await told.get()
    assert isinstance(update, T.UpdateNewChannelMessage), update
    return update


def entity(update: T.TypeUpdate, channel: Channel) -> T.TypeChat:
    """What an update says of a channel."""
    return update._entities[channel.marked_id]


async def next_message(told: "asyncio.Queue[object]") -> T.Message:
    return (await next_post(told)).message


async def test_a_post_is_pushed_with_its_channel(
    haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    post = await haidai.posts("Білогорівка наша")
    update = await next_post(told)
    message = update.message
    assert (message.id, message.message, message.post) == (post.id, "Білогорівка наша", True)
    assert (message.views, update.pts, update.pts_count) == (1, 2, 1)
    assert (entity(update, haidai).title, entity(update, haidai).verified) == ("Haidai", True)


async def test_an_edit_is_pushed_and_the_post_queued_before_it_stays_as_it_was(
    telegram: Telegram, watcher: User, haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    telegram.faults.hold(watcher)
    post = await haidai.posts("first")
    await post.edits("second")
    telegram.faults.release(watcher)
    assert (await next_message(told)).message == "first"
    edit = await told.get()
    assert isinstance(edit, T.UpdateEditChannelMessage)
    assert (edit.message.message, edit.message.edit_date is not None) == ("second", True)
    assert post.text == "second"


async def test_a_deletion_is_pushed(haidai: Channel, told: "asyncio.Queue[object]") -> None:
    posts = [await haidai.posts(str(number)) for number in range(3)]
    for _ in posts:
        await next_message(told)
    await haidai.deletes(posts[:2])
    gone = await told.get()
    assert isinstance(gone, T.UpdateDeleteChannelMessages)
    assert (gone.messages, gone.pts_count, gone.pts) == ([1, 2], 2, 6)
    assert list(haidai.messages) == [3]


async def test_links_mentions_hashtags_and_commands_are_marked_up(
    haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    await haidai.posts("🔥 https://t.me/abc/1 @haidai #фронт /start")
    message = await next_message(told)
    found = [(type(entity).__name__, text) for entity, text in message.get_entities_text()]
    assert found == [
        ("MessageEntityUrl", "https://t.me/abc/1"),
        ("MessageEntityMention", "@haidai"),
        ("MessageEntityHashtag", "#фронт"),
        ("MessageEntityBotCommand", "/start"),
    ]


async def test_a_photo_can_be_downloaded(
    haidai: Channel, client: TelegramClient, told: "asyncio.Queue[object]"
) -> None:
    await haidai.posts("map", photo=picture(7))
    message = await next_message(told)
    assert await client.download_media(message, bytes) == picture(7)


async def test_a_long_document_is_downloaded_in_parts(
    telegram: Telegram, haidai: Channel, client: TelegramClient, told: "asyncio.Queue[object]"
) -> None:
    data = bytes(range(256)) * 4096
    await haidai.posts(document=("order.pdf", data))
    message = await next_message(told)
    assert message.file.name == "order.pdf"
    assert await client.download_media(message, bytes) == data
    assert telegram.counts["upload.GetFile"] > 1


async def test_an_album_is_posts_with_one_grouped_id(
    haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    album = await haidai.posts_album(["caption", picture(5), ("other", picture(6))])
    messages = [await next_message(told) for _ in album]
    assert len({message.grouped_id for message in messages}) == 1
    assert [message.message for message in messages] == ["caption", "", "other"]
    assert all(message.photo for message in messages)


async def test_a_forward_says_where_it_was_first_said(
    telegram: Telegram, haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    zelensky = telegram.channel("V_Zelenskiy_official", "Zelensky")
    original = await zelensky.posts("speed matters now", signature="OP")
    await haidai.posts(forward_from=original)
    update = await next_post(told)
    assert update.message.message == "speed matters now"
    forward = update.message.fwd_from
    assert (forward.from_id.channel_id, forward.channel_post) == (zelensky.id, original.id)
    assert forward.post_author == "OP"
    assert entity(update, zelensky).title == "Zelensky"


async def test_replies_signatures_polls_places_and_service_messages(
    haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    first = await haidai.posts("first", signature="Duty officer")
    await haidai.posts("second", reply_to=first)
    await haidai.posts(poll=("Ready?", ["yes", "no"]))
    await haidai.posts("here", geo=(48.9, 38.2))
    await haidai.announces(T.MessageActionPinMessage())
    messages = [await next_message(told) for _ in range(5)]
    assert messages[0].post_author == "Duty officer"
    assert messages[1].reply_to.reply_to_msg_id == first.id
    assert [answer.text.text for answer in messages[2].poll.poll.answers] == ["yes", "no"]
    assert (messages[3].geo.lat, messages[3].geo.long) == (48.9, 38.2)
    assert isinstance(messages[4].action, T.MessageActionPinMessage)


async def test_a_ready_message_keeps_its_id_and_date(
    haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    date = datetime(2022, 9, 19, 12, 0, tzinfo=UTC)
    raw = T.Message(id=5001, peer_id=None, message="as dumped", date=date, views=7, forwards=1)
    post = await haidai.posts_raw(raw)
    message = await next_message(told)
    assert (post.id, message.id, message.date, message.views) == (5001, 5001, date, 7)
    assert (await haidai.posts("next")).id == 5002


async def test_reactions_are_an_edit_that_is_not_shown(
    haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    post = await haidai.posts("text")
    await next_message(told)
    await post.reacts("👍", 5)
    edit = await told.get()
    assert isinstance(edit, T.UpdateEditChannelMessage)
    assert edit.message.edit_hide
    assert edit.message.reactions.results[0].count == 5


async def test_views_are_only_found_by_asking(haidai: Channel, client: TelegramClient) -> None:
    post = await haidai.posts("text")
    post.is_viewed(1000, forwards=12)
    channel = await client.get_input_entity("luhanskaVTSA")
    views = await client(F.messages.GetMessagesViewsRequest(channel, [post.id, 99], False))
    assert [(one.views, one.forwards) for one in views.views] == [(1000, 12), (None, None)]


async def test_a_silent_channel_is_not_pushed(
    telegram: Telegram, haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    haidai.silent = True
    await haidai.posts("unheard")
    haidai.silent = False
    loud = telegram.channel("other", "Other")
    await telegram.settled()
    assert told.empty()
    assert loud.pts == 1


async def test_what_is_withheld_is_in_the_event_log_all_the_same(
    telegram: Telegram, haidai: Channel, told: "asyncio.Queue[object]"
) -> None:
    post = await haidai.posts("withheld", withhold=True)
    await post.edits("withheld too", withhold=True)
    await post.deletes(withhold=True)
    await telegram.settled()
    assert told.empty()
    assert haidai.pts == 4


async def test_facts_about_a_channel_can_change(
    haidai: Channel, client: TelegramClient, told: "asyncio.Queue[object]"
) -> None:
    await haidai.changes(title="Lysohor", about="Head of the region")
    assert isinstance(await told.get(), T.UpdateChannel)
    full = await client(F.channels.GetFullChannelRequest("luhanskaVTSA"))
    assert (full.chats[0].title, full.full_chat.about) == ("Lysohor", "Head of the region")


async def test_a_banned_account_sees_a_forbidden_channel(
    haidai: Channel, watcher: User, told: "asyncio.Queue[object]"
) -> None:
    await haidai.bans(watcher)
    update = await told.get()
    assert isinstance(update, T.UpdateChannel)
    assert isinstance(entity(update, haidai), T.ChannelForbidden)
