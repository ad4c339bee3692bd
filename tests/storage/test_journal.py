"""The hash chain: what it says of a sound archive, and of one somebody had a hand on."""

import json
import zlib
from dataclasses import replace
from hashlib import sha256

import pytest

from storage import journal
from storage.db import Archive
from storage.journal import GENESIS, Entry, EntryKind, Head
from storage.records import Absence, Via
from storage.verify import Flaw, Problem
from tests.storage.archives import (
    CHANNEL,
    NOW,
    POST,
    apply,
    gone,
    problems,
    save_channels,
    state,
    tamper,
)


async def fill(archive: Archive) -> None:
    """Journal: 1 and 2 versions, 3 a deletion, 4 a version with a raw object, 5 a deletion."""
    await apply(archive, POST)
    await apply(archive, state("edited", 2, NOW))
    await apply(archive, gone())
    await apply(archive, replace(POST, message_id=8, text="other", raw=b"object", layer=9))
    await apply(archive, gone(Absence.RECHECK, message_id=99))


async def flaws(archive: Archive, *statements: str) -> set[tuple[Flaw, str, int, int | None]]:
    await fill(archive)
    assert await problems(archive) == []
    await tamper(archive, *statements)
    return {(each.flaw, each.kind, each.subject, each.seq) for each in await problems(archive)}


async def test_the_form_of_an_entry_never_changes(archive: Archive) -> None:
    """Written out, so that a change of the form cannot pass unnoticed: it would make every
    archive look altered.
    """
    await apply(archive, replace(POST, raw=b"object", edited_at=NOW + 5), via=Via.SWEEP)
    content = (
        '{"author":null,"content":{},"forward":null,"grouped_id":null,"media":null,'
        '"reply_to":null,"service":null,"text":"Білогорівка під контролем"}'
    )
    digests = {
        "channel": CHANNEL,
        "edited_at": NOW + 5,
        "message": 7,
        "number": 1,
        "posted_at": NOW,
        "raw": sha256(b"object").hexdigest(),
        "state": sha256(content.encode()).hexdigest(),
        "text": sha256(POST.text.encode()).hexdigest(),
        "via": "sweep",
    }
    entry = {"at": NOW, "digests": digests, "kind": "version", "previous": "00" * 32}
    entry |= {"seq": 1, "subject": 1}
    [row] = await archive.reader.execute_fetchall("SELECT digests, hash FROM journal")
    assert json.loads(row["digests"]) == digests
    written = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
    assert row["hash"] == sha256(written).digest()


async def test_the_head_is_what_the_next_entry_follows(archive: Archive) -> None:
    assert await journal.head(archive.reader) == Head(0, GENESIS)
    await apply(archive, POST)
    first = await journal.head(archive.reader)
    assert first.seq == 1
    await apply(archive, gone())
    entry = Entry(
        NOW,
        EntryKind.DELETION,
        subject=1,
        digests={"absence": "notice", "channel": CHANNEL, "message": 7},
    )
    assert await journal.head(archive.reader) == Head(2, journal.link(first.hash, 2, entry))


async def test_an_empty_archive_is_sound(archive: Archive) -> None:
    assert await problems(archive) == []


VERSION, DELETION = "version", "deletion"
FORGED = zlib.compress(b"forged").hex()
FORGED_TEXT = sha256(b"forged").hexdigest()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE versions SET text = 'edite\N{CYRILLIC SMALL LETTER DE}' WHERE id = 2",
            {(Flaw.TEXT, VERSION, 2, 2), (Flaw.STATE, VERSION, 2, 2)},
        ),
        (
            """UPDATE versions SET content = '{"a":1}' WHERE id = 1""",
            {(Flaw.STATE, VERSION, 1, 1)},
        ),
        (
            "UPDATE versions SET content = 'no JSON' WHERE id = 1",
            {(Flaw.STATE, VERSION, 1, 1)},
        ),
        ("UPDATE versions SET author = 'x' WHERE id = 1", {(Flaw.STATE, VERSION, 1, 1)}),
        (
            "UPDATE versions SET digest = zeroblob(32) WHERE id = 1",
            {(Flaw.STATE, VERSION, 1, 1)},
        ),
        ("UPDATE versions SET seen_at = 1 WHERE id = 1", {(Flaw.FACTS, VERSION, 1, 1)}),
        ("UPDATE versions SET edited_at = 1 WHERE id = 1", {(Flaw.FACTS, VERSION, 1, 1)}),
        ("UPDATE versions SET via = 'import' WHERE id = 3", {(Flaw.FACTS, VERSION, 3, 4)}),
        (
            "UPDATE posts SET posted_at = 0 WHERE message_id = 8",
            {(Flaw.FACTS, VERSION, 3, 4)},
        ),
        (
            f"UPDATE raw_objects SET bytes = X'{FORGED}'",  # noqa: S608 -- hex digits
            {(Flaw.RAW, VERSION, 3, 4)},
        ),
        ("UPDATE raw_objects SET bytes = X'00'", {(Flaw.RAW, VERSION, 3, 4)}),
        ("DELETE FROM raw_objects", {(Flaw.RAW, VERSION, 3, 4)}),
        (
            "UPDATE deletions SET absence = 'recheck' WHERE id = 1",
            {(Flaw.FACTS, DELETION, 1, 3)},
        ),
        ("UPDATE deletions SET message_id = 98 WHERE id = 2", {(Flaw.FACTS, DELETION, 2, 5)}),
        ("DELETE FROM deletions WHERE id = 2", {(Flaw.ROW, DELETION, 2, 5)}),
        (
            """
            INSERT INTO deletions (channel_id, message_id, absence, seen_at, via, pts)
            VALUES (1, 1, 'notice', 1, 'live', 1)
            """,
            {(Flaw.UNLISTED, DELETION, 3, None)},
        ),
        (
            "UPDATE journal SET at = at + 1 WHERE seq = 5",
            {(Flaw.LINK, DELETION, 2, 5), (Flaw.FACTS, DELETION, 2, 5)},
        ),
        (
            "UPDATE journal SET hash = zeroblob(32) WHERE seq = 2",
            {(Flaw.LINK, VERSION, 2, 2), (Flaw.LINK, DELETION, 1, 3)},
        ),
        (
            "DELETE FROM journal WHERE seq = 3",
            {(Flaw.GAP, VERSION, 3, 4), (Flaw.UNLISTED, DELETION, 1, None)},
        ),
    ],
)
async def test_what_was_altered_is_found(
    archive: Archive, statement: str, expected: set[tuple[Flaw, str, int, int | None]]
) -> None:
    """And so is a post whose deletion or date no longer agrees with it."""
    found = await flaws(archive, statement)
    assert {each for each in found if each[0] is not Flaw.SHOWN} == expected


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE posts SET text = 'forged' WHERE message_id = 7",
        "UPDATE posts SET digest = zeroblob(32) WHERE message_id = 7",
        "UPDATE posts SET content = '[]' WHERE message_id = 7",
        "UPDATE posts SET version = 1 WHERE message_id = 7",
        "UPDATE posts SET deleted_at = NULL, absence = NULL WHERE message_id = 7",
        "UPDATE posts SET absence = 'recheck' WHERE message_id = 7",
        "UPDATE posts SET deleted_at = NULL WHERE message_id = 7",
    ],
)
async def test_a_post_that_is_shown_otherwise_than_it_was_seen_is_found(
    archive: Archive, statement: str
) -> None:
    [flaw] = await flaws(archive, statement)
    assert flaw[:2] == (Flaw.SHOWN, "post")


async def test_a_digest_in_an_entry_cannot_be_altered(archive: Archive) -> None:
    """Not even together with what it vouches for: the chain does not follow any more."""
    found = await flaws(
        archive,
        "UPDATE versions SET text = 'forged' WHERE id = 2",
        f"""
        UPDATE journal
        SET digests = json_set(digests, '$.text', '{FORGED_TEXT}')
        WHERE seq = 2
        """,  # noqa: S608 -- hex digits
    )
    assert (Flaw.LINK, VERSION, 2, 2) in found
    assert (Flaw.TEXT, VERSION, 2, 2) not in found


async def test_a_removed_version_is_found(archive: Archive) -> None:
    found = await flaws(
        archive, "PRAGMA defer_foreign_keys = ON", "DELETE FROM versions WHERE id=1"
    )
    assert found == {(Flaw.ROW, VERSION, 1, 1)}


async def test_a_swapped_order_is_found(archive: Archive) -> None:
    found = await flaws(
        archive,
        "UPDATE journal SET seq = -1 WHERE seq = 2",
        "UPDATE journal SET seq = 2 WHERE seq = 3",
        "UPDATE journal SET seq = 3 WHERE seq = -1",
    )
    assert found == {
        (Flaw.LINK, DELETION, 1, 2),
        (Flaw.LINK, VERSION, 2, 3),
        (Flaw.LINK, VERSION, 3, 4),
    }


async def test_entries_cut_off_at_the_end_leave_rows_that_nothing_vouches_for(
    archive: Archive,
) -> None:
    found = await flaws(archive, "DELETE FROM journal WHERE seq > 3")
    assert found == {(Flaw.UNLISTED, VERSION, 3, None), (Flaw.UNLISTED, DELETION, 2, None)}


async def test_entries_cut_off_with_their_rows_show_against_an_anchor(archive: Archive) -> None:
    """Within itself such an archive is sound; its head is not the one that was kept."""
    await fill(archive)
    anchor = await journal.head(archive.reader)
    await tamper(archive, "DELETE FROM journal WHERE seq = 5", "DELETE FROM deletions WHERE id = 2")
    assert await problems(archive) == []
    assert await journal.head(archive.reader) != anchor


async def test_every_problem_is_reported_while_reading_on(archive: Archive) -> None:
    """More rows than are read at once, problems near both ends; and so with the posts, which
    were first seen at another time than that."""
    await save_channels(archive, 5)
    await apply(archive, *(replace(POST, channel_id=5, message_id=i) for i in range(500)))
    await tamper(archive, "UPDATE versions SET seen_at = 0 WHERE id IN (1, 499)")
    rows = await archive.reader.execute_fetchall("SELECT post_id FROM versions ORDER BY id")
    ids = [row["post_id"] for row in rows]
    assert await problems(archive) == [
        Problem(Flaw.FACTS, VERSION, 1, 1),
        Problem(Flaw.FACTS, VERSION, 499, 499),
        *(Problem(Flaw.SHOWN, "post", ids[place]) for place in (0, 498)),
    ]
