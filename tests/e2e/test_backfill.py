"""The history of a channel comes after its cursor, page by page, and only once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock
from bot.operator.history import NoSuchChannelError, Wish, backfill
from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import MORNING, Cast, ask, watch
from tests.program import Program

HISTORY = "messages.GetHistory"
POSTS = 250
DONE = "SELECT 1 FROM histories WHERE done_at IS NOT NULL"


@pytest.fixture
async def past(haidai: Channel) -> None:
    """A post every six hours until this morning, for 62 days."""
    morning = datetime.fromtimestamp(MORNING / 1000, UTC)
    for number in range(POSTS, 0, -1):
        await haidai.posts(f"Зведення {number}", at=morning - timedelta(hours=6 * number))


def pages(cast: Cast) -> list[int]:
    """Before which message each page was asked for."""
    asked = [request for _, request in cast.telegram.requests]
    return [each.offset_id for each in asked if type(each).__name__ == "GetHistoryRequest"]


async def done(program: Program) -> None:
    await program.archive.until(DONE)


async def test_thirty_days_come_when_a_channel_is_added(
    past: None, program: Program, cast: Cast, anna: Reader
) -> None:
    await done(program)
    assert pages(cast) == [251, 151]
    [(count, roads)] = program.archive.rows(
        "SELECT count(*), group_concat(DISTINCT via) FROM posts"
    )
    assert (count, roads) == (200, "backfill")
    [(start,)] = program.archive.rows("SELECT archive_from_at FROM channels")
    assert start <= MORNING - 30 * 86_400_000
    assert "archive starts on 31 July 2022" in (await ask(anna, "/latest @luhanskaVTSA")).text


async def test_an_interrupted_history_goes_on_where_it_was(
    past: None, program: Program, cast: Cast, anna: Reader
) -> None:
    await ask(anna, "/backfill @luhanskaVTSA all")
    await program.archive.until("SELECT 1 FROM histories WHERE fetched >= 100")
    never = asyncio.Event()
    cast.telegram.faults.delay(HISTORY, never)
    await program.restarts()
    cast.telegram.faults.delay(HISTORY, None)
    await anna.receives("is there: the archive starts", within=20)
    assert sorted(set(pages(cast))) == [51, 151, 251]
    assert program.archive.rows("SELECT count(*), max(version) FROM posts") == [(POSTS, 1)]
    assert program.archive.rows("SELECT fetched, whole FROM histories") == [(POSTS, 1)]
    never.set()


async def test_a_flood_wait_is_waited_out(past: None, program: Program, cast: Cast) -> None:
    cast.telegram.faults.flood(HISTORY, 2, times=2)
    await done(program)
    assert pages(cast).count(151) <= 3
    assert program.archive.rows("SELECT count(*) FROM posts") == [(200,)]


async def test_history_alerts_nobody_and_holds_up_nothing(
    past: None, program: Program, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Зведення")
    await watch(anna, "Білогорівка")
    await ask(anna, "/backfill @luhanskaVTSA all")
    await haidai.posts("Білогорівка наша")
    await anna.receives("Білогорівка наша")
    await anna.receives("is there", within=20)
    await program.archive.until("SELECT 1 FROM histories WHERE shown IS NULL")
    assert program.archive.rows("SELECT count(*) FROM outbox WHERE kind = 'alert'") == [(1,)]


async def test_more_is_fetched_on_request_and_a_message_shows_how_it_goes(
    past: None, program: Program, anna: Reader, cast: Cast
) -> None:
    await done(program)
    state = await ask(anna, "/backfill @luhanskaVTSA")
    assert state.labels == ["90 days", "All of it"]
    never = asyncio.Event()
    cast.telegram.faults.delay(HISTORY, never)
    await anna.presses("90 days", on=state)
    going = await anna.receives("Fetching its history back to 21 June 2022: 0 posts fetched")
    never.set()
    told = [await anna.receives("") for _ in range(2)]
    assert any("is there: the archive starts" in each.text for each in told)
    [edited] = [each for each in told if each.edited]
    assert edited.id == going.id
    assert "all of its history is in the archive" in edited.text
    assert "50 posts fetched" in edited.text
    await anna.receives_nothing_more()


async def test_the_command_line_asks_the_running_program(
    past: None, program: Program, clock: Clock
) -> None:
    await done(program)
    archive = program.settings.archive
    noted = await backfill(archive, Wish("@luhanskaVTSA", days=60), clock, running=False)
    assert "while `postwatch run` runs" in noted
    drawn = await backfill(archive, Wish("@luhanskaVTSA", days=0), clock, running=True)
    assert "the history is there" in drawn
    assert program.archive.rows("SELECT count(*) FROM posts") == [(POSTS,)]
    again = await backfill(archive, Wish("luhanskaVTSA", days=30), clock, running=True)
    assert "in the archive already" in again
    with pytest.raises(NoSuchChannelError, match="luhanskaVTSA"):
        await backfill(archive, Wish("nobody", days=1), clock, running=True)


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("/backfill", "how far back"),
        ("/backfill @luhanskaVTSA soon", "does not say how far back"),
        ("/backfill @luhanskaVTSA 2031-01-01", "has not been yet"),
        ("/backfill @nobody_at_all 30d", "is not watched"),
    ],
)
async def test_a_wish_that_cannot_be_read_says_what_to_write(
    program: Program, anna: Reader, said: str, answered: str
) -> None:
    assert answered in (await ask(anna, said)).text


async def test_a_channel_that_is_lost_meanwhile_does_not_keep_the_others_waiting(
    program: Program, anna: Reader, cast: Cast, haidai: Channel
) -> None:
    """The sweep takes it off the list, in its own time."""
    kim = cast.telegram.channel("vitaliykim", "Віталій Кім")
    await kim.posts("Давно")
    await anna.presses("Add", on=await ask(anna, "/add @vitaliykim"))
    await program.archive.until("SELECT count(*) FROM histories HAVING count(done_at) = 2")
    await program.stops()
    program.archive.change("UPDATE histories SET first_id = 9, goal_at = 0, done_at = NULL")
    cast.telegram.faults.error(HISTORY, 400, "CHANNEL_PRIVATE", times=100, chat=haidai)
    await program.starts()
    await program.archive.until(DONE + " AND channel_id = ?", kim.id)
    assert not program.archive.rows(DONE + " AND channel_id = ?", haidai.id)
    assert not program.archive.rows("SELECT 1 FROM histories WHERE error IS NOT NULL")
