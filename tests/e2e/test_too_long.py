"""A channel in which too much happened meanwhile is read again by its messages."""

import pytest

from bot.sandbox.channels import Channel, Post
from tests.e2e.conftest import Cast
from tests.program import Program

KEPT = "SELECT message_id FROM posts WHERE deleted_at IS NULL ORDER BY message_id"


@pytest.fixture
async def known(program: Program, haidai: Channel, cast: Cast) -> list[Post]:
    """Three posts that the archive has; from now on nothing is told one by one."""
    made = [await haidai.posts(f"Пост {number}") for number in range(3)]
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Пост 2'")
    await program.stops()
    cast.telegram.faults.too_long_after = 0
    return made


async def test_new_posts_edits_and_deletions_are_found(
    known: list[Post], program: Program, haidai: Channel
) -> None:
    await known[0].deletes()
    await known[1].edits("Інше")
    new = await haidai.posts("Новий")
    await program.starts()
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Новий'")
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Інше' AND version = 2")
    assert program.archive.rows(KEPT) == [(known[1].id,), (known[2].id,), (new.id,)]


async def test_the_deletion_of_the_newest_posts_is_found(
    known: list[Post], program: Program
) -> None:
    """The channel then ends before what the archive has of it."""
    await known[1].deletes()
    await known[2].deletes()
    await program.starts()
    await program.archive.until("SELECT 1 FROM posts WHERE absence = 'recheck'")
    assert program.archive.rows(KEPT) == [(known[0].id,)]


async def test_the_deletion_of_all_posts_is_found(known: list[Post], program: Program) -> None:
    for post in known:
        await post.deletes()
    await program.starts()
    await program.archive.until("SELECT 1 FROM posts WHERE absence = 'recheck'")
    assert program.archive.rows(KEPT) == []


async def test_deletions_far_below_are_found_and_a_flood_does_not_start_it_over(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    """Everything the archive believes alive is looked at again, a hundred a request."""
    made = [await haidai.posts(f"Пост {number}") for number in range(650)]
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Пост 649'")
    await program.stops()
    cast.telegram.faults.too_long_after = 0
    await made[3].deletes()
    await made[4].edits("Інше")
    asked = cast.telegram.counts["channels.GetMessages"]
    for _ in range(3):
        cast.telegram.faults.flood("channels.GetMessages", 1)
    await program.starts()
    await program.archive.until(
        "SELECT 1 FROM posts WHERE message_id = ? AND absence = 'recheck'", made[3].id
    )
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Інше' AND version = 2")
    await program.archive.until("SELECT 1 FROM cursors WHERE pts >= ?", haidai.pts)
    assert cast.telegram.counts["channels.GetMessages"] - asked <= 7 + 3 + 1
