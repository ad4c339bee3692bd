"""What breaks loses nothing and doubles nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.sandbox.channels import Channel
from bot.sandbox.inbox import Received
from bot.sandbox.reader import Reader
from storage.records import NEVER_LATE
from tests.e2e.conftest import Cast, ask, watch
from tests.program import Process, Program


async def texts(cast: Cast, expected: int) -> list[str]:
    """The alerts that came to Anna, in their order; no more of them come."""

    def alert(message: Received) -> bool:
        """And not an answer to one, which tells what became of its post."""
        return "Білогорівка" in message.text and message.reply_to is None

    got = [(await cast.anna.hears(alert, 5, "an alert")).text for _ in range(expected)]
    await cast.telegram.settled()
    assert not [message for message in cast.anna.unread if alert(message)]
    return got


@pytest.fixture
async def watching(program: Program, anna: Reader) -> Program:
    await watch(anna, "Білогорівка")
    return program


async def test_a_lost_answer_does_not_double_the_alert(
    watching: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.lose_response("messages.SendMessage", times=2)
    await haidai.posts("Білогорівка раз")
    await watching.archive.until("SELECT 1 FROM outbox WHERE sent_at IS NOT NULL", within=20)
    assert len(await texts(cast, 1)) == 1


async def test_a_flood_wait_delays_the_alert_and_keeps_the_order(
    watching: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.flood("messages.SendMessage", 4, chat=anna)
    await haidai.posts("Білогорівка раз")
    await haidai.posts("Білогорівка два")
    first, second = await texts(cast, 2)
    assert "раз" in first and "два" in second
    assert watching.archive.rows("SELECT attempts FROM outbox ORDER BY id")[0] == (1,)


async def test_posts_missed_while_the_connection_was_down_are_found(
    watching: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.drop_connections(cast.watcher)
    await haidai.posts("Білогорівка раз", withhold=True)
    await texts(cast, 1)


async def test_a_server_that_stops_and_starts_is_rejoined(
    watching: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    await cast.telegram.stop()
    await haidai.posts("Білогорівка раз")
    await cast.telegram.start()
    await texts(cast, 1)


async def test_posts_edits_and_deletions_of_a_pause_are_found_after_a_restart(
    watching: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    kept = await haidai.posts("Білогорівка раз")
    gone = await haidai.posts("Тихо")
    await watching.archive.until("SELECT 1 FROM posts WHERE text = 'Тихо'")
    await texts(cast, 1)
    await watching.stops()
    await kept.edits("Білогорівка раз і знову")
    await gone.deletes()
    await haidai.posts("Білогорівка два")
    await watching.starts()
    assert "два" in (await texts(cast, 1))[0]
    await watching.archive.until("SELECT 1 FROM posts WHERE text LIKE '%знову' AND version = 2")
    await watching.archive.until("SELECT 1 FROM posts WHERE text = 'Тихо' AND absence = 'notice'")


async def test_a_silent_channel_is_swept(
    watching: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    """Telegram stops pushing some channels; they are found within a sweep."""
    haidai.silent = True
    await haidai.posts("Білогорівка раз")
    await anna.receives("Білогорівка", within=10)
    await anna.receives_nothing_more()


async def test_commands_said_while_the_bot_was_away_are_answered(
    watching: Program, anna: Reader, cast: Cast
) -> None:
    cast.telegram.faults.drop_connections(cast.bot)
    await anna.says("/rules")
    assert "Білогорівка" in (await anna.receives("1 rule", within=15)).text


async def test_a_revoked_watcher_is_told_and_everything_else_goes_on(
    watching: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    await haidai.posts("Перший")
    await watching.archive.until("SELECT 1 FROM posts")
    cast.telegram.faults.revoke(cast.watcher)
    told = await anna.receives("postwatch login", within=20)
    assert "SESSION_REVOKED" in told.text
    assert "Перший" in (await ask(anna, "/search перший")).text
    cast.telegram.faults.revoke(cast.watcher, None)


@pytest.fixture
async def process(
    cast: Cast, program: Program, clock: Clock, tmp_path: Path
) -> AsyncIterator[Process]:
    """The same archive and accounts, but in a process of their own."""
    await watch(cast.anna, "Білогорівка")
    await program.stops()
    # A process has the true clock, years after the story, and nothing is to be late for it.
    program.archive.change("UPDATE rules SET late_after = ?", [NEVER_LATE])
    variables = cast.environment(tmp_path)
    process = Process(variables, tmp_path)
    yield process
    await process.stops()


async def test_a_crash_between_sending_and_marking_doubles_nothing(
    process: Process, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    """kill -9 after Telegram has the alert and before we know."""
    sent = cast.telegram.counts["messages.SendMessage"]
    cast.telegram.faults.lose_response("messages.SendMessage", times=100)
    await process.starts()
    await haidai.posts("Білогорівка раз")
    await cast.telegram.is_asked_for("messages.SendMessage", sent + 1, within=20)
    await process.dies()
    assert process.archive.rows("SELECT 1 FROM outbox WHERE sent_at IS NULL")
    cast.telegram.faults.lose_response("messages.SendMessage", times=-100)
    await process.starts()
    await process.archive.until(
        "SELECT 1 FROM outbox WHERE post_id IS NOT NULL AND sent_at IS NOT NULL", within=20
    )
    await texts(cast, 1)


async def test_sigterm_ends_the_process_cleanly(process: Process, cast: Cast) -> None:
    before = cast.telegram.counts["updates.GetState"]
    await process.starts()
    await cast.telegram.is_asked_for("updates.GetState", before + 1, within=20)
    assert await process.stops() == 0
