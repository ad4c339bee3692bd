"""Which alerts told subscribers of a post, and what of it they were told."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from aiosqlite import Connection

from storage import fetch


@dataclass(frozen=True, slots=True)
class Told:
    """A subscriber was alerted to a post, or will be when an open row is sent."""

    post_id: int
    subscriber_id: int
    # The latest alert that tells this very post, or what it was merged into; where none does, its
    # album's, before those of other parts alone.
    target_id: int
    version: int  # the latest that was told of this very post; 0: none
    last_id: int  # the row that tells that version; 0: none
    deleted_at: int | None  # of the post


async def followed(
    conn: Connection, post_ids: Collection[int], now: int, subscriber_id: int | None = None
) -> list[Told]:
    """Who was alerted to these posts by a rule that is awake and follows what becomes of them; of
    all, or whether a single subscriber was.

    A rule that only put the post into a digest has alerted nobody.
    """
    told = await alerted(conn, post_ids, subscriber_id)
    rows = await fetch.rows(
        conn,
        """
        SELECT asked.value ->> '$.post_id' AS post_id,
            asked.value ->> '$.subscriber_id' AS subscriber_id
        FROM json_each(:told) AS asked
            CROSS JOIN outbox AS target ON target.id = asked.value ->> '$.target_id'
        WHERE EXISTS (
            SELECT 1
            FROM rules JOIN matches ON matches.rule_id = rules.id
            WHERE rules.subscriber_id = asked.value ->> '$.subscriber_id'
                AND rules.removed_at IS NULL
                AND rules.follows = 1 AND coalesce(rules.muted_until_at, 0) <= :now
                AND matches.post_id IN (asked.value ->> '$.post_id', target.post_id)
                AND NOT EXISTS (
                    SELECT 1
                    FROM held
                    WHERE held.rule_id = rules.id AND held.post_id = matches.post_id
                        AND held.version >= matches.version
                )
        )
        """,
        {"told": json.dumps([asdict(each) for each in told]), "now": now},
    )
    following = {(row["post_id"], row["subscriber_id"]) for row in rows}
    return [each for each in told if (each.post_id, each.subscriber_id) in following]


async def alerted(
    conn: Connection, post_ids: Collection[int], subscriber_id: int | None = None
) -> list[Told]:
    """Who was alerted to these posts, of all or of one."""
    rows = await fetch.rows(
        conn,
        """
        WITH asked (post_id) AS (SELECT value FROM json_each(:posts)),
        parts (post_id, part_id) AS (
            SELECT post_id, post_id FROM asked
            UNION
            SELECT posts.id, parts.id
            FROM asked JOIN posts ON posts.id = asked.post_id
                JOIN posts AS parts
                    ON parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
        ),
        telling (post_id, row_id, near) AS (  -- 2: the post itself, 1: its album, 0: other parts
            SELECT parts.post_id, outbox.id, iif(part_id = parts.post_id, 2, outbox.kind = 'alert')
            FROM parts JOIN outbox ON outbox.post_id = part_id
            UNION
            SELECT parts.post_id, outbox_id, iif(part_id = parts.post_id, 2, 1)
            FROM parts JOIN joined ON joined.post_id = part_id
        ),
        told AS (
            SELECT telling.post_id, outbox.subscriber_id,
                coalesce(
                    max(outbox.id) FILTER (WHERE outbox.kind <> 'changed' AND near = 2),
                    max(outbox.id) FILTER (WHERE outbox.kind <> 'changed' AND near = 1),
                    max(outbox.id) FILTER (WHERE outbox.kind <> 'changed')
                ) AS target_id,
                max(outbox.version) FILTER (WHERE outbox.post_id = telling.post_id) AS version,
                max(outbox.id) FILTER (WHERE outbox.post_id = telling.post_id) AS last_id
            FROM telling JOIN outbox ON outbox.id = telling.row_id
            WHERE outbox.kind IN ('alert', 'edit', 'part', 'changed') AND outbox.failed_at IS NULL
                AND (:subscriber IS NULL OR outbox.subscriber_id = :subscriber)
            GROUP BY telling.post_id, outbox.subscriber_id
        )
        SELECT told.post_id, told.subscriber_id, told.target_id,
            coalesce(told.version, 0) AS version, coalesce(told.last_id, 0) AS last_id,
            posts.deleted_at
        FROM told JOIN posts ON posts.id = told.post_id
        WHERE told.target_id IS NOT NULL
        ORDER BY told.post_id, told.subscriber_id
        """,
        {"posts": json.dumps(list(post_ids)), "subscriber": subscriber_id},
    )
    return [Told(**row) for row in rows]


async def among(conn: Connection, subscriber_id: int, post_ids: Sequence[int]) -> set[int]:
    """Those of these posts of which a subscriber is or was owed an alert: one of their own, one
    that they joined, or one that waits for a digest.
    """
    rows = await fetch.rows(
        conn,
        """
        WITH asked (id) AS (SELECT value FROM json_each(:posts))
        SELECT post_id
        FROM asked CROSS JOIN outbox ON outbox.post_id = asked.id
        WHERE +subscriber_id = :subscriber  -- by the post: a subscriber has many more
            AND withdrawn IS NULL
        UNION
        SELECT joined.post_id
        FROM asked
            CROSS JOIN joined ON joined.post_id = asked.id
            CROSS JOIN outbox ON outbox.id = joined.outbox_id
        WHERE subscriber_id = :subscriber AND withdrawn IS NULL
        UNION
        SELECT post_id
        FROM held
        WHERE rule_id IN (SELECT id FROM rules WHERE subscriber_id = :subscriber)
            AND post_id IN (SELECT id FROM asked)
        """,
        {"subscriber": subscriber_id, "posts": json.dumps(list(post_ids))},
    )
    return {row["post_id"] for row in rows}


async def versions_caught(
    conn: Connection, subscriber_id: int, post_ids: Sequence[int]
) -> dict[int, int]:
    """The version in which a subscriber's rules first caught each of these posts, by row id."""
    rows = await fetch.rows(
        conn,
        """
        SELECT matches.post_id, min(matches.version) AS version
        FROM matches JOIN rules ON rules.id = matches.rule_id
        WHERE matches.post_id IN (SELECT value FROM json_each(?)) AND rules.subscriber_id = ?
        GROUP BY matches.post_id
        """,
        (json.dumps(list(post_ids)), subscriber_id),
    )
    return {row["post_id"]: row["version"] for row in rows}


async def version_before(conn: Connection, row_id: int) -> int | None:
    """The latest version of a row's post that earlier rows told the row's subscriber."""
    found = await fetch.value(
        conn,
        """
        SELECT max(earlier.version)
        FROM outbox JOIN outbox AS earlier
            ON earlier.post_id = outbox.post_id AND earlier.subscriber_id = outbox.subscriber_id
        WHERE outbox.id = ? AND earlier.id < outbox.id AND earlier.failed_at IS NULL
            AND earlier.kind IN ('alert', 'edit', 'part', 'changed')
        """,
        (row_id,),
    )
    return None if found is None else int(found)


async def version_of(conn: Connection, row_id: int) -> int | None:
    """The version that a row is to tell now; None if the row was withdrawn."""
    found = await fetch.value(
        conn, "SELECT version FROM outbox WHERE id = ? AND withdrawn IS NULL", (row_id,)
    )
    return None if found is None else int(found)


async def advance(tx: Connection, row_id: int, version: int) -> bool:
    """Have a change that was not composed yet told up to this version; whether that could be."""
    cursor = await tx.execute(
        """
        UPDATE outbox
        SET version = ?
        WHERE id = ? AND kind = 'changed' AND message IS NULL
            AND sent_at IS NULL AND failed_at IS NULL
        """,
        (version, row_id),
    )
    return cursor.rowcount > 0


async def waiting(
    conn: Connection, subscriber_id: int, kind: str, post_ids: Collection[int]
) -> list[int]:
    """The row ids of what is owed to a subscriber about these posts and not composed yet."""
    rows = await fetch.rows(
        conn,
        """
        SELECT id
        FROM outbox
        WHERE post_id IN (SELECT value FROM json_each(?)) AND subscriber_id = ? AND kind = ?
            AND message IS NULL AND sent_at IS NULL AND failed_at IS NULL
        ORDER BY id
        """,
        (json.dumps(list(post_ids)), subscriber_id, kind),
    )
    return [row["id"] for row in rows]


async def put_off(tx: Connection, subscriber_id: int, kind: str, subject: str, due_at: int) -> bool:
    """Let a row that is not composed wait until then; whether there is such a row."""
    cursor = await tx.execute(
        """
        UPDATE outbox
        SET due_at = ?
        WHERE subscriber_id = ? AND kind = ? AND subject = ?
            AND message IS NULL AND sent_at IS NULL AND failed_at IS NULL
        """,
        (due_at, subscriber_id, kind, subject),
    )
    return cursor.rowcount > 0


async def about(conn: Connection, row_ids: Collection[int]) -> list[int]:
    """The row ids of the posts that rows of the outbox are about, and of the parts of their
    albums.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT DISTINCT coalesce(parts.id, posts.id) AS id
        FROM outbox JOIN posts ON posts.id = outbox.post_id
            LEFT JOIN posts AS parts
                ON parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
        WHERE outbox.id IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(row_ids)),),
    )
    return [row["id"] for row in rows]
