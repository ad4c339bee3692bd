"""What went in one burst, or is there again, told together to those who were alerted to the posts:
one summary after another, as long as there is more.

Which posts one is to tell of stands in `summed`, under its subscriber and its subject.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from aiosqlite import Connection

from storage import fetch, outbox, turns
from storage.anchors import archive_id
from storage.outbox import Owed

PURGE, RETURN = "purge", "return"  # what is gone; what is there again
NAMES: Mapping[str, str] = {PURGE: "burst", RETURN: "return"}  # how the subjects of each begin
AGAIN = 60 * 60_000  # ms; so long after a refusal another one is tried,
TWICE = 4  # and twice as long after every next one, so many times


@dataclass(frozen=True, slots=True)
class Summary:
    """One that is owed, or was."""

    id: int
    kind: str
    subscriber_id: int
    subject: str
    rank: int
    since_at: int  # when it was first owed
    waiting: bool  # more can get into it


async def last(conn: Connection, subscriber_id: int, kind: str, burst_id: int) -> Summary | None:
    """The newest of a burst that a subscriber was owed; None if there was none."""
    row = await fetch.one(
        conn,
        """
        SELECT id, kind, subscriber_id, subject, rank, created_at AS since_at,
            message IS NULL AND sent_at IS NULL AND failed_at IS NULL AS waiting
        FROM outbox
        WHERE subscriber_id = ?1 AND kind = ?2 AND withdrawn IS NULL
            -- "subject (id)" gave way where two subscribers became one.
            AND (subject = ?3 OR subject GLOB ?3 || '/*' AND subject NOT GLOB '* (*')
        ORDER BY length(subject) DESC, subject DESC  -- two readers of one chat may have become one
        LIMIT 1
        """,
        (subscriber_id, kind, f"{NAMES[kind]}/{burst_id}"),
    )
    return None if row is None else Summary(**{**row, "waiting": bool(row["waiting"])})


def burst_of(subject: str) -> int:
    """The burst that a summary is about."""
    return int(subject.split("/")[1])


def subject_after(before: Summary | None, kind: str, burst_id: int) -> str:
    """What the next summary of a burst is called."""
    if before is None:
        return f"{NAMES[kind]}/{burst_id}"
    return f"{NAMES[kind]}/{burst_id}/{_number(before.subject) + 1}"


def _number(subject: str) -> int:
    """Which of its burst's summaries it is."""
    number = subject.split("/")[2:]
    return int(number[0]) if number else 1


async def begin(tx: Connection, owed: Owed, post_ids: Collection[int]) -> Owed:
    """A summary that is to be owed, and tells of these posts: in its turn."""
    # One that was withdrawn may have had the same name.
    await tx.execute(
        "DELETE FROM summed WHERE subscriber_id = ? AND subject = ?",
        (owed.subscriber_id, owed.subject),
    )
    await _add(tx, owed.subscriber_id, owed.subject, post_ids)
    return replace(owed, rank=await turns.rank_after(tx, owed.subscriber_id, post_ids))


async def extend(tx: Connection, summary: Summary, post_ids: Collection[int], rank: int) -> None:
    """One that waits tells of these posts as well, and leaves with this rank, or its own if that
    is higher."""
    await _add(tx, summary.subscriber_id, summary.subject, post_ids)
    await tx.execute("UPDATE outbox SET rank = max(rank, ?) WHERE id = ?", (rank, summary.id))


async def put_back(tx: Connection, row_id: int, now: int) -> None:
    """One will never be sent: the next of its burst tells what it was to tell, after a while."""
    failed = await fetch.one(
        tx,
        "SELECT kind, subscriber_id, subject FROM outbox WHERE id = ? AND withdrawn IS NULL",
        (row_id,),
    )
    if failed is None:
        return  # another row tells it: two readers became one meanwhile
    kind, subscriber_id, subject = failed
    burst_id = burst_of(subject)
    post_ids = await _all(tx, subscriber_id, subject)
    before = await last(tx, subscriber_id, kind, burst_id)
    if before is not None and before.waiting:
        rank = await turns.rank_after(tx, subscriber_id, post_ids, before.id)
        await extend(tx, before, post_ids, rank)
        return
    due_at = now + (AGAIN << min(_number(subject) - 1, TWICE))
    owed = Owed(kind, subscriber_id, subject_after(before, kind, burst_id), due_at=due_at)
    await outbox.add(tx, await archive_id(tx), [await begin(tx, owed, post_ids)], now)


async def summed(conn: Connection, subscriber_id: int, subject: str, *, gone: bool) -> list[int]:
    """The row ids of the posts that a summary tells of, oldest first, of those that are gone, or
    that are there, now."""
    rows = await fetch.rows(
        conn,
        """
        SELECT posts.id
        FROM summed JOIN posts ON posts.id = summed.post_id
        WHERE summed.subscriber_id = ? AND summed.subject = ?
            AND (posts.deleted_at IS NOT NULL) = ?
        ORDER BY posts.id
        """,
        (subscriber_id, subject, gone),
    )
    return [row["id"] for row in rows]


async def answers(
    conn: Connection, subscriber_id: int, kind: str, post_ids: Collection[int], since_at: int
) -> int:
    """Of how many of these posts, or albums, a subscriber was owed an answer of a kind since a
    time."""
    found = await fetch.value(
        conn,
        """
        SELECT count(DISTINCT coalesce('g' || posts.grouped_id, posts.message_id))
        FROM posts CROSS JOIN outbox ON outbox.post_id = posts.id
        WHERE posts.id IN (SELECT value FROM json_each(?)) AND outbox.subscriber_id = ?
            AND outbox.kind = ? AND outbox.created_at >= ? AND outbox.withdrawn IS NULL
        """,
        (json.dumps(list(post_ids)), subscriber_id, kind, since_at),
    )
    return int(found)


async def _all(conn: Connection, subscriber_id: int, subject: str) -> list[int]:
    rows = await fetch.rows(
        conn,
        "SELECT post_id FROM summed WHERE subscriber_id = ? AND subject = ?",
        (subscriber_id, subject),
    )
    return [row["post_id"] for row in rows]


async def _add(tx: Connection, subscriber_id: int, subject: str, post_ids: Collection[int]) -> None:
    await tx.executemany(
        """
        INSERT INTO summed (subscriber_id, subject, post_id) VALUES (?, ?, ?)
        ON CONFLICT (subscriber_id, subject, post_id) DO NOTHING
        """,
        [(subscriber_id, subject, each) for each in post_ids],
    )
