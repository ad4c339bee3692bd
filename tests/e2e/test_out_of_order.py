"""What Telegram pushes is kept as it comes, whatever came before it or did not."""

import asyncio

from bot.sandbox.channels import Channel
from tests.e2e.conftest import Cast
from tests.program import Program

DIFFERENCE = "updates.GetChannelDifference"


async def test_a_post_after_a_gap_does_not_wait_for_the_gap_to_be_filled(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    """Telethon holds it back until a difference is answered, and with it every channel."""
    await haidai.posts("Перший")
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Перший'")
    answered = asyncio.Event()
    cast.telegram.faults.delay(DIFFERENCE, answered)
    await haidai.posts("Другий", withhold=True)
    await haidai.posts("Третій")
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Третій'", within=5)
    cast.telegram.faults.delay(DIFFERENCE, None)
    answered.set()
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Другий'")


async def test_a_post_after_a_gap_that_is_deleted_at_once_is_kept(
    program: Program, haidai: Channel
) -> None:
    """No difference brings it any more: what was pushed is all there ever is of it."""
    await haidai.posts("Перший")
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Перший'")
    await haidai.posts("Другий", withhold=True)
    short = await haidai.posts("Третій")
    await short.deletes()
    await program.archive.until(
        "SELECT 1 FROM posts WHERE text = 'Третій' AND absence = 'notice'", within=5
    )


async def test_a_state_that_a_difference_brings_twice_is_one_version(
    program: Program, haidai: Channel
) -> None:
    """A difference shows a post as it is now, at every edit that it tells of."""
    post = await haidai.posts("Перший")
    await post.reacts("👍", 1)
    await post.edits("Другий")
    await program.archive.until("SELECT 1 FROM posts WHERE version = 2")
    await post.edits("Третій", withhold=True)
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Третій'")
    said = program.archive.rows("SELECT text FROM versions ORDER BY number")
    assert said == [("Перший",), ("Другий",), ("Третій",)]
