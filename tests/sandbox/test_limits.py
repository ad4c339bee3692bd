"""The sending limits of the bot FAQ, on a clock of the test's own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon import TelegramClient, errors

from bot.sandbox.errors import RpcError
from bot.sandbox.limits import Limits
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T

BOT = 1000
PERSON, GROUP = 42, -1_001_400_000_001


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    limits = Limits(clock)
    limits.enforced = True
    return limits


def test_a_burst_of_five_is_let_through_and_then_one_a_second(limits: Limits, clock: Clock) -> None:
    for _ in range(5):
        limits.spend(BOT, PERSON)
    with pytest.raises(RpcError, match="FLOOD_WAIT_5"):
        limits.spend(BOT, PERSON)
    clock.seconds += 5
    for _ in range(20):
        limits.spend(BOT, PERSON)
        clock.seconds += 1


def test_thirty_a_second_are_let_through_over_all_chats(limits: Limits, clock: Clock) -> None:
    for chat in range(1, 31):
        limits.spend(BOT, chat)
    with pytest.raises(RpcError, match="FLOOD_WAIT_1"):
        limits.spend(BOT, 31)
    clock.seconds += 1
    limits.spend(BOT, 31)


def test_twenty_a_minute_are_let_through_in_a_group(limits: Limits, clock: Clock) -> None:
    for _ in range(20):
        limits.spend(BOT, GROUP)
        clock.seconds += 2
    with pytest.raises(RpcError, match="FLOOD_WAIT_20"):
        limits.spend(BOT, GROUP)
    limits.spend(BOT, PERSON)


def test_bots_do_not_share_limits(limits: Limits) -> None:
    for bot in range(1, 40):
        limits.spend(bot, PERSON)


def test_an_album_counts_as_its_parts(limits: Limits) -> None:
    limits.spend(BOT, PERSON, messages=5)
    with pytest.raises(RpcError, match="FLOOD_WAIT_5"):
        limits.spend(BOT, PERSON)


def test_floods_that_were_provoked_are_counted(limits: Limits) -> None:
    limits.spend(BOT, PERSON, messages=5)
    for _ in range(3):
        with pytest.raises(RpcError):
            limits.spend(BOT, PERSON)
    assert limits.provoked == 3


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 4)), max_size=200))
def test_whoever_waits_as_long_as_told_is_let_through(sends: list[tuple[float, int]]) -> None:
    clock = Clock()
    limits = Limits(clock)
    limits.enforced = True
    for pause, chat in sends:
        clock.seconds += pause
        try:
            limits.spend(BOT, -chat)
        except RpcError as flood:
            clock.seconds += int(flood.name.removeprefix("FLOOD_WAIT_"))
            limits.spend(BOT, -chat)


async def test_limits_are_enforced_only_where_asked_and_by_the_clock_given() -> None:
    now = datetime(2022, 9, 19, 12, tzinfo=UTC)

    async def says_hello() -> None:
        peer = T.InputPeerUser(anna.id, 0)
        await client(F.messages.SendMessageRequest(peer, "hello"))

    async with Telegram.running(now=lambda: now) as telegram:
        anna, bot = telegram.reader("Anna"), telegram.bot("postwatch_bot")
        await anna.says("/start")
        session = telegram.seed_session(None, bot)
        client = TelegramClient(session, 1, "hash", flood_sleep_threshold=0)
        await client.connect()
        for _ in range(10):
            await says_hello()
        telegram.enforce_limits(True)
        for _ in range(5):
            await says_hello()
        with pytest.raises(errors.FloodWaitError) as flood:
            await says_hello()
        client._flood_waited_requests.clear()
        now += timedelta(seconds=flood.value.seconds)
        await says_hello()
        assert telegram.provoked_floods == 1
        await client.disconnect()
