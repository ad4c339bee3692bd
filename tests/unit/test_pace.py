"""The limits of Telegram's bot FAQ are never overstepped, and nobody waits without need."""

import asyncio
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.pace import REMEMBERED, Pace
from bot.outcomes import Busy
from tests.clocks import ManualClock

PERSON, GROUP = 7, -7
chats = st.sampled_from([1, 2, 3, -1, -2])


def most_within(times: list[int], seconds: float) -> int:
    return max(sum(1 for t in times if start <= t < start + seconds * 1000) for start in times)


def send(pace: Pace, clock: ManualClock, chat: int) -> float:
    """Wait as long as the pace wants, then send; how long that was."""
    before = clock.now()
    while (delay := pace.delay(chat)) > 0:
        clock.forward(max(delay, 0.001))
    pace.spend(chat)
    return (clock.now() - before) / 1000


@given(st.lists(st.tuples(chats, st.floats(0, 3)), min_size=1, max_size=150))
@settings(max_examples=60, deadline=None)
def test_no_limit_is_overstepped_whatever_is_sent_when(sendings: list[tuple[int, float]]) -> None:
    clock = ManualClock()
    pace = Pace(clock)
    sent: dict[int, list[int]] = defaultdict(list)
    for chat, pause in sendings:
        clock.forward(pause)
        send(pace, clock, chat)
        sent[chat].append(clock.now())
    everything = sorted(t for times in sent.values() for t in times)
    assert most_within(everything, 1) <= 30
    for chat, times in sent.items():
        if chat < 0:
            assert most_within(times, 60) <= 20
        else:
            assert all(most_within(times, seconds) <= 5 + seconds for seconds in (1, 5, 20))


@pytest.mark.parametrize("chat", [PERSON, GROUP])
def test_a_burst_of_five_alerts_goes_at_once_and_the_sixth_waits(chat: int) -> None:
    clock = ManualClock()
    pace = Pace(clock)
    assert [send(pace, clock, chat) for _ in range(5)] == [0] * 5
    assert 5 <= send(pace, clock, chat) < 5.5


async def test_a_burst_of_five_answers_goes_at_once_and_the_sixth_waits_a_second() -> None:
    clock = ManualClock()
    pace = Pace(clock)
    began = clock.now()
    for _ in range(5):
        await pace.turn(PERSON)
    assert clock.now() == began
    await pace.turn(PERSON)
    assert 1 <= (clock.now() - began) / 1000 < 1.1


@given(st.lists(st.tuples(chats, st.floats(0, 3), st.floats(0, 4)), min_size=1, max_size=100))
@settings(max_examples=60, deadline=None)
def test_no_limit_is_overstepped_whenever_what_was_sent_arrives(
    sendings: list[tuple[int, float, float]],
) -> None:
    """What counts is when Telegram receives: at any time until the answer is there."""
    clock = ManualClock()
    pace = Pace(clock)
    arrived: dict[int, list[int]] = defaultdict(list)
    for chat, pause, flight in sendings:
        clock.forward(pause)
        while (delay := pace.delay(chat)) > 0:
            clock.forward(max(delay, 0.001))
        going = pace.sets_out(chat)
        clock.forward(flight)
        arrived[chat].append(clock.now())
        pace.arrived(going)
    assert most_within(sorted(t for times in arrived.values() for t in times), 1) <= 30
    for chat, times in arrived.items():
        assert most_within(times, 5) <= 5
        if chat < 0:
            assert most_within(times, 60) <= 20


def test_one_slow_chat_does_not_hold_up_another() -> None:
    clock = ManualClock()
    pace = Pace(clock)
    for _ in range(20):
        send(pace, clock, GROUP)
    assert pace.delay(GROUP) > 30
    assert pace.delay(PERSON) == 0


def test_everybody_waits_when_telegram_says_so() -> None:
    clock = ManualClock()
    pace = Pace(clock)
    pace.hold_everybody(12)
    assert pace.delay(PERSON) == 12
    clock.forward(12)
    assert pace.delay(PERSON) == 0


def test_a_shorter_wait_for_everybody_ends_no_longer_one() -> None:
    clock = ManualClock()
    pace = Pace(clock)
    pace.hold_everybody(60)
    pace.hold_everybody(5)
    assert pace.delay(PERSON) == 60


def test_chats_in_slow_mode_say_nothing_of_the_bot() -> None:
    pace = Pace(ManualClock())
    for chat in (-1, -2, -3, -4):
        pace.flooded(chat, Busy(3600, own=True))
    assert pace.held() == pace.delay(PERSON) == 0


def test_floods_of_many_chats_hold_others_up_for_a_while_and_one_goes_first() -> None:
    """Each may be a flood of its own: another chat shows whether it is the bot's."""
    clock = ManualClock()
    pace = Pace(clock)
    for chat in (-1, -2, -3):
        pace.flooded(chat, Busy(3600))
    assert pace.held() == pace.delay(PERSON) == 120
    clock.forward(120)
    assert pace.held() == pace.delay(PERSON) == 0
    probe = pace.sets_out(PERSON)
    assert pace.held() > 0 and pace.delay(PERSON + 1) > 0, "one at a time"
    pace.arrived(probe)
    pace.flooded(PERSON, Busy(3600))
    assert pace.held() == 120, "it is the bot's"
    clock.forward(120)
    pace.arrived(pace.sets_out(PERSON + 1))
    pace.went()
    pace.sets_out(PERSON + 2)
    assert pace.held() == pace.delay(PERSON + 3) == 0, "all is well again"


def test_a_wait_that_telegram_wants_of_the_whole_bot_is_kept_to_the_end() -> None:
    pace = Pace(ManualClock())
    pace.flooded(PERSON, Busy(3600, everybody=True))
    assert pace.held() == 3600


async def waiting(pace: Pace, chat: int) -> asyncio.Task[None]:
    """An answer that waits for its turn."""
    answer = asyncio.create_task(pace.turn(chat))
    await asyncio.sleep(0)
    assert not answer.done()
    return answer


async def test_an_answer_goes_before_the_alerts_of_all_chats_when_the_bot_may_send_again() -> None:
    clock = ManualClock()
    pace = Pace(clock)
    for chat in range(100, 130):
        pace.spend(chat)
    answer = await waiting(pace, PERSON)
    while not answer.done():
        assert pace.held() > 0 and pace.delay(PERSON + 1) > 0, "alerts stand back"
        await asyncio.sleep(0)
    assert pace.held() == pace.delay(PERSON + 1) == 0


async def test_an_answer_goes_before_the_alerts_of_its_own_chat() -> None:
    clock = ManualClock()
    pace = Pace(clock)
    for _ in range(5):
        pace.spend(PERSON)
    answer = await waiting(pace, PERSON)
    assert 0 < pace.delay(PERSON) <= 0.25
    await answer
    assert pace.delay(PERSON) > 0.25, "its message counts for the alerts as any other"


@pytest.mark.parametrize(("chat", "answers"), [(GROUP, 21), (PERSON, 50)])
async def test_a_conversation_holds_up_no_alerts_of_others(chat: int, answers: int) -> None:
    clock = ManualClock()
    pace = Pace(clock)

    async def converse() -> None:
        for _ in range(answers):
            await pace.turn(chat)

    conversation = asyncio.create_task(converse())
    others = chat + 1
    free = [clock.now()]
    while not conversation.done():
        if pace.held() <= 0 and pace.delay(others) <= 0:
            free.append(clock.now())
        await asyncio.sleep(0)
    free.append(clock.now())
    assert free[-1] - free[0] > 40_000
    assert max(b - a for a, b in pairwise(free)) <= 1_000


def test_chats_long_silent_are_forgotten() -> None:
    clock = ManualClock()
    pace = Pace(clock)
    for chat in range(1, 3_000):
        pace.spend(chat)
        clock.forward(1)
    assert len(pace._chats) < 1_100


@given(st.lists(st.tuples(chats, st.floats(0, 3)), min_size=2, max_size=100), st.data())
@settings(max_examples=60, deadline=None)
def test_a_restart_oversteps_no_limit(
    sendings: list[tuple[int, float]], data: st.DataObject
) -> None:
    clock = ManualClock()
    pace = Pace(clock)
    sent: list[tuple[int, int]] = []
    restarts = data.draw(st.sets(st.integers(1, len(sendings) - 1), min_size=1, max_size=4))
    for number, (chat, pause) in enumerate(sendings):
        if number in restarts:
            pace = Pace(clock)
            pace.remember(each for each in sent if each[0] > clock.now() - REMEMBERED)
        clock.forward(pause)
        send(pace, clock, chat)
        sent.append((clock.now(), chat))
    assert most_within([at for at, _ in sent], 1) <= 30
    for chat in {chat for _, chat in sent}:
        times = [at for at, to in sent if to == chat]
        assert most_within(times, 5) <= 5
        assert chat > 0 or most_within(times, 60) <= 20
