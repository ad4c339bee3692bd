"""Where what answers an alert stands, once that alert does not tell everything any more."""

from aiosqlite import Connection

from storage.joining import EDIT


async def follow_elsewhere(tx: Connection, outbox_id: int) -> None:
    """After `joining.release`: what is to answer the alert about posts that it does not tell any
    more is to answer the alert that does.
    """
    await tx.execute(
        """
        WITH failed (alert_id) AS (
            SELECT iif(kind = :edit, target_id, id) FROM outbox WHERE id = :row
        ),
        parts (post_id, part_id, subject) AS (
            SELECT posts.id, parts.id, parts.channel_id || '/' || coalesce(
                'g' || parts.grouped_id, parts.message_id
            )
            FROM failed JOIN outbox ON outbox.target_id = failed.alert_id
                JOIN posts ON posts.id = outbox.post_id
                JOIN posts AS parts ON parts.id = posts.id OR (
                    parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
                )
        )
        UPDATE outbox
        SET target_id = coalesce(
            (
                SELECT max(alert.id)
                FROM parts JOIN outbox AS alert
                    ON alert.kind = 'alert' AND alert.subject = parts.subject
                WHERE parts.post_id = outbox.post_id
                    AND alert.subscriber_id = outbox.subscriber_id
            ),
            (
                SELECT max(alert.id)
                FROM parts JOIN joined ON joined.post_id = parts.part_id
                    JOIN outbox AS alert ON alert.id = joined.outbox_id
                WHERE parts.post_id = outbox.post_id
                    AND alert.subscriber_id = outbox.subscriber_id
            ),
            target_id
        )
        WHERE target_id = (SELECT alert_id FROM failed) AND does = 'reply'
            AND sent_at IS NULL AND failed_at IS NULL
            AND NOT EXISTS (
                SELECT 1
                FROM parts JOIN failed
                WHERE parts.post_id = outbox.post_id AND (
                    parts.part_id = (SELECT post_id FROM outbox WHERE id = failed.alert_id)
                    OR EXISTS (
                        SELECT 1 FROM joined
                        WHERE joined.outbox_id = failed.alert_id AND joined.post_id = parts.part_id
                    )
                )
            )
        """,
        {"row": outbox_id, "edit": EDIT},
    )
