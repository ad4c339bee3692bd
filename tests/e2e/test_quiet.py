"""Told quietly: digests, silence and quiet hours, through the whole program."""

import pytest

from bot.clock import Clock
from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import ask, watch
from tests.program import Program

BEFORE_EIGHT = 1_663_563_480_000  # 19 September 2022, 07:58 in Kyiv


@pytest.fixture
def clock() -> Clock:
    """Two minutes before the usual digest; time passes ten times as fast."""
    return Clock(BEFORE_EIGHT, rate=10)


async def tell(anna: Reader, how: str) -> None:
    """Let the only rule be told in another way."""
    await anna.presses("Alerts…", on=await ask(anna, "/rules 1"))
    await anna.presses(how, on=await anna.receives("How hits of"))
    await anna.receives("How hits of")


async def test_a_digest_comes_at_its_time_once_also_after_a_restart(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Білогорівка")
    await tell(anna, "In the digest")
    await haidai.posts("Білогорівка наша")
    await program.archive.until("SELECT 1 FROM held")
    await program.restarts()
    digest = await anna.receives("Digest: 1 post", within=20)
    assert "Білогорівка наша" in digest.text
    await anna.presses("Білогорівка", on=digest)
    await anna.receives("form")
    await program.restarts()
    assert "Nothing is held now" in (await ask(anna, "/digest")).text
    await anna.receives_nothing_more()
    assert program.archive.rows("SELECT count(*) FROM outbox WHERE kind = 'digest'") == [(1,)]


async def test_quiet_hours_hold_back_and_what_they_held_can_be_had_at_once(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Білогорівка")
    await ask(anna, "/settings quiet 07:00-09:00")
    await haidai.posts("Білогорівка наша")
    await program.archive.until("SELECT 1 FROM held WHERE reason = 'quiet'")
    await anna.presses("Send it now", on=await ask(anna, "/digest"))
    await anna.receives("Nothing is held now")
    digest = await anna.receives("in quiet hours")
    assert "Білогорівка наша" in digest.text
    await anna.receives_nothing_more()


async def test_a_silent_rule_makes_no_sound(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Білогорівка")
    await tell(anna, "Silently")
    await haidai.posts("Білогорівка наша")
    assert (await anna.receives("Білогорівка наша")).silent
