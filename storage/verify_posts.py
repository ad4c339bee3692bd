"""Whether the posts are shown as their versions and deletions say."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from sqlite3 import Row

from aiosqlite import Connection, Cursor

from storage import digests, rowids, states
from storage.flaws import DAMAGED, Flaw, Problem, Tick
from storage.records import Absence, Kept, Via


async def look(conn: Connection, tick: Tick) -> AsyncGenerator[Problem, None]:
    """Every post that is not the version it should be, or came or went otherwise than was
    written down.

    Taken on trust, because no entry tells of it: counts of views, the language, which of the
    versions is the newest, and whether a post that was absent at a recheck was seen since.
    """
    async with _shown(conn) as rows:
        async for row in rows:
            if not _is_sound(row):
                yield Problem(Flaw.SHOWN, "post", row["id"])
            tick()


def _shown(conn: Connection) -> AbstractAsyncContextManager[Cursor]:
    """Each post, the version that it should be, and what is known of its end: the notice, and
    the recheck before it, or the last one where no notice came."""
    return conn.execute(
        """
        SELECT shown.*, held.digest AS held_digest, held.via AS held_via, held.has AS held_has,
            held.edited_at AS held_edited_at, held.pts AS held_pts, notice.seen_at AS notice_at,
            (SELECT seen_at FROM versions WHERE post_id = shown.id AND number = 1) AS first_at,
            (
                SELECT seen_at
                FROM deletions
                WHERE channel_id = shown.channel_id AND message_id = shown.message_id
                    AND absence = 'recheck' AND (notice.id IS NULL OR id < notice.id)
                ORDER BY id DESC
                LIMIT 1
            ) AS recheck_at
        FROM ("""  # noqa: S608 -- all parts are constants
        + states.KEPT
        + """) AS shown
            LEFT JOIN versions AS held
                ON held.post_id = shown.id AND held.number = shown.version
            LEFT JOIN deletions AS notice
                ON notice.channel_id = shown.channel_id
                AND notice.message_id = shown.message_id AND notice.absence = 'notice'
        ORDER BY shown.id
        """
    )


def _is_sound(row: Row) -> bool:
    try:
        kept = states.kept(row)
        return _is_its_version(row, kept) and _came_so(row, kept) and _went_so(row, kept)
    except DAMAGED:
        return False


def _is_its_version(row: Row, kept: Kept) -> bool:
    digest = digests.of_state(kept.post)
    if not digest == row["digest"] == row["held_digest"]:
        return False
    post = replace(kept.post, has=frozenset(row["held_has"].split()))
    meta = states.meta(post, kept.version, kept.deleted_at is not None)
    return bool(row["meta"] == meta)


def _came_so(row: Row, kept: Kept) -> bool:
    """As `storage.merging` leaves it: the state held is seen again at later places and edits,
    and what a file told becomes the watcher's once it is seen."""
    told, by_file = Via(row["held_via"]), row["held_via"] == Via.IMPORT
    return bool(
        (kept.via is told or by_file)
        and (by_file or (kept.post.edited_at or 0) >= (row["held_edited_at"] or 0))
        and kept.post.pts >= row["held_pts"]
        and row["first_at"] in (None, kept.first_seen_at)  # a version that is gone is told as such
        and kept.id >= rowids.first(rowids.second_of(kept.post.posted_at))
    )


def _went_so(row: Row, kept: Kept) -> bool:
    noticed = row["notice_at"] is not None
    if kept.deleted_at is None or kept.absence is None:
        return kept.deleted_at is None and kept.absence is None and not noticed
    ends = {row["notice_at"], row["recheck_at"]}
    return kept.deleted_at in ends and noticed is (kept.absence is Absence.NOTICE)
