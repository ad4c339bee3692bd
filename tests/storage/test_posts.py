"""Reading posts, and finding them by words and filters."""

from dataclasses import replace

import pytest

from storage import posts, search
from storage.db import Archive
from storage.posts import Counts
from storage.records import Absence, Batch, Forward, Kept, Post, Via
from storage.search import Search
from tests.storage.archives import (
    CHANNEL,
    NOW,
    POST,
    apply,
    check_index,
    found,
    gone,
    plans,
    save_channels,
    state,
)


def messages(kept: list[Kept]) -> list[int]:
    return [each.post.message_id for each in kept]


async def test_what_is_unknown_is_none(archive: Archive) -> None:
    assert await posts.get(archive.reader, CHANNEL, 1) is None
    assert await posts.by_ids(archive.reader, [1, 2]) == []
    assert await posts.versions(archive.reader, 1) == []
    assert await posts.album(archive.reader, CHANNEL, 5) == []


async def test_posts_are_read_by_their_ids_oldest_first(archive: Archive) -> None:
    series = [replace(POST, message_id=i, posted_at=NOW - i * 1000) for i in range(5)]
    changes = await apply(archive, *series)
    ids = [changes[3].post_id, changes[1].post_id, 12345, changes[1].post_id]
    assert messages(await posts.by_ids(archive.reader, ids)) == [3, 1]


async def test_an_album_is_read_in_its_order(archive: Archive) -> None:
    await save_channels(archive, 5)
    parts = [replace(POST, message_id=i, grouped_id=77) for i in (12, 10, 11)]
    await apply(archive, *parts, POST, replace(POST, channel_id=5, grouped_id=77))
    assert messages(await posts.album(archive.reader, CHANNEL, 77)) == [10, 11, 12]


@pytest.mark.parametrize("channel_id", [CHANNEL, None])
async def test_the_latest_posts_come_in_pages(archive: Archive, channel_id: int | None) -> None:
    await apply(archive, *(replace(POST, message_id=i, posted_at=NOW + i) for i in range(5)))
    pages = []
    before = None
    while page := await posts.latest(archive.reader, channel_id, 2, before):
        pages.append(messages(page))
        before = page[-1].id
    assert pages == [[4, 3], [2, 1], [0]]


async def test_the_latest_posts_of_a_channel_are_its_own(archive: Archive) -> None:
    await save_channels(archive, 11, 111)
    await apply(archive, *(replace(POST, channel_id=i, message_id=i) for i in (11, 111, CHANNEL)))
    assert messages(await posts.latest(archive.reader, 111, 5, None)) == [111]


async def test_counts(archive: Archive) -> None:
    assert await posts.counts(archive.reader) == Counts(0, 0, 0)
    await apply(archive, POST, state("edited", 2), replace(POST, message_id=8), gone())
    assert await posts.counts(archive.reader) == Counts(posts=2, versions=3, deleted=1)


async def test_words_are_found_in_the_current_text_only(archive: Archive) -> None:
    await apply(archive, state("Наступ під Білогорівкою", 1))
    await apply(archive, replace(POST, message_id=8, text="наступ"))
    assert await found(archive.reader, "body : наступ") == [8, 7]
    await apply(archive, state("Нічого", 2))
    assert await found(archive.reader, "body : наступ") == [8]
    assert await found(archive.reader, "body : нічого") == [7]
    await check_index(archive)


async def test_deleted_posts_are_still_found(archive: Archive) -> None:
    await apply(archive, POST, gone())
    assert await found(archive.reader, "body : контролем") == [7]


async def test_hits_come_in_pages_newest_first(archive: Archive) -> None:
    await apply(archive, *(replace(POST, message_id=i, posted_at=NOW + i) for i in range(7)))
    wanted = Search("body : контролем")
    first = await search.newest(archive.reader, wanted, 3, None)
    second = await search.newest(archive.reader, wanted, 3, first[-1].id)
    assert (messages(first), messages(second)) == ([6, 5, 4], [3, 2, 1])


@pytest.mark.parametrize(
    ("post", "words"),
    [
        (POST, "c1111"),
        (replace(POST, has=frozenset({"photo", "link"})), "c1111 haslink hasphoto"),
        (replace(POST, language="uk"), "c1111 luk"),
        (replace(POST, forward=Forward(NOW)), "c1111 fwd"),
        (replace(POST, edited_at=NOW), "c1111 edited"),
    ],
)
async def test_filters_are_words_of_the_index(archive: Archive, post: Post, words: str) -> None:
    await apply(archive, post)
    every = {"c1111", "haslink", "hasphoto", "luk", "fwd", "edited", "deleted"}
    hits = {word for word in every if await found(archive.reader, f"meta : {word}")}
    assert hits == set(words.split())
    assert await found(archive.reader, f"body : ({' OR '.join(every)})") == []


async def test_filters_follow_edits_and_deletions(archive: Archive) -> None:
    await apply(archive, POST)
    assert await found(archive.reader, "meta : (edited OR deleted OR haslink)") == []
    await apply(archive, replace(state("other", 2), has=frozenset({"link"})))
    assert await found(archive.reader, "meta : edited AND meta : haslink") == [7]
    await apply(archive, gone(Absence.RECHECK, pts=3))
    assert await found(archive.reader, "meta : deleted") == [7]
    await apply(archive, state("other", 4))
    assert await found(archive.reader, "meta : deleted") == []
    await check_index(archive)


async def test_new_counts_leave_the_index_alone(archive: Archive) -> None:
    """Or every reading of views would write the text's words again."""
    await apply(archive, POST)
    query = "SELECT count(*), sum(length(block)) FROM posts_index_data"
    [before] = await archive.reader.execute_fetchall(query)
    await apply(archive, replace(POST, views=100, pts=9))
    [after] = await archive.reader.execute_fetchall(query)
    assert tuple(before) == tuple(after)


async def test_no_question_reads_the_archive_from_end_to_end(archive: Archive) -> None:
    """The newest of all posts are read from the end, and no further than they are wanted."""
    async with archive.heavy() as conn:
        for work in (
            posts.get(conn, CHANNEL, 7),
            posts.by_ids(conn, [1, 2]),
            posts.latest(conn, CHANNEL, 10, 5),
            posts.latest(conn, None, 10, 5),
            posts.album(conn, CHANNEL, 5),
            posts.versions(conn, 1),
            search.newest(conn, Search("body : слово"), 10, None),
        ):
            steps = await plans(conn, work)
            assert steps
            assert not [step for step in steps if "SCAN posts" in step and "VIRTUAL" not in step]
            assert not [step for step in steps if "SCAN versions" in step]


async def test_writing_does_not_read_the_archive_from_end_to_end(archive: Archive) -> None:
    batch = Batch(Via.LIVE, NOW, (state("new", 9),), (gone(Absence.RECHECK),))
    await apply(archive, POST)
    async with archive.transaction() as tx:
        steps = await plans(tx, posts.apply(tx, batch))
    for table in ("posts", "versions", "deletions", "journal"):
        assert [step for step in steps if f"SEARCH {table}" in step or f"SCAN {table}" in step]
    scans = {step for step in steps if step.startswith("SCAN")}
    assert scans <= {"SCAN json_each VIRTUAL TABLE INDEX 1:", "SCAN CONSTANT ROW", "SCAN journal"}
