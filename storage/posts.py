"""Posts as they are kept. They are written by `storage.apply` alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from aiosqlite import Connection

from storage import fetch, search, states
from storage.apply import apply
from storage.records import Kept, Version
from storage.search import Search

__all__ = [
    "Counts",
    "after",
    "album",
    "alive_ids",
    "apply",
    "before",
    "by_ids",
    "counts",
    "get",
    "latest",
    "newest_id",
    "parts",
    "versions",
]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the archive holds."""

    posts: int
    versions: int
    deleted: int  # posts that are gone from Telegram


async def get(conn: Connection, channel_id: int, message_id: int) -> Kept | None:
    """One message of a channel."""
    row = await fetch.one(
        conn,
        states.KEPT + "WHERE channel_id = ? AND message_id = ?",
        (channel_id, message_id),
    )
    return None if row is None else states.kept(row)


async def by_ids(conn: Connection, ids: Sequence[int]) -> list[Kept]:
    """The posts with these row ids, oldest first; unknown ids are left out."""
    rows = await fetch.rows(
        conn,
        states.KEPT  # noqa: S608 -- both parts are constants
        + """
        WHERE id IN (SELECT value FROM json_each(?))
        ORDER BY id
        """,
        (json.dumps(ids),),
    )
    return [states.kept(row) for row in rows]


async def latest(
    conn: Connection, channel_id: int | None, limit: int, before: int | None
) -> list[Kept]:
    """The newest posts of a channel, or of all (None), newest first.

    `before` is the row id of the last post of the page before, None for the first page.
    """
    if channel_id is not None:
        # The index of words also has every channel's posts in the order of time.
        return await search.newest(conn, Search(f"meta : c{channel_id}"), limit, before)
    return await search.newest(conn, Search(), limit, before)


async def newest_id(conn: Connection, channel_id: int) -> int:
    """The highest message id that the archive has of a channel, 0 where it has none."""
    found = await fetch.value(
        conn, "SELECT max(message_id) FROM posts WHERE channel_id = ?", (channel_id,)
    )
    return int(found or 0)


async def alive_ids(conn: Connection, channel_id: int, below: int) -> list[int]:
    """The messages of a channel below an id that are not known to be gone, newest first."""
    rows = await fetch.rows(
        conn,
        """
        SELECT message_id
        FROM posts
        WHERE channel_id = ? AND message_id < ? AND deleted_at IS NULL
        ORDER BY message_id DESC
        """,
        (channel_id, below),
    )
    return [row["message_id"] for row in rows]


async def album(conn: Connection, channel_id: int, grouped_id: int) -> list[Kept]:
    """The parts of an album that are known, in the order of the album."""
    rows = await fetch.rows(
        conn,
        states.KEPT + "WHERE channel_id = ? AND grouped_id = ? ORDER BY message_id",
        (channel_id, grouped_id),
    )
    return [states.kept(row) for row in rows]


async def before(conn: Connection, channel_id: int, message_id: int, limit: int) -> list[Kept]:
    """The messages of a channel before an id, newest first."""
    rows = await fetch.rows(
        conn,
        states.KEPT + "WHERE channel_id = ? AND message_id < ? ORDER BY message_id DESC LIMIT ?",
        (channel_id, message_id, limit),
    )
    return [states.kept(row) for row in rows]


async def after(conn: Connection, channel_id: int, message_id: int, limit: int) -> list[Kept]:
    """The messages of a channel after an id, oldest first."""
    rows = await fetch.rows(
        conn,
        states.KEPT + "WHERE channel_id = ? AND message_id > ? ORDER BY message_id LIMIT ?",
        (channel_id, message_id, limit),
    )
    return [states.kept(row) for row in rows]


async def parts(conn: Connection, post_id: int) -> list[int]:
    """The row ids of all parts of a post's album; of a post that is in none, its own."""
    rows = await fetch.rows(
        conn,
        """
        SELECT coalesce(parts.id, posts.id) AS id
        FROM posts LEFT JOIN posts AS parts
            ON parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
        WHERE posts.id = ?
        ORDER BY parts.message_id
        """,
        (post_id,),
    )
    return [row["id"] for row in rows]


async def versions(conn: Connection, post_id: int) -> list[Version]:
    """Every state seen of a post, in the order of arrival; the raw objects are left out."""
    rows = await fetch.rows(
        conn,
        "SELECT"
        + states.VERSION_COLUMNS
        + """
        FROM versions JOIN posts ON posts.id = versions.post_id
        WHERE versions.post_id = ?
        ORDER BY versions.number
        """,
        (post_id,),
    )
    return [states.version(row) for row in rows]


async def counts(conn: Connection) -> Counts:
    """How much the archive holds. Counts index entries: some 10 ms for a million posts."""
    row = await fetch.one(
        conn,
        """
        SELECT (SELECT count(*) FROM posts) AS posts,
            (SELECT count(*) FROM versions) AS versions,
            (SELECT count(*) FROM posts WHERE deleted_at IS NOT NULL) AS deleted
        """,
    )
    assert row is not None
    return Counts(row["posts"], row["versions"], row["deleted"])
