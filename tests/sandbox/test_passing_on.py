"""What a bot cannot do with what another account has seen: the reasons why it uploads bytes."""

import pytest
from telethon import TelegramClient, errors

from bot.sandbox.channels import Channel
from bot.sandbox.drafts import picture
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Connect
from tests.sandbox.conftest import named as named_file


@pytest.fixture
def channel(telegram: Telegram, watcher: User) -> Channel:
    channel = telegram.channel("luhansk", "Luhansk")
    channel.admits(watcher)
    return channel


async def test_a_bot_cannot_forward_from_a_channel_it_is_not_in(
    telegram: Telegram, client: TelegramClient, anna: Reader, bot: Bot, channel: Channel
) -> None:
    post = await channel.posts("a map", photo=picture())
    there = T.InputPeerChannel(channel.id, telegram.world.access_hash(bot.id, channel.marked_id))
    to = await client.get_input_entity(anna.id)
    forward = F.messages.ForwardMessagesRequest(there, [post.id], to, [1])
    with pytest.raises(errors.ChannelPrivateError):
        await client(forward)
    channel.admits(bot, admin=True)
    await client(F.messages.ForwardMessagesRequest(there, [post.id], to, [1]))
    assert (await anna.receives("a map")).photo == picture()


async def test_nobody_can_forward_from_a_channel_that_forbids_it(
    telegram: Telegram, client: TelegramClient, anna: Reader, bot: Bot, channel: Channel
) -> None:
    channel.admits(bot, admin=True)
    await channel.changes(noforwards=True)
    post = await channel.posts("a map", photo=picture())
    there = T.InputPeerChannel(channel.id, telegram.world.access_hash(bot.id, channel.marked_id))
    to = await client.get_input_entity(anna.id)
    for drop_author in (False, True):
        with pytest.raises(errors.ChatForwardsRestrictedError):
            await client(
                F.messages.ForwardMessagesRequest(
                    there, [post.id], to, [1], drop_author=drop_author
                )
            )


async def test_a_photo_cannot_be_named_by_what_another_account_knows_of_it(
    client: TelegramClient, connected: Connect, anna: Reader, watcher: User, channel: Channel
) -> None:
    await channel.posts("a map", photo=picture())
    watching = await connected(watcher)
    message = (await watching.get_messages("luhansk", limit=1))[0]
    photo = message.media.photo
    named = T.InputMediaPhoto(T.InputPhoto(photo.id, photo.access_hash, photo.file_reference))
    to = await client.get_input_entity(anna.id)
    with pytest.raises(errors.BadRequestError):
        await client(F.messages.SendMediaRequest(to, named, "a map", random_id=1))
    data = await watching.download_media(message, bytes)
    await client.send_file(anna.id, named_file(data, "map.png"), caption="by bytes")
    assert (await anna.receives("by bytes")).photo == picture()
