"""A small group that becomes a supergroup where the bot was asked for something already."""

from pathlib import Path

import pytest

from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from storage.records import NEVER_LATE
from tests.e2e.conftest import Cast
from tests.e2e.test_places import keep
from tests.program import Process, Program, environment

SEND = "messages.SendMessage"
UNITED = "SELECT 1 FROM subscribers WHERE gone_why = 'MOVED'"


@pytest.mark.parametrize("unanswered", [1, 2, 3])
async def test_a_crash_around_the_move_loses_and_doubles_nothing(
    program: Program, cast: Cast, tmp_path: Path, anna: Reader, haidai: Channel, unanswered: int
) -> None:
    """The program hears of the move by an alert for the old group, which has the same rule."""
    group = cast.telegram.group("Desk", members=[anna, cast.bot], kind="basic")
    await keep(anna, program, "Білогорівка", group)
    cast.telegram.faults.hold(cast.bot)
    await group.upgrades(by=anna)
    cast.telegram.faults.release(cast.bot, lambda _updates: [])
    await keep(anna, program, "Білогорівка", group)
    await program.stops()
    # A process has the true clock, years after the story, and nothing is to be late for it.
    program.archive.change("UPDATE rules SET late_after = ?", [NEVER_LATE])
    process = Process(environment(cast.telegram, cast.bot, anna, tmp_path), tmp_path)
    sent = cast.telegram.counts[SEND]
    cast.telegram.faults.lose_response(SEND, times=100)
    await process.starts()
    await haidai.posts("Білогорівка раз")
    await cast.telegram.is_asked_for(SEND, sent + unanswered, within=20)
    await process.dies()
    cast.telegram.faults.lose_response(SEND, times=-100)
    await process.starts()
    assert (await anna.receives("раз", from_=group, within=20)).place == group.id
    await haidai.posts("Білогорівка два")
    await anna.receives("два", from_=group, within=20)
    await process.archive.until(UNITED, within=20)
    await cast.telegram.settled()
    await process.stops()
    assert not [message for message in anna.unread if "Білогорівка" in message.text]
    open_rows = "SELECT kind, error FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL"
    assert process.archive.rows(open_rows) == []
