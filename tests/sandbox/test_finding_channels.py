"""Resolving, joining, leaving, muting, archiving, and the list of dialogs."""

from datetime import timedelta

import pytest
from telethon import TelegramClient, errors

from bot.sandbox.channels import Channel
from bot.sandbox.people import Bot, User
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Connect


@pytest.fixture
async def client(connected: Connect, watcher: User) -> TelegramClient:
    return await connected(watcher)


@pytest.fixture
def haidai(telegram: Telegram) -> Channel:
    return telegram.channel(
        "luhanskaVTSA", "Haidai", verified=True, about="Head of the region", subscribers=70_000
    )


async def test_a_username_is_found_whatever_the_case(
    client: TelegramClient, haidai: Channel
) -> None:
    found = await client(F.contacts.ResolveUsernameRequest("LUHANSKAvtsa"))
    (channel,) = found.chats
    assert (channel.id, channel.title, channel.verified) == (haidai.id, "Haidai", True)
    assert (channel.left, channel.participants_count) == (True, 70_000)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("nobody_has_this", errors.UsernameNotOccupiedError),
        ("1x", errors.UsernameInvalidError),
        ("with space", errors.UsernameInvalidError),
        ("", errors.UsernameInvalidError),
    ],
)
async def test_a_username_that_leads_nowhere_is_refused(
    client: TelegramClient, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await client(F.contacts.ResolveUsernameRequest(name))


async def test_a_username_can_be_a_person_s(telegram: Telegram, client: TelegramClient) -> None:
    anna = telegram.reader("Anna", username="anna")
    found = await client(F.contacts.ResolveUsernameRequest("anna"))
    assert [user.id for user in found.users] == [anna.id]
    assert found.chats == []


async def test_joining_leaving_and_joining_again(client: TelegramClient, haidai: Channel) -> None:
    named = await client.get_input_entity("luhanskaVTSA")
    joined = await client(F.channels.JoinChannelRequest(named))
    assert joined.updates.chats[0].left is False
    await client(F.channels.LeaveChannelRequest(named))
    with pytest.raises(errors.UserNotParticipantError):
        await client(F.channels.LeaveChannelRequest(named))
    again = await client(F.channels.JoinChannelRequest(named))
    assert again.updates.chats[0].left is False


async def test_a_private_channel_is_shown_and_joined_by_its_invite(
    telegram: Telegram, client: TelegramClient
) -> None:
    secret = telegram.channel(None, "Secret", private=True, about="Hush", subscribers=12)
    invite = secret.invite_link.rpartition("+")[2]
    shown = await client(F.messages.CheckChatInviteRequest(invite))
    assert isinstance(shown, T.ChatInvite)
    assert (shown.title, shown.about, shown.participants_count) == ("Secret", "Hush", 12)
    joined = await client(F.messages.ImportChatInviteRequest(invite))
    assert joined.updates.chats[0].id == secret.id
    assert isinstance(await client(F.messages.CheckChatInviteRequest(invite)), T.ChatInviteAlready)
    with pytest.raises(errors.UserAlreadyParticipantError):
        await client(F.messages.ImportChatInviteRequest(invite))


@pytest.mark.parametrize(
    ("invite", "error"),
    [("0" * 16, errors.InviteHashExpiredError), ("", errors.InviteHashEmptyError)],
)
async def test_an_invite_that_leads_nowhere_is_refused(
    client: TelegramClient, invite: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await client(F.messages.ImportChatInviteRequest(invite))


async def test_an_account_can_be_in_so_many_channels_only(
    telegram: Telegram, client: TelegramClient, watcher: User, haidai: Channel
) -> None:
    telegram.faults.most_channels = 1
    telegram.channel("first", "First").admits(watcher)
    with pytest.raises(errors.ChannelsTooMuchError):
        await client(F.channels.JoinChannelRequest("luhanskaVTSA"))


async def test_full_facts_of_a_channel(client: TelegramClient, haidai: Channel) -> None:
    await haidai.posts("text")
    full = await client(F.channels.GetFullChannelRequest("luhanskaVTSA"))
    assert full.full_chat.about == "Head of the region"
    assert (full.full_chat.participants_count, full.full_chat.pts) == (70_000, haidai.pts)


async def test_a_channel_that_turned_private_is_closed_to_all_but_members(
    connected: Connect, telegram: Telegram, client: TelegramClient, haidai: Channel
) -> None:
    member = telegram.user("Member", phone="380990000009")
    haidai.admits(member)
    named = await client.get_input_entity("luhanskaVTSA")
    other = await connected(member)
    await other.get_dialogs()
    await haidai.turns_private()
    with pytest.raises(errors.ChannelPrivateError):
        await client(F.channels.GetFullChannelRequest(named))
    assert (await other(F.channels.GetFullChannelRequest(haidai.id))).full_chat.id == haidai.id
    with pytest.raises(errors.UsernameNotOccupiedError):
        await client(F.contacts.ResolveUsernameRequest("luhanskaVTSA"))


async def test_peer_dialogs_tell_where_channels_are(
    telegram: Telegram, client: TelegramClient, haidai: Channel
) -> None:
    other = telegram.channel("other", "Other")
    await haidai.posts("one")
    named = [await client.get_input_entity(name) for name in ("luhanskaVTSA", "other")]
    found = await client(F.messages.GetPeerDialogsRequest(named))
    assert [(one.pts, one.top_message) for one in found.dialogs] == [(2, 1), (other.pts, 0)]
    assert [one.message for one in found.messages] == ["one"]


async def test_one_closed_peer_refuses_the_whole_batch_of_peer_dialogs(
    telegram: Telegram, client: TelegramClient, watcher: User, haidai: Channel
) -> None:
    other = telegram.channel("other", "Other")
    named = [await client.get_input_entity(name) for name in ("luhanskaVTSA", "other")]
    await other.bans(watcher)
    with pytest.raises(errors.ChannelPrivateError):
        await client(F.messages.GetPeerDialogsRequest(named))


async def test_dialogs_come_newest_first_and_in_pages(
    telegram: Telegram, client: TelegramClient, watcher: User
) -> None:
    now = telegram.world.now()
    for number in range(5):
        channel = telegram.channel(f"channel{number}", f"Channel {number}")
        channel.admits(watcher)
        await channel.posts("text", at=now + timedelta(minutes=number), withhold=True)
    first = await client(F.messages.GetDialogsRequest(None, 0, T.InputPeerEmpty(), limit=3, hash=0))
    assert isinstance(first, T.messages.DialogsSlice)
    assert (first.count, [one.title for one in first.chats]) == (
        5,
        ["Channel 4", "Channel 3", "Channel 2"],
    )
    assert [one.name for one in await client.get_dialogs()] == [
        f"Channel {number}" for number in (4, 3, 2, 1, 0)
    ]


async def test_a_channel_is_muted_and_archived(
    client: TelegramClient, watcher: User, haidai: Channel
) -> None:
    haidai.admits(watcher)
    named = await client.get_input_entity("luhanskaVTSA")
    for_ever = T.InputPeerNotifySettings(mute_until=2**31 - 1)
    await client(F.account.UpdateNotifySettingsRequest(T.InputNotifyPeer(named), for_ever))
    await client(F.folders.EditPeerFoldersRequest([T.InputFolderPeer(named, 1)]))
    (dialog,) = (await client(F.messages.GetPeerDialogsRequest([named]))).dialogs
    assert dialog.notify_settings.mute_until.year >= 2038
    assert dialog.folder_id == 1
    assert [one.entity.id for one in await client.get_dialogs(folder=1)] == [haidai.id]
    assert await client.get_dialogs(folder=0) == []


async def test_reading_leaves_nothing_unread(
    client: TelegramClient, watcher: User, haidai: Channel
) -> None:
    haidai.admits(watcher)
    await haidai.posts("one")
    await haidai.posts("two")
    assert [one.unread_count for one in await client.get_dialogs()] == [2]
    await client.send_read_acknowledge("luhanskaVTSA")
    assert [one.unread_count for one in await client.get_dialogs()] == [0]


async def test_bots_may_not_do_what_only_people_do(
    connected: Connect, bot: Bot, haidai: Channel
) -> None:
    client = await connected(bot)
    named = await client.get_input_entity("luhanskaVTSA")
    for request in (
        F.channels.JoinChannelRequest(named),
        F.messages.GetPeerDialogsRequest([named]),
        F.messages.GetHistoryRequest(named, 0, None, 0, 10, 0, 0, 0),
    ):
        with pytest.raises(errors.BotMethodInvalidError):
            await client(request)


async def test_a_bot_does_not_see_into_a_channel_it_does_not_run(
    connected: Connect, bot: Bot, haidai: Channel
) -> None:
    client = await connected(bot)
    await haidai.posts("text")
    named = await client.get_input_entity("luhanskaVTSA")
    with pytest.raises(errors.ChannelPrivateError):
        await client(F.channels.GetMessagesRequest(named, [T.InputMessageID(1)]))


async def test_a_person_known_in_part_is_shown_so(
    telegram: Telegram, client: TelegramClient
) -> None:
    anna = telegram.user("Anna", phone="380990000002", username="anna")
    anna.account.known_in_part = True
    [shown] = (await client(F.contacts.ResolveUsernameRequest("anna"))).users
    assert shown.min
    with pytest.raises(errors.PeerIdInvalidError):  # Telethon did not remember the hash
        await client.get_input_entity(T.PeerUser(anna.id))
