"""Whether the stored files are what the journal says."""

import asyncio
from collections.abc import AsyncGenerator
from sqlite3 import Row

from aiosqlite import Connection

from storage import journal
from storage.files import Files
from storage.flaws import DAMAGED, Flaw, Problem, Tick
from storage.journal import EntryKind
from storage.records import StoredFile, Wanted


async def look(conn: Connection, files: Files | None, tick: Tick) -> AsyncGenerator[Problem, None]:
    """Files that several posts carry are read once: the rows come in the order of the files."""
    query = """
        SELECT journal.seq, journal.at, journal.subject, journal.digests, attachments.id,
            attachments.media_id, attachments.kind, attachments.sha256, attachments.size,
            attachments.mime, attachments.name, attachments.done_at, attachments.state,
            posts.channel_id, posts.message_id
        FROM journal
            LEFT JOIN attachments ON attachments.id = journal.subject
            LEFT JOIN posts ON posts.id = attachments.post_id
        WHERE journal.kind = 'media'
        ORDER BY attachments.sha256, journal.seq
        """
    last, whole = b"", True
    async with conn.execute(query) as rows:
        async for row in rows:
            if (flaw := _flaw(row)) is not None:
                yield Problem(flaw, EntryKind.MEDIA, row["subject"], row["seq"])
            elif files is not None:
                if row["sha256"] != last:
                    last = row["sha256"]
                    whole = await asyncio.to_thread(files.is_whole, last)
                if not whole:
                    yield Problem(Flaw.FILE, EntryKind.MEDIA, row["subject"], row["seq"])
            tick()


def _flaw(row: Row) -> Flaw | None:
    """What is wrong with a row of attachments; the file is not looked at."""
    if row["id"] is None or row["channel_id"] is None or row["sha256"] is None:
        return Flaw.ROW
    try:
        return None if _is_as_told(row) else Flaw.FACTS
    except DAMAGED:
        return Flaw.FACTS


def _is_as_told(row: Row) -> bool:
    file = StoredFile(row["sha256"], row["size"], row["mime"], row["name"])
    wanted = Wanted(
        id=row["id"],
        channel_id=row["channel_id"],
        access_hash=None,
        message_id=row["message_id"],
        media_id=row["media_id"],
        kind=row["kind"],
        raw=b"",
        attempts=0,
    )
    told = journal.listed(row["digests"]) == journal.of_media(wanted, file)
    return bool(told and row["done_at"] == row["at"] and row["state"] == "stored")
