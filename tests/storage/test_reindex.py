"""Indexes are built anew beside everything else, and an older archive gets what it lacks."""

import asyncio
import random
import sqlite3
import tempfile
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from storage import candidates, meanings, posts, reindex, rules, search
from storage.db import Archive, Norm, open_archive, openers
from storage.migrate import migrate, packaged
from storage.records import Kept, Post
from storage.reindex import Progress
from storage.search import Page, Search
from tests.storage.archives import (
    CHANNEL,
    NOW,
    POST,
    Plain,
    apply,
    check_index,
    files,
    found,
    gone,
    norm,
    problems,
    save_channels,
    state,
    tamper,
)


class Shorter(Plain):
    """Another normaliser: long words lose their last letter."""

    version = "shorter"

    def __call__(self, text: str) -> str:
        return " ".join(word[:-1] if len(word) > 5 else word for word in norm(text).split())


class Longer(Plain):
    """And one more: some words get a letter."""

    version = "longer"

    def __call__(self, text: str) -> str:
        return " ".join(f"{word}а" if len(word) == 6 else word for word in norm(text).split())


SHORTER, LONGER = Shorter(), Longer()


def language(text: str) -> str | None:
    return "uk" if "ї" in text else None


async def fill(archive: Archive, count: int = 10) -> None:
    """Posts with ids from 0 on, each with a text that was edited away."""
    await save_channels(archive, CHANNEL)
    for pts, text in ((1, "перший текст"), (2, "другий текст")):
        await apply(
            archive,
            *(
                replace(POST, message_id=i, posted_at=NOW + i * 1000, text=f"{text} {i}", pts=pts)
                for i in range(count)
            ),
        )


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    """An archive with ten posts, not open."""
    path = tmp_path / "a.sqlite3"
    async with open_archive(path, norm, NOW) as archive:
        await fill(archive)
    return path


async def steps(archive: Archive, most: int, times: int | None = None) -> int:
    """Take so many steps, or all that are left; how many more posts were asked for."""
    taken = 0
    while times is None or taken < times:
        async with archive.transaction() as tx:
            more = await reindex.step(tx, language, most)
        await check_so_far(archive)
        if not more:
            await emptied(archive, most=100)
            break
        taken += 1
    return taken


async def emptied(archive: Archive, times: int | None = None, most: int = 1) -> int:
    """Take so many parts of what is left over away, or all; how many there were."""
    taken = 0
    while times is None or taken < times:
        async with archive.transaction() as tx:
            if not await reindex.empty(tx, most):
                break
        taken += 1
    return taken


async def check_so_far(archive: Archive) -> None:
    """What is in an index is in it with exactly its words."""
    async with archive.transaction() as tx:
        for index, view in (("posts_index", "posts_norm"), ("past_index", "past_norm")):
            await tx.execute(
                f"CREATE VIRTUAL TABLE temp.seen USING fts5vocab('main', '{index}', 'instance')"
            )
            words = await tx.execute_fetchall(
                'SELECT doc, col, term FROM temp.seen ORDER BY doc, col, "offset"'
            )
            rows = await tx.execute_fetchall(
                f"SELECT * FROM {view} WHERE id IN (SELECT id FROM {index}_docsize)"  # noqa: S608 -- our own names
            )
            await tx.execute("DROP TABLE temp.seen")
            held: dict[tuple[int, str], list[str]] = defaultdict(list)
            for word in words:
                held[word["doc"], word["col"]].append(word["term"])
            wanted = {
                (row["id"], column): row[column].split()
                for row in rows
                for column in ("body", "meta")
                if row[column]
            }
            assert held == wanted


async def messages(archive: Archive, wanted: Search) -> list[int]:
    return [kept.post.message_id for kept in await search.newest(archive.reader, wanted, 99, None)]


async def test_a_new_archive_is_whole(tmp_path: Path) -> None:
    for version in (norm, SHORTER):
        async with open_archive(tmp_path / "a.sqlite3", version, NOW) as archive:
            assert await reindex.whole(archive.reader)
            assert await reindex.progress(archive.reader) is None
    async with open_archive(tmp_path / "a.sqlite3", SHORTER, NOW) as archive:
        await fill(archive)
        await check_index(archive)
        assert await found(archive.reader, "body : перши") == []
        assert await found(archive.reader, "body : други") == list(range(9, -1, -1))


async def test_an_archive_is_opened_again_by_the_same_normaliser_as_it_was(tmp_path: Path) -> None:
    for _ in range(2):
        async with open_archive(tmp_path / "a.sqlite3", norm, NOW) as archive:
            await fill(archive)
            assert await reindex.whole(archive.reader)
            assert await steps(archive, 100) == 0


async def test_posts_are_found_before_during_and_after(filled: Path) -> None:
    async with open_archive(filled, SHORTER, NOW) as archive:
        same, past = Search("body : текст"), Search("body : перший", past=True)
        assert not await reindex.whole(archive.reader)
        assert await messages(archive, same) == list(range(9, -1, -1))
        assert await messages(archive, past) == list(range(9, -1, -1))
        await steps(archive, 3, times=2)
        assert await reindex.progress(archive.reader) == Progress(6, 10)
        assert await messages(archive, same) == list(range(9, -1, -1))
        # What was normalised otherwise is found by its new form as far as the pass is.
        assert await messages(archive, Search("body : други")) == [9, 8, 7, 6, 5, 4]
        assert await search.count(archive.reader, same, 99) == 10
        await steps(archive, 3)
        assert await reindex.whole(archive.reader)
        assert await messages(archive, Search("body : други")) == list(range(9, -1, -1))
        assert await messages(archive, past) == []
        await check_index(archive)


async def test_what_changes_before_its_turn_is_right_at_once(filled: Path) -> None:
    async with open_archive(filled, SHORTER, NOW) as archive:
        await apply(archive, replace(POST, message_id=2, text="пізніше слово", pts=9))
        await apply(archive, replace(POST, message_id=50, posted_at=NOW - 9000, text="нове слово"))
        await apply(archive, gone(message_id=3, pts=9))
        await check_so_far(archive)
        assert await messages(archive, Search("body : слово")) == [2, 50]
        assert await messages(archive, Search("body : пізніш")) == [2]
        assert await messages(archive, Search("body : текст")) == [9, 8, 7, 6, 5, 4, 3, 1, 0]
        assert await messages(archive, Search("meta : deleted")) == [3]
        await steps(archive, 2)
        await check_index(archive)
        assert await messages(archive, Search("body : слово")) == [2, 50]


async def test_a_pass_goes_on_wherever_it_was_cut_off(filled: Path) -> None:
    """Every transaction leaves an archive that can be opened and goes on."""
    for _ in range(4):
        async with open_archive(filled, SHORTER, NOW) as archive:
            assert await steps(archive, 3, times=1) == 1
            assert not await reindex.whole(archive.reader)
    async with open_archive(filled, SHORTER, NOW) as archive:
        assert await reindex.progress(archive.reader) == Progress(10, 10)
        assert await steps(archive, 3) == 0
        assert await reindex.whole(archive.reader)
        await check_index(archive)
    async with open_archive(filled, SHORTER, NOW) as archive:
        assert await reindex.whole(archive.reader)


async def test_a_step_that_is_undone_is_taken_again(filled: Path) -> None:
    async with open_archive(filled, SHORTER, NOW) as archive:
        for most in (4, 100, 100):
            with pytest.raises(InterruptedError):
                async with archive.transaction() as tx:
                    await reindex.step(tx, language, most)
                    raise InterruptedError
            await check_so_far(archive)
            await steps(archive, 4, times=1)
        await steps(archive, 4)
        await check_index(archive)


async def test_yet_another_version_in_the_middle_of_it_begins_anew(filled: Path) -> None:
    for version in (SHORTER, LONGER, norm, SHORTER):
        async with open_archive(filled, version, NOW) as archive:
            assert await reindex.progress(archive.reader) == Progress(0, 10)
            await steps(archive, 4, times=1)
            assert await messages(archive, Search("body : текст")) == list(range(9, -1, -1))
            await apply(archive, replace(POST, message_id=77, posted_at=NOW - 5000, text="ще"))
            await tamper(archive, "DELETE FROM versions WHERE text = 'ще'")
            await tamper(archive, "DELETE FROM posts WHERE text = 'ще'")
    async with open_archive(filled, SHORTER, NOW) as archive:
        await steps(archive, 100)
        await check_index(archive)


async def test_a_writer_with_another_version_is_refused(filled: Path) -> None:
    """Its words would spoil the index without a word."""
    async with open_archive(filled, norm, NOW) as archive:
        for statement in (
            "UPDATE posts SET text = 'інше'",
            "UPDATE posts SET meta = 'c1'",
            "UPDATE past_texts SET text = 'інше'",
            "DELETE FROM past_texts",
            "INSERT INTO past_texts VALUES (1, 'інше', '')",
        ):
            async with openers(filled, SHORTER).writer() as conn:
                with pytest.raises(sqlite3.IntegrityError, match="another version of postwatch"):
                    await conn.execute(statement)
        async with openers(filled, SHORTER).writer() as conn:
            await conn.execute("UPDATE posts SET views = 5")
        await check_index(archive)


async def test_a_damaged_index_is_noticed_and_built_anew(filled: Path) -> None:
    async with open_archive(filled, norm, NOW) as archive:
        await tamper(
            archive,
            "INSERT INTO past_index (past_index, rowid, body, meta) "
            "SELECT 'delete', id, 'інші слова', meta FROM past_norm LIMIT 1",
        )
        async with archive.transaction() as tx:
            assert await reindex.damaged(tx) == ["past_index"]
            await reindex.distrust(tx)
    async with open_archive(filled, norm, NOW) as archive:
        await steps(archive, 100)
        await check_index(archive)


def left(filled: Path) -> set[str]:
    """The tables of former indexes that are still there."""
    with closing(sqlite3.connect(filled)) as conn:
        rows = conn.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'left%'")
        return {name for (name,) in rows}


async def test_a_former_index_is_taken_away_in_parts_and_cut_off_anywhere(filled: Path) -> None:
    async with open_archive(filled, SHORTER, NOW) as archive, archive.transaction() as tx:
        while await reindex.step(tx, language, 100):
            pass
    cuts = 0
    while left(filled):
        cuts += 1
        async with open_archive(filled, SHORTER, NOW) as archive:
            assert await reindex.whole(archive.reader)
            assert await messages(archive, Search("body : текст")) == list(range(9, -1, -1))
            [(sound,)] = await archive.reader.execute_fetchall("PRAGMA integrity_check")
            assert sound == "ok"
            with pytest.raises(InterruptedError):
                async with archive.transaction() as tx:
                    await reindex.empty(tx, 1)
                    raise InterruptedError
            assert await emptied(archive, times=1) == 1
            await check_index(archive)
    assert cuts > 10
    async with open_archive(filled, SHORTER, NOW) as archive:
        assert await emptied(archive) == 0


async def test_another_pass_may_begin_while_there_is_something_left_over(filled: Path) -> None:
    for version in (SHORTER, LONGER, norm):
        async with open_archive(filled, version, NOW) as archive:
            async with archive.transaction() as tx:
                while await reindex.step(tx, language, 100):
                    pass
            await emptied(archive, times=1)
            await check_index(archive)
    assert len(left(filled)) > 6
    async with open_archive(filled, norm, NOW) as archive:
        await emptied(archive)
        await check_index(archive)
    assert left(filled) == set()


async def test_languages_are_told_without_making_versions(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    async with open_archive(path, norm, NOW) as archive:
        await fill(archive, 4)
        await apply(archive, replace(POST, message_id=9, text="її слова", pts=4))
        await apply(archive, replace(POST, message_id=9, text="їхні слова", pts=5))
        await apply(archive, replace(POST, message_id=8, text="її їжа", language="ru"))
        versions = (await posts.counts(archive.reader)).versions
    async with open_archive(path, SHORTER, NOW) as archive:
        await steps(archive, 2)
        assert await found(archive.reader, "meta : luk") == [9]
        assert await found(archive.reader, "meta : lru") == [8]
        assert await messages(archive, Search("body : її AND meta : luk", past=True)) == [9]
        kept = await posts.get(archive.reader, CHANNEL, 9)
        assert kept is not None and kept.post.language == "uk"
        assert (await posts.counts(archive.reader)).versions == versions
        assert await problems(archive) == []
        await check_index(archive)


# ---------------------------------------------------------------- at random


def texts(seed: random.Random) -> str:
    return " ".join(seed.choices(("текст", "перший", "шістка", "її", "довгеслово"), k=4))


@pytest.mark.parametrize("seed", range(6))
async def test_random_histories_under_changing_versions(tmp_path: Path, seed: int) -> None:
    """Written, edited, deleted, cut off and opened by other programs, in any order."""
    chance = random.Random(seed)
    path, versions = tmp_path / "a.sqlite3", (norm, SHORTER, LONGER)
    version: Norm = norm
    pts, written_by, missing = 0, "", False
    for _ in range(8):
        async with open_archive(path, version, NOW) as archive:
            await save_channels(archive, CHANNEL)
            for _ in range(6):
                batch = []
                for _ in range(chance.randrange(1, 12)):
                    pts += 1
                    message_id = chance.randrange(25)
                    at = NOW + message_id * 1000
                    place = chance.choice((pts, pts, pts // 2))
                    batch.append(Post(CHANNEL, message_id, at, texts(chance), pts=place))
                await apply(archive, *batch, gone(message_id=chance.randrange(25)))
                await steps(archive, 3, times=chance.randrange(3))
                whole = await reindex.whole(archive.reader)
                # A second version in the middle of a pass finds again later what the first wrote.
                missing = not whole and (missing or written_by not in ("", version.version))
                await check_found(archive, version, missing=missing)
            written_by = "" if whole else version.version
        version = chance.choice((version, *versions))
    async with open_archive(path, version, NOW) as archive:
        await steps(archive, 7)
        await check_index(archive)
        assert await problems(archive) == []


async def check_found(archive: Archive, version: Norm, *, missing: bool) -> None:
    """A word that all versions know alike finds exactly the posts that have it now, or, where
    some may be `missing`, only such posts."""

    def has(kept: Kept) -> bool:
        return "текст" in version(kept.post.text).split()

    every = await search.newest(archive.reader, Search(), 99, None)
    hits = await candidates.checked(archive.reader, Search("body : текст"), Page(99), has, 999)
    expected = [kept for kept in every if has(kept)]
    assert list(hits.posts) == [kept for kept in expected if not missing or kept in hits.posts]


# ---------------------------------------------------------------- an older archive

OLD = """
    INSERT INTO archive (one, id, created_at) VALUES (1, x'00', 1);
    INSERT INTO channels (id, title, state, added_at) VALUES (5, 'Канал', 'joined', 1);
    INSERT INTO subscribers (id, chat_id, zone, since_at) VALUES (1, 7, 'UTC', 1);
    INSERT INTO rules (id, subscriber_id, query, created_at, removed_at)
    VALUES (1, 1, 'кава', 3, NULL), (2, 1, 'чай', 4, 9);
    WITH RECURSIVE many (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM many WHERE n < 500)
    INSERT INTO posts (id, channel_id, message_id, posted_at, text, content, meta, pts, digest,
        version, via, first_seen_at)
    SELECT n * 64, 5, n, (1400000000 + n) * 1000, 'Її новий текст ' || n, '{}', 'c5 edited', 0,
        x'00', 2, 'live', 1
    FROM many;
    WITH two (number, text) AS (VALUES (1, 'Старий текст '), (2, 'Її новий текст '))
    INSERT INTO versions (post_id, number, seen_at, via, pts, text, content, has, digest)
    SELECT posts.id, number, 1, 'live', 0, two.text || message_id, '{}', '', x'00'
    FROM posts, two;
    """


def old_archive(path: Path) -> None:
    """As a program of schema 3 left it."""
    migrate(path, norm, packaged()[:3])
    with closing(sqlite3.connect(path)) as conn:
        conn.create_function("norm", 1, norm)
        conn.executescript(OLD)


async def test_an_archive_of_schema_3_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    old_archive(path)
    async with open_archive(path, norm, NOW) as archive:
        assert files(tmp_path) >= {"a.sqlite3", "a.before-4.sqlite3"}
        [rule] = await rules.every(archive.reader)
        assert (rule.query, rule.pending) == ("кава", False)
        assert await meanings.outdated(archive.reader, "1") == [rule]
        assert len(await search.newest(archive.reader, Search("body : новий"), 999, None)) == 500
        assert await found(archive.reader, "meta : luk") == []
        old = Search("body : старий AND meta : luk", past=True)
        assert await search.count(archive.reader, old, 999) == 0
        await apply(archive, Post(5, 250, (1_400_000_250) * 1000, "Геть інше", pts=1))
        assert await steps(archive, 100) == 5
        assert await search.count(archive.reader, old, 999) == 499
        assert await search.count(archive.reader, Search("body : новий"), 999) == 499
        await check_index(archive)


async def test_an_older_archive_may_be_cut_off_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    old_archive(path)
    for _ in range(5):
        async with open_archive(path, norm, NOW) as archive:
            await steps(archive, 100, times=1)
    async with open_archive(path, norm, NOW) as archive:
        await steps(archive, 100)
        assert await reindex.whole(archive.reader)
        await check_index(archive)


def test_both_ways_lead_to_the_same_schema(tmp_path: Path) -> None:
    """An archive that was migrated and built anew is like one that is new."""

    async def schema(path: Path) -> set[tuple[str, str]]:
        async with open_archive(path, SHORTER, NOW) as archive:
            await steps(archive, 1000)
            rows = await archive.reader.execute_fetchall("SELECT name, sql FROM sqlite_schema")
            return {
                (row["name"], " ".join((row["sql"] or "").replace('"', "").split())) for row in rows
            }

    with tempfile.TemporaryDirectory() as folder:
        old_archive(tmp_path / "old.sqlite3")
        new = asyncio.run(schema(Path(folder) / "new.sqlite3"))
        assert asyncio.run(schema(tmp_path / "old.sqlite3")) == new


async def test_state_is_kept(tmp_path: Path) -> None:
    """`state` of an unedited post stays as it is through a pass."""
    path = tmp_path / "a.sqlite3"
    async with open_archive(path, norm, NOW) as archive:
        await save_channels(archive, CHANNEL)
        await apply(archive, state("її слово", 3))
        before = await posts.get(archive.reader, CHANNEL, POST.message_id)
    async with open_archive(path, SHORTER, NOW) as archive:
        await steps(archive, 1)
        after = await posts.get(archive.reader, CHANNEL, POST.message_id)
    assert before is not None and after is not None
    assert after == replace(before, post=replace(before.post, language="uk"))
