"""What belongs to a post besides its words, from Telegram into the archive."""

import json
from typing import Any

from bot.sandbox.channels import Channel
from bot.sandbox.drafts import picture
from tests.e2e.conftest import Cast
from tests.program import Program


async def kept(program: Program, message_id: int, *columns: str) -> list[Any]:
    """Columns of a post as soon as it is there, JSON read."""
    [row] = await program.archive.until(
        f"SELECT {', '.join(columns)} FROM posts WHERE message_id = ?",  # noqa: S608 -- our own names
        message_id,
    )
    return [json.loads(value) if str(value).startswith("{") else value for value in row]


async def test_a_forward_keeps_where_and_when_and_by_whom_it_was_said(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    kim = cast.telegram.channel("vitaliykim", "Віталій Кім", signatures=True)
    first = await kim.posts("Доброго вечора", signature="В. К.", at=cast.telegram.world.now())
    post = await haidai.posts(forward_from=first)
    [text, forward] = await kept(program, post.id, "text", "forward")
    assert text == "Доброго вечора"
    assert (forward["channel_id"], forward["message_id"]) == (kim.id, first.id)
    assert forward["posted_at"] == int(first.message.date.timestamp() * 1000)


async def test_replies_polls_places_and_signatures_are_kept(
    program: Program, haidai: Channel
) -> None:
    first = await haidai.posts("Перший", signature="Сергій", views=900)
    answer = await haidai.posts("Другий", reply_to=first)
    poll = await haidai.posts(poll=("Готові?", ["так", "ні"]))
    place = await haidai.posts(geo=(48.92, 38.23))
    assert await kept(program, first.id, "author", "views") == ["Сергій", 900]
    assert await kept(program, answer.id, "reply_to") == [first.id]
    [kind, content] = await kept(program, poll.id, "media", "content")
    assert (kind, content["media"]["answers"]) == ("poll", ["так", "ні"])
    [kind, content] = await kept(program, place.id, "media", "content")
    assert (kind, content["media"]) == ("geo", {"latitude": 48.92, "longitude": 38.23})


async def test_the_parts_of_an_album_are_posts_of_one_group(
    program: Program, haidai: Channel
) -> None:
    parts = await haidai.posts_album(["Підпис", picture(2), picture(3)])
    await program.archive.until("SELECT 1 FROM posts WHERE message_id = ?", parts[-1].id)
    assert program.archive.rows("SELECT count(*), count(DISTINCT grouped_id) FROM posts") == [
        (3, 1)
    ]


async def test_a_reaction_or_a_view_is_no_version_and_an_edit_is(
    program: Program, haidai: Channel
) -> None:
    post = await haidai.posts("Перший", views=10)
    post.is_viewed(500, forwards=7)
    await post.reacts("👍", 12)
    await program.archive.until("SELECT 1 FROM posts WHERE views = 500 AND forwards = 7")
    [(seen, counted)] = program.archive.rows("SELECT first_seen_at, counted_at FROM posts")
    assert counted >= seen, "when the counts were read is kept with them"
    assert program.archive.rows("SELECT count(*) FROM versions") == [(1,)]
    await post.edits("Перший, виправлено")
    await program.archive.until("SELECT 1 FROM versions WHERE number = 2")


async def test_edits_and_deletions_in_any_order_are_harmless(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    """An edit that comes after the deletion, everything twice, everything in reverse."""
    cast.telegram.faults.hold(cast.watcher)
    post = await haidai.posts("Перший")
    await post.edits("Перший, виправлено")
    await post.deletes()
    cast.telegram.faults.release(cast.watcher, order=lambda pushed: [*reversed(pushed), *pushed])
    await program.archive.until(
        "SELECT 1 FROM posts WHERE text = 'Перший, виправлено' AND absence = 'notice'"
    )
    await haidai.posts("Останній")
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Останній'")
    assert program.archive.rows("SELECT count(*) FROM deletions") == [(1,)]
    assert program.archive.rows("SELECT text FROM versions ORDER BY text") == [
        ("Останній",),
        ("Перший",),
        ("Перший, виправлено",),
    ]
