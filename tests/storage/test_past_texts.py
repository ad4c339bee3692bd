"""Texts that were edited away have an index of their own, which is right whatever happens."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.db import Archive
from storage.records import Absence, Deletion, Post, Via
from tests.fresh import fresh
from tests.storage.archives import (
    CHANNEL,
    NOW,
    POST,
    apply,
    check_index,
    gone,
    norm,
    save_channels,
    state,
    tamper,
)


async def past(archive: Archive) -> list[tuple[int, str, str]]:
    """Number of the version, text and filters of each past text."""
    rows = await archive.reader.execute_fetchall(
        "SELECT id & 65535 AS number, text, meta FROM past_texts ORDER BY id"
    )
    return [(row["number"], row["text"], row["meta"]) for row in rows]


async def test_a_post_that_was_never_edited_has_none(archive: Archive) -> None:
    await apply(archive, POST)
    assert await past(archive) == []


async def test_an_edit_leaves_the_old_text(archive: Archive) -> None:
    await apply(archive, state("перший", 1))
    await apply(archive, state("другий", 2))
    assert await past(archive) == [(1, "перший", "c1111 edited")]
    await check_index(archive)


async def test_a_text_that_comes_back_is_no_longer_past(archive: Archive) -> None:
    for number, text in enumerate(("А", "Б", "А"), 1):
        await apply(archive, state(text, number))
    assert [text for _, text, _ in await past(archive)] == ["Б"]
    await apply(archive, state("В", 4))
    assert [(number, text) for number, text, _ in await past(archive)] == [(1, "А"), (2, "Б")]
    await check_index(archive)


async def test_an_edit_of_something_else_leaves_no_text(archive: Archive) -> None:
    await apply(archive, POST)
    await apply(archive, replace(POST, media="photo", pts=2))
    assert await past(archive) == []
    await apply(archive, state("інше", 3))
    assert [number for number, _, _ in await past(archive)] == [1]


async def test_a_text_that_comes_late_is_past_at_once(archive: Archive) -> None:
    await apply(archive, state("новий", 5))
    await apply(archive, state("старий", 2))
    assert [(number, text) for number, text, _ in await past(archive)] == [(2, "старий")]
    await apply(archive, replace(state("старий", 3), author="Прес-служба"))
    assert [number for number, _, _ in await past(archive)] == [2]
    await check_index(archive)


async def test_several_states_in_one_batch(archive: Archive) -> None:
    await apply(archive, state("другий", 2), state("перший", 1), state("третій", 3))
    assert [text for _, text, _ in await past(archive)] == ["другий", "перший"]
    await check_index(archive)


async def test_a_post_without_text_leaves_nothing(archive: Archive) -> None:
    await apply(archive, state("", 1))
    await apply(archive, state("текст", 2))
    assert await past(archive) == []
    await apply(archive, state("", 3))
    assert [text for _, text, _ in await past(archive)] == ["текст"]
    await check_index(archive)


async def test_filters_are_those_of_the_post_as_it_is_now(archive: Archive) -> None:
    await apply(archive, state("перший", 1))
    await apply(archive, replace(state("другий", 2), has=frozenset({"link"}), language="uk"))
    assert await past(archive) == [(1, "перший", "c1111 haslink luk edited")]
    await apply(archive, gone(Absence.RECHECK, pts=3))
    assert await past(archive) == [(1, "перший", "c1111 haslink luk edited deleted")]
    await apply(archive, replace(state("другий", 4), has=frozenset({"link"}), language="uk"))
    assert await past(archive) == [(1, "перший", "c1111 haslink luk edited")]
    await check_index(archive)


async def test_an_erased_text_is_not_found_any_more(archive: Archive) -> None:
    """Whoever has to erase a text must not find it in an index."""
    for number, text in enumerate(("таємне", "друге", "третє"), 1):
        await apply(archive, state(text, number))
    await tamper(archive, "UPDATE versions SET text = '' WHERE number = 1")
    assert [text for _, text, _ in await past(archive)] == ["друге"]
    await tamper(
        archive,
        "UPDATE versions SET text = '' WHERE number IN (2, 3)",
        "UPDATE posts SET text = ''",
    )
    assert await past(archive) == []
    await check_index(archive)


async def test_a_text_erased_under_one_version_stays_under_another(archive: Archive) -> None:
    for number, text in enumerate(("А", "Б", "А", "В"), 1):
        await apply(archive, state(text, number))
        await apply(archive, replace(state(text, number), author="x"))
    before = await past(archive)
    await tamper(archive, "UPDATE versions SET text = '' WHERE number = 1")
    after = await past(archive)
    assert (before[0][:2], after[0][:2]) == ((1, "А"), (2, "А"))
    await check_index(archive)


async def test_a_removed_version_leaves_no_text(archive: Archive) -> None:
    await apply(archive, state("перший", 1))
    await apply(archive, state("другий", 2))
    await tamper(archive, "DELETE FROM versions WHERE number = 1")
    assert await past(archive) == []
    await check_index(archive)


async def test_texts_of_posts_side_by_side_are_kept_apart(archive: Archive) -> None:
    """Their row ids follow each other, and so do the numbers of their past texts."""
    for text in ("А", "Б"):
        batch = [replace(POST, message_id=i, text=text + str(i), pts=ord(text)) for i in range(3)]
        await apply(archive, *batch)
    await tamper(archive, "UPDATE versions SET text = 'В' WHERE text = 'А1'")
    assert [text for _, text, _ in await past(archive)] == ["А0", "В", "А2"]
    await check_index(archive)


async def test_only_so_many_versions_of_a_post_have_a_place(archive: Archive) -> None:
    await apply(archive, state("перший", 1))
    await apply(archive, state("другий", 2))
    await tamper(archive, "UPDATE versions SET number = 65536 WHERE number = 2")
    await tamper(archive, "UPDATE posts SET text = 'третій'")
    assert [text for _, text, _ in await past(archive)] == ["перший"]
    await check_index(archive)


# ---------------------------------------------------------------- whatever happens

TEXTS = st.sampled_from(["", "Слово перше", "слово друге", "СЛОВО третє, і ще", "слово перше"])
EVENTS = st.lists(
    st.one_of(
        st.builds(
            Post,
            st.just(CHANNEL),
            st.integers(1, 3),
            st.sampled_from([NOW, NOW + 1000]),
            text=TEXTS,
            edited_at=st.none() | st.integers(NOW, NOW + 3),
            language=st.sampled_from([None, "uk"]),
            has=st.sampled_from([frozenset(), frozenset({"photo"})]),
            views=st.none() | st.integers(0, 5),
            pts=st.integers(0, 9),
        ),
        st.builds(
            Deletion,
            st.just(CHANNEL),
            st.integers(1, 3),
            st.sampled_from(Absence),
            st.integers(0, 9),
        ),
    ),
    max_size=14,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(EVENTS, st.sampled_from(Via)), max_size=5))
def test_both_indexes_hold_what_a_rebuild_would(
    batches: list[tuple[list[Post | Deletion], Via]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder) / "archive.sqlite3", batches))


async def play(path: Path, batches: list[tuple[list[Post | Deletion], Via]]) -> None:
    async with fresh(path, norm, NOW) as archive:
        await save_channels(archive, CHANNEL)
        for at, (events, via) in enumerate(batches):
            await apply(archive, *events, via=via, seen_at=NOW + at)
            await check_index(archive)
        kept = await terms(archive)
        await tamper(
            archive,
            "INSERT INTO posts_index (posts_index) VALUES ('rebuild')",
            "INSERT INTO past_index (past_index) VALUES ('rebuild')",
        )
        assert await terms(archive) == kept


async def terms(archive: Archive) -> list[tuple[object, ...]]:
    """Every word of every row of both indexes, with its column and place."""
    found: list[tuple[object, ...]] = []
    async with archive.transaction() as tx:
        for index in ("posts_index", "past_index"):
            await tx.execute(
                f"CREATE VIRTUAL TABLE temp.seen USING fts5vocab('main', '{index}', 'instance')"
            )
            rows = await tx.execute_fetchall(
                "SELECT * FROM temp.seen ORDER BY term, doc, col, offset"
            )
            found += [(index, *row) for row in rows]
            await tx.execute("DROP TABLE temp.seen")
    return found


@pytest.mark.parametrize("text", ["'quoted'", "a\x00b", "😀", "ї" * 5000])
async def test_odd_texts(archive: Archive, text: str) -> None:
    await apply(archive, state(text, 1))
    await apply(archive, state("далі", 2))
    await check_index(archive)
