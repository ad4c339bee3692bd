"""Places that receive alerts and ask questions."""

import json
from collections.abc import Collection
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch
from storage.records import Asked, Subscriber, Wishes

# What Telegram's words begin with where one topic is out of reach, and not its whole chat.
OF_A_TOPIC = "TOPIC_"

_SUBSCRIBERS = """
    SELECT id, chat_id, topic_id, title, access_hash, language, zone, gone_at, quiet_from,
        quiet_until, digest, pictures, merging
    FROM subscribers
    """


async def ensure(tx: Connection, asked: Asked, zone: str, now: int) -> Subscriber:
    """The subscriber of the chat and topic where something was asked, made at the first time.

    Brings its title and access hash up to date; one that was gone is back. Language and zone
    are given at the first time only: they are the subscriber's own afterwards.
    """
    title = asked.chat_title or asked.user_name
    row = await fetch.one(
        tx,
        """
        INSERT INTO subscribers (chat_id, topic_id, title, access_hash, language, zone, since_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (chat_id, topic_id) DO UPDATE
        SET title = iif(excluded.title = '', title, excluded.title),
            access_hash = iif(excluded.access_hash = 0, access_hash, excluded.access_hash),
            gone_at = NULL, gone_why = NULL
        RETURNING id, chat_id, topic_id, title, access_hash, language, zone, gone_at, quiet_from,
            quiet_until, digest, pictures, merging
        """,
        (
            asked.chat_id,
            asked.topic_id,
            title,
            asked.chat_access_hash,
            asked.language,
            zone,
            now,
        ),
    )
    assert row is not None
    return subscriber(row)


async def get(conn: Connection, subscriber_id: int) -> Subscriber | None:
    """The subscriber with this row id."""
    row = await fetch.one(conn, _SUBSCRIBERS + "WHERE id = ?", (subscriber_id,))
    return None if row is None else subscriber(row)


async def standing(conn: Connection, subscriber_id: int) -> Subscriber | None:
    """The subscriber with this row id, or the one whose part it has become by a move."""
    row = await fetch.one(
        conn,
        _SUBSCRIBERS  # noqa: S608 -- both parts are constants
        + """
        WHERE id = (
            SELECT coalesce(whole.id, asked.id)
            FROM subscribers AS asked LEFT JOIN subscribers AS whole
                ON asked.topic_id < 0 AND whole.chat_id = asked.chat_id AND whole.topic_id = 0
            WHERE asked.id = ?
        )
        """,
        (subscriber_id,),
    )
    return None if row is None else subscriber(row)


async def find(conn: Connection, chat_id: int, topic_id: int) -> Subscriber | None:
    """The subscriber of a chat and topic."""
    row = await fetch.one(
        conn, _SUBSCRIBERS + "WHERE chat_id = ? AND topic_id = ?", (chat_id, topic_id)
    )
    return None if row is None else subscriber(row)


async def wish(tx: Connection, subscriber_id: int, wishes: Wishes) -> None:
    """Let a subscriber be told as it wants to be."""
    quiet_from, quiet_until = wishes.quiet or (None, None)
    await tx.execute(
        """
        UPDATE subscribers
        SET quiet_from = ?, quiet_until = ?, digest = ?, pictures = ?, merging = ?
        WHERE id = ?
        """,
        (quiet_from, quiet_until, wishes.digest, wishes.pictures, wishes.merging, subscriber_id),
    )


async def speak(tx: Connection, subscriber_id: int, language: str, zone: str) -> None:
    """Talk to a subscriber in a language, with the times of a zone."""
    await tx.execute(
        "UPDATE subscribers SET language = ?, zone = ? WHERE id = ?",
        (language, zone, subscriber_id),
    )


async def among(conn: Connection, subscriber_ids: Collection[int]) -> dict[int, Subscriber]:
    """These subscribers, by row id."""
    rows = await fetch.rows(
        conn,
        _SUBSCRIBERS + "WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608 -- what is put in is a constant; values are bound
        (json.dumps(list(subscriber_ids)),),
    )
    return {row["id"]: subscriber(row) for row in rows}


async def set_gone(tx: Connection, subscriber_id: int, now: int, why: str = "") -> bool:
    """It cannot be told anything any more; its rules and alerts sleep until it is back.

    So do all topics of its chat, unless `why`, in Telegram's words, concerns its own alone.
    Whether anything was awake.
    """
    cursor = await tx.execute(
        """
        UPDATE subscribers
        SET gone_at = ?, gone_why = ?
        WHERE gone_at IS NULL
            AND chat_id = (SELECT chat_id FROM subscribers WHERE id = ?) AND (id = ? OR NOT ?)
        """,
        (now, why, subscriber_id, subscriber_id, why.startswith(OF_A_TOPIC)),
    )
    return cursor.rowcount > 0


def subscriber(row: Row) -> Subscriber:
    """The subscriber in a row that has its columns."""
    return Subscriber(
        id=row["id"],
        chat_id=row["chat_id"],
        topic_id=row["topic_id"],
        title=row["title"],
        access_hash=row["access_hash"],
        language=row["language"],
        zone=row["zone"],
        gone=row["gone_at"] is not None,
        wishes=Wishes(
            quiet=None if row["quiet_from"] is None else (row["quiet_from"], row["quiet_until"]),
            digest=row["digest"],
            pictures=bool(row["pictures"]),
            merging=bool(row["merging"]),
        ),
    )
