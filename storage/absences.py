"""Of which absences subscribers were told, so that each, and its end, is told where it must be."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aiosqlite import Connection

from storage import fetch
from storage.records import Absence, Kept

About = tuple[int, int]  # row ids of a subscriber and of a post


@dataclass(frozen=True, slots=True)
class ToldGone:
    """How a subscriber was told that a post is gone, or will be, since it is composed."""

    together: bool  # with others of a burst
    sent_at: int | None


async def news(conn: Connection, subscriber_id: int, gone: Sequence[Kept]) -> list[Kept]:
    """Those of posts that are gone of which a subscriber does not know it. That one was deleted is
    news also to whom it was told before that it was not found.
    """
    known = await told(conn, [(subscriber_id, kept.id) for kept in gone])
    return [kept for kept in gone if _is_news(kept, known.get((subscriber_id, kept.id)))]


async def over(conn: Connection, subscriber_id: int, there: Sequence[Kept]) -> list[Kept]:
    """Those of posts that are there which a subscriber believes to be gone."""
    known = await told(conn, [(subscriber_id, kept.id) for kept in there])
    return [kept for kept in there if (subscriber_id, kept.id) in known]


async def told(conn: Connection, asked: Collection[About]) -> dict[About, ToldGone]:
    """Of which of these it was told that the post is gone, and not since that it is there again.
    What is composed counts as told: it may have been read.
    """
    rows = await fetch.rows(
        conn,
        """
        WITH asked (subscriber_id, post_id) AS (
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
        ),
        about (subscriber_id, post_id, row_id) AS (  -- rows that may tell of it
            SELECT asked.subscriber_id, asked.post_id, outbox.id
            FROM asked CROSS JOIN posts ON posts.id = asked.post_id
                CROSS JOIN outbox ON outbox.subscriber_id = asked.subscriber_id
                    AND outbox.kind IN ('gone', 'back')
                    -- What begins with the post or its album and a slash, which 0 comes after.
                    AND outbox.subject > posts.channel_id || '/'
                        || coalesce('g' || posts.grouped_id, posts.message_id) || '/'
                    AND outbox.subject < posts.channel_id || '/'
                        || coalesce('g' || posts.grouped_id, posts.message_id) || '0'
            UNION
            SELECT asked.subscriber_id, asked.post_id, outbox.id
            FROM asked CROSS JOIN summed ON summed.post_id = asked.post_id
                CROSS JOIN outbox ON outbox.subscriber_id = summed.subscriber_id
                    AND outbox.kind IN ('purge', 'return')
                    -- Or "subject (id)", which gave way where two subscribers became one.
                    AND outbox.subject BETWEEN summed.subject AND summed.subject || ' )'
            WHERE summed.subscriber_id = asked.subscriber_id
        ),
        telling (row_id, post_id) AS MATERIALIZED (  -- each message is read once: it may be long
            SELECT outbox.id, told.value
            FROM (SELECT DISTINCT row_id FROM about) AS rows
                CROSS JOIN outbox ON outbox.id = rows.row_id AND outbox.failed_at IS NULL
                CROSS JOIN json_each(outbox.message, '$.tells') AS told
        )
        SELECT about.subscriber_id, about.post_id, outbox.kind, outbox.sent_at
        FROM about JOIN telling USING (row_id, post_id) JOIN outbox ON outbox.id = about.row_id
        -- As they were read. Numbers of messages ascend, but for those of a chat that moved, which
        -- are not known any more.
        ORDER BY outbox.sent_at IS NULL, outbox.message_id, outbox.sent_at, outbox.id
        """,
        (json.dumps(list(asked)),),
    )
    last = {(row["subscriber_id"], row["post_id"]): row for row in rows}
    return {
        each: ToldGone(row["kind"] == "purge", row["sent_at"])
        for each, row in last.items()
        if row["kind"] in ("gone", "purge")
    }


def _is_news(kept: Kept, known: ToldGone | None) -> bool:
    if known is None:
        return True
    assert kept.deleted_at is not None, "it is gone"
    before = known.sent_at is not None and known.sent_at <= kept.deleted_at
    return before and kept.absence is Absence.NOTICE


async def awaited(conn: Connection, subscriber_id: int, post_ids: Collection[int]) -> set[int]:
    """Those of these posts of which a row that is not composed yet will tell a subscriber that
    they are gone: an answer to the alert of the post or its album, or a summary.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT asked.value AS post_id
        FROM json_each(:posts) AS asked
            CROSS JOIN posts ON posts.id = asked.value
            CROSS JOIN outbox ON outbox.subject > posts.channel_id || '/'
                    || coalesce('g' || posts.grouped_id, posts.message_id) || '/'
                AND outbox.subject < posts.channel_id || '/'
                    || coalesce('g' || posts.grouped_id, posts.message_id) || '0'
        WHERE outbox.subscriber_id = :subscriber AND outbox.kind = 'gone'
            AND outbox.message IS NULL AND outbox.sent_at IS NULL AND outbox.failed_at IS NULL
        UNION
        SELECT asked.value
        FROM json_each(:posts) AS asked
            CROSS JOIN summed ON summed.post_id = asked.value
            CROSS JOIN outbox ON outbox.subscriber_id = summed.subscriber_id
                AND outbox.subject = summed.subject AND outbox.kind = 'purge'
        WHERE summed.subscriber_id = :subscriber
            AND outbox.message IS NULL AND outbox.sent_at IS NULL AND outbox.failed_at IS NULL
        """,
        {"posts": json.dumps(list(post_ids)), "subscriber": subscriber_id},
    )
    return {row["post_id"] for row in rows}
