"""Chats that are out of reach, and come back."""

from dataclasses import dataclass

from aiosqlite import Connection

from storage import fetch


@dataclass(frozen=True, slots=True)
class Sleeper:
    """A subscriber out of reach, in the name of all that are so for the same reason."""

    id: int
    chat_id: int
    topic_id: int
    is_owed: bool  # whether anything waits for it


async def sleepers(conn: Connection) -> list[Sleeper]:
    """Where nothing can be told: one of each chat that is lost, and every lost topic of others.

    Those that are lost longest come first.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT id, chat_id, topic_id, max(owed) AS owed  -- the columns are those of the max
        FROM (
            SELECT *, EXISTS (
                SELECT 1
                FROM outbox
                WHERE subscriber_id = subscribers.id AND sent_at IS NULL AND failed_at IS NULL
            ) AS owed
            FROM subscribers
            WHERE gone_at IS NOT NULL AND topic_id >= 0
        )
        GROUP BY chat_id, iif(gone_why LIKE 'TOPIC\\_%' ESCAPE '\\', topic_id, NULL)
        ORDER BY gone_at, id
        """,
    )
    return [Sleeper(r["id"], r["chat_id"], r["topic_id"], bool(r["owed"])) for r in rows]


async def sleeps(conn: Connection, chat_id: int, topic_id: int | None) -> bool:
    """Whether `wake` would wake anything."""
    found = await fetch.value(
        conn,
        """
        SELECT EXISTS (
            SELECT 1
            FROM subscribers
            WHERE chat_id = ? AND gone_at IS NOT NULL AND topic_id >= 0
                AND (topic_id IS ? OR coalesce(gone_why, '') NOT LIKE 'TOPIC\\_%' ESCAPE '\\')
        )
        """,
        (chat_id, topic_id),
    )
    return bool(found)


async def wake(tx: Connection, chat_id: int, topic_id: int | None) -> None:
    """A chat can be told things again; with it the topic that is named, even if it was closed."""
    await tx.execute(
        """
        UPDATE subscribers
        SET gone_at = NULL, gone_why = NULL
        WHERE chat_id = ? AND gone_at IS NOT NULL AND topic_id >= 0
            AND (topic_id IS ? OR coalesce(gone_why, '') NOT LIKE 'TOPIC\\_%' ESCAPE '\\')
        """,
        (chat_id, topic_id),
    )


async def told_last(conn: Connection, subscriber_id: int, *, alone: bool) -> int:
    """The number of the last row of the outbox that reached a subscriber, or, unless it is looked
    at `alone`, any other of its chat; 0 if none did."""
    found = await fetch.value(
        conn,
        """
        SELECT max(outbox.id)
        FROM subscribers AS asked
            JOIN subscribers
                ON subscribers.chat_id = asked.chat_id AND (subscribers.id = asked.id OR NOT :alone)
            JOIN outbox ON outbox.subscriber_id = subscribers.id
        WHERE asked.id = :id AND outbox.sent_at IS NOT NULL
        """,
        {"id": subscriber_id, "alone": alone},
    )
    return int(found or 0)
