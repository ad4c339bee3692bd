"""Anchors: heads of the journal that were sent to the owner, to be kept outside the archive."""

from dataclasses import dataclass

from aiosqlite import Connection

from storage import fetch
from storage.journal import Head


@dataclass(frozen=True, slots=True)
class Anchor:
    """The journal's newest entry at a time."""

    head: Head
    id: int = 0  # 0 for one that somebody kept and gave by hand
    at: int = 0


async def add(tx: Connection, head: Head, now: int) -> None:
    """Remember an anchor that is sent now."""
    await tx.execute(
        "INSERT INTO anchors (at, seq, hash) VALUES (?, ?, ?)", (now, head.seq, head.hash)
    )


async def every(conn: Connection) -> list[Anchor]:
    """All anchors that were sent, oldest first."""
    rows = await fetch.rows(conn, "SELECT id, at, seq, hash FROM anchors ORDER BY id")
    return [Anchor(Head(row["seq"], row["hash"]), row["id"], row["at"]) for row in rows]


async def last_at(conn: Connection) -> int:
    """When the last one was sent; before the first, when the archive was made."""
    return int(
        await fetch.value(
            conn, "SELECT coalesce((SELECT max(at) FROM anchors), created_at) FROM archive"
        )
    )


async def archive_id(conn: Connection) -> bytes:
    """The random id of the archive, which its anchors name."""
    return bytes(await fetch.value(conn, "SELECT id FROM archive"))
