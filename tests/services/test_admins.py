"""Who runs a chat: asked of Telegram, remembered for a minute, and never guessed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.outcomes import Outcome
from bot.sandbox.groups import Group, Kind
from bot.sandbox.people import Bot
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.telegram.admins import Admins
from bot.telegram.client import Account, AccountState, Login, Server
from tests.clocks import ManualClock


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with Telegram.running(seed=1) as telegram:
        yield telegram


@pytest.fixture
def bot(telegram: Telegram) -> Bot:
    return telegram.bot("postwatch_bot", token="1000:sandbox-token")


@pytest.fixture
async def account(telegram: Telegram, bot: Bot, tmp_path: Path) -> AsyncIterator[Account]:
    session = telegram.seed_session(tmp_path / "bot.session", bot)
    server = Server(telegram.host, telegram.port, telegram.dc_id, telegram.public_key)
    login = Login("bot", session, 1, "x", bot.token, server)
    connected = asyncio.Event()

    def entered(state: AccountState, _reason: str) -> None:
        if state is AccountState.CONNECTED:
            connected.set()

    account = Account(login, Clock(), entered)
    running = asyncio.create_task(account.run())
    async with asyncio.timeout(15):
        await connected.wait()
    yield account
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.fixture
def admins(account: Account, clock: ManualClock) -> Admins:
    return Admins(account, clock)


@pytest.fixture
def anna(telegram: Telegram) -> Reader:
    return telegram.reader("Anna")


@pytest.fixture
def boris(telegram: Telegram) -> Reader:
    return telegram.reader("Boris")


async def heard(telegram: Telegram, group: Group, *people: Reader) -> None:
    """The bot hears each of them there, and so knows them."""
    for each in people:
        await each.says("/start", to=group)
    await telegram.settled()


def access_hash(telegram: Telegram, group: Group, bot: Bot) -> int:
    return int(telegram.world.access_hash(bot.id, group.id))


@pytest.mark.parametrize("kind", ["supergroup", "basic"])
async def test_admins_and_nobody_else_run_a_group(
    telegram: Telegram, bot: Bot, admins: Admins, anna: Reader, boris: Reader, kind: Kind
) -> None:
    passer_by = telegram.reader("Ivan")
    group = telegram.group("Desk", [boris, bot], admins=[anna], kind=kind)
    other = telegram.group("Other", [passer_by, bot], kind=kind)
    await heard(telegram, group, anna, boris)
    await heard(telegram, other, passer_by)
    key = access_hash(telegram, group, bot)
    assert await admins.is_admin(group.id, key, anna.id)
    assert not await admins.is_admin(group.id, key, boris.id)
    assert not await admins.is_admin(group.id, key, passer_by.id)


async def test_an_answer_is_remembered_for_a_minute(
    telegram: Telegram, bot: Bot, admins: Admins, clock: ManualClock, anna: Reader
) -> None:
    group = telegram.group("Desk", [bot], admins=[anna])
    await heard(telegram, group, anna)
    key = access_hash(telegram, group, bot)
    assert await admins.is_admin(group.id, key, anna.id)
    group.state.admins.discard(anna.id)
    clock.forward(59)
    assert await admins.is_admin(group.id, key, anna.id)
    clock.forward(1)
    assert not await admins.is_admin(group.id, key, anna.id)


async def test_where_telegram_does_not_say_it_is_an_outcome(
    telegram: Telegram, bot: Bot, admins: Admins, anna: Reader
) -> None:
    group = telegram.group("Desk", [bot], admins=[anna])
    stranger = telegram.reader("Ivan")
    await heard(telegram, group, anna)
    key = access_hash(telegram, group, bot)
    await group.removes(bot)
    with pytest.raises(Outcome):
        await admins.is_admin(group.id, key, anna.id)
    with pytest.raises(Outcome):
        await admins.is_admin(group.id, key, stranger.id)
