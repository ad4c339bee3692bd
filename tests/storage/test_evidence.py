"""Anchors and stored files: what `verify` finds beyond the chain itself."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from storage import anchors, journal, media, verify
from storage.anchors import Anchor
from storage.db import Archive
from storage.files import Files
from storage.flaws import Flaw, Problem
from storage.journal import Entry, Head
from storage.media import Carried
from storage.records import StoredFile
from tests.storage.archives import NOW, POST, apply, gone, state, tamper

PICTURE = b"not really a picture"


async def fill(archive: Archive) -> Head:
    """Journal: 1 and 2 versions, 3 a deletion; anchored; 4 one more version."""
    await apply(archive, POST)
    await apply(archive, state("edited", 2, NOW))
    await apply(archive, gone())
    head = await journal.head(archive.reader)
    async with archive.transaction() as tx:
        await anchors.add(tx, head, NOW)
    await apply(archive, replace(POST, message_id=8, text="other"))
    return head


async def found(
    archive: Archive, *given: Head, files: Files | None = None
) -> list[tuple[Flaw, str, int | None]]:
    async with archive.heavy() as conn:
        problems = verify.verify(conn, files, [Anchor(head) for head in given])
        return [(each.flaw, each.kind, each.seq) async for each in problems]


async def rewrite(archive: Archive, first: int) -> None:
    """Give every entry from `first` on the hash that it would have had, as a forger could."""
    async with archive.transaction() as tx:
        rows = await tx.execute_fetchall("SELECT * FROM journal ORDER BY seq")
        previous = journal.GENESIS
        for row in rows:
            entry = Entry(row["at"], row["kind"], row["subject"], journal.listed(row["digests"]))
            new = journal.link(previous, row["seq"], entry)
            assert row["seq"] >= first or new == row["hash"]
            await tx.execute("UPDATE journal SET hash = ? WHERE seq = ?", (new, row["seq"]))
            previous = new


async def test_an_archive_agrees_with_its_anchors(archive: Archive) -> None:
    assert await found(archive, await fill(archive)) == []


FORGE = (
    "UPDATE deletions SET absence = 'recheck' WHERE id = 1",
    "UPDATE posts SET absence = 'recheck' WHERE message_id = 7",
    "UPDATE journal SET digests = json_set(digests, '$.absence', 'recheck') WHERE seq = 3",
)


async def test_a_tail_rewritten_with_new_hashes_is_found_by_the_anchor_in_the_archive(
    archive: Archive,
) -> None:
    await fill(archive)
    await tamper(archive, *FORGE)
    await rewrite(archive, 3)
    assert await found(archive) == [(Flaw.ANCHOR, "anchor", 3)]


async def test_and_by_one_kept_outside_where_the_forger_changed_that_too(archive: Archive) -> None:
    """Within itself such an archive is sound: this is what the daily message is for."""
    kept = await fill(archive)
    await tamper(archive, *FORGE)
    await rewrite(archive, 3)
    await tamper(archive, "UPDATE anchors SET hash = (SELECT hash FROM journal WHERE seq = 3)")
    assert await found(archive) == []
    assert await found(archive, kept) == [(Flaw.ANCHOR, "anchor", 3)]


async def test_an_end_cut_off_before_the_anchor_is_found(archive: Archive) -> None:
    kept = await fill(archive)
    await tamper(
        archive,
        "DELETE FROM journal WHERE seq >= 3",
        "DELETE FROM deletions",
        "PRAGMA defer_foreign_keys = ON",
        "DELETE FROM posts WHERE message_id = 8",
        "DELETE FROM versions WHERE id = 3",
        "UPDATE posts SET deleted_at = NULL, absence = NULL, meta = replace(meta, ' deleted', '')",
        "DELETE FROM anchors",
    )
    assert await found(archive) == []
    assert await found(archive, kept) == [(Flaw.ANCHOR, "anchor", 3)]


async def test_an_anchor_of_another_archive_is_not_this_one(archive: Archive) -> None:
    await fill(archive)
    assert await found(archive, Head(2, bytes(32)), Head(99, bytes(32))) == [
        (Flaw.ANCHOR, "anchor", 2),
        (Flaw.ANCHOR, "anchor", 99),
    ]


async def test_the_place_of_a_problem_is_told_even_of_what_was_removed(archive: Archive) -> None:
    await fill(archive)
    await tamper(archive, "DELETE FROM deletions")
    for problem in (
        Problem(Flaw.ROW, "deletion", 1, 3),  # by the journal
        Problem(Flaw.TEXT, "version", 2, 2),
        Problem(Flaw.SHOWN, "post", (await row_id(archive)), None),
    ):
        assert await verify.place(archive.reader, problem) == (POST.channel_id, 7)
    assert await verify.place(archive.reader, Problem(Flaw.ANCHOR, "anchor", 1, 99)) is None


async def row_id(archive: Archive) -> int:
    [row] = await archive.reader.execute_fetchall("SELECT id FROM posts WHERE message_id = 7")
    return int(row["id"])


# ---------------------------------------------------------------- stored files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "media")


async def store(archive: Archive, files: Files, data: bytes = PICTURE) -> StoredFile:
    """POST carries a photo, which is fetched: entries 1 and 2 of the journal."""
    await apply(archive, replace(POST, media="photo"))
    async with archive.transaction() as tx:
        await media.want(tx, [Carried(await row_id(archive), 1, 555, "photo")], NOW)
    wanted = await media.due(archive.reader, 0, NOW)
    assert wanted is not None and wanted.message_id == 7
    files.append("555", data)
    file = StoredFile(*files.finish("555"), mime="image/jpeg")
    async with archive.transaction() as tx:
        await media.store(tx, wanted, file, NOW + 1)
    return file


async def test_a_stored_file_is_sound(archive: Archive, files: Files) -> None:
    file = await store(archive, files)
    assert await found(archive, files=files) == []
    assert await media.due(archive.reader, 0, NOW + 10) is None
    assert files.path(file.sha256).read_bytes() == PICTURE


async def test_a_changed_byte_in_a_file_is_found(archive: Archive, files: Files) -> None:
    path = files.path((await store(archive, files)).sha256)
    path.write_bytes(PICTURE.replace(b"n", b"N", 1))
    assert await found(archive, files=files) == [(Flaw.FILE, "media", 2)]


async def test_a_removed_file_is_found(archive: Archive, files: Files) -> None:
    files.path((await store(archive, files)).sha256).unlink()
    assert await found(archive, files=files) == [(Flaw.FILE, "media", 2)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE attachments SET sha256 = zeroblob(32)", (Flaw.FACTS, "media", 2)),
        ("UPDATE attachments SET name = 'else.jpg'", (Flaw.FACTS, "media", 2)),
        ("UPDATE attachments SET media_id = 556", (Flaw.FACTS, "media", 2)),
        ("UPDATE attachments SET done_at = 1", (Flaw.FACTS, "media", 2)),
        ("DELETE FROM attachments", (Flaw.ROW, "media", 2)),
        ("DELETE FROM journal WHERE seq = 2", (Flaw.UNLISTED, "media", None)),
    ],
)
async def test_an_altered_row_of_a_file_is_found(
    archive: Archive, files: Files, statement: str, expected: tuple[Flaw, str, int | None]
) -> None:
    await store(archive, files)
    await tamper(archive, statement)
    assert await found(archive, files=files) == [expected]


# ---------------------------------------------------------------- the files themselves


def test_a_file_that_was_interrupted_goes_on_at_a_whole_unit(files: Files) -> None:
    assert files.begun("a", 4) == 0
    files.append("a", b"0123456789")
    assert files.begun("a", 4) == 8
    files.append("a", b"89")
    digest, size = files.finish("a")
    assert (files.path(digest).read_bytes(), size) == (b"0123456789", 10)
    assert files.begun("a", 4) == 0


def test_the_same_bytes_are_stored_once_for_nobody_else_to_read(files: Files) -> None:
    for name in ("a", "b"):
        files.append(name, PICTURE)
    assert files.finish("a") == files.finish("b")
    [stored] = [path for path in files.path(bytes(32)).parents[1].rglob("*") if path.is_file()]
    assert stored.stat().st_mode & 0o077 == 0
    assert stored.parent.name + stored.name == sha256(PICTURE).hexdigest()
