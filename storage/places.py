"""What becomes of a chat after it was out of reach: it is back, or is another one."""

from dataclasses import dataclass

from aiosqlite import Connection

from storage import fetch, subscribers


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


async def move(tx: Connection, old: int, new: int, access_hash: int, now: int) -> bool:
    """A small group went on as a supergroup: what its subscriber is and is owed goes along.

    The random ids of what is owed stay as they are. Messages of the old chat can be neither
    answered nor replaced in the new one, where their numbers stand for others. If the new chat
    has become a subscriber already, the two become one. Whether there was anything to move.
    """
    moving = await subscribers.find(tx, old, 0)
    if moving is None:
        return False
    await tx.execute("UPDATE outbox SET message_id = NULL WHERE subscriber_id = ?", (moving.id,))
    there = await subscribers.find(tx, new, 0)
    if there is not None:
        await _join(tx, there.id, moving.id, now)
    await tx.execute(
        """
        UPDATE subscribers
        SET chat_id = ?, access_hash = ?, gone_at = NULL, gone_why = NULL
        WHERE id = ?
        """,
        (new, access_hash, moving.id),
    )
    return True


async def _join(tx: Connection, other: int, into: int, now: int) -> None:
    """Let one subscriber have what another has. What both were to be told is told once."""
    await tx.execute(
        """
        UPDATE outbox
        SET failed_at = ?, error = 'told after the move'
        WHERE subscriber_id = ? AND sent_at IS NULL AND failed_at IS NULL AND EXISTS (
            SELECT 1
            FROM outbox AS told
            WHERE told.subscriber_id = ? AND told.sent_at IS NOT NULL
                AND told.kind = outbox.kind AND told.subject = outbox.subject
        )
        """,
        (now, into, other),
    )
    ours = (into, other)
    await tx.execute("UPDATE OR IGNORE outbox SET subscriber_id = ? WHERE subscriber_id = ?", ours)
    await tx.execute("UPDATE OR IGNORE summed SET subscriber_id = ? WHERE subscriber_id = ?", ours)
    await tx.execute(
        """
        UPDATE outbox
        SET failed_at = ?, error = 'told before the move'
        WHERE subscriber_id = ? AND sent_at IS NULL AND failed_at IS NULL
        """,
        (now, other),
    )
    await tx.execute("UPDATE OR IGNORE rules SET subscriber_id = ? WHERE subscriber_id = ?", ours)
    await tx.execute(
        "UPDATE rules SET removed_at = ? WHERE subscriber_id = ? AND removed_at IS NULL",
        (now, other),
    )
    await tx.execute("UPDATE held SET subscriber_id = ? WHERE subscriber_id = ?", ours)
    await _tell_again(tx, into)
    await tx.execute("UPDATE histories SET asked_by = ? WHERE asked_by = ?", ours)
    await tx.execute("UPDATE archive SET rules_revision = rules_revision + 1")
    # Nothing refers to it any more but what is past, and buttons, for which `standing` finds the
    # other by the chat; no chat has a topic with such a number.
    await tx.execute(
        "UPDATE subscribers SET topic_id = -id, gone_at = ?, gone_why = 'MOVED' WHERE id = ?",
        (now, other),
    )


async def _tell_again(tx: Connection, subscriber_id: int) -> None:
    """Two digests of one time have hits of their own: those of the one that ended are for the
    next."""
    await tx.execute(
        """
        UPDATE held
        SET told_in = NULL
        WHERE subscriber_id = ? AND told_in IN (SELECT id FROM outbox WHERE failed_at IS NOT NULL)
        """,
        (subscriber_id,),
    )
