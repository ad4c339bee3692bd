"""Key exchange and signing in, with a bare Telethon client."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from telethon import TelegramClient, errors
from telethon.network import ConnectionTcpAbridged, ConnectionTcpFull, ConnectionTcpIntermediate
from telethon.sessions import StringSession

from bot.sandbox.people import Bot, User
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F

Stranger = Callable[..., Awaitable[TelegramClient]]


@pytest.fixture
async def stranger(telegram: Telegram) -> AsyncIterator[Stranger]:
    """Connects clients that have no key yet, or the one of a saved session."""
    async with AsyncExitStack() as stack:

        async def connect(saved: str = "", **settings: object) -> TelegramClient:
            session = StringSession(saved)
            if not saved:
                session.set_dc(telegram.dc_id, telegram.host, telegram.port)
            client = TelegramClient(session, 1, "hash", **settings)
            stack.push_async_callback(client.disconnect)
            await client.connect()
            return client

        yield connect


@pytest.mark.parametrize(
    "transport", [ConnectionTcpFull, ConnectionTcpAbridged, ConnectionTcpIntermediate]
)
async def test_a_key_is_exchanged_and_a_code_signs_in_over_every_transport(
    stranger: Stranger, watcher: User, transport: type
) -> None:
    client = await stranger(connection=transport)
    assert not await client.is_user_authorized()
    await client.send_code_request(watcher.phone)
    me = await client.sign_in(watcher.phone, watcher.code)
    assert me.id == watcher.id


async def test_a_key_made_once_is_good_for_the_next_connection(
    stranger: Stranger, watcher: User
) -> None:
    client = await stranger()
    await client.send_code_request(watcher.phone)
    await client.sign_in(watcher.phone, watcher.code)
    saved = client.session.save()
    await client.disconnect()
    again = await stranger(saved)
    assert (await again.get_me()).id == watcher.id


async def test_a_wrong_code_is_refused_and_the_right_one_still_works(
    stranger: Stranger, watcher: User
) -> None:
    client = await stranger()
    await client.send_code_request(watcher.phone)
    wrong = "00000" if watcher.code != "00000" else "00001"
    with pytest.raises(errors.PhoneCodeInvalidError):
        await client.sign_in(watcher.phone, wrong)
    assert (await client.sign_in(watcher.phone, watcher.code)).id == watcher.id


async def test_a_code_works_once(stranger: Stranger, watcher: User) -> None:
    client = await stranger()
    asked = await client.send_code_request(watcher.phone)
    await client.sign_in(watcher.phone, watcher.code)
    again = F.auth.SignInRequest(watcher.phone, asked.phone_code_hash, watcher.code)
    with pytest.raises(errors.PhoneCodeExpiredError):
        await client(again)


async def test_a_number_nobody_has_is_refused(stranger: Stranger) -> None:
    client = await stranger()
    with pytest.raises(errors.PhoneNumberInvalidError):
        await client.send_code_request("+380991111111")


async def test_two_step_verification_asks_for_the_password(
    telegram: Telegram, stranger: Stranger
) -> None:
    careful = telegram.user("Careful", phone="380990000002", password="correct horse")
    client = await stranger()
    await client.send_code_request(careful.phone)
    with pytest.raises(errors.SessionPasswordNeededError):
        await client.sign_in(careful.phone, careful.code)
    assert not await client.is_user_authorized()
    with pytest.raises(errors.PasswordHashInvalidError):
        await client.sign_in(password="battery staple")
    assert (await client.sign_in(password="correct horse")).id == careful.id


async def test_a_bot_signs_in_by_its_token(stranger: Stranger, bot: Bot) -> None:
    client = await stranger()
    await client.sign_in(bot_token=bot.token)
    me = await client.get_me()
    assert me.bot
    assert me.username == "postwatch_bot"


async def test_a_wrong_token_is_refused(stranger: Stranger, bot: Bot) -> None:
    client = await stranger()
    with pytest.raises(errors.AccessTokenInvalidError):
        await client.sign_in(bot_token=bot.token + "x")


async def test_the_id_of_a_bot_is_the_number_in_its_token(telegram: Telegram) -> None:
    assert telegram.bot("other_bot", token="777:abc").id == 777


async def test_after_logging_out_the_key_is_nobodys(telegram: Telegram, watcher: User) -> None:
    client = TelegramClient(telegram.seed_session(None, watcher), 1, "hash")
    await client.connect()
    await client(F.auth.LogOutRequest())
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client(F.updates.GetStateRequest())
    await client.disconnect()


async def test_a_seeded_session_file_needs_no_login(
    telegram: Telegram, watcher: User, tmp_path: Path
) -> None:
    file = telegram.seed_session(tmp_path / "watcher", watcher)
    assert file.name == "watcher.session"
    async with TelegramClient(str(file), 1, "hash") as client:
        assert (await client.get_me()).id == watcher.id
    assert telegram.counts["auth.SignIn"] == 0


async def test_a_key_the_server_does_not_know_is_refused(telegram: Telegram, watcher: User) -> None:
    session = telegram.seed_session(None, watcher)
    telegram.world.logins.keys.clear()
    client = TelegramClient(session, 1, "hash")
    with pytest.raises(errors.AuthKeyNotFound):
        await client.connect()
    await client.disconnect()


async def test_several_accounts_are_signed_in_at_once(
    telegram: Telegram, watcher: User, bot: Bot
) -> None:
    one = TelegramClient(telegram.seed_session(None, watcher), 1, "hash")
    other = TelegramClient(telegram.seed_session(None, bot), 1, "hash")
    async with one, other:
        assert (await one.get_me()).id == watcher.id
        assert (await other.get_me()).id == bot.id
