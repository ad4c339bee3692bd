"""Posts that join an alert instead of having one of their own: what there is, and what is told.

A joined post is told when the alert is composed with it, or when the alert is edited. Where that
fails for good, it is released: it gets an alert of its own.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch
from storage.withdrawing import Why

EDIT = "joined"  # the kind of the rows that edit an alert to tell what joined it


@dataclass(frozen=True, slots=True)
class Joinable:
    """What a post of a story may join, if anything."""

    story_id: int
    outbox_id: int | None = None  # the alert that tells this story
    composed: bool = False  # what joins it is told by an edit
    editing: bool = False  # it is composed, and nothing is under way yet to edit it
    silent: bool = False  # it makes no sound, or made none


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it was owed first."""

    kind: str
    subject: str
    post_id: int
    version: int | None
    sent_at: int | None


@dataclass(frozen=True, slots=True)
class State:
    """What became of telling a subscriber of a post."""

    joined: bool  # with another post's alert
    sent_at: int | None
    failed_at: int | None
    error: str | None
    withdrawn: Why | None = None  # before it left


@dataclass(frozen=True, slots=True)
class Released:
    """Posts of one story that an alert was to tell, and did not."""

    subscriber_id: int
    subject: str
    post_id: int
    version: int
    also: tuple[int, ...]  # further ones
    silent: bool  # as the alert was to be that they had joined


async def joinable(
    tx: Connection, asked: Sequence[tuple[int, int | None, str]], since_at: int
) -> dict[tuple[int, int], Joinable]:
    """For each (subscriber, post, subject of its alert): the newest alert that told its story
    there since a time, also one that is still to be sent; not one that could not be sent or
    edited. Left out are posts that share no story, those whose album has its own alert, and
    subscribers that do not want reposts merged.
    """
    rows = await fetch.rows(
        tx,
        """
        SELECT asked.subscriber_id, asked.post_id, asked.story_id, told.id AS outbox_id,
            told.message IS NOT NULL AS composed,
            coalesce(told.message ->> '$.silent', told.silent) AS silent,
            told.message IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM outbox AS edits
                WHERE edits.target_id = told.id AND edits.kind = :edit AND edits.message IS NULL
                    AND edits.failed_at IS NULL
            ) AS editing
        FROM (
            SELECT subscribers.id AS subscriber_id, stories.post_id, stories.story_id
            FROM json_each(:asked)
                CROSS JOIN subscribers ON subscribers.id = json_extract(value, '$[0]')
                CROSS JOIN stories ON stories.post_id = json_extract(value, '$[1]')
            WHERE subscribers.merging AND NOT EXISTS (
                SELECT 1 FROM outbox AS own
                WHERE own.subscriber_id = subscribers.id AND own.kind = 'alert'
                    AND own.subject = json_extract(value, '$[2]')
            )
        ) AS asked LEFT JOIN outbox AS told ON told.id = (
            SELECT outbox.id
            FROM stories CROSS JOIN outbox ON outbox.post_id = stories.post_id
            WHERE stories.story_id = asked.story_id
                AND outbox.subscriber_id = asked.subscriber_id
                AND outbox.kind IN ('alert', 'edit')
                AND outbox.failed_at IS NULL AND outbox.created_at > :since
                AND NOT EXISTS (
                    SELECT 1 FROM outbox AS edits
                    WHERE edits.target_id = outbox.id AND edits.kind = :edit
                        AND edits.failed_at IS NOT NULL
                )
            ORDER BY outbox.id DESC
            LIMIT 1
        )
        """,
        {"asked": json.dumps(asked), "since": since_at, "edit": EDIT},
    )
    return {(row["subscriber_id"], row["post_id"]): _joinable(row) for row in rows}


def _joinable(row: Row) -> Joinable:
    flags = (bool(row[name]) for name in ("composed", "editing", "silent"))
    return Joinable(row["story_id"], row["outbox_id"], *flags)


async def join(tx: Connection, posts: Iterable[tuple[int, int]], now: int) -> None:
    """These posts join alerts: (row id of the alert, row id of the post)."""
    await tx.executemany(
        """
        INSERT INTO joined (outbox_id, post_id, joined_at) VALUES (?, ?, ?)
        ON CONFLICT (outbox_id, post_id) DO NOTHING
        """,
        [(outbox_id, post_id, now) for outbox_id, post_id in posts],
    )


async def make_loud(tx: Connection, outbox_ids: Iterable[int]) -> None:
    """Have alerts make their sound that are not composed, since what joined them is to be heard."""
    await tx.executemany(
        "UPDATE outbox SET silent = 0 WHERE id = ? AND message IS NULL",
        [(each,) for each in outbox_ids],
    )


async def joined_to(conn: Connection, outbox_id: int) -> list[int]:
    """The row ids of the posts that joined an alert, of an album its first part, oldest first."""
    rows = await fetch.rows(
        conn,
        """
        SELECT min(posts.id) AS id
        FROM joined CROSS JOIN posts ON posts.id = joined.post_id
        WHERE joined.outbox_id = ?
        GROUP BY posts.channel_id, coalesce('g' || posts.grouped_id, posts.message_id)
        ORDER BY id
        """,
        (outbox_id,),
    )
    return [row["id"] for row in rows]


async def album_told(tx: Connection, subscriber_id: int, post_id: int) -> bool:
    """Whether a part of a post's album has joined an alert of the subscriber that is composed."""
    return bool(
        await fetch.value(
            tx,
            """
            SELECT EXISTS (
                SELECT 1
                FROM posts
                    JOIN posts AS parts ON parts.channel_id = posts.channel_id
                        AND parts.grouped_id = posts.grouped_id
                    JOIN joined ON joined.post_id = parts.id
                    JOIN outbox ON outbox.id = joined.told_in
                WHERE posts.id = ? AND outbox.subscriber_id = ?
            )
            """,
            (post_id, subscriber_id),
        )
    )


async def album_awaited(tx: Connection, subscriber_id: int, post_id: int) -> bool:
    """Whether a part of a post's album has joined an alert of the subscriber, and what is to tell
    of that is still to be composed."""
    return bool(
        await fetch.value(
            tx,
            """
            SELECT EXISTS (
                SELECT 1
                FROM posts
                    JOIN posts AS parts ON parts.channel_id = posts.channel_id
                        AND parts.grouped_id = posts.grouped_id
                    JOIN joined ON joined.post_id = parts.id
                    JOIN outbox ON outbox.id = joined.outbox_id
                WHERE posts.id = ? AND outbox.subscriber_id = ?
                    AND joined.told_in IS NULL AND outbox.failed_at IS NULL
            )
            """,
            (post_id, subscriber_id),
        )
    )


async def alert(conn: Connection, outbox_id: int) -> Alert:
    """The alert in a row."""
    row = await fetch.one(
        conn,
        "SELECT kind, subject, post_id, version, sent_at FROM outbox WHERE id = ?",
        (outbox_id,),
    )
    assert row is not None, "rows are never removed"
    return Alert(**row)


async def states(conn: Connection, subscriber_id: int, post_ids: Sequence[int]) -> list[State]:
    """What became of telling a subscriber of these posts, in the order of telling."""
    rows = await fetch.rows(
        conn,
        """
        WITH asked (id) AS (SELECT value FROM json_each(:posts)),
        rows (id, joined) AS (
            SELECT outbox.id, false
            FROM asked CROSS JOIN outbox ON outbox.post_id = asked.id
            WHERE outbox.kind IN ('alert', 'edit', 'part')
            UNION
            SELECT coalesce(joined.told_in, joined.outbox_id), true
            FROM asked CROSS JOIN joined ON joined.post_id = asked.id
        )
        SELECT rows.joined, outbox.sent_at, outbox.failed_at, outbox.error, outbox.withdrawn
        FROM rows CROSS JOIN outbox ON outbox.id = rows.id
        WHERE outbox.subscriber_id = :subscriber
        ORDER BY outbox.id
        """,
        {"posts": json.dumps(post_ids), "subscriber": subscriber_id},
    )
    return [
        State(
            bool(row["joined"]),
            row["sent_at"],
            row["failed_at"],
            row["error"],
            Why(row["withdrawn"]) if row["withdrawn"] else None,
        )
        for row in rows
    ]


async def release(tx: Connection, outbox_id: int) -> Released | None:
    """The joined posts of which a row of the outbox, now failed, was to tell; they are joined no
    more.
    """
    rows = await _untold(tx, outbox_id)
    await tx.executemany(
        "DELETE FROM joined WHERE outbox_id = ? AND post_id = ?",
        [(row["outbox_id"], row["post_id"]) for row in rows],
    )
    # An album may have got an alert of its own meanwhile, which tells of all its parts.
    once = list({row["subject"]: row for row in rows if not row["told"]}.values())
    if not once:
        return None
    return Released(
        once[0]["subscriber_id"],
        once[0]["subject"],
        once[0]["post_id"],
        once[0]["version"],
        tuple(row["post_id"] for row in once[1:]),
        bool(once[0]["silent"]),
    )


async def _untold(tx: Connection, outbox_id: int) -> list[Row]:
    """The posts that a failed row was to tell, each with the alert that it would have itself,
    and whether that is there already.
    """
    return await fetch.rows(
        tx,
        """
        SELECT joined.outbox_id, joined.post_id, failed.subscriber_id,
            posts.channel_id || '/' || coalesce('g' || posts.grouped_id, posts.message_id)
                AS subject,
            (
                SELECT max(matches.version)
                FROM matches JOIN rules ON rules.id = matches.rule_id
                WHERE matches.post_id = joined.post_id
                    AND rules.subscriber_id = failed.subscriber_id
            ) AS version,
            coalesce(alert.silent, failed.silent) AS silent,
            EXISTS (
                SELECT 1 FROM outbox AS own
                WHERE own.subscriber_id = failed.subscriber_id AND own.kind = 'alert'
                    AND own.subject = posts.channel_id || '/g' || posts.grouped_id
            ) AS told
        FROM outbox AS failed
            JOIN joined ON joined.told_in = failed.id OR (
                joined.told_in IS NULL
                AND joined.outbox_id = iif(failed.kind = ?, failed.target_id, failed.id)
            )
            JOIN posts ON posts.id = joined.post_id
            LEFT JOIN outbox AS alert ON alert.id = failed.target_id
        WHERE failed.id = ? AND failed.does <> 'reply'
        ORDER BY joined.post_id
        """,
        (EDIT, outbox_id),
    )
