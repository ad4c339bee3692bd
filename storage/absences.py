"""Of which absences subscribers were told, so that the end of one is told where it must be."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from aiosqlite import Connection

from storage import fetch


@dataclass(frozen=True, slots=True)
class Absent:
    """A post that was gone from a time on, and of which a subscriber was alerted."""

    subscriber_id: int
    post_id: int
    gone_at: int


@dataclass(frozen=True, slots=True)
class ToldGone:
    """How a subscriber was told of an absence, or will be, since it is composed."""

    single: bool  # as an answer to the alert
    together: bool  # with others of a burst


async def told(conn: Connection, absent: Collection[Absent]) -> dict[Absent, ToldGone]:
    """How these absences were told; those that nobody was told of are left out.

    A row that was sent before somebody was gone told of an earlier absence.
    """
    asked = [(each.subscriber_id, each.post_id, each.gone_at) for each in absent]
    rows = await fetch.rows(
        conn,
        """
        WITH asked AS (
            SELECT json_extract(value, '$[0]') AS subscriber_id,
                json_extract(value, '$[1]') AS post_id, json_extract(value, '$[2]') AS gone_at
            FROM json_each(?)
        )
        SELECT asked.*,
            EXISTS (
                SELECT 1
                FROM posts CROSS JOIN posts AS parts CROSS JOIN outbox
                WHERE posts.id = asked.post_id AND outbox.post_id = parts.id AND (
                        parts.id = posts.id OR parts.channel_id = posts.channel_id
                            AND parts.grouped_id = posts.grouped_id
                    )
                    AND outbox.subscriber_id = asked.subscriber_id AND outbox.kind = 'gone'
                    AND outbox.message IS NOT NULL AND outbox.failed_at IS NULL
                    AND coalesce(outbox.sent_at, asked.gone_at) >= asked.gone_at
            ) AS single,
            EXISTS (
                SELECT 1
                FROM summed CROSS JOIN outbox
                WHERE summed.post_id = asked.post_id
                    AND summed.subscriber_id = asked.subscriber_id
                    AND outbox.subscriber_id = summed.subscriber_id AND outbox.kind = 'purge'
                    AND outbox.subject = summed.subject
                    AND outbox.message IS NOT NULL AND outbox.failed_at IS NULL
                    AND coalesce(outbox.sent_at, asked.gone_at) >= asked.gone_at
            ) AS together
        FROM asked
        """,
        (json.dumps(asked),),
    )
    return {
        Absent(row["subscriber_id"], row["post_id"], row["gone_at"]): ToldGone(
            bool(row["single"]), bool(row["together"])
        )
        for row in rows
        if row["single"] or row["together"]
    }
