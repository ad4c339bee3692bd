"""The watcher signs in as somebody else: what was watched stays so, and no post is lost."""

from pathlib import Path

import pytest

from bot.clock import Clock
from bot.sandbox.channels import Channel
from bot.sandbox.people import User
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, ask
from tests.program import Program

JOINED = "SELECT 1 FROM channels WHERE username = ? AND state = 'joined'"
TOLD = "another account"


@pytest.fixture
async def other(program: Program, cast: Cast, haidai: Channel) -> User:
    """Signed in instead of the first one. The program is stopped, and a post was missed."""
    await program.archive.until("SELECT 1 FROM histories WHERE done_at IS NOT NULL")
    await program.archive.until("SELECT 1 FROM joins WHERE state = 'joined'")
    await program.stops()
    await haidai.posts("Поміж")
    other = cast.telegram.user("Other", phone="380990000002")
    sign_in_as(other, program, cast)
    return other


def sign_in_as(account: User, program: Program, cast: Cast) -> None:
    program.settings.watcher_session.unlink()
    cast.telegram.seed_session(program.settings.watcher_session, account)


async def missed(program: Program) -> None:
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Поміж' AND via = 'sweep'")


async def test_what_the_account_follows_is_taken_over_at_once(
    program: Program, other: User, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    haidai.admits(other)
    await program.starts()
    assert "1 channel" in (await anna.receives(TOLD)).text
    await missed(program)
    assert cast.telegram.counts["channels.JoinChannel"] == 0
    assert program.archive.rows(JOINED, "luhanskaVTSA")


async def test_the_owner_is_told_once(
    program: Program, other: User, anna: Reader, cast: Cast, haidai: Channel
) -> None:
    haidai.admits(other)
    await program.starts()
    await anna.receives(TOLD)
    await missed(program)
    await program.restarts()
    await haidai.posts("Далі")
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Далі'")
    await anna.receives_nothing_more()


async def test_what_it_does_not_follow_waits_to_be_joined(
    program: Program, other: User, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.flood("channels.JoinChannel", 5)
    await program.starts()
    await anna.receives(TOLD)
    assert "waits to be joined" in (await ask(anna, "/channels")).text
    await missed(program)
    assert other.id in haidai.state.members
    assert program.archive.rows(JOINED, "luhanskaVTSA")


async def test_a_closed_channel_that_it_follows_is_known_by_its_id(
    program: Program, other: User, haidai: Channel
) -> None:
    haidai.admits(other)
    await haidai.turns_private()
    await program.starts()
    await missed(program)


async def test_a_name_that_somebody_else_has_now_is_not_joined(
    program: Program, other: User, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    await haidai.turns_private()
    impostor = cast.telegram.channel("luhanskaVTSA", "Зовсім інший")
    await program.starts()
    await anna.receives(TOLD)
    assert "cannot be watched" in (await anna.receives("Сергій Гайдай")).text
    assert other.id not in impostor.state.members
    assert not program.archive.rows("SELECT 1 FROM channels WHERE id = ?", impostor.id)
    assert "closed to us" in (await ask(anna, "/channels")).text
    await program.restarts()
    await anna.receives_nothing_more()


async def test_what_is_taken_out_of_the_queue_is_watched_no_more(
    program: Program, other: User, anna: Reader, cast: Cast
) -> None:
    cast.telegram.faults.flood("channels.JoinChannel", 3600)
    await program.starts()
    await anna.receives(TOLD)
    await anna.presses("Remove", on=await ask(anna, "/remove @luhanskaVTSA"))
    await anna.receives("will not be joined")
    assert program.archive.rows("SELECT state FROM channels") == [("removed",)]


async def test_going_back_to_the_first_account_takes_everything_back(
    program: Program, other: User, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.flood("channels.JoinChannel", 3600)
    await program.starts()
    await anna.receives(TOLD)
    await program.stops()
    sign_in_as(cast.watcher, program, cast)
    await program.starts()
    await missed(program)
    assert program.archive.rows(JOINED, "luhanskaVTSA")


async def test_a_channel_that_is_polled_is_not_joined_for_that(
    cast: Cast, tmp_path: Path, clock: Clock
) -> None:
    more = {"watch.hot": "@SvitloNews"}
    channel = cast.telegram.channel("SvitloNews", "Світло")
    program = Program(cast.signed_in(tmp_path, **more), clock)
    await program.starts()
    await program.archive.until("SELECT 1 FROM channels WHERE state = 'polled'")
    await program.stops()
    await channel.posts("Поміж")
    sign_in_as(cast.telegram.user("Other", phone="380990000002"), program, cast)
    await program.starts()
    await missed(program)
    assert cast.telegram.counts["channels.JoinChannel"] == 0
    await program.stops()
