"""Hits that were not told at once: kept until a digest tells them, each in one digest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from aiosqlite import Connection

from storage import fetch, outbox, rowids
from storage.outbox import DIGESTS, Owed
from storage.records import Hold, Reason

KIND = "digest"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is held for a subscriber now."""

    hits: int = 0
    due_at: int | None = None  # of the next digest that is to tell some of it


@dataclass(frozen=True, slots=True)
class Told:
    """A hit that a digest tells."""

    rule_id: int
    post_id: int
    version: int
    reason: Reason
    held_at: int
    channel_id: int
    story: str  # the post, or the album it is a part of


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a hit is held, or was."""

    reason: Reason
    due_at: int  # of the digest that is to tell it
    told_at: int | None  # when the digest that tells it was sent; None: it was not yet


@dataclass(frozen=True, slots=True)
class Caught:
    """How many posts of a time a rule caught, and of the same time some weeks before."""

    now: int
    before: int | None  # None where the rule is younger than that


async def hold(tx: Connection, hits: Sequence[Hold], now: int) -> None:
    """Keep hits for a digest, each once. What a rule catches anew, since its query is another, is
    for the next one where a digest has told it before.
    """
    await tx.executemany(
        """
        INSERT INTO held (subscriber_id, rule_id, post_id, version, reason, held_at, due_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (rule_id, post_id) DO UPDATE
        SET version = excluded.version, reason = excluded.reason, held_at = excluded.held_at,
            due_at = iif(told_in IS NULL, min(due_at, excluded.due_at), excluded.due_at),
            told_in = (SELECT id FROM outbox WHERE id = told_in AND message IS NULL)
        WHERE version < excluded.version
        """,
        [
            (
                hit.subscriber_id,
                hit.rule_id,
                hit.post_id,
                hit.version,
                hit.reason,
                now,
                hit.due_at,
            )
            for hit in hits
        ],
    )


async def release(tx: Connection, subscriber_id: int, post_id: int) -> None:
    """An alert tells of a post, and of the album it belongs to: no digest has to any more that is
    not composed."""
    await tx.execute(
        """
        DELETE FROM held
        WHERE subscriber_id = ? AND post_id IN (
            SELECT parts.id
            FROM posts JOIN posts AS parts
                ON parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
            WHERE posts.id = ?
        ) AND NOT EXISTS (SELECT 1 FROM outbox WHERE id = told_in AND message IS NOT NULL)
        """,
        (subscriber_id, post_id),
    )


async def waiting(conn: Connection, subscriber_id: int) -> Waiting:
    """What is held for a subscriber."""
    row = await fetch.one(
        conn,
        """
        SELECT count(*) AS hits, min(due_at) AS due_at
        FROM held
        WHERE subscriber_id = ? AND told_in IS NULL
        """,
        (subscriber_id,),
    )
    assert row is not None, "an aggregate has a row"
    return Waiting(**row)


async def keeping(conn: Connection, rule_ids: Sequence[int], post_id: int) -> dict[int, Keeping]:
    """By rule: how it holds this post."""
    rows = await fetch.rows(
        conn,
        """
        SELECT held.rule_id, held.reason, held.due_at, outbox.sent_at
        FROM held LEFT JOIN outbox ON outbox.id = held.told_in
        WHERE held.rule_id IN (SELECT value FROM json_each(?)) AND held.post_id = ?
        """,
        (json.dumps(list(rule_ids)), post_id),
    )
    return {
        row["rule_id"]: Keeping(Reason(row["reason"]), row["due_at"], row["sent_at"])
        for row in rows
    }


async def due(conn: Connection, now: int) -> list[int]:
    """The subscribers, none of them gone, for whom a digest is due."""
    rows = await fetch.rows(
        conn,
        """
        SELECT DISTINCT subscriber_id
        FROM held
        WHERE told_in IS NULL AND due_at <= ?
            AND subscriber_id NOT IN (SELECT id FROM subscribers WHERE gone_at IS NOT NULL)
        ORDER BY subscriber_id
        """,
        (now,),
    )
    return [row["subscriber_id"] for row in rows]


async def move(tx: Connection, subscriber_id: int, reasons: Sequence[Reason], due_at: int) -> None:
    """Have what is held for these reasons told at another time."""
    await tx.executemany(
        """
        UPDATE held SET due_at = ?
        WHERE subscriber_id = ? AND reason = ? AND told_in IS NULL
        """,
        [(due_at, subscriber_id, reason) for reason in reasons],
    )


async def tell(tx: Connection, archive_id: bytes, subscriber_id: int, now: int) -> bool:
    """Owe a subscriber the digest of all that is due, however many times passed; whether any is.

    It bears the last of the times, which makes it the same digest whenever it is asked for.
    """
    last = await fetch.value(
        tx,
        """
        SELECT max(due_at)
        FROM held
        WHERE subscriber_id = ? AND told_in IS NULL AND due_at <= ?
        """,
        (subscriber_id, now),
    )
    if last is None:
        return False
    while await _is_closed(tx, subscriber_id, f"{KIND}/{last}"):
        last = max(last + 1, now)  # the clock was put back, and that time comes once more
    subject = f"{KIND}/{last}"
    owed = Owed(KIND, subscriber_id, subject, due_at=now, rank=DIGESTS)
    await outbox.add(tx, archive_id, [owed], now)
    await tx.execute(
        """
        UPDATE held
        SET told_in = (
            SELECT id FROM outbox WHERE subscriber_id = ?1 AND kind = ?2 AND subject = ?3
        )
        WHERE subscriber_id = ?1 AND told_in IS NULL AND due_at <= ?4
        """,
        (subscriber_id, KIND, subject, now),
    )
    return True


async def put_back(tx: Connection, outbox_id: int, due_at: int) -> None:
    """A digest will never be sent: what it was to tell is due in another, at this time."""
    await tx.execute(
        "UPDATE held SET told_in = NULL, due_at = ? WHERE told_in = ?", (due_at, outbox_id)
    )


async def _is_closed(conn: Connection, subscriber_id: int, subject: str) -> bool:
    """Whether there is such a digest, and nothing more can get into it."""
    found = await fetch.value(
        conn,
        """
        SELECT message IS NOT NULL OR failed_at IS NOT NULL
        FROM outbox
        WHERE subscriber_id = ? AND kind = ? AND subject = ?
        """,
        (subscriber_id, KIND, subject),
    )
    return bool(found)


async def told_in(conn: Connection, outbox_id: int) -> list[Told]:
    """What a digest tells, newest post first."""
    rows = await fetch.rows(
        conn,
        """
        SELECT held.rule_id, held.post_id, held.version, held.reason, held.held_at,
            posts.channel_id, posts.message_id, posts.grouped_id
        FROM held JOIN posts ON posts.id = held.post_id
        WHERE held.told_in = ?
        ORDER BY held.post_id DESC, held.rule_id
        """,
        (outbox_id,),
    )
    return [
        Told(
            row["rule_id"],
            row["post_id"],
            row["version"],
            Reason(row["reason"]),
            row["held_at"],
            row["channel_id"],
            f"{row['channel_id']}/g{row['grouped_id']}"
            if row["grouped_id"] is not None
            else f"{row['channel_id']}/{row['message_id']}",
        )
        for row in rows
    ]


async def names(conn: Connection, rule_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """(name, query) of rules by row id, those that were removed included."""
    rows = await fetch.rows(
        conn,
        """
        SELECT id, coalesce(title, query) AS name, query
        FROM rules
        WHERE id IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(rule_ids)),),
    )
    return {row["id"]: (row["name"], row["query"]) for row in rows}


async def caught(conn: Connection, rule_id: int, span: tuple[int, int], shift: int) -> Caught:
    """What a rule caught of the posts from one time to another, and `shift` ms before."""
    since_at, until_at = span
    now = await _caught(conn, rule_id, since_at, until_at)
    made = await fetch.value(conn, "SELECT created_at FROM rules WHERE id = ?", (rule_id,))
    if made is None or made > since_at - shift:
        return Caught(now, None)
    return Caught(now, await _caught(conn, rule_id, since_at - shift, until_at - shift))


async def _caught(conn: Connection, rule_id: int, since_at: int, until_at: int) -> int:
    """Row ids ascend with the time of posting: a stretch of the index."""
    first, last = (rowids.first(rowids.second_of(at)) for at in (since_at, until_at))
    return int(
        await fetch.value(
            conn,
            "SELECT count(*) FROM matches WHERE rule_id = ? AND post_id >= ? AND post_id < ?",
            (rule_id, first, last),
        )
    )
