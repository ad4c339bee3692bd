"""How far back each channel is in the archive, and how far back it is wanted.

A history is fetched downwards from where the watch began; how far it got moves in the
transaction that keeps what was found, so an interruption repeats nothing.
"""

from dataclasses import dataclass
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch
from storage.records import History, Reached, Stretch

_COLUMNS = """
    SELECT histories.channel_id, first_id, whole, goal_at, asked_by, asked_at, fetched, done_at,
        error
    FROM histories
    """


PROGRESS = "progress"  # the kind of the outbox rows that show how fetching goes


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that shows how fetching the history of a channel goes."""

    channel_id: int
    subscriber_id: int
    message_id: int


async def begin(tx: Connection, channel_id: int, first_id: int, now: int) -> bool:
    """A saved channel is complete from `first_id` and now on; False where that was said before."""
    row = await fetch.one(
        tx,
        """
        INSERT INTO histories (channel_id, first_id, audited_at)
        VALUES (?, ?, ?)
        ON CONFLICT (channel_id) DO NOTHING
        RETURNING channel_id
        """,
        (channel_id, first_id, now),
    )
    if row is None:
        return False
    await tx.execute(
        "UPDATE channels SET archive_from_at = ? WHERE id = ?",
        (now, channel_id),
    )
    return True


async def want(
    tx: Connection, channel_id: int, goal_at: int, now: int, asked_by: int | None = None
) -> History | None:
    """Ask for the history back to `goal_at` (0: all); None where the channel has no history.

    What is in the archive already is not fetched again, and a wish that goes less far than an
    open one changes nothing but who is told.
    """
    held = await get(tx, channel_id)
    if held is None:
        return None
    goal = min(goal_at, held.goal_at or 0) if held.wanted else goal_at
    start = await _start(tx, channel_id)
    there = held.whole or (start is not None and start <= goal)
    await tx.execute(
        """
        UPDATE histories
        SET goal_at = ?, asked_by = ?, asked_at = ?, fetched = ?, done_at = ?, error = NULL
        WHERE channel_id = ?
        """,
        (
            goal,
            None if there else asked_by,
            now,
            held.fetched if held.wanted else 0,
            now if there else None,
            channel_id,
        ),
    )
    return await get(tx, channel_id)


async def _start(conn: Connection, channel_id: int) -> int | None:
    start: int | None = await fetch.value(
        conn, "SELECT archive_from_at FROM channels WHERE id = ?", (channel_id,)
    )
    return start


async def move(tx: Connection, reached: Reached, now: int) -> None:
    """A step further down; the wish is done where this reaches its goal."""
    held = await get(tx, reached.channel_id)
    if held is None:
        return
    whole = held.whole or reached.whole
    start = await _move_start(tx, reached, held.goal_at if whole else None)
    done = held.wanted and (whole or (start is not None and start <= (held.goal_at or 0)))
    await tx.execute(
        """
        UPDATE histories
        SET first_id = min(first_id, ?), whole = ?, fetched = fetched + ?,
            done_at = coalesce(done_at, ?)
        WHERE channel_id = ?
        """,
        (reached.first_id, whole, reached.fetched, now if done else None, reached.channel_id),
    )


async def _move_start(tx: Connection, reached: Reached, goal_at: int | None) -> int | None:
    """The archive starts with the oldest message found, and where there is nothing before it,
    with the goal (0 is no time). Where it starts now."""
    before = await _start(tx, reached.channel_id)
    start: int | None = min(filter(None, (before, reached.from_at, goal_at)), default=None)
    if start != before:
        await tx.execute(
            "UPDATE channels SET archive_from_at = ? WHERE id = ?", (start, reached.channel_id)
        )
    return start


async def give_up(tx: Connection, channel_id: int, error: str, now: int) -> None:
    """The wish cannot be fulfilled, for this reason; what was fetched stays."""
    await tx.execute(
        "UPDATE histories SET done_at = ?, error = ? WHERE channel_id = ? AND done_at IS NULL",
        (now, error, channel_id),
    )


async def get(conn: Connection, channel_id: int) -> History | None:
    """The history of a channel that has been watched."""
    row = await fetch.one(conn, _COLUMNS + "WHERE channel_id = ?", (channel_id,))
    return None if row is None else _history(row)


async def wanted(conn: Connection) -> list[History]:
    """The histories that are to be fetched: the shortest first, then in the order of asking."""
    rows = await fetch.rows(
        conn,
        _COLUMNS
        + """
        WHERE goal_at IS NOT NULL AND done_at IS NULL
        ORDER BY goal_at DESC, asked_at, channel_id
        """,
    )
    return [_history(row) for row in rows]


async def untold(conn: Connection) -> list[History]:
    """The histories that are done, and were asked for by somebody who does not know it yet."""
    rows = await fetch.rows(
        conn, _COLUMNS + "WHERE done_at IS NOT NULL AND asked_by IS NOT NULL ORDER BY done_at"
    )
    return [_history(row) for row in rows]


async def show(tx: Connection, channel_id: int, subject: str | None) -> None:
    """How it goes is shown by the outbox row of this kind and subject; None: no longer."""
    await tx.execute("UPDATE histories SET shown = ? WHERE channel_id = ?", (subject, channel_id))


async def shown(conn: Connection) -> list[Shown]:
    """The messages, sent already, that show how fetching goes."""
    rows = await fetch.rows(
        conn,
        """
        SELECT histories.channel_id, outbox.subscriber_id, outbox.message_id
        FROM histories JOIN outbox ON outbox.subject = histories.shown AND outbox.kind = ?
        WHERE outbox.sent_at IS NOT NULL
        ORDER BY outbox.id
        """,
        (PROGRESS,),
    )
    return [Shown(**row) for row in rows]


async def told(tx: Connection, channel_id: int) -> None:
    """Whoever asked knows that it is done."""
    await tx.execute("UPDATE histories SET asked_by = NULL WHERE channel_id = ?", (channel_id,))


async def span(conn: Connection, channel_id: int) -> Stretch | None:
    """The ids of which each is to be accounted for: from where the archive starts to the
    cursor; None where there is none yet."""
    row = await fetch.one(
        conn,
        """
        SELECT histories.first_id AS first, cursors.top_id AS last
        FROM histories JOIN cursors USING (channel_id)
        WHERE channel_id = ? AND first_id <= top_id
        """,
        (channel_id,),
    )
    return None if row is None else Stretch(**row)


async def unaudited(conn: Connection, since_at: int) -> set[int]:
    """The channels that were not audited since then."""
    rows = await fetch.rows(
        conn, "SELECT channel_id FROM histories WHERE audited_at < ?", (since_at,)
    )
    return {row["channel_id"] for row in rows}


async def audited(tx: Connection, channel_id: int, now: int) -> None:
    """Every id of a channel has been looked at."""
    await tx.execute("UPDATE histories SET audited_at = ? WHERE channel_id = ?", (now, channel_id))


def _history(row: Row) -> History:
    return History(**{**dict(row), "whole": bool(row["whole"])})
