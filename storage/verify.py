"""Whether the archive is what its journal says."""

import zlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from sqlite3 import Row

from aiosqlite import Connection

from storage import anchors, digests, fetch, journal, states, verify_media, verify_posts
from storage.anchors import Anchor
from storage.files import Files
from storage.flaws import DAMAGED, Check, Flaw, Problem, Tick
from storage.journal import Entry, EntryKind
from storage.records import Absence, Deletion

__all__ = ["Check", "Flaw", "Problem", "checks", "place", "verify"]


async def verify(
    conn: Connection, files: Files | None = None, given: Iterable[Anchor] = ()
) -> AsyncGenerator[Problem, None]:
    """Every problem of the archive, as it is found: what all `checks` say, one after the other."""
    for check in await checks(conn, files, given):
        async with aclosing(check.look(lambda: None)) as problems:
            async for problem in problems:
                yield problem


async def checks(
    conn: Connection, files: Files | None, given: Iterable[Anchor] = ()
) -> list[Check]:
    """What there is to look at, in the order in which it should be.

    First the chain in its order, with every anchor that was sent and those given; then what
    the entries vouch for, then rows for which none does, then the posts as they are shown.
    Stored files are read where `files` are given. Streams: little is held in memory; meant for
    a connection of its own. Entries cut off at the end with all that tells of them, or
    rewritten with all hashes anew, show only against an anchor kept elsewhere.
    """
    held = [*await anchors.every(conn), *given]
    row = await fetch.one(
        conn,
        """
        SELECT (SELECT count(*) FROM journal) AS entries,
            (SELECT count(*) FROM journal WHERE kind = 'version') AS versions,
            (SELECT count(*) FROM journal WHERE kind = 'deletion') AS deletions,
            (SELECT count(*) FROM journal WHERE kind = 'media') AS files,
            (SELECT count(*) FROM posts) AS posts
        """,
    )
    assert row is not None
    return [
        Check("entries", row["entries"], partial(_chain, conn, held)),
        Check("versions", row["versions"], partial(_versions, conn)),
        Check("deletions", row["deletions"], partial(_deletions, conn)),
        Check("files", row["files"], partial(verify_media.look, conn, files)),
        Check("rows without an entry", 0, partial(_unlisted, conn)),
        Check("posts", row["posts"], partial(verify_posts.look, conn)),
    ]


async def place(conn: Connection, problem: Problem) -> tuple[int, int] | None:
    """The channel and the message that a problem concerns, where that can still be told."""
    row = await fetch.one(
        conn,
        """
        SELECT channel_id, message_id
        FROM posts
        WHERE id = CASE :kind
            WHEN 'post' THEN :subject
            WHEN 'version' THEN (SELECT post_id FROM versions WHERE id = :subject)
            WHEN 'media' THEN (SELECT post_id FROM attachments WHERE id = :subject)
        END
        UNION ALL
        SELECT channel_id, message_id FROM deletions WHERE :kind = 'deletion' AND id = :subject
        UNION ALL
        SELECT json_extract(digests, '$.channel'), json_extract(digests, '$.message')
        FROM journal
        WHERE seq = :seq AND json_valid(digests)
        """,
        {
            "kind": _writable(problem.kind),
            "subject": _writable(problem.subject),
            "seq": problem.seq,
        },
    )
    if row is None or not isinstance(row[0], int) or not isinstance(row[1], int):
        return None
    return row[0], row[1]


def _writable(value: object) -> object:
    """What an entry says, as it can be asked for: in a damaged one are letters that are none."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


async def _chain(
    conn: Connection, held: Iterable[Anchor], tick: Tick
) -> AsyncGenerator[Problem, None]:
    anchored: dict[int, list[Anchor]] = defaultdict(list)
    for anchor in held:
        anchored[anchor.head.seq].append(anchor)
    seq, previous = 0, journal.GENESIS
    query = "SELECT seq, at, kind, subject, digests, hash FROM journal ORDER BY seq"
    async with conn.execute(query) as rows:
        async for row in rows:
            if row["seq"] != seq + 1:
                yield Problem(Flaw.GAP, row["kind"], row["subject"], row["seq"])
            elif not _follows(row, previous):
                yield Problem(Flaw.LINK, row["kind"], row["subject"], row["seq"])
            seq, previous = row["seq"], row["hash"]
            for anchor in anchored.pop(seq, ()):
                if anchor.head.hash != previous:
                    yield Problem(Flaw.ANCHOR, "anchor", anchor.id, seq)
            tick()
    for missing in (anchor for left in anchored.values() for anchor in left):
        yield Problem(Flaw.ANCHOR, "anchor", missing.id, missing.head.seq)


def _follows(row: Row, previous: bytes) -> bool:
    """Whether an entry has the hash that it must have after the one before."""
    try:
        entry = Entry(row["at"], row["kind"], row["subject"], journal.listed(row["digests"]))
        return journal.link(previous, row["seq"], entry) == bytes(row["hash"])
    except DAMAGED:
        return False


async def _versions(conn: Connection, tick: Tick) -> AsyncGenerator[Problem, None]:
    query = (
        "SELECT journal.seq, journal.at, journal.subject, journal.digests, versions.id,"
        " raw_objects.bytes AS raw," + states.VERSION_COLUMNS + "FROM journal"
        " LEFT JOIN versions ON versions.id = journal.subject"
        " LEFT JOIN posts ON posts.id = versions.post_id"
        " LEFT JOIN raw_objects ON raw_objects.version_id = versions.id"
        " WHERE journal.kind = 'version'"
        " ORDER BY journal.seq"
    )
    async with conn.execute(query) as rows:
        async for row in rows:
            for flaw in _flaws(row):
                yield Problem(flaw, EntryKind.VERSION, row["subject"], row["seq"])
            tick()


def _flaws(row: Row) -> Iterator[Flaw]:
    """What is wrong with a version, beside the entry that vouches for it."""
    if row["id"] is None or row["channel_id"] is None:
        yield Flaw.ROW
        return
    try:
        found = states.version(row)
        state = digests.of_state(found.post)
    except DAMAGED:
        yield Flaw.STATE
        return
    whole = replace(found, post=replace(found.post, raw=_unpacked(row["raw"])))
    listed, actual = journal.listed(row["digests"]), journal.of_version(whole, state)
    parts = {"text": Flaw.TEXT, "state": Flaw.STATE, "raw": Flaw.RAW}
    wrong = {parts.get(key, Flaw.FACTS) for key in actual if listed.get(key) != actual[key]}
    if state != row["digest"]:
        wrong.add(Flaw.STATE)
    if row["seen_at"] != row["at"]:
        wrong.add(Flaw.FACTS)
    yield from sorted(wrong)


async def _deletions(conn: Connection, tick: Tick) -> AsyncGenerator[Problem, None]:
    query = """
        SELECT journal.seq, journal.at, journal.subject, journal.digests, deletions.id,
            deletions.channel_id, deletions.message_id, deletions.absence, deletions.seen_at
        FROM journal LEFT JOIN deletions ON deletions.id = journal.subject
        WHERE journal.kind = 'deletion'
        ORDER BY journal.seq
        """
    async with conn.execute(query) as rows:
        async for row in rows:
            if (flaw := _deletion_flaw(row)) is not None:
                yield Problem(flaw, EntryKind.DELETION, row["subject"], row["seq"])
            tick()


def _deletion_flaw(row: Row) -> Flaw | None:
    if row["id"] is None:
        return Flaw.ROW
    try:
        absence = Absence(row["absence"])
    except ValueError:
        return Flaw.FACTS
    actual = journal.of_deletion(Deletion(row["channel_id"], row["message_id"], absence))
    sound = journal.listed(row["digests"]) == actual and row["seen_at"] == row["at"]
    return None if sound else Flaw.FACTS


async def _unlisted(conn: Connection, tick: Tick) -> AsyncGenerator[Problem, None]:
    query = """
        SELECT 'version' AS kind, id
        FROM versions
        WHERE id NOT IN (SELECT subject FROM journal WHERE kind = 'version')
        UNION ALL
        SELECT 'deletion', id
        FROM deletions
        WHERE id NOT IN (SELECT subject FROM journal WHERE kind = 'deletion')
        UNION ALL
        SELECT 'media', id
        FROM attachments
        WHERE state = 'stored' AND id NOT IN (SELECT subject FROM journal WHERE kind = 'media')
        """
    async with conn.execute(query) as rows:
        async for row in rows:
            yield Problem(Flaw.UNLISTED, row["kind"], row["id"])
            tick()


def _unpacked(packed: bytes | None) -> bytes:
    """The object as received; where it cannot be unpacked, bytes that have not its hash."""
    if packed is None:
        return b""
    unpacking = zlib.decompressobj()
    try:
        raw = unpacking.decompress(packed)
    except (zlib.error, TypeError):
        return b"damaged"
    return raw if unpacking.eof and not unpacking.unused_data else b"damaged"
