"""Telegram freezes the watcher's account: it may join nothing, and everything else goes on."""

from pathlib import Path

import pytest

from bot.clock import Clock
from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, ask, watch
from tests.program import Program

JOINED = "SELECT 1 FROM channels WHERE username = ? AND state = 'joined'"
JOIN = "channels.JoinChannel"


@pytest.fixture
async def frozen(program: Program, cast: Cast, anna: Reader) -> Channel:
    """A channel that was to be joined when that came to light."""
    kim = cast.telegram.channel("vitaliykim", "Віталій Кім")
    question = await ask(anna, "/add @vitaliykim")
    cast.telegram.faults.freeze(cast.watcher)
    await anna.presses("Add", on=question)
    await anna.receives("Added")
    await cast.telegram.is_asked_for(JOIN)
    return kim


async def test_it_is_told_once_and_joins_are_at_rest(
    program: Program, frozen: Channel, anna: Reader, cast: Cast, haidai: Channel
) -> None:
    assert "frozen" in (await anna.receives("has frozen the watcher")).text
    asked = cast.telegram.counts.copy()
    await _sweeps(cast, 3)  # a minute and a half
    assert (cast.telegram.counts - asked)[JOIN] == 0
    assert (cast.telegram.counts - asked)["contacts.ResolveUsername"] == 0
    await watch(anna, "Білогорівка")
    await haidai.posts("Білогорівка наша")
    await anna.receives("Білогорівка наша")
    await haidai.posts("Білогорівка тихо", withhold=True)
    await anna.receives("Білогорівка тихо")
    cast.telegram.channel("SvitloNews", "Світло")
    assert "frozen" in (await ask(anna, "/add @SvitloNews")).text
    await anna.receives_nothing_more()


async def _sweeps(cast: Cast, count: int) -> None:
    method = "messages.GetPeerDialogs"
    await cast.telegram.is_asked_for(method, cast.telegram.counts[method] + count, within=25)


async def test_reconnecting_does_not_make_it_look_thawed(
    program: Program, frozen: Channel, anna: Reader, cast: Cast
) -> None:
    await anna.receives("has frozen the watcher")
    before = cast.telegram.counts["updates.GetState"]
    cast.telegram.faults.flood("updates.GetState", 1, times=2)  # so it connects anew
    await cast.telegram.is_asked_for("updates.GetState", before + 3, within=20)
    await anna.receives_nothing_more()


async def test_it_is_tried_again_every_hour_and_goes_on_when_it_is_thawed(
    program: Program, frozen: Channel, anna: Reader, cast: Cast, clock: Clock
) -> None:
    await anna.receives("has frozen the watcher")
    await program.stops()
    again = Program(program.settings, Clock(clock.now(), rate=400))  # an hour is nine seconds
    asked = cast.telegram.counts[JOIN]
    await again.starts()
    await anna.receives("has frozen the watcher")
    cast.telegram.faults.freeze(cast.watcher, frozen=False)
    await anna.receives("is no longer frozen", within=25)
    await again.archive.until(JOINED, "vitaliykim")
    assert cast.telegram.counts[JOIN] == asked + 2
    await again.stops()


async def test_a_channel_that_only_members_may_read_now_is_lost_and_comes_back(
    program: Program, cast: Cast, tmp_path: Path, clock: Clock
) -> None:
    """It costs no other channel its sweep."""
    await program.stops()
    cast.telegram.channel("SvitloNews", "Світло")
    more = {"watch.hot": "@SvitloNews"}
    program = Program(cast.settings(tmp_path, **more), clock)
    await program.starts()
    await program.archive.until("SELECT 1 FROM channels WHERE state = 'polled'")
    cast.telegram.faults.freeze(cast.watcher)
    await program.archive.until("SELECT 1 FROM channels WHERE state = 'private'")
    await cast.haidai.posts("Далі", withhold=True)
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Далі'")
    cast.telegram.faults.freeze(cast.watcher, frozen=False)
    await program.stops()
    program.archive.change("UPDATE channels SET read_at = 1")  # a night passes
    await program.starts()
    await program.archive.until("SELECT 1 FROM channels WHERE state = 'polled'")
    await program.stops()
