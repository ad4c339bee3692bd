"""Every switch does what it says, to a bare Telethon client."""

import asyncio
import struct
import time

import pytest
from telethon import TelegramClient, errors, events

from bot.sandbox.channels import Channel
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T
from tests.sandbox.conftest import Connect, Listen


@pytest.fixture
async def client(connected: Connect, watcher: User) -> TelegramClient:
    return await connected(watcher, connection_retries=-1)


@pytest.fixture
def told(client: TelegramClient, listen: Listen) -> "asyncio.Queue[T.UpdateNewChannelMessage]":
    return listen(client, T.UpdateNewChannelMessage)


@pytest.fixture
async def anna(telegram: Telegram, bot: Bot) -> Reader:
    anna = telegram.reader("Anna")
    await anna.says("/start")
    return anna


async def texts(told: "asyncio.Queue[T.UpdateNewChannelMessage]", count: int) -> list[str]:
    async with asyncio.timeout(10):
        return [(await told.get()).message.message for _ in range(count)]


async def test_a_dropped_client_comes_back_and_is_pushed_to_again(
    telegram: Telegram, haidai: Channel, told: "asyncio.Queue[T.UpdateNewChannelMessage]"
) -> None:
    await haidai.posts("before")
    asked = telegram.counts["users.GetUsers"]
    telegram.faults.drop_connections()
    await haidai.posts("while away")
    await telegram.is_asked_for(
        "users.GetUsers", asked + 1
    )  # what Telethon asks after reconnecting
    await haidai.posts("after")
    assert await texts(told, 3) == ["before", "while away", "after"]


async def test_only_one_account_is_dropped_where_one_is_named(
    telegram: Telegram, connected: Connect, client: TelegramClient, bot: Bot, watcher: User
) -> None:
    await connected(bot)
    asked = telegram.counts["users.GetUsers"]
    telegram.faults.drop_connections(watcher)
    await telegram.is_asked_for("users.GetUsers", asked + 1)
    await telegram.settled()
    assert telegram.counts["users.GetUsers"] == asked + 1


async def test_the_server_stops_and_starts_and_the_world_stays(
    telegram: Telegram, haidai: Channel, told: "asyncio.Queue[T.UpdateNewChannelMessage]"
) -> None:
    await haidai.posts("before")
    assert await texts(told, 1) == ["before"]
    port, asked = telegram.port, telegram.counts["users.GetUsers"]
    await telegram.stop()
    await haidai.posts("while down")
    await telegram.start()
    assert telegram.port == port
    await telegram.is_asked_for("users.GetUsers", asked + 1)
    await haidai.posts("after")
    assert await texts(told, 2) == ["while down", "after"]


async def test_duplicated_pushes_are_seen_once_by_a_client_that_looks_at_pts(
    haidai: Channel, told: "asyncio.Queue[T.UpdateNewChannelMessage]"
) -> None:
    await haidai.posts("thrice", copies=3)
    await haidai.posts("once")
    assert await texts(told, 2) == ["thrice", "once"]


async def test_held_pushes_are_released_in_any_order(
    telegram: Telegram,
    watcher: User,
    haidai: Channel,
    told: "asyncio.Queue[T.UpdateNewChannelMessage]",
) -> None:
    await haidai.posts("0")
    telegram.faults.hold(watcher)
    for number in (1, 2, 3):
        await haidai.posts(str(number))
    telegram.faults.release(watcher, order=lambda held: held[::-1])
    assert await texts(told, 4) == ["0", "1", "2", "3"]
    assert telegram.counts["updates.GetChannelDifference"] == 0


async def test_too_long_makes_a_client_ask_for_the_difference(
    telegram: Telegram, haidai: Channel, told: "asyncio.Queue[T.UpdateNewChannelMessage]"
) -> None:
    await haidai.posts("seen")
    await haidai.posts("withheld", withhold=True)
    telegram.faults.too_long(haidai)
    assert await texts(told, 2) == ["seen", "withheld"]


async def test_a_flood_wait_of_a_method_ends_after_so_many_times(
    telegram: Telegram, client: TelegramClient, haidai: Channel
) -> None:
    telegram.faults.flood("ResolveUsername", 17, times=1)
    with pytest.raises(errors.FloodWaitError) as caught:
        await client(F.contacts.ResolveUsernameRequest("luhanskaVTSA"))
    assert caught.value.seconds == 17
    client._flood_waited_requests.clear()  # Telethon refuses the method by itself meanwhile
    assert await client(F.contacts.ResolveUsernameRequest("luhanskaVTSA"))


async def test_a_flood_wait_of_a_chat_leaves_other_chats_alone(
    telegram: Telegram, connected: Connect, bot: Bot, anna: Reader
) -> None:
    boris = telegram.reader("Boris")
    await boris.says("/start")
    client = await connected(bot)
    telegram.faults.flood(None, 30, chat=anna)
    with pytest.raises(errors.FloodWaitError):
        await client(F.messages.SendMessageRequest(T.InputPeerUser(anna.id, 0), "to Anna"))
    client._flood_waited_requests.clear()
    await client(F.messages.SendMessageRequest(T.InputPeerUser(boris.id, 0), "to Boris"))
    assert (await boris.receives("to Boris")).text == "to Boris"
    assert anna.unread == []


async def test_any_error_can_be_answered_to_one_account(
    telegram: Telegram, connected: Connect, client: TelegramClient, watcher: User, bot: Bot
) -> None:
    telegram.faults.error_to(watcher, "updates.GetState", 400, "CHANNEL_PRIVATE")
    other = await connected(bot)
    assert await other(F.updates.GetStateRequest())
    with pytest.raises(errors.ChannelPrivateError):
        await client(F.updates.GetStateRequest())


async def test_any_error_can_be_answered_for_one_chat(
    telegram: Telegram, client: TelegramClient, haidai: Channel
) -> None:
    other = telegram.channel("vitaliykim", "Kim")
    telegram.faults.error("GetFullChannel", 400, "CHANNEL_PRIVATE", chat=haidai)
    assert await client(F.channels.GetFullChannelRequest("vitaliykim")), other.title
    with pytest.raises(errors.ChannelPrivateError):
        await client(F.channels.GetFullChannelRequest("luhanskaVTSA"))


async def test_a_frozen_account_reads_what_it_follows_and_nothing_else(
    telegram: Telegram, client: TelegramClient, haidai: Channel, watcher: User
) -> None:
    telegram.channel("vitaliykim", "Kim")
    telegram.faults.freeze(watcher)
    with pytest.raises(errors.FrozenMethodInvalidError) as caught:
        await client(F.channels.JoinChannelRequest("vitaliykim"))
    assert caught.value.code == 420
    with pytest.raises(errors.FrozenParticipantMissingError):
        await client(F.channels.GetFullChannelRequest("vitaliykim"))
    assert await client(F.channels.GetFullChannelRequest("luhanskaVTSA"))
    assert await client(F.updates.GetStateRequest())
    telegram.faults.freeze(watcher, frozen=False)
    assert await client(F.channels.JoinChannelRequest("vitaliykim"))


async def test_a_delayed_answer_holds_nothing_else_up(
    telegram: Telegram, client: TelegramClient, haidai: Channel
) -> None:
    released = asyncio.Event()
    telegram.faults.delay("ResolveUsername", released)
    slow = asyncio.ensure_future(client(F.contacts.ResolveUsernameRequest("luhanskaVTSA")))
    await telegram.is_asked_for("contacts.ResolveUsername")
    assert await client(F.updates.GetStateRequest())
    assert not slow.done()
    released.set()
    async with asyncio.timeout(5):
        assert (await slow).chats[0].id == haidai.id
    telegram.faults.delay("ResolveUsername", None)
    assert await client(F.contacts.ResolveUsernameRequest("luhanskaVTSA"))


async def test_an_answer_can_be_late_by_seconds(telegram: Telegram, client: TelegramClient) -> None:
    telegram.faults.delay("GetState", 0.1)
    start = time.monotonic()
    await client(F.updates.GetStateRequest())
    assert time.monotonic() - start >= 0.1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("SESSION_REVOKED", errors.SessionRevokedError),
        ("AUTH_KEY_UNREGISTERED", errors.AuthKeyUnregisteredError),
        ("USER_DEACTIVATED_BAN", errors.UserDeactivatedBanError),
    ],
)
async def test_a_revoked_session_is_refused_everything(
    telegram: Telegram, client: TelegramClient, watcher: User, error: str, kind: type[Exception]
) -> None:
    telegram.faults.revoke(watcher, error)
    with pytest.raises(kind):
        await client(F.updates.GetStateRequest())
    telegram.faults.revoke(watcher, None)
    assert await client(F.updates.GetStateRequest())


async def test_a_duplicated_key_cannot_even_connect(
    telegram: Telegram, connected: Connect, watcher: User
) -> None:
    telegram.faults.revoke(watcher, "AUTH_KEY_DUPLICATED")
    with pytest.raises(errors.AuthKeyDuplicatedError):
        await connected(watcher)


async def test_signing_in_again_ends_a_revocation(
    telegram: Telegram, client: TelegramClient, watcher: User
) -> None:
    telegram.faults.revoke(watcher)
    await client.send_code_request(watcher.phone)
    await client.sign_in(watcher.phone, watcher.code)
    assert await client(F.updates.GetStateRequest())


async def test_an_unknown_constructor_can_be_pushed_and_answered(
    telegram: Telegram, client: TelegramClient, watcher: User, haidai: Channel
) -> None:
    of_a_layer_to_come = struct.pack("<II", 0xDEADBEEF, 0)
    telegram.faults.push_raw(watcher, of_a_layer_to_come)
    telegram.faults.raw_result("ResolveUsername", of_a_layer_to_come)
    with pytest.raises(errors.TypeNotFoundError):
        await client(F.contacts.ResolveUsernameRequest("luhanskaVTSA"))
    telegram.faults.raw_result("ResolveUsername", None)
    assert await client(F.contacts.ResolveUsernameRequest("luhanskaVTSA"))


async def test_a_client_with_a_wrong_clock_is_told_the_time(
    telegram: Telegram, connected: Connect, watcher: User
) -> None:
    telegram.faults.skew = 3600
    client = await connected(watcher)
    assert await client(F.updates.GetStateRequest())
    assert 3590 < client._sender._state.time_offset < 3610


async def test_the_bot_hears_what_was_held_back(
    telegram: Telegram, connected: Connect, bot: Bot, anna: Reader
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def hear(event: events.NewMessage.Event) -> None:
        heard.put_nowait(event.raw_text)

    client = await connected(bot)
    client.add_event_handler(hear, events.NewMessage())
    telegram.faults.hold(bot)
    await anna.says("held")
    await telegram.settled()
    assert heard.empty()
    telegram.faults.release(bot)
    async with asyncio.timeout(5):
        assert await heard.get() == "held"
