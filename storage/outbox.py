"""What is owed to subscribers: written with what caused it, open until Telegram has it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from aiosqlite import Connection

from storage import alerted, answers, digests, fetch, joining
from storage.anchors import archive_id
from storage.freezing import frozen
from storage.records import Does, Message

# A lower rank goes first, in a chat and among chats: alerts and what follows them, then edits that
# name what joined an alert, then digests.
ALERTS, EDITS, DIGESTS = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Owed:
    """Something a subscriber is to be told."""

    kind: str
    subscriber_id: int
    subject: str  # with the kind, what makes it the same thing: it is told once
    post_id: int | None = None
    version: int | None = None
    due_at: int = 0
    message: Message | None = None  # where it is known already
    does: Does = Does.SEND
    target_id: int | None = None  # the row whose message is answered or replaced
    rank: int = ALERTS
    silent: bool = False  # told without a sound, unless it is owed loud as well
    also: tuple[int, ...] = ()  # row ids of further posts that are told with it
    hits: tuple[tuple[int, int], ...] = ()  # (rule, post) that it tells, by their row ids


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are of each sort."""

    open: int
    sent: int
    failed: int


def random_id(archive_id: bytes, kind: str, chat: tuple[int, int], subject: str) -> int:
    """The number by which Telegram knows a repeated send; `chat` is (chat id, topic id).

    Eight bytes of a SHA-256 as a signed number, never 0. Frozen: with another derivation, what
    was sent and not yet marked before an update would be sent twice after it.
    """
    named = digests.canonical([archive_id.hex(), kind, *chat, subject])
    digest = hashlib.sha256(named.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True) or 1


async def add(tx: Connection, archive_id: bytes, owed: Sequence[Owed], now: int) -> int:
    """Owe these; how many of them are new. What a subscriber is owed or has, stays as it is."""
    if not owed:
        return 0
    chats = await _chats(tx, {item.subscriber_id for item in owed})
    cursor = await tx.executemany(
        """
        INSERT INTO outbox (
            kind, subscriber_id, subject, post_id, version, random_id, created_at, due_at, message,
            does, target_id, rank, silent
        )
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (subscriber_id, kind, subject) DO NOTHING
        """,
        [
            (
                item.kind,
                item.subscriber_id,
                item.subject,
                item.post_id,
                item.version,
                random_id(archive_id, item.kind, chats[item.subscriber_id], item.subject),
                now,
                item.due_at,
                None if item.message is None else frozen(item.message),
                item.does,
                item.target_id,
                item.rank,
                item.silent,
            )
            for item in owed
        ],
    )
    await _make_loud(tx, [item for item in owed if not item.silent])
    await _join(tx, [item for item in owed if item.also], now)
    await _give(tx, owed)
    return cursor.rowcount


async def _give(tx: Connection, owed: Sequence[Owed]) -> None:
    hits = [
        (each.subscriber_id, each.kind, each.subject, *hit) for each in owed for hit in each.hits
    ]
    if hits:
        await alerted.give(tx, hits)


async def _join(tx: Connection, owed: Sequence[Owed], now: int) -> None:
    for item in owed:
        row_id = await fetch.value(
            tx,
            "SELECT id FROM outbox WHERE subscriber_id = ? AND kind = ? AND subject = ?",
            (item.subscriber_id, item.kind, item.subject),
        )
        await joining.join(tx, [(row_id, post_id) for post_id in item.also], now)


async def freeze(tx: Connection, row_id: int, message: Message) -> None:
    """Keep what is about to be sent, so that every attempt sends the same. The first stays."""
    await tx.execute(
        "UPDATE outbox SET message = ? WHERE id = ? AND message IS NULL",
        (frozen(message), row_id),
    )


async def is_composed(conn: Connection, subscriber_id: int, kind: str, subject: str) -> bool:
    """Whether a row's message is fixed, so that nothing more can get into it."""
    found = await fetch.value(
        conn,
        """
        SELECT message IS NOT NULL
        FROM outbox
        WHERE subscriber_id = ? AND kind = ? AND subject = ?
        """,
        (subscriber_id, kind, subject),
    )
    return bool(found)


async def is_awaited(conn: Connection, subscriber_id: int, kind: str, subject: str) -> bool:
    """Whether a row is there whose message is still to be composed."""
    found = await fetch.value(
        conn,
        """
        SELECT message IS NULL AND failed_at IS NULL
        FROM outbox
        WHERE subscriber_id = ? AND kind = ? AND subject = ?
        """,
        (subscriber_id, kind, subject),
    )
    return bool(found)


async def sent(tx: Connection, row_id: int, message_id: int, now: int) -> None:
    """Telegram has it, as the message with this id."""
    await tx.execute(
        "UPDATE outbox SET sent_at = ?, message_id = ?, error = NULL WHERE id = ?",
        (now, message_id, row_id),
    )


async def postpone(tx: Connection, row_id: int, until_at: int, error: str) -> None:
    """An attempt did not succeed; the next is due at a time. Its subscriber's other rows wait."""
    await tx.execute(
        "UPDATE outbox SET attempts = attempts + 1, due_at = ?, error = ? WHERE id = ?",
        (until_at, error, row_id),
    )


async def failed(tx: Connection, row_id: int, error: str, now: int) -> None:
    """It will never be sent, for this reason. Posts that it was to tell of besides its own, as
    reposts of that, are owed an alert of their own.
    """
    await tx.execute(
        "UPDATE outbox SET failed_at = ?, error = ? WHERE id = ?", (now, error, row_id)
    )
    released = await joining.release(tx, row_id)
    if released is not None:
        await add(tx, await archive_id(tx), [_alert(released, now)], now)
    await answers.follow_elsewhere(tx, row_id)


def naming(subscriber_id: int, outbox_id: int, post_id: int, now: int) -> Owed:
    """The edit of an alert that tells what joined it, of which this post is the first."""
    return Owed(
        kind=joining.EDIT,
        subscriber_id=subscriber_id,
        subject=f"{outbox_id}/{post_id}",
        post_id=post_id,
        due_at=now,
        does=Does.EDIT,
        target_id=outbox_id,
        rank=EDITS,
    )


def _alert(released: joining.Released, now: int) -> Owed:
    return Owed(
        kind="alert",
        subscriber_id=released.subscriber_id,
        subject=released.subject,
        post_id=released.post_id,
        version=released.version,
        due_at=now,
        silent=released.silent,
        also=released.also,
    )


async def sendings(conn: Connection, since: int, now: int) -> list[tuple[int, int]]:
    """When something went to which chat since a time, oldest first, as (time, chat id).

    What is composed and not marked as sent may have been on its way when the program was ended,
    one row of a chat: it is taken to have gone just now.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT outbox.sent_at AS at, subscribers.chat_id
        FROM outbox JOIN subscribers ON subscribers.id = outbox.subscriber_id
        WHERE outbox.sent_at > :since
        UNION ALL
        SELECT DISTINCT :now, subscribers.chat_id
        FROM subscribers CROSS JOIN outbox ON outbox.subscriber_id = subscribers.id
            AND outbox.sent_at IS NULL AND outbox.failed_at IS NULL
        WHERE outbox.message IS NOT NULL AND subscribers.gone_at IS NULL
        ORDER BY at
        """,
        {"since": since, "now": now},
    )
    return [(row["at"], row["chat_id"]) for row in rows]


async def counts(conn: Connection) -> Counts:
    """How many rows are open, sent and failed; what was withdrawn is none of these."""
    row = await fetch.one(
        conn,
        """
        SELECT count(*) FILTER (WHERE sent_at IS NULL AND failed_at IS NULL) AS open,
            count(sent_at) AS sent,
            count(failed_at) FILTER (WHERE withdrawn IS NULL) AS failed
        FROM outbox
        """,
    )
    assert row is not None
    return Counts(**row)


async def _make_loud(tx: Connection, owed: Sequence[Owed]) -> None:
    """What was owed silently, and now is not, makes its sound, as long as it is not composed."""
    await tx.executemany(
        """
        UPDATE outbox
        SET silent = 0
        WHERE subscriber_id = ? AND kind = ? AND subject = ? AND silent AND message IS NULL
        """,
        [(item.subscriber_id, item.kind, item.subject) for item in owed],
    )


async def _chats(tx: Connection, ids: set[int]) -> dict[int, tuple[int, int]]:
    rows = await fetch.rows(
        tx,
        """
        SELECT id, chat_id, topic_id
        FROM subscribers
        WHERE id IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(sorted(ids)),),
    )
    return {row["id"]: (row["chat_id"], row["topic_id"]) for row in rows}
