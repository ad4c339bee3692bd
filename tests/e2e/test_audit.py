"""At night every message id is accounted for, and asked for once at most."""

from datetime import datetime

import pytest

from bot.clock import Clock
from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from bot.sandbox.tl import T
from bot.watching.nights import last_night
from tests.e2e.conftest import MORNING, Cast, ask, watch
from tests.e2e.test_newer_layers import FromTheFuture
from tests.program import Program

DAY = 86_400_000
BY_IDS = "channels.GetMessages"


class LeapingClock(Clock):
    """Goes fast, and can leap."""

    def leap(self, millis: int) -> None:
        self._start += millis


@pytest.fixture
def clock() -> LeapingClock:
    return LeapingClock(MORNING, rate=20)


async def next_night(program: Program, clock: LeapingClock) -> None:
    """Sleep over three o'clock, and wake to an audit that is done."""
    await program.stops()
    clock.leap(DAY)
    await program.starts()
    await program.archive.until(
        "SELECT 1 FROM histories WHERE audited_at > ?", clock.now() - DAY // 2
    )


@pytest.fixture
async def past(haidai: Channel) -> None:
    """1 to 4, of which 2 was deleted before anybody watched."""
    posts = [await haidai.posts(f"Допис {number}") for number in (1, 2, 3, 4)]
    await posts[1].deletes()


@pytest.fixture
async def watched(
    past: None, program: Program, haidai: Channel, anna: Reader, cast: Cast
) -> Program:
    """5 is deleted before our eyes, 6 announces, 7 exists and no update ever said so."""
    await program.archive.until("SELECT 1 FROM histories WHERE whole")
    await watch(anna, "Білогорівка")
    # What the audit finds at night is late, and is to be told all the same.
    await anna.presses("Alerts…", on=await ask(anna, "/rules 1"))
    await anna.presses("Never", on=await anna.receives("How hits of"))
    await anna.receives("What is found late is told like the rest")
    gone = await haidai.posts("Зникне")
    await haidai.announces(T.MessageActionHistoryClear())
    await program.archive.until("SELECT 1 FROM posts WHERE message_id = 5")
    await gone.deletes()
    _slip_in(haidai, "Білогорівка, непомітно")
    await haidai.posts("Допис 8")
    cast.telegram.faults.too_long(haidai)  # look now
    await program.archive.until("SELECT 1 FROM cursors WHERE top_id = 8")
    return program


def _slip_in(channel: Channel, text: str) -> None:
    """A message that is there, but in no event log."""
    mailbox = channel.state.mailbox
    number = mailbox.next_id()
    known = mailbox.messages[1]
    mailbox.messages[number] = T.Message(number, known.peer_id, message=text, date=known.date)


def asked(cast: Cast) -> list[int]:
    """The ids that were asked for."""
    requests = [each for _, each in cast.telegram.requests]
    by_ids = [each for each in requests if type(each).__name__ == "GetMessagesRequest"]
    return [named.id for each in by_ids for named in each.id]


async def test_every_id_is_accounted_for_and_asked_for_once(
    watched: Program, clock: LeapingClock, cast: Cast, anna: Reader
) -> None:
    await next_night(watched, clock)
    assert asked(cast) == [2, 7]
    assert watched.archive.rows("SELECT first_id, last_id FROM accounted") == [(1, 8)]
    assert watched.archive.rows("SELECT via FROM posts WHERE message_id = 7") == [("audit",)]
    await anna.receives("непомітно")
    await next_night(watched, clock)
    assert asked(cast) == [2, 7]
    assert watched.archive.rows("SELECT count(*) FROM outbox WHERE kind = 'alert'") == [(1,)]


async def test_an_audit_waits_out_a_flood_and_goes_on(
    watched: Program, clock: LeapingClock, cast: Cast
) -> None:
    cast.telegram.faults.flood(BY_IDS, 3)
    await next_night(watched, clock)
    assert watched.archive.rows("SELECT first_id, last_id FROM accounted") == [(1, 8)]


async def test_a_channel_out_of_reach_is_audited_when_it_is_back(
    watched: Program, clock: LeapingClock, cast: Cast
) -> None:
    cast.telegram.faults.error(BY_IDS, 400, "CHANNEL_PRIVATE")
    await next_night(watched, clock)
    assert watched.archive.rows("SELECT first_id, last_id FROM accounted") == []
    await next_night(watched, clock)
    assert watched.archive.rows("SELECT first_id, last_id FROM accounted") == [(1, 8)]


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2022-09-19T09:00+03:00", "2022-09-19T03:00+03:00"),
        ("2022-09-19T02:59+03:00", "2022-09-18T03:00+03:00"),
        ("2022-09-19T03:00+03:00", "2022-09-19T03:00+03:00"),
        ("2022-10-30T12:00+02:00", "2022-10-30T03:00+03:00"),  # three o'clock came twice
    ],
)
def test_the_night_is_the_one_of_the_settings(now: str, night: str) -> None:
    def millis(text: str) -> int:
        return int(datetime.fromisoformat(text).timestamp() * 1000)

    assert last_night("Europe/Kyiv", millis(now)) == millis(night)


async def test_what_cannot_be_read_today_is_asked_for_again(
    program: Program, haidai: Channel, clock: LeapingClock
) -> None:
    """A newer version may read it: so it is not accounted for."""
    await haidai.posts("раз", withhold=True)
    await haidai.posts("З майбутнього", media=FromTheFuture(), withhold=True)
    await haidai.posts("два")
    await program.archive.until("SELECT 1 FROM cursors WHERE top_id >= 3")
    await next_night(program, clock)
    covers = "SELECT 1 FROM accounted WHERE first_id <= ? AND last_id >= ?"
    assert program.archive.rows(covers, 1, 1) and program.archive.rows(covers, 3, 3)
    assert not program.archive.rows(covers, 2, 2)
