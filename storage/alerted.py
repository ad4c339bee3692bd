"""Which alerts name rules for what they caught: what a rule pauses after, and what it is told in.

A hit belongs to the alert that tells it, or is to. What was withdrawn or failed told nothing.
"""

import json
from collections.abc import Collection, Iterable, Sequence

from aiosqlite import Connection

from storage import fetch
from storage.records import Due

_KINDS = frozenset({"alert", "edit", "part"})  # what tells hits


async def last_at(conn: Connection, rule_ids: Collection[int]) -> dict[int, int]:
    """When the last alert that names these rules, or is to, was owed, by row id; those that
    alerted nobody are left out.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT asked.value AS id, outbox.created_at
        FROM json_each(?) AS asked CROSS JOIN outbox ON outbox.id = (
            SELECT matches.alerted_in
            FROM matches CROSS JOIN outbox AS told ON told.id = matches.alerted_in
            WHERE matches.rule_id = asked.value AND matches.alerted_in IS NOT NULL
                AND told.failed_at IS NULL
            ORDER BY matches.alerted_in DESC
            LIMIT 1
        )
        """,
        (json.dumps(list(rule_ids)),),
    )
    return {row["id"]: row["created_at"] for row in rows}


async def give(tx: Connection, hits: Iterable[tuple[int, str, str, int, int]]) -> None:
    """Hits belong to alerts: (subscriber, kind and subject of the alert, rule, post)."""
    await tx.executemany(
        """
        UPDATE matches
        SET alerted_in = (
            SELECT id FROM outbox WHERE subscriber_id = ? AND kind = ? AND subject = ?
        )
        WHERE rule_id = ? AND post_id = ?
        """,
        hits,
    )


async def settle(tx: Connection, due: Due, now: int) -> None:
    """What is composed now names the rules that are awake and hit what it is about, and no other:
    these hits belong to it.
    """
    if due.kind not in _KINDS:
        return
    await tx.execute(
        """
        WITH own (post_id) AS (
            SELECT coalesce(parts.id, posts.id)
            FROM outbox JOIN posts ON posts.id = outbox.post_id
                LEFT JOIN posts AS parts ON outbox.kind = 'alert'
                    AND parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
            WHERE outbox.id = :row
        )
        UPDATE matches
        SET alerted_in = iif(coalesce(rules.muted_until_at, 0) > :now, NULL, :row)
        FROM rules
        WHERE rules.id = matches.rule_id AND rules.subscriber_id = :subscriber
            AND rules.removed_at IS NULL AND matches.post_id IN (SELECT post_id FROM own)
            AND (
                matches.alerted_in IS :row
                OR NOT EXISTS (
                    SELECT 1
                    FROM outbox AS told
                    WHERE told.id = matches.alerted_in AND told.failed_at IS NULL
                )
                AND NOT EXISTS (
                    SELECT 1
                    FROM held
                    WHERE held.rule_id = matches.rule_id AND held.post_id = matches.post_id
                        AND held.version >= matches.version
                )
            )
        """,
        {"row": due.id, "subscriber": due.subscriber.id, "now": now},
    )


async def silenced(conn: Connection, due: Due, post_ids: Sequence[int], now: int) -> set[int]:
    """The rules of a subscriber that caught these posts, or other parts of their albums, and are
    not to be named for them in a row that is composed now: those that no earlier row names, and
    that are muted, or whose hits are all told by digests.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT rules.id
        FROM json_each(:posts) AS asked
            CROSS JOIN posts ON posts.id = asked.value
            LEFT JOIN posts AS parts
                ON parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
            JOIN matches ON matches.post_id = coalesce(parts.id, posts.id)
            JOIN rules ON rules.id = matches.rule_id
            LEFT JOIN outbox AS told ON told.id = matches.alerted_in
                AND told.failed_at IS NULL AND told.id <> :row
            LEFT JOIN held ON held.rule_id = matches.rule_id AND held.post_id = matches.post_id
                AND held.version >= matches.version AND matches.alerted_in IS NOT :row
        WHERE rules.subscriber_id = :subscriber
        GROUP BY rules.id
        HAVING count(told.id) = 0
            AND (coalesce(rules.muted_until_at, 0) > :now OR count(held.id) = count(*))
        """,
        {
            "posts": json.dumps(list(post_ids)),
            "row": due.id,
            "subscriber": due.subscriber.id,
            "now": now,
        },
    )
    return {row["id"] for row in rows}
