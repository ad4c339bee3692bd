"""Deletions in one channel that follow each other closely: one event, however many posts."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch

GAP = 60_000  # ms without a deletion end a burst


@dataclass(frozen=True, slots=True)
class Burst:
    """So many posts of a channel went, from one time to another."""

    id: int
    channel_id: int
    since_at: int
    until_at: int
    posts: int


async def note(tx: Connection, channel_id: int, posts: Collection[int], now: int) -> Burst:
    """Count posts, by row id, that went just now; the burst that they begin or continue."""
    row = await fetch.one(
        tx,
        """
        UPDATE bursts
        SET until_at = max(until_at, :now), posts = posts + :posts
        WHERE id = (
            SELECT id
            FROM bursts
            WHERE channel_id = :channel_id AND until_at >= :now - :gap
            ORDER BY until_at DESC
            LIMIT 1
        )
        RETURNING id, channel_id, since_at, until_at, posts
        """,
        {"channel_id": channel_id, "posts": len(posts), "now": now, "gap": GAP},
    )
    row = row or await fetch.one(
        tx,
        """
        INSERT INTO bursts (channel_id, since_at, until_at, posts)
        VALUES (?, ?, ?, ?)
        RETURNING id, channel_id, since_at, until_at, posts
        """,
        (channel_id, now, now, len(posts)),
    )
    assert row is not None
    # One that was not found when looked for, seen again, and gone again, may be there already.
    await tx.execute(
        """
        INSERT INTO burst_posts (burst_id, post_id)
        SELECT ?, value FROM json_each(?) WHERE true
        ON CONFLICT DO NOTHING
        """,
        (row["id"], json.dumps(list(posts))),
    )
    return _burst(row)


async def that_took(conn: Connection, post_ids: Collection[int]) -> dict[int, int]:
    """The last burst in which each of these posts went, by the posts' row ids."""
    rows = await fetch.rows(
        conn,
        """
        SELECT post_id, max(burst_id) AS burst_id
        FROM burst_posts
        WHERE post_id IN (SELECT value FROM json_each(?))
        GROUP BY post_id
        """,
        (json.dumps(list(post_ids)),),
    )
    return {row["post_id"]: row["burst_id"] for row in rows}


async def taken(conn: Connection, burst_id: int) -> list[int]:
    """The row ids of the posts that went in a burst, oldest first, of those still gone."""
    rows = await fetch.rows(
        conn,
        """
        SELECT posts.id
        FROM burst_posts JOIN posts ON posts.id = burst_posts.post_id
        WHERE burst_posts.burst_id = ? AND posts.deleted_at IS NOT NULL
        ORDER BY posts.id
        """,
        (burst_id,),
    )
    return [row["id"] for row in rows]


async def returned(conn: Connection, burst_id: int) -> list[int]:
    """The row ids of the posts that went in a burst, oldest first, of those there again."""
    rows = await fetch.rows(
        conn,
        """
        SELECT posts.id
        FROM burst_posts JOIN posts ON posts.id = burst_posts.post_id
        WHERE burst_posts.burst_id = ? AND posts.deleted_at IS NULL
        ORDER BY posts.id
        """,
        (burst_id,),
    )
    return [row["id"] for row in rows]


async def get(conn: Connection, burst_id: int) -> Burst | None:
    """One burst."""
    row = await fetch.one(
        conn,
        "SELECT id, channel_id, since_at, until_at, posts FROM bursts WHERE id = ?",
        (burst_id,),
    )
    return None if row is None else _burst(row)


async def since(conn: Connection, since_at: int, least: int) -> list[Burst]:
    """The bursts of at least so many posts that began then or later, oldest first."""
    rows = await fetch.rows(
        conn,
        """
        SELECT id, channel_id, since_at, until_at, posts
        FROM bursts
        WHERE since_at >= ? AND posts >= ?
        ORDER BY since_at, id
        """,
        (since_at, least),
    )
    return [_burst(row) for row in rows]


def _burst(row: Row) -> Burst:
    return Burst(**row)
