"""What is attached to posts: wanted, fetched once, and vouched for."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch, journal
from storage.records import Keep, StoredFile, Wanted


@dataclass(frozen=True, slots=True)
class Counts:
    """How many attachments there are of each sort."""

    waiting: int
    stored: int
    skipped: int
    stored_bytes: int  # each file counted once


@dataclass(frozen=True, slots=True)
class Carried:
    """A file that a version of a post carries."""

    post_id: int
    version: int
    media_id: int
    kind: str


async def want(tx: Connection, carried: Iterable[Carried], now: int) -> None:
    """Ask for files to be fetched; each of a post once, however often it is asked for."""
    await tx.executemany(
        """
        INSERT INTO attachments (post_id, version, media_id, kind, due_at)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (post_id, media_id) DO NOTHING
        """,
        [(each.post_id, each.version, each.media_id, each.kind, now) for each in carried],
    )


async def due(conn: Connection, account_id: int, now: int) -> Wanted | None:
    """What an account is to fetch next: what an alert waits for, else of the newest post whose
    turn has come."""
    awaited = "AND attachments.awaited_until > ?"
    row = await _due(conn, awaited, (account_id, now, now)) or await _due(
        conn, "", (account_id, now)
    )
    if row is None:
        return None
    return Wanted(
        id=row["id"],
        channel_id=row["channel_id"],
        access_hash=row["access_hash"],
        message_id=row["message_id"],
        media_id=row["media_id"],
        kind=row["kind"],
        raw=_unpacked(row["raw"]),
        attempts=row["attempts"],
    )


async def _due(conn: Connection, condition: str, values: tuple[int, ...]) -> Row | None:
    return await fetch.one(
        conn,
        """
        SELECT attachments.id, attachments.media_id, attachments.kind, attachments.attempts,
            posts.channel_id, posts.message_id, raw_objects.bytes AS raw, access.access_hash
        FROM attachments
            JOIN posts ON posts.id = attachments.post_id
            JOIN versions ON versions.post_id = posts.id AND versions.number = attachments.version
            LEFT JOIN raw_objects ON raw_objects.version_id = versions.id
            LEFT JOIN access
                ON access.channel_id = posts.channel_id AND access.account_id = ?
        WHERE attachments.state = 'waiting' AND attachments.due_at <= ?
        """  # noqa: S608 -- what is put in are constants; values are bound
        + condition
        + " ORDER BY attachments.post_id DESC LIMIT 1",
        values,
    )


async def stored(conn: Connection, post_id: int, media_id: int) -> StoredFile | None:
    """A file of a post, if it is there."""
    row = await fetch.one(
        conn,
        """
        SELECT sha256, size, mime, name
        FROM attachments
        WHERE post_id = ? AND media_id = ? AND state = 'stored'
        """,
        (post_id, media_id),
    )
    return None if row is None else StoredFile(**row)


async def awaited_until(conn: Connection, post_id: int, media_id: int) -> int | None:
    """Until when an alert may wait for a file: 0 if it need not; None if nobody was told to
    hurry yet."""
    row = await fetch.one(
        conn,
        """
        SELECT iif(state = 'waiting', awaited_until, 0) AS until
        FROM attachments
        WHERE post_id = ? AND media_id = ?
        """,
        (post_id, media_id),
    )
    return None if row is None else row["until"]


async def hurry(tx: Connection, carried: Carried, until_at: int, now: int) -> None:
    """Fetch a file before all others, as an alert waits for it until a time. The first stays."""
    await tx.execute(
        """
        INSERT INTO attachments (post_id, version, media_id, kind, due_at, awaited_until)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (post_id, media_id) DO UPDATE
        SET awaited_until = coalesce(awaited_until, excluded.awaited_until)
        WHERE state = 'waiting'
        """,
        (carried.post_id, carried.version, carried.media_id, carried.kind, now, until_at),
    )


async def is_awaited(conn: Connection, but: int, now: int) -> bool:
    """Whether an alert waits for another file than this attachment."""
    found = await fetch.value(
        conn,
        """
        SELECT EXISTS (
            SELECT 1
            FROM attachments INDEXED BY attachments_awaited
            WHERE state = 'waiting' AND awaited_until > ? AND due_at <= ? AND id <> ?
        )
        """,
        (now, now, but),
    )
    return bool(found)


async def known(conn: Connection, wanted: Wanted) -> StoredFile | None:
    """The same file of Telegram's, if another post brought it already."""
    row = await fetch.one(
        conn,
        """
        SELECT sha256, size, mime, name
        FROM attachments
        WHERE media_id = ? AND kind = ? AND state = 'stored'
        """,
        (wanted.media_id, wanted.kind),
    )
    return None if row is None else StoredFile(**row)


async def store(tx: Connection, wanted: Wanted, file: StoredFile, now: int) -> None:
    """The file is in its place: note it, with an entry in the journal."""
    await tx.execute(
        """
        UPDATE attachments
        SET state = 'stored', reason = NULL, sha256 = ?, size = ?, mime = ?, name = ?, done_at = ?
        WHERE id = ?
        """,
        (file.sha256, file.size, file.mime, file.name, now, wanted.id),
    )
    facts = journal.of_media(wanted, file)
    await journal.append(tx, [journal.Entry(now, journal.EntryKind.MEDIA, wanted.id, facts)])


async def skip(tx: Connection, attachment_id: int, reason: str, now: int) -> None:
    """It will not be fetched, for this reason."""
    await tx.execute(
        "UPDATE attachments SET state = 'skipped', reason = ?, done_at = ? WHERE id = ?",
        (reason, now, attachment_id),
    )


async def postpone(
    tx: Connection, attachment_id: int, until_at: int, reason: str, *, counted: bool
) -> None:
    """Try again later. Counted where it was this file that failed, and not the connection."""
    await tx.execute(
        "UPDATE attachments SET attempts = attempts + ?, due_at = ?, reason = ? WHERE id = ?",
        (counted, until_at, reason, attachment_id),
    )


async def counts(conn: Connection) -> Counts:
    """How much was fetched, and how much is still to be."""
    row = await fetch.one(
        conn,
        """
        SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
            count(*) FILTER (WHERE state = 'stored') AS stored,
            count(*) FILTER (WHERE state = 'skipped') AS skipped,
            (
                SELECT coalesce(sum(size), 0)
                FROM (SELECT DISTINCT sha256, size FROM attachments WHERE state = 'stored')
            ) AS stored_bytes
        FROM attachments
        """,
    )
    assert row is not None
    return Counts(**row)


async def choices(conn: Connection) -> dict[int, Keep]:
    """What was chosen for channels, by title; those that go by the settings are left out."""
    rows = await fetch.rows(
        conn, "SELECT id, keep FROM channels WHERE keep IS NOT NULL ORDER BY title, id"
    )
    return {row["id"]: Keep(row["keep"]) for row in rows}


async def choose(tx: Connection, channel_id: int, keep: Keep | None) -> None:
    """What to keep of a channel's files from now on; None is what the settings say."""
    await tx.execute("UPDATE channels SET keep = ? WHERE id = ?", (keep, channel_id))


def _unpacked(packed: bytes | None) -> bytes:
    """The message as received; nothing where it was not kept, or is damaged."""
    try:
        return b"" if packed is None else zlib.decompress(packed)
    except zlib.error:
        return b""
