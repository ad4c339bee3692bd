"""Access hashes and file references belong to an account, and are checked."""

import pytest
from telethon import TelegramClient, errors

from bot.sandbox.channels import Channel
from bot.sandbox.drafts import picture
from bot.sandbox.people import Bot, User
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Connect, named


@pytest.fixture
async def client(connected: Connect, watcher: User) -> TelegramClient:
    return await connected(watcher)


@pytest.fixture
async def other(telegram: Telegram, connected: Connect) -> TelegramClient:
    return await connected(telegram.user("Other", phone="380990000005"))


async def photo_seen_by(client: TelegramClient, channel: Channel, number: int) -> T.Photo:
    message = await client.get_messages(channel.username, ids=number)
    return message.photo


def location(photo: T.Photo, **changes: object) -> T.InputPhotoFileLocation:
    named = {
        "id": photo.id,
        "access_hash": photo.access_hash,
        "file_reference": photo.file_reference,
        "thumb_size": "x",
    }
    return T.InputPhotoFileLocation(**{**named, **changes})


async def test_accounts_know_a_channel_by_different_hashes(
    client: TelegramClient, other: TelegramClient, haidai: Channel
) -> None:
    mine = await client.get_input_entity("luhanskaVTSA")
    theirs = await other.get_input_entity("luhanskaVTSA")
    assert mine.access_hash != theirs.access_hash
    with pytest.raises(errors.ChannelInvalidError):
        await other(F.channels.GetFullChannelRequest(mine))


async def test_people_may_not_leave_the_hash_out(client: TelegramClient, haidai: Channel) -> None:
    with pytest.raises(errors.ChannelInvalidError):
        await client(F.channels.GetFullChannelRequest(T.InputChannel(haidai.id, 0)))


async def test_a_bot_may_leave_the_hash_out_for_whom_it_has_met(
    telegram: Telegram, connected: Connect, bot: Bot
) -> None:
    anna, stranger = telegram.reader("Anna"), telegram.reader("Stranger")
    client = await connected(bot)
    await anna.says("/start")
    await client(F.messages.SendMessageRequest(T.InputPeerUser(anna.id, 0), "hello"))
    assert (await anna.receives("")).text == "hello"
    with pytest.raises(errors.PeerIdInvalidError):
        await client(F.messages.SendMessageRequest(T.InputPeerUser(stranger.id, 0), "hello"))


async def test_a_file_is_fetched_by_one_s_own_reference_only(
    client: TelegramClient, other: TelegramClient, haidai: Channel
) -> None:
    post = await haidai.posts(photo=picture())
    mine = await photo_seen_by(client, haidai, post.id)
    theirs = await photo_seen_by(other, haidai, post.id)
    assert mine.file_reference != theirs.file_reference
    fetch = F.upload.GetFileRequest(location(mine), 0, 4096)
    assert (await client(fetch)).bytes == picture()
    with pytest.raises(errors.LocationInvalidError):
        await other(fetch)
    mixed = location(theirs, file_reference=mine.file_reference)
    with pytest.raises(errors.FileReferenceInvalidError):
        await other(F.upload.GetFileRequest(mixed, 0, 4096))


async def test_an_expired_reference_is_renewed_by_reading_the_message_again(
    telegram: Telegram, client: TelegramClient, haidai: Channel
) -> None:
    post = await haidai.posts(photo=picture())
    old = await photo_seen_by(client, haidai, post.id)
    telegram.faults.expire_file_references()
    with pytest.raises(errors.FileReferenceExpiredError):
        await client(F.upload.GetFileRequest(location(old), 0, 4096))
    fresh = await photo_seen_by(client, haidai, post.id)
    assert (await client(F.upload.GetFileRequest(location(fresh), 0, 4096))).bytes == picture()


@pytest.mark.parametrize(
    ("offset", "limit", "error"),
    [
        (1, 4096, errors.OffsetInvalidError),
        (0, 1000, errors.LimitInvalidError),
        (0, 2 << 20, errors.LimitInvalidError),
    ],
)
async def test_downloads_keep_to_whole_pages(
    client: TelegramClient, haidai: Channel, offset: int, limit: int, error: type[Exception]
) -> None:
    post = await haidai.posts(photo=picture())
    photo = await photo_seen_by(client, haidai, post.id)
    with pytest.raises(error):
        await client(F.upload.GetFileRequest(location(photo), offset, limit))


async def test_a_file_that_was_sent_can_be_sent_again_by_its_id(
    telegram: Telegram, connected: Connect, bot: Bot
) -> None:
    anna = telegram.reader("Anna")
    client = await connected(bot)
    await anna.says("/start")
    sent = await client.send_file(anna.id, named(picture(4), "chart.png"))
    await client.send_file(anna.id, sent.photo, caption="again")
    assert (await anna.receives("again")).photo == picture(4)


@pytest.mark.parametrize(
    "broken",
    [
        T.InputFile(id=1, parts=1, name="x.png", md5_checksum=""),  # nothing was uploaded
        T.InputFile(id=2, parts=2, name="x.png", md5_checksum=""),  # half of it
    ],
)
async def test_a_file_with_missing_parts_is_refused(
    telegram: Telegram, connected: Connect, bot: Bot, broken: T.InputFile
) -> None:
    anna = telegram.reader("Anna")
    client = await connected(bot)
    await anna.says("/start")
    await client(F.upload.SaveFilePartRequest(2, 0, b"first half"))
    peer = await client.get_input_entity(anna.id)
    photo = T.InputMediaUploadedPhoto(broken)
    with pytest.raises(errors.FilePartsInvalidError):
        await client(F.messages.SendMediaRequest(peer, photo, ""))


async def test_a_damaged_upload_is_refused(
    telegram: Telegram, connected: Connect, bot: Bot
) -> None:
    anna = telegram.reader("Anna")
    client = await connected(bot)
    await anna.says("/start")
    await client(F.upload.SaveFilePartRequest(1, 0, b"damaged"))
    peer = await client.get_input_entity(anna.id)
    photo = T.InputMediaUploadedPhoto(T.InputFile(1, 1, "x.png", md5_checksum="0" * 32))
    with pytest.raises(errors.Md5ChecksumInvalidError):
        await client(F.messages.SendMediaRequest(peer, photo, ""))


async def test_a_channel_can_forbid_forwards(client: TelegramClient, haidai: Channel) -> None:
    post = await haidai.posts("text")
    await client.forward_messages("me", post.id, "luhanskaVTSA")
    (kept,) = await client.get_messages("me")
    assert kept.fwd_from.channel_post == post.id
    await haidai.changes(noforwards=True)
    with pytest.raises(errors.ChatForwardsRestrictedError):
        await client.forward_messages("me", post.id, "luhanskaVTSA")


async def test_a_bot_cannot_fetch_what_only_the_watcher_has_seen(
    connected: Connect, bot: Bot, client: TelegramClient, haidai: Channel
) -> None:
    post = await haidai.posts(document=("a.txt", b"secret"))
    message = await client.get_messages("luhanskaVTSA", ids=post.id)
    document = message.document
    theirs = T.InputDocumentFileLocation(
        document.id, document.access_hash, document.file_reference, ""
    )
    with pytest.raises(errors.LocationInvalidError):
        await (await connected(bot))(F.upload.GetFileRequest(theirs, 0, 4096))


async def test_another_data_centre_can_be_asked_for_files_and_tells_nothing_new(
    telegram: Telegram, client: TelegramClient, watcher: User, haidai: Channel
) -> None:
    post = await haidai.posts(photo=picture())
    photo = await photo_seen_by(client, haidai, post.id)
    type(client)._config = None  # kept for all clients of a process: of another test's server
    sender = await client._borrow_exported_sender(telegram.other_dc_id)
    part = await client._call(sender, F.upload.GetFileRequest(location(photo), 0, 4096))
    assert part.bytes
    assert len(telegram.listening(watcher)) == 1
    await client._return_exported_sender(sender)


async def test_a_login_is_moved_to_another_data_centre_once(
    telegram: Telegram, client: TelegramClient
) -> None:
    with pytest.raises(errors.DcIdInvalidError):
        await client(F.auth.ExportAuthorizationRequest(telegram.dc_id))
    exported = await client(F.auth.ExportAuthorizationRequest(telegram.other_dc_id))
    moving = F.auth.ImportAuthorizationRequest(exported.id, exported.bytes)
    assert (await client(moving)).user.id == exported.id
    with pytest.raises(errors.AuthBytesInvalidError):
        await client(moving)
