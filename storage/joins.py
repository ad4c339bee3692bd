"""Channels to join, one at a time and slowly."""

import json
from collections.abc import Sequence

from aiosqlite import Connection

from storage import fetch
from storage.records import ChannelState, Fact, Join

WITHDRAWN = "taken out of the queue"


async def ask(tx: Connection, target: str, asked_by: int, now: int) -> bool:
    """Put a username or invite link at the end of the queue.

    False if it waits already, or was joined and is still followed; one that failed, or whose
    channel was removed or lost since, waits again: a pack's (asked by 0) has to be the same
    channel then, a person's is what was shown to them. What the owner took off the list, or out
    of the queue, a pack does not bring back. Capitals make no difference.
    """
    row = await fetch.one(
        tx,
        """
        INSERT INTO joins (target, asked_by, asked_at)
        VALUES (:target, :by, :now)
        ON CONFLICT (target) DO UPDATE
        SET asked_by = excluded.asked_by, asked_at = excluded.asked_at, state = 'waiting',
            channel_id = iif(excluded.asked_by = 0, channel_id, NULL), done_at = NULL, error = NULL
        WHERE state = 'failed' AND (excluded.asked_by <> 0 OR error IS NOT :withdrawn)
            OR state = 'joined' AND channel_id IN (
                SELECT id FROM channels WHERE channels.state IN (
                    'private', 'banned', 'gone', 'imported', iif(excluded.asked_by, 'removed', '')
                )
            )
        RETURNING id
        """,
        {"target": target, "by": asked_by, "now": now, "withdrawn": WITHDRAWN},
    )
    return row is not None


async def unreached(conn: Connection, account_id: int, polled: Sequence[str]) -> list[int]:
    """The watched channels for which an account has no access hash: it cannot read them.

    Left out are channels by the usernames `polled`, where they are not joined, and those that
    were lost after they had waited for this account.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT id
        FROM channels
        WHERE NOT EXISTS (SELECT 1 FROM access WHERE account_id = :account AND channel_id = id)
            AND (
                state IN ('joined', 'restricted')
                OR state = 'polled'
                AND coalesce(username, '') COLLATE NOCASE
                    NOT IN (SELECT value FROM json_each(:polled))
                OR state IN ('private', 'banned', 'gone')
                AND :account IS NOT (
                    SELECT CAST(after AS INTEGER) FROM channel_events
                    WHERE channel_id = channels.id AND fact = :fact
                    ORDER BY channel_events.id DESC
                    LIMIT 1
                )
            )
        ORDER BY id
        """,
        {"account": account_id, "polled": json.dumps(list(polled)), "fact": Fact.ACCOUNT},
    )
    return [row["id"] for row in rows]


async def again(tx: Connection, channel_ids: Sequence[int], account_id: int, now: int) -> None:
    """Let watched channels wait, until an account has joined them.

    Each by its username, else by the invite it was joined by, else by its id, which only finds
    it among what the account follows. It has to be the same channel then; its cursor stays.
    """
    ids = json.dumps(list(channel_ids))
    await tx.execute(
        """
        INSERT INTO joins (target, asked_by, asked_at, channel_id)
        SELECT coalesce(
                username,
                (
                    SELECT target FROM joins
                    WHERE channel_id = channels.id AND target LIKE '+%'
                    ORDER BY id DESC
                    LIMIT 1
                ),
                CAST(id AS TEXT)
            ), 0, added_at, id
        FROM channels
        WHERE id IN (SELECT value FROM json_each(?))
        ON CONFLICT (target) DO UPDATE
        SET state = 'waiting', channel_id = excluded.channel_id, done_at = NULL, error = NULL
        """,
        (ids,),
    )
    await tx.execute(
        """
        INSERT INTO channel_events (channel_id, seen_at, fact, after)
        SELECT value, ?, ?, ? FROM json_each(?)
        """,
        (now, Fact.ACCOUNT, str(account_id), ids),
    )
    await tx.execute(
        "UPDATE channels SET state = ? WHERE id IN (SELECT value FROM json_each(?))",
        (ChannelState.QUEUED, ids),
    )


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
    """It cannot be joined, for this reason; it waits no longer.

    A channel that was to be watched again is closed to us then.
    """
    await _end(tx, join_id, ChannelState.PRIVATE, error, now)


async def withdraw(tx: Connection, join_id: int, now: int) -> None:
    """Take it out of the queue; a channel that was to be watched again is watched no more."""
    await _end(tx, join_id, ChannelState.REMOVED, WITHDRAWN, now)


async def _end(tx: Connection, join_id: int, state: ChannelState, error: str, now: int) -> None:
    await tx.execute(
        """
        UPDATE channels SET state = ?
        WHERE state = ? AND id = (SELECT channel_id FROM joins WHERE id = ?)
        """,
        (state, ChannelState.QUEUED, join_id),
    )
    await tx.execute(
        "UPDATE joins SET state = 'failed', error = ?, done_at = ? WHERE id = ?",
        (error, now, join_id),
    )
