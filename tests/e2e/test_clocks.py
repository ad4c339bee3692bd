"""Telethon ignores what comes at the wrong time; neither side's clock is always right."""

import pytest

from bot.sandbox.channels import Channel
from tests.e2e.conftest import Cast
from tests.program import Program


@pytest.mark.parametrize("skew", [-120, 120, -900, 900])
async def test_a_wrong_clock_is_made_up_for_and_may_be_put_right(
    program: Program, haidai: Channel, cast: Cast, skew: int
) -> None:
    """With every connection it is learnt anew how far the clocks are apart."""
    for number, off in enumerate((skew, 0)):
        cast.telegram.faults.skew = off
        cast.telegram.faults.drop_connections()
        await haidai.posts(f"Пост {number}", withhold=True)
        await program.archive.until("SELECT 1 FROM posts WHERE text = ?", f"Пост {number}")
