"""Who runs a chat: asked of Telegram, remembered for a minute, and never guessed."""

import pytest

from bot.outcomes import Outcome
from bot.sandbox.groups import Group, Kind
from bot.sandbox.people import Bot
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.telegram.admins import Admins
from bot.telegram.client import Account
from tests.clocks import ManualClock


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
