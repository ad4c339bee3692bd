"""Summaries of deletions in one burst, for those who were alerted to the posts: one after another,
as long as the burst lasts."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from aiosqlite import Connection

from storage import fetch

KIND = "purge"


@dataclass(frozen=True, slots=True)
class Summary:
    """One that is owed, or was."""

    subject: str
    since_at: int  # when it was first owed
    waiting: bool  # more can get into it


async def last(conn: Connection, subscriber_id: int, burst_id: int) -> Summary | None:
    """The newest of a burst that a subscriber was owed; None if there was none."""
    row = await fetch.one(
        conn,
        """
        SELECT subject, created_at AS since_at,
            message IS NULL AND sent_at IS NULL AND failed_at IS NULL AS waiting
        FROM outbox
        WHERE subscriber_id = ?1 AND kind = ?2 AND withdrawn IS NULL
            AND (subject = 'burst/' || ?3 OR subject GLOB 'burst/' || ?3 || '/*')
        ORDER BY id DESC
        LIMIT 1
        """,
        (subscriber_id, KIND, burst_id),
    )
    return None if row is None else Summary(row["subject"], row["since_at"], bool(row["waiting"]))


def burst_of(subject: str) -> int:
    """The burst that a summary is about."""
    return int(subject.split("/")[1])


def subject_after(before: Summary | None, burst_id: int) -> str:
    """What the next summary of a burst is called."""
    if before is None:
        return f"burst/{burst_id}"
    number = before.subject.split("/")[2:]
    return f"burst/{burst_id}/{int(number[0]) + 1 if number else 2}"


async def add(tx: Connection, subscriber_id: int, subject: str, post_ids: Collection[int]) -> None:
    """A summary tells of these posts as well."""
    await tx.executemany(
        """
        INSERT INTO summed (subscriber_id, subject, post_id) VALUES (?, ?, ?)
        ON CONFLICT (subscriber_id, subject, post_id) DO NOTHING
        """,
        [(subscriber_id, subject, each) for each in post_ids],
    )


async def summed(conn: Connection, subscriber_id: int, subject: str) -> list[int]:
    """The row ids of the posts that a summary tells of, oldest first, of those still gone."""
    rows = await fetch.rows(
        conn,
        """
        SELECT posts.id
        FROM summed JOIN posts ON posts.id = summed.post_id
        WHERE summed.subscriber_id = ? AND summed.subject = ? AND posts.deleted_at IS NOT NULL
        ORDER BY posts.id
        """,
        (subscriber_id, subject),
    )
    return [row["id"] for row in rows]


async def answers(
    conn: Connection, subscriber_id: int, kind: str, post_ids: Collection[int], since_at: int
) -> int:
    """Of how many of these posts a subscriber was owed an answer of a kind since a time."""
    found = await fetch.value(
        conn,
        """
        SELECT count(DISTINCT post_id)
        FROM outbox
        WHERE post_id IN (SELECT value FROM json_each(?)) AND subscriber_id = ? AND kind = ?
            AND created_at >= ? AND withdrawn IS NULL
        """,
        (json.dumps(list(post_ids)), subscriber_id, kind, since_at),
    )
    return int(found)
