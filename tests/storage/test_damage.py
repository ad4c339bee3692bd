"""Bytes that were damaged, or put there by somebody: `verify` names them and reads on."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import aclosing, closing
from dataclasses import replace
from pathlib import Path

import pytest

from storage import anchors, journal, media, verify
from storage.db import look_into
from storage.errors import ArchiveError
from storage.files import Files
from storage.flaws import Flaw, Problem
from storage.media import Carried
from storage.records import Forward, StoredFile
from tests.fresh import fresh
from tests.storage.archives import CHANNEL, NOW, POST, apply, gone, norm, save_channels, state

RICH = replace(
    POST,
    media="photo",
    raw=b"object" * 20,
    forward=Forward(NOW, 1, 2, "x"),
    content={"links": ["t.me", {"ї": 1}]},
    has=frozenset({"photo"}),
)
NO_LETTERS = "CAST(X'41FF' AS TEXT)"
DEEP = "replace(hex(zeroblob(100000)), '00', '[')"


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Journal: 1, 2 versions, 3 a deletion, 4 a version, 5 a file; an anchor of it."""
    path = tmp_path / "archive.sqlite3"
    async with fresh(path, norm, NOW) as archive:
        await save_channels(archive, CHANNEL)
        await apply(archive, RICH)
        await apply(archive, state("edited", 2, NOW))
        await apply(archive, gone())
        [change] = await apply(archive, replace(RICH, message_id=8))
        async with archive.transaction() as tx:
            await media.want(tx, [Carried(change.post_id, 1, 555, "photo")], NOW)
        wanted = await media.due(archive.reader, 0, NOW)
        assert wanted is not None
        files = Files(tmp_path / "media")
        files.append("555", b"picture")
        async with archive.transaction() as tx:
            await media.store(tx, wanted, StoredFile(*files.finish("555"), "image/jpeg"), NOW)
            await anchors.add(tx, await journal.head(tx), NOW)
    return path


async def look(path: Path) -> Sequence[Problem]:
    """What `verify` says of the file, each with its place looked up as the command does."""
    found = []
    async with look_into(path, norm) as conn:
        for check in await verify.checks(conn, Files(path.parent / "media")):
            async with aclosing(check.look(lambda: None)) as problems:
                async for problem in problems:
                    await verify.place(conn, problem)
                    found.append(problem)
    return found


@pytest.mark.parametrize(
    ("table", "change", "flaw"),
    [
        ("versions", f"text = {NO_LETTERS}", Flaw.STATE),
        ("versions", f"author = {NO_LETTERS}", Flaw.STATE),
        ("versions", f"via = {NO_LETTERS}", Flaw.STATE),
        ("versions", f"content = {NO_LETTERS}", Flaw.STATE),
        ("versions", "content = substr(content, 1, 5)", Flaw.STATE),
        ("versions", "content = '5'", Flaw.STATE),
        ("versions", f"content = {DEEP}", Flaw.STATE),
        ("versions", "forward = '[]'", Flaw.STATE),
        ("versions", """forward = '{"who":1}'""", Flaw.STATE),
        ("versions", "digest = X''", Flaw.STATE),
        ("versions", f"has = {NO_LETTERS}", Flaw.SHOWN),
        ("raw_objects", "bytes = substr(bytes, 1, 5)", Flaw.RAW),
        ("raw_objects", "bytes = X''", Flaw.RAW),
        ("raw_objects", "bytes = CAST(bytes || X'00' AS BLOB)", Flaw.RAW),  # behind its end
        ("posts", f"text = {NO_LETTERS}", Flaw.SHOWN),
        ("posts", f"meta = {NO_LETTERS}", Flaw.SHOWN),
        ("posts", f"via = {NO_LETTERS}", Flaw.SHOWN),
        ("posts", f"content = {DEEP}", Flaw.SHOWN),
        ("posts", "forward = 'null'", Flaw.SHOWN),
        ("attachments", f"name = {NO_LETTERS}", Flaw.FACTS),
        ("attachments", "sha256 = X'00'", Flaw.FACTS),
        ("attachments", "state = 'waiting', sha256 = NULL, size = NULL", Flaw.ROW),
        ("journal", f"digests = {NO_LETTERS}", Flaw.LINK),
        ("journal", "digests = substr(digests, 1, 5)", Flaw.LINK),
        ("journal", f"digests = {DEEP}", Flaw.LINK),
        ("journal", "digests = '[]'", Flaw.LINK),
        ("journal", f"kind = {NO_LETTERS}", Flaw.LINK),
        ("journal", "hash = X''", Flaw.LINK),
        ("anchors", "hash = X''", Flaw.ANCHOR),
    ],
)
async def test_damage_is_named(path: Path, table: str, change: str, flaw: Flaw) -> None:
    with closing(sqlite3.connect(path)) as conn:
        for trigger in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
            conn.execute(f"DROP TRIGGER {trigger[0]}")  # the indexes are not what is looked at
        conn.execute(f"UPDATE {table} SET {change}")  # noqa: S608 -- from above
        conn.commit()
    assert flaw in {problem.flaw for problem in await look(path)}


async def test_what_is_whole_is_sound(path: Path) -> None:
    assert await look(path) == []


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_bytes_are_damaged_it_ends_with_an_answer(path: Path, seed: int) -> None:
    """Types of values and lengths of rows, which no statement could change, included."""
    damage(path, random.Random(seed))
    try:
        assert await look(path)
    except ArchiveError as error:
        assert "is damaged" in str(error)


def damage(path: Path, rng: random.Random) -> None:
    """Overwrite two bytes in the first page of each table that is vouched for."""
    with closing(sqlite3.connect(path)) as conn:
        (size,) = conn.execute("PRAGMA page_size").fetchone()
        roots = conn.execute(
            """
            SELECT rootpage
            FROM sqlite_schema
            WHERE name IN ('journal', 'posts', 'versions', 'deletions', 'raw_objects')
            """
        ).fetchall()
    data = bytearray(path.read_bytes())
    for (root,) in roots:
        filled = [place for place in range((root - 1) * size, root * size) if data[place]]
        for place in rng.sample(filled, k=2):
            data[place] = rng.choice([rng.randrange(256), 0xFF, 0])
    path.write_bytes(data)
