"""What was composed and certainly not sent, and so may be composed anew."""

from aiosqlite import Connection


async def thaw(tx: Connection, row_id: int, since: int) -> None:
    """What a row was frozen to, at a time or later, was certainly not sent: compose it anew.

    It stays where something that may follow it was owed since then, or a part of an album it tells
    was held for a digest, which took it for composed.
    """
    cursor = await tx.execute(
        """
        UPDATE outbox
        SET message = NULL
        WHERE id = :row AND sent_at IS NULL AND failed_at IS NULL AND NOT EXISTS (
            SELECT 1
            FROM outbox AS later
            WHERE later.subscriber_id = outbox.subscriber_id
                AND later.sent_at IS NULL AND later.failed_at IS NULL
                AND later.id <> outbox.id AND later.kind <> 'alert' AND later.created_at >= :since
        ) AND NOT EXISTS (
            SELECT 1
            FROM posts
                JOIN posts AS parts ON parts.channel_id = posts.channel_id
                    AND parts.grouped_id = posts.grouped_id
                JOIN held ON held.post_id = parts.id
            WHERE held.subscriber_id = outbox.subscriber_id AND held.held_at >= :since
                AND posts.id IN (
                    SELECT outbox.post_id
                    UNION ALL
                    SELECT post_id FROM joined WHERE outbox_id IN (outbox.id, outbox.target_id)
                )
        )
        """,
        {"row": row_id, "since": since},
    )
    if cursor.rowcount:
        await tx.execute("UPDATE joined SET told_in = NULL WHERE told_in = ?", (row_id,))
