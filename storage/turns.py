"""In which turn what follows an alert leaves: after all that tells of the same posts and was owed
before."""

import json
from collections.abc import Collection

from aiosqlite import Connection

from storage import fetch
from storage.outbox import ALERTS


async def rank_after(
    conn: Connection, subscriber_id: int, post_ids: Collection[int], row_id: int | None = None
) -> int:
    """The rank with which a row, or a new one, leaves after everything open that tells its
    subscriber of these posts, or of their albums: their alerts, the edits that name them in one,
    and whatever became of them. Of one rank those with a higher number leave later, so that what
    is to follow such a row takes the rank after its rank.
    """
    found = await fetch.value(
        conn,
        """
        WITH parts (id) AS (
            SELECT value FROM json_each(:posts)
            UNION
            SELECT parts.id
            FROM json_each(:posts) AS asked
                CROSS JOIN posts ON posts.id = asked.value
                CROSS JOIN posts AS parts
                    ON parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
        )
        SELECT max(rank + (id > coalesce(:row, id)))
        FROM outbox INDEXED BY outbox_open
        WHERE subscriber_id = :subscriber AND sent_at IS NULL AND failed_at IS NULL AND (
            post_id IN (SELECT id FROM parts)
            OR EXISTS (
                SELECT 1
                FROM joined
                WHERE joined.outbox_id = iif(outbox.kind = 'joined', outbox.target_id, outbox.id)
                    AND coalesce(joined.told_in, outbox.id) = outbox.id
                    AND joined.post_id IN (SELECT id FROM parts)
            )
            OR outbox.kind IN ('purge', 'return') AND EXISTS (
                SELECT 1
                FROM summed
                WHERE summed.subscriber_id = :subscriber AND summed.subject = outbox.subject
                    AND summed.post_id IN (SELECT id FROM parts)
            )
        )
        """,
        {"posts": json.dumps(list(post_ids)), "subscriber": subscriber_id, "row": row_id},
    )
    return ALERTS if found is None else int(found)
