"""Channels to join, one at a time and slowly."""

from aiosqlite import Connection

from storage import fetch
from storage.records import Join


async def ask(tx: Connection, target: str, asked_by: int, now: int) -> bool:
    """Put a username or invite link at the end of the queue.

    False if it waits already, or was joined and is still followed; one that failed, or whose
    channel was removed or lost since, waits again. Capitals make no difference.
    """
    row = await fetch.one(
        tx,
        """
        INSERT INTO joins (target, asked_by, asked_at)
        VALUES (?, ?, ?)
        ON CONFLICT (target) DO UPDATE
        SET asked_by = excluded.asked_by, asked_at = excluded.asked_at, state = 'waiting',
            done_at = NULL, error = NULL
        WHERE state = 'failed'
            OR state = 'joined' AND channel_id IN (
                SELECT id FROM channels WHERE channels.state IN (
                    'removed', 'private', 'banned', 'gone', 'imported'
                )
            )
        RETURNING id
        """,
        (target, asked_by, now),
    )
    return row is not None


async def waiting(conn: Connection) -> list[Join]:
    """The queue, in its order."""
    rows = await fetch.rows(
        conn,
        """
        SELECT id, target, asked_by, asked_at, channel_id, done_at, error
        FROM joins
        WHERE state = 'waiting'
        ORDER BY asked_at, id
        """,
    )
    return [Join(**row) for row in rows]


async def joined_since(conn: Connection, since_at: int) -> list[Join]:
    """What was joined at or after a time, in order: so many of the day's joins are used up.

    Adopted channels do not count.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT id, target, asked_by, asked_at, channel_id, done_at, error
        FROM joins
        WHERE state = 'joined' AND NOT adopted AND done_at >= ?
        ORDER BY done_at, id
        """,
        (since_at,),
    )
    return [Join(**row) for row in rows]


async def finish(
    tx: Connection, join_id: int, channel_id: int, now: int, *, adopted: bool = False
) -> None:
    """It is joined: as this channel, which must be saved.

    `adopted` says that the account followed it already, so that nothing was joined.
    """
    await tx.execute(
        "UPDATE joins SET state = 'joined', channel_id = ?, done_at = ?, adopted = ? WHERE id = ?",
        (channel_id, now, adopted, join_id),
    )


async def fail(tx: Connection, join_id: int, error: str, now: int) -> None:
    """It cannot be joined, for this reason; it waits no longer."""
    await tx.execute(
        "UPDATE joins SET state = 'failed', error = ?, done_at = ? WHERE id = ?",
        (error, now, join_id),
    )
