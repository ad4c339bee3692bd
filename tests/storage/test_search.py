"""Finding posts: pages, stretches of time, texts edited away, and candidates that are checked."""

from dataclasses import replace
from itertools import pairwise

import pytest

from storage import candidates, posts, rowids, search
from storage.db import Archive
from storage.records import Kept, Via
from storage.search import NoPeriod, Page, Search
from tests.storage.archives import CHANNEL, NOW, POST, apply, gone, plans, save_channels, state

SECOND = 1000
DAY = 86_400_000
WORD = Search("body : слово")


async def fill(archive: Archive, count: int, apart: int = SECOND) -> None:
    """Posts with ids from 0 on, so many ms apart, that all have the same words."""
    await apply(
        archive,
        *(
            replace(POST, message_id=i, posted_at=NOW + i * apart, text="слово")
            for i in range(count)
        ),
    )


def messages(found: list[Kept]) -> list[int]:
    return [kept.post.message_id for kept in found]


async def newest(archive: Archive, wanted: Search, limit: int = 100) -> list[int]:
    return messages(await search.newest(archive.reader, wanted, limit, None))


@pytest.mark.parametrize("wanted", [Search(), Search("meta : c1111"), WORD])
async def test_pages_follow_each_other_without_a_gap_or_a_double(
    archive: Archive, wanted: Search
) -> None:
    await fill(archive, 10)
    pages, before = [], None
    while page := await search.newest(archive.reader, wanted, 4, before):
        pages.append(messages(page))
        before = page[-1].id
    assert pages == [[9, 8, 7, 6], [5, 4, 3, 2], [1, 0]]


@pytest.mark.parametrize("expression", [None, "body : слово"])
@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, [4, 3, 2, 1, 0]),
        (NOW + 1000, None, [4, 3, 2]),
        (None, NOW + 1000, [1, 0]),
        (NOW + 500, NOW + 2000, [3, 2, 1]),
        (NOW + 501, NOW + 1999, [3, 2]),  # within a second as well
        (NOW + 1500, NOW + 1500, []),
        (NOW + 2000, NOW + 1000, []),
    ],
)
async def test_a_stretch_of_time_begins_at_its_start_and_ends_before_its_end(
    archive: Archive,
    expression: str | None,
    since: int | None,
    until: int | None,
    expected: list[int],
) -> None:
    await fill(archive, 5, apart=500)
    assert await newest(archive, Search(expression, since, until)) == expected


@pytest.mark.parametrize("expression", [None, "body : слово"])
async def test_a_second_with_more_posts_than_it_has_room_for_is_found_whole(
    archive: Archive, expression: str | None
) -> None:
    """Three seconds' worth of posts in one second, and some in the ones they spill into."""
    crowd = 3 * rowids.SLOTS + 5
    await apply(
        archive,
        *(replace(POST, message_id=i, text="слово") for i in range(crowd)),
        *(
            replace(POST, message_id=crowd + i, posted_at=NOW + i * SECOND, text="слово")
            for i in range(1, 6)
        ),
    )
    until = Search(expression, NOW, NOW + SECOND)
    assert sorted(await newest(archive, until, 1000)) == list(range(crowd))
    assert await search.count(archive.reader, until, 1000) == crowd
    since = Search(expression, NOW + SECOND)
    assert await newest(archive, since, 1000) == [crowd + i for i in range(5, 0, -1)]
    between = Search(expression, NOW + 2 * SECOND, NOW + 4 * SECOND)
    assert await newest(archive, between, 1000) == [crowd + 3, crowd + 2]


async def test_a_post_from_before_telegram_is_found_too(archive: Archive) -> None:
    await apply(archive, replace(POST, posted_at=5_000, text="слово"))
    assert await newest(archive, WORD) == await newest(archive, Search()) == [7]
    assert await newest(archive, Search("body : слово", 5_000, 5_001)) == [7]


# ---------------------------------------------------------------- texts edited away


async def test_a_text_that_was_edited_away_is_found_only_where_it_is_asked_for(
    archive: Archive,
) -> None:
    await apply(archive, state("перший", 1))
    await apply(archive, state("другий", 2))
    assert await newest(archive, Search("body : перший")) == []
    past = Search("body : перший", past=True)
    [kept] = await search.newest(archive.reader, past, 9, None)
    assert kept.post.text == "другий"
    assert await search.count(archive.reader, past, 9) == 1
    assert await candidates.past_hits(archive.reader, past, [kept.id]) == {kept.id: {1: "перший"}}


async def test_a_post_found_by_several_of_its_texts_is_found_once(archive: Archive) -> None:
    for number in range(1, 6):
        await apply(archive, state(f"слово {number}", number))
    await apply(archive, *(replace(POST, message_id=i, text="слово") for i in (8, 9)))
    past = replace(WORD, past=True)
    assert await newest(archive, past) == [9, 8, 7]
    assert await newest(archive, past, limit=2) == [9, 8]
    assert await search.count(archive.reader, past, 100) == 3
    [kept] = await posts.by_ids(archive.reader, [(await posts_of(archive, 7)).id])
    hits = await candidates.past_hits(archive.reader, past, [kept.id])
    assert list(hits[kept.id]) == [1, 2, 3, 4]


async def posts_of(archive: Archive, message_id: int) -> Kept:
    kept = await posts.get(archive.reader, CHANNEL, message_id)
    assert kept is not None
    return kept


async def test_many_past_texts_of_one_post_do_not_hide_the_other_posts(archive: Archive) -> None:
    await apply(archive, replace(POST, message_id=1, posted_at=NOW - SECOND, text="слово старе"))
    await apply(archive, replace(POST, message_id=1, posted_at=NOW - SECOND, text="нове", pts=2))
    for number in range(1, 30):
        await apply(archive, state(f"слово {number}", number))
    await apply(archive, state("інше", 99))
    past = replace(WORD, past=True)
    assert await newest(archive, past, limit=5) == [7, 1]
    [first] = await search.newest(archive.reader, past, 1, None)
    assert messages(await search.newest(archive.reader, past, 1, first.id)) == [1]


async def test_past_texts_obey_filters_and_times(archive: Archive) -> None:
    await apply(archive, state("перший", 1))
    await apply(archive, replace(state("другий", 2), has=frozenset({"photo"})))
    await apply(archive, gone(pts=3))
    for meta in ("c1111", "hasphoto", "edited", "deleted"):
        assert await newest(archive, Search(f"body : перший AND meta : {meta}", past=True)) == [7]
    assert await newest(archive, Search("body : перший AND meta : c5", past=True)) == []
    assert await newest(archive, Search("body : перший", NOW, NOW + 1, past=True)) == [7]
    assert await newest(archive, Search("body : перший", NOW + 1, past=True)) == []
    assert await newest(archive, Search("body : перший", None, NOW, past=True)) == []


# ---------------------------------------------------------------- candidates


def even(kept: Kept) -> bool:
    return kept.post.message_id % 2 == 0


async def test_candidates_are_read_until_the_page_is_full(archive: Archive) -> None:
    await fill(archive, 50)
    first = await candidates.checked(archive.reader, WORD, Page(3), even, 100)
    assert messages(list(first.posts)) == [48, 46, 44]
    second = await candidates.checked(archive.reader, WORD, Page(3, first.next), even, 100)
    assert messages(list(second.posts)) == [42, 40, 38]


async def test_the_end_of_what_there_is_is_told(archive: Archive) -> None:
    await fill(archive, 20)
    found = await candidates.checked(archive.reader, WORD, Page(30), even, 100)
    assert (len(found.posts), found.looked, found.next) == (10, 20, None)
    none = await candidates.checked(archive.reader, WORD, Page(5), lambda _: False, 100)
    assert (none.posts, none.looked, none.next) == ([], 20, None)


async def test_no_more_candidates_are_looked_at_than_was_said(archive: Archive) -> None:
    await fill(archive, 50)
    cut = await candidates.checked(archive.reader, WORD, Page(5), lambda _: False, 17)
    assert (cut.posts, cut.looked) == ([], 17)
    assert cut.next is not None
    rest = await candidates.checked(archive.reader, WORD, Page(100, cut.next), lambda _: True, 100)
    assert len(rest.posts) == 50 - 17


async def test_candidates_are_checked_by_the_text_they_were_found_by(archive: Archive) -> None:
    await apply(archive, state("слово давнє", 1))
    await apply(archive, state("слово нове", 2))
    shown: list[str] = []

    def old(kept: Kept) -> bool:
        shown.append(kept.post.text)
        return "давнє" in kept.post.text

    found = await candidates.checked(archive.reader, replace(WORD, past=True), Page(5), old, 9)
    assert [kept.post.text for kept in found.posts] == ["слово нове"]
    assert shown == ["слово нове", "слово давнє"]


async def test_which_words_anybody_wrote(archive: Archive) -> None:
    await apply(archive, state("перше слово", 1))
    await apply(archive, state("друге слово", 2))
    asked = ["слово", "слов", "перше", "c1111", "друге"]
    assert await search.present(archive.reader, asked) == {"слово", "друге"}
    assert await search.present(archive.reader, []) == set()


# ---------------------------------------------------------------- counts and relevance


async def test_counting_stops_where_it_is_told_to(archive: Archive) -> None:
    await fill(archive, 20)
    assert await search.count(archive.reader, WORD, 100) == 20
    assert await search.count(archive.reader, WORD, 7) == 7
    assert await search.count(archive.reader, Search(), 100) == 20
    assert await search.count(archive.reader, Search(), 7) == 7
    assert await search.count(archive.reader, Search("body : немає"), 7) == 0


async def test_posts_are_counted_by_the_week(archive: Archive) -> None:
    await fill(archive, 30, apart=DAY)
    weeks = [NOW + 7 * DAY * week for week in range(6)]
    assert await search.per_week(archive.reader, WORD, weeks, 99) == [7, 7, 7, 7, 2]
    within = replace(WORD, since_at=NOW + 3 * DAY, until_at=NOW + 15 * DAY)
    assert await search.per_week(archive.reader, within, weeks, 99) == [4, 7, 1, 0, 0]
    assert await search.per_week(archive.reader, WORD, weeks, 3) == [3, 3, 3, 3, 2]
    total = [
        await search.count(archive.reader, replace(WORD, since_at=a, until_at=b), 99)
        for a, b in pairwise(weeks)
    ]
    assert total == [7, 7, 7, 7, 2]


async def test_the_most_relevant_first(archive: Archive) -> None:
    texts = ["слово", "слово слово слово", "слово і ще багато інших слів", "нічого", "слово"]
    await apply(
        archive,
        *(
            replace(POST, message_id=i, posted_at=NOW + i * SECOND, text=text)
            for i, text in enumerate(texts)
        ),
    )
    period = replace(WORD, since_at=NOW)
    best = await search.most_relevant(archive.reader, period, 9)
    assert messages(best) == [1, 4, 0, 2]
    assert messages(await search.most_relevant(archive.reader, period, 2)) == [1, 4]
    later = replace(WORD, since_at=NOW + 2 * SECOND, until_at=NOW + 4 * SECOND)
    assert messages(await search.most_relevant(archive.reader, later, 9)) == [2]
    every = Search(None, since_at=NOW + 3 * SECOND)
    assert messages(await search.most_relevant(archive.reader, every, 9)) == [4, 3]


async def test_relevance_without_a_beginning_is_refused(archive: Archive) -> None:
    for wanted in (WORD, replace(WORD, until_at=NOW)):
        with pytest.raises(NoPeriod):
            await search.most_relevant(archive.reader, wanted, 9)


async def test_no_search_sorts_or_reads_the_archive_from_end_to_end(archive: Archive) -> None:
    period = replace(WORD, since_at=NOW, until_at=NOW + DAY)
    past = replace(period, past=True)
    async with archive.heavy() as conn:
        for work in (
            search.newest(conn, Search(), 10, 5),
            search.newest(conn, period, 10, 5),
            search.newest(conn, past, 10, 5),
            search.count(conn, past, 10),
            candidates.past_hits(conn, past, [1, 2]),
        ):
            steps = await plans(conn, work)
            scanned = {step.split()[1] for step in steps if step.startswith("SCAN")}
            indexes = {step.split()[1] for step in steps if "VIRTUAL" in step}
            assert not (scanned - indexes) & {"posts", "past_texts", "versions", "indexing"}, steps


async def test_imports_and_other_roads_are_found_alike(archive: Archive) -> None:
    await save_channels(archive, 5)
    for number, via in enumerate(Via):
        post = replace(POST, channel_id=5, message_id=number, text="слово")
        await apply(archive, replace(post, posted_at=NOW + number), via=via)
    assert await newest(archive, WORD) == list(reversed(range(len(Via))))
