"""What the archive knows to be complete, and what it does not, channel by channel."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row

from aiosqlite import Connection

from storage import accounted, channels, fetch, histories, rowids
from storage.records import Channel, History, Stretch

DAY = 86_400_000
HOUR = 3_600_000
LATENESS_DAYS = 7
RHYTHM_DAYS = 30
RHYTHM_GAPS = 10  # fewer pauses than these are no rhythm
SILENT_TIMES = 3  # the pause that all but one in twenty keep below
SILENT_LEAST = 6 * HOUR


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long after they were posted posts were captured, in ms."""

    posts: int
    p50: int
    p95: int
    worst: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of the archive of one channel."""

    channel: Channel
    to_at: int | None = None  # complete up to here; from channel.archive_from_at on
    history: History | None = None
    gaps: tuple[Stretch, ...] = ()  # ids that are not accounted for
    lateness: Lateness | None = None  # of what came live or by sweep in the last 7 days
    last_post_at: int | None = None
    usual_pause: int | None = None  # ms; only one pause in 20 was longer

    @property
    def missing(self) -> int:
        """How many ids are not accounted for."""
        return sum(len(gap) for gap in self.gaps)

    def silent_since(self, now: int) -> int | None:
        """The time of the last post, where the channel is silent beyond its own rhythm."""
        if self.last_post_at is None or self.usual_pause is None:
            return None
        patience = max(SILENT_TIMES * self.usual_pause, SILENT_LEAST)
        return self.last_post_at if now - self.last_post_at > patience else None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why an answer over some channels may not be complete."""

    fetching: int  # channels whose history is still on its way
    compared_at: int | None  # when the last of them was compared with Telegram; None: never


async def shortfall(conn: Connection, channel_ids: Sequence[int]) -> Shortfall:
    """What is known to be missing of these channels, in one cheap look."""
    row = await fetch.one(
        conn,
        """
        SELECT count(*) FILTER (WHERE goal_at IS NOT NULL AND done_at IS NULL) AS fetching,
            max(compared_at) AS compared_at
        FROM histories LEFT JOIN cursors USING (channel_id)
        WHERE channel_id IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(channel_ids)),),
    )
    assert row is not None
    return Shortfall(row["fetching"], row["compared_at"])


async def of_all(conn: Connection, now: int, only: int | None = None) -> list[Coverage]:
    """The coverage of every channel that was not removed, or of one, by title.

    Reads the posts of the last 30 days once: for `Archive.heavy()`.
    """
    watched = await channels.watched(conn)
    if only is not None:
        found = await channels.get(conn, only)
        watched = [found] if found is not None else []
    compared = await _compared(conn)
    late = await _lateness(conn, now)
    pauses = await _usual_pauses(conn, now)
    return [
        Coverage(
            channel=each,
            to_at=compared.get(each.id),
            history=await histories.get(conn, each.id),
            gaps=tuple(await _gaps(conn, each.id)),
            lateness=late.get(each.id),
            last_post_at=await _last_post_at(conn, each.id),
            usual_pause=pauses.get(each.id),
        )
        for each in watched
    ]


async def compared(tx: Connection, channel_ids: Sequence[int], at: int) -> None:
    """These channels are in the archive as Telegram had them at a time."""
    await tx.execute(
        """
        UPDATE cursors SET compared_at = ?
        WHERE channel_id IN (SELECT value FROM json_each(?))
        """,
        (at, json.dumps(list(channel_ids))),
    )


async def _gaps(conn: Connection, channel_id: int) -> list[Stretch]:
    whole = await histories.span(conn, channel_id)
    return await accounted.gaps(conn, channel_id, whole) if whole else []


async def _compared(conn: Connection) -> dict[int, int]:
    rows = await fetch.rows(
        conn, "SELECT channel_id, compared_at FROM cursors WHERE compared_at IS NOT NULL"
    )
    return {row["channel_id"]: row["compared_at"] for row in rows}


async def _last_post_at(conn: Connection, channel_id: int) -> int | None:
    """When the post with the highest id was posted; announcements of Telegram are none."""
    at: int | None = await fetch.value(
        conn,
        """
        SELECT posted_at FROM posts
        WHERE channel_id = ? AND service IS NULL
        ORDER BY message_id DESC LIMIT 1
        """,
        (channel_id,),
    )
    return at


async def _lateness(conn: Connection, now: int) -> dict[int, Lateness]:
    """The median, the 95th of a hundred (nearest rank) and the worst, by channel."""
    rows = await fetch.rows(
        conn,
        """
        WITH late AS (
            SELECT posts.channel_id, max(0, posts.first_seen_at - posts.posted_at) AS millis
            FROM posts JOIN versions ON versions.post_id = posts.id AND versions.number = 1
            WHERE posts.id >= ? AND posts.service IS NULL
                AND versions.via IN ('live', 'sweep', 'too_long')
        ), ranked AS (
            SELECT channel_id, millis,
                row_number() OVER (PARTITION BY channel_id ORDER BY millis) AS place,
                count(*) OVER (PARTITION BY channel_id) AS posts
            FROM late
        )
        SELECT channel_id, posts, max(millis) AS worst,
            min(millis) FILTER (WHERE place * 100 >= posts * 50) AS p50,
            min(millis) FILTER (WHERE place * 100 >= posts * 95) AS p95
        FROM ranked
        GROUP BY channel_id
        """,
        (_first_id(now - LATENESS_DAYS * DAY),),
    )
    return {row["channel_id"]: _late(row) for row in rows}


def _late(row: Row) -> Lateness:
    return Lateness(row["posts"], row["p50"], row["p95"], row["worst"])


async def _usual_pauses(conn: Connection, now: int) -> dict[int, int]:
    """The pause between two posts that only one in twenty exceeds, by channel. Parts of an
    album, posted in one second, are one."""
    rows = await fetch.rows(
        conn,
        """
        WITH pauses AS (
            SELECT channel_id,
                posted_at - lag(posted_at) OVER (PARTITION BY channel_id ORDER BY id) AS pause
            FROM posts
            WHERE id >= ? AND service IS NULL
        ), ranked AS (
            SELECT channel_id, pause,
                row_number() OVER (PARTITION BY channel_id ORDER BY pause) AS place,
                count(*) OVER (PARTITION BY channel_id) AS pauses
            FROM pauses
            WHERE pause > 0
        )
        SELECT channel_id, min(pause) FILTER (WHERE place * 100 >= pauses * 95) AS p95
        FROM ranked
        WHERE pauses >= ?
        GROUP BY channel_id
        """,
        (_first_id(now - RHYTHM_DAYS * DAY), RHYTHM_GAPS),
    )
    return {row["channel_id"]: row["p95"] for row in rows}


def _first_id(at: int) -> int:
    """The lowest row id a post of that time can have."""
    return rowids.first(rowids.second_of(at))
