"""Whether the archive is what its journal says."""

import json
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from sqlite3 import Row
from typing import Any

from aiosqlite import Connection

from storage import digests, journal, states
from storage.journal import Entry, EntryKind
from storage.records import Absence, Deletion


class Flaw(StrEnum):
    """What can be wrong."""

    GAP = "gap"  # the entries before this number are missing
    LINK = "link"  # the entry, or the hash of the one before it, was altered or moved
    ROW = "row"  # what the entry vouches for is not there
    FACTS = "facts"  # ids, dates or the road of what it vouches for were altered
    TEXT = "text"  # the text was altered
    STATE = "state"  # the text or anything else of the post was altered, or its digest
    RAW = "raw"  # the object as received was altered, added or removed
    UNLISTED = "unlisted"  # a row for which no entry vouches
    SHOWN = "shown"  # a post is shown otherwise than its versions and deletions say


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the archive that is not as it was written."""

    flaw: Flaw
    kind: str  # of the subject: an EntryKind, or "post"
    subject: int  # row id in the table of that kind
    seq: int | None = None  # number of the journal's entry that tells, if one does


async def verify(conn: Connection) -> AsyncIterator[Problem]:
    """Every problem of the archive, as it is found.

    First the chain in its order, then what the entries vouch for, then rows for which none
    does, then the posts as they are shown. Streams: little is held in memory; meant for a
    connection of its own. Entries cut off at the end, with their rows, show only against an
    anchor kept elsewhere.
    """
    for look in (_chain, _versions, _deletions, _unlisted, _posts):
        async for problem in look(conn):
            yield problem


async def _chain(conn: Connection) -> AsyncIterator[Problem]:
    seq, previous = 0, journal.GENESIS
    query = "SELECT seq, at, kind, subject, digests, hash FROM journal ORDER BY seq"
    async with conn.execute(query) as rows:
        async for row in rows:
            entry = Entry(row["at"], row["kind"], row["subject"], _plain(row["digests"]))
            if row["seq"] != seq + 1:
                yield Problem(Flaw.GAP, entry.kind, entry.subject, row["seq"])
            elif journal.link(previous, row["seq"], entry) != row["hash"]:
                yield Problem(Flaw.LINK, entry.kind, entry.subject, row["seq"])
            seq, previous = row["seq"], row["hash"]


async def _versions(conn: Connection) -> AsyncIterator[Problem]:
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


def _flaws(row: Row) -> Iterator[Flaw]:
    """What is wrong with a version, beside the entry that vouches for it."""
    if row["id"] is None or row["channel_id"] is None:
        yield Flaw.ROW
        return
    try:
        found = states.version(row)
        state = digests.of_state(found.post)
    except (ValueError, TypeError):  # what was JSON is no longer, or is not what it was
        yield Flaw.STATE
        return
    whole = replace(found, post=replace(found.post, raw=_unpacked(row["raw"])))
    listed, actual = _plain(row["digests"]), journal.of_version(whole, state)
    parts = {"text": Flaw.TEXT, "state": Flaw.STATE, "raw": Flaw.RAW}
    wrong = {parts.get(key, Flaw.FACTS) for key in actual if listed.get(key) != actual[key]}
    if state != row["digest"]:
        wrong.add(Flaw.STATE)
    if row["seen_at"] != row["at"]:
        wrong.add(Flaw.FACTS)
    yield from sorted(wrong)


async def _deletions(conn: Connection) -> AsyncIterator[Problem]:
    query = """
        SELECT journal.seq, journal.at, journal.subject, journal.digests, deletions.id,
            deletions.channel_id, deletions.message_id, deletions.absence, deletions.seen_at
        FROM journal LEFT JOIN deletions ON deletions.id = journal.subject
        WHERE journal.kind = 'deletion'
        ORDER BY journal.seq
        """
    async with conn.execute(query) as rows:
        async for row in rows:
            if row["id"] is None:
                yield Problem(Flaw.ROW, EntryKind.DELETION, row["subject"], row["seq"])
                continue
            absence = Absence(row["absence"])
            actual = journal.of_deletion(Deletion(row["channel_id"], row["message_id"], absence))
            if _plain(row["digests"]) != actual or row["seen_at"] != row["at"]:
                yield Problem(Flaw.FACTS, EntryKind.DELETION, row["subject"], row["seq"])


async def _unlisted(conn: Connection) -> AsyncIterator[Problem]:
    query = """
        SELECT 'version' AS kind, id
        FROM versions
        WHERE id NOT IN (SELECT subject FROM journal WHERE kind = 'version')
        UNION ALL
        SELECT 'deletion', id
        FROM deletions
        WHERE id NOT IN (SELECT subject FROM journal WHERE kind = 'deletion')
        """
    async with conn.execute(query) as rows:
        async for row in rows:
            yield Problem(Flaw.UNLISTED, row["kind"], row["id"])


async def _posts(conn: Connection) -> AsyncIterator[Problem]:
    async with conn.execute(states.KEPT + "ORDER BY id") as rows:
        async for row in rows:
            if not _is_its_state(row):
                yield Problem(Flaw.SHOWN, "post", row["id"])
    query = """
        SELECT posts.id
        FROM posts
            LEFT JOIN versions ON versions.post_id = posts.id AND versions.number = posts.version
        WHERE versions.digest IS NOT posts.digest
            OR (posts.absence IS NULL) <> (posts.deleted_at IS NULL)
            OR (posts.absence IS 'notice') <> EXISTS (
                SELECT 1
                FROM deletions
                WHERE deletions.channel_id = posts.channel_id
                    AND deletions.message_id = posts.message_id
                    AND deletions.absence = 'notice'
            )
        """
    async with conn.execute(query) as rows:
        async for row in rows:
            yield Problem(Flaw.SHOWN, "post", row["id"])


def _is_its_state(row: Row) -> bool:
    """Whether a post has the digest written beside it."""
    try:
        return digests.of_state(states.kept(row).post) == bytes(row["digest"])
    except (ValueError, TypeError):
        return False


def _plain(written: str) -> dict[str, Any]:
    """The digests of an entry; none where they cannot be read, which then differ from all."""
    try:
        found = json.loads(written)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _unpacked(packed: bytes | None) -> bytes:
    """The object as received; where it cannot be unpacked, bytes that have not its hash."""
    try:
        return b"" if packed is None else zlib.decompress(packed)
    except zlib.error:
        return packed or b"damaged"
