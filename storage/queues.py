"""Whose turn it is: of what is open in the outbox, what is offered to be sent, in which order."""

import json
from collections.abc import Collection
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch, subscribers
from storage.freezing import thawed
from storage.records import Does, Due

# What is due within this time, such as an album whose parts are awaited, keeps its turn. What
# is meant for later lets others pass, and only an attempt that failed holds them up for longer.
KEEPS_TURN = 1_000  # ms
EVER = 1 << 62

# The oldest open row of each subscriber that is not gone, or is among some ids, out of those that
# are due by a time or were tried before; to be continued with a condition. The second is never
# offered: so order is kept within a chat and topic, whatever happens.
_HEADS = """
    FROM subscribers CROSS JOIN outbox ON outbox.id = (
        SELECT open.id
        FROM outbox AS open
        WHERE open.subscriber_id = subscribers.id
            AND open.sent_at IS NULL AND open.failed_at IS NULL
            AND (open.due_at <= ? OR open.attempts > 0)
            -- What answers or replaces a message waits until that is sent; what would follow
            -- one that was never sent has nothing to follow, and is offered to be ended.
            AND NOT EXISTS (
                SELECT 1
                FROM outbox AS target
                WHERE target.id = open.target_id
                    AND target.sent_at IS NULL AND target.failed_at IS NULL
            )
        ORDER BY open.rank, open.id
        LIMIT 1
    )
        LEFT JOIN outbox AS target ON target.id = outbox.target_id
    WHERE (
        subscribers.gone_at IS NULL OR subscribers.id IN (SELECT value FROM json_each(?))
    )
    """


async def due(conn: Connection, now: int, limit: int, trying: Collection[int] = ()) -> list[Due]:
    """The oldest open row of each subscriber that is not gone, if its time has come; and of those
    that are `trying`, gone or not.

    At most `limit`: those of a lower rank first, then those whose time came first.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT outbox.id AS row_id, outbox.kind, outbox.random_id, outbox.subject, outbox.post_id,
            outbox.version, outbox.attempts, outbox.created_at, outbox.message, outbox.does,
            outbox.target_id, outbox.silent,
            target.message_id AS target_message_id,
            target.failed_at IS NOT NULL AS target_failed,
            coalesce(target.message ->> '$.picture', target.message ->> '$.document.name')
                IS NOT NULL AS target_has_media,
            subscribers.quiet_from, subscribers.quiet_until, subscribers.digest,
            subscribers.pictures, subscribers.merging, subscribers.id, subscribers.chat_id,
            subscribers.topic_id, subscribers.title, subscribers.access_hash,
            subscribers.language, subscribers.zone, subscribers.gone_at
        """
        + _HEADS
        + "AND outbox.due_at <= ? ORDER BY outbox.rank, outbox.due_at, outbox.id LIMIT ?",
        (now + KEEPS_TURN, json.dumps(sorted(trying)), now, limit),
    )
    return [_due(row) for row in rows]


async def next_due_at(conn: Connection, after: int) -> int | None:
    """When, later than `after`, `due` will next have more to offer; None if nothing is open."""
    found = [
        await fetch.value(
            conn,
            "SELECT min(outbox.due_at)" + _HEADS + "AND outbox.due_at > ?",
            (bound, "[]", after),
        )
        for bound in (after + KEEPS_TURN, EVER)
    ]
    return min((int(at) for at in found if at is not None), default=None)


def _due(row: Row) -> Due:
    return Due(
        id=row["row_id"],
        kind=row["kind"],
        subscriber=subscribers.subscriber(row),
        random_id=row["random_id"],
        subject=row["subject"],
        post_id=row["post_id"],
        version=row["version"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        message=None if row["message"] is None else thawed(row["message"]),
        does=Does(row["does"]),
        target_id=row["target_id"],
        target_message_id=row["target_message_id"],
        target_has_media=bool(row["target_has_media"]),
        target_failed=bool(row["target_failed"]),
        silent=bool(row["silent"]),
    )
