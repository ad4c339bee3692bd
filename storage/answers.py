"""Where what answers an alert stands, once that alert does not tell everything any more."""

from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch, told
from storage.joining import EDIT


async def follow_elsewhere(tx: Connection, outbox_id: int) -> None:
    """After `joining.release`: what is to answer the alert about posts that it does not tell any
    more is to answer the alert that does.
    """
    for answer in await _astray(tx, outbox_id):
        for telling in await told.alerted(tx, [answer["post_id"]], answer["subscriber_id"]):
            await tx.execute(
                "UPDATE outbox SET target_id = ? WHERE id = ?", (telling.target_id, answer["id"])
            )


async def _astray(conn: Connection, outbox_id: int) -> list[Row]:
    """What is to answer an alert, failed itself or by the edit that failed, about a post of which
    neither it nor its album is told by that alert.
    """
    return await fetch.rows(
        conn,
        """
        WITH alert (id, post_id) AS (
            SELECT id, post_id
            FROM outbox
            WHERE id = (SELECT iif(kind = ?, target_id, id) FROM outbox WHERE id = ?)
        ),
        told (post_id) AS (
            SELECT post_id FROM alert
            UNION
            SELECT joined.post_id FROM alert JOIN joined ON joined.outbox_id = alert.id
        )
        SELECT outbox.id, outbox.subscriber_id, outbox.post_id
        FROM alert JOIN outbox ON outbox.target_id = alert.id
        WHERE outbox.does = 'reply' AND outbox.sent_at IS NULL AND outbox.failed_at IS NULL
            AND NOT EXISTS (
                SELECT 1
                FROM posts JOIN posts AS parts ON parts.id = posts.id OR (
                    parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
                )
                WHERE posts.id = outbox.post_id AND parts.id IN (SELECT post_id FROM told)
            )
        """,
        (EDIT, outbox_id),
    )
