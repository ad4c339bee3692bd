"""Watched channels, how accounts reach them, and our place in their event logs."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch
from storage.records import Channel, ChannelState, Cursor, Start

UNWATCHED = (ChannelState.REMOVED, ChannelState.QUEUED, ChannelState.IMPORTED)

_CHANNELS = """
    SELECT channels.id, channels.title, channels.username, channels.state, channels.verified,
        channels.subscribers, channels.about, channels.added_at, channels.archive_from_at,
        profiles.office
    FROM channels LEFT JOIN profiles ON profiles.id = channels.profile_id
    """


async def save(tx: Connection, channel: Channel) -> None:
    """Add a channel, or bring what is known of it up to date, its state included.

    `added_at` stays as it was; what is None, or a description that is empty, leaves the older
    value, but for the username. A name that another channel had moves here. `office` is ignored:
    it comes from the profiles.
    """
    await tx.execute(
        "UPDATE channels SET username = NULL WHERE username = ? AND id <> ?",
        (channel.username, channel.id),
    )
    await tx.execute(
        """
        INSERT INTO channels (
            id, username, title, about, verified, subscribers, state, added_at, archive_from_at
        )
        VALUES (
            :id, :username, :title, :about, :verified, :subscribers, :state, :added_at,
            :archive_from_at
        )
        ON CONFLICT (id) DO UPDATE
        SET username = excluded.username, title = excluded.title,
            verified = excluded.verified, state = excluded.state,
            about = coalesce(nullif(excluded.about, ''), about),
            subscribers = coalesce(excluded.subscribers, subscribers),
            archive_from_at = coalesce(excluded.archive_from_at, archive_from_at)
        """,
        asdict(channel),
    )
    await link_profiles(tx, channel.id)


async def link_profiles(tx: Connection, channel_id: int | None = None) -> None:
    """Give channels (one, or all) without a profile theirs: by its pinned id, else its username.

    A profile goes to one channel and stays with it, since usernames change hands.
    """
    await tx.execute(
        """
        UPDATE channels
        SET profile_id = (
            SELECT profiles.id
            FROM profiles
            WHERE (
                    profiles.pinned_id = channels.id
                    OR (profiles.pinned_id IS NULL AND profiles.username = channels.username)
                )
                AND NOT EXISTS (
                    SELECT 1 FROM channels AS other WHERE other.profile_id = profiles.id
                )
            ORDER BY profiles.pinned_id IS NULL
            LIMIT 1
        )
        WHERE profile_id IS NULL AND (:id IS NULL OR id = :id)
        """,
        {"id": channel_id},
    )


async def get(conn: Connection, channel_id: int) -> Channel | None:
    """The channel with this bare id."""
    row = await fetch.one(conn, _CHANNELS + "WHERE channels.id = ?", (channel_id,))
    return None if row is None else _channel(row)


async def several(conn: Connection, ids: Iterable[int]) -> dict[int, Channel]:
    """The channels with these bare ids, by id; unknown ones are left out."""
    rows = await fetch.rows(
        conn,
        _CHANNELS  # noqa: S608 -- both parts are constants
        + "WHERE channels.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {row["id"]: _channel(row) for row in rows}


async def named(conn: Connection, username: str) -> Channel | None:
    """The channel that has this username now, in any case, with or without @."""
    name = username.removeprefix("@")
    row = await fetch.one(conn, _CHANNELS + "WHERE channels.username = ?", (name,))
    return None if row is None else _channel(row)


async def usernames(conn: Connection) -> dict[str, int]:
    """The ids of all channels in the archive that have a username, by it in lower case."""
    rows = await fetch.rows(
        conn,
        """
        SELECT lower(username) AS username, id
        FROM channels
        WHERE username IS NOT NULL
        ORDER BY added_at  -- where a username changed hands, the channel that came last has it
        """,
    )
    return {row["username"]: row["id"] for row in rows}


async def watched(conn: Connection) -> list[Channel]:
    """Every channel that was not removed, by title."""
    rows = await fetch.rows(
        conn,
        _CHANNELS + "WHERE channels.state <> ? ORDER BY channels.title, channels.id",
        (ChannelState.REMOVED,),
    )
    return [_channel(row) for row in rows]


async def starts(conn: Connection) -> list[Start]:
    """From when on the archive has each channel that was not removed: what every answer needs to
    say how complete it is, without all else that is known of hundreds of channels.
    """
    rows = await fetch.rows(
        conn,
        "SELECT id, state, archive_from_at FROM channels WHERE state <> ?",
        (ChannelState.REMOVED,),
    )
    return [Start(channel_id, ChannelState(state), at) for channel_id, state, at in rows]


async def among(conn: Connection, ids: Iterable[int]) -> set[int]:
    """Which of these channels are watched: known, and not removed, in the queue or imported."""
    rows = await fetch.rows(
        conn,
        """
        SELECT id
        FROM channels
        WHERE id IN (SELECT value FROM json_each(?)) AND state NOT IN (?, ?, ?)
        """,
        (json.dumps(list(ids)), *UNWATCHED),
    )
    return {row["id"] for row in rows}


async def set_state(tx: Connection, channel_id: int, state: ChannelState) -> None:
    """Note what the watcher can see of a channel now."""
    await tx.execute("UPDATE channels SET state = ? WHERE id = ?", (state, channel_id))


async def remember_access(
    tx: Connection, account_id: int, channel_id: int, access_hash: int
) -> None:
    """Keep the key by which an account reaches a saved channel."""
    await tx.execute(
        """
        INSERT INTO access (account_id, channel_id, access_hash)
        VALUES (?, ?, ?)
        ON CONFLICT (account_id, channel_id) DO UPDATE SET access_hash = excluded.access_hash
        """,
        (account_id, channel_id, access_hash),
    )


async def access_hashes(conn: Connection, account_id: int) -> dict[int, int]:
    """The keys of an account, by channel."""
    rows = await fetch.rows(
        conn, "SELECT channel_id, access_hash FROM access WHERE account_id = ?", (account_id,)
    )
    return {row["channel_id"]: row["access_hash"] for row in rows}


async def cursors(conn: Connection) -> dict[int, Cursor]:
    """Our place in each channel's event log, by channel."""
    rows = await fetch.rows(conn, "SELECT channel_id, pts, top_id FROM cursors")
    return {row["channel_id"]: Cursor(**row) for row in rows}


async def move_cursor(tx: Connection, cursor: Cursor, now: int) -> None:
    """Move our place in a saved channel's event log up; each of its parts never goes back."""
    await tx.execute(
        """
        INSERT INTO cursors (channel_id, pts, top_id, moved_at)
        VALUES (?, ?, ?, ?)
        ON CONFLICT (channel_id) DO UPDATE
        SET pts = max(pts, excluded.pts), top_id = max(top_id, excluded.top_id),
            moved_at = excluded.moved_at
        """,
        (cursor.channel_id, cursor.pts, cursor.top_id, now),
    )


def _channel(row: Row) -> Channel:
    return Channel(
        id=row["id"],
        title=row["title"],
        username=row["username"],
        state=ChannelState(row["state"]),
        verified=bool(row["verified"]),
        subscribers=row["subscribers"],
        about=row["about"],
        added_at=row["added_at"],
        archive_from_at=row["archive_from_at"],
        office=row["office"],
    )
