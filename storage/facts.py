"""What channels say of themselves, and what can be seen of them, over time."""

from collections.abc import Mapping
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch
from storage.records import ChannelEvent, ChannelState, Fact, Facts

# The states of a channel that is watched; what is seen of it cannot take it off the list.
_WATCHED = (
    ChannelState.JOINED,
    ChannelState.POLLED,
    ChannelState.RESTRICTED,
    ChannelState.PRIVATE,
    ChannelState.BANNED,
    ChannelState.GONE,
)


async def observe(tx: Connection, seen: Facts, now: int) -> list[ChannelEvent]:
    """Bring what is known of a watched channel up to date; what changed, each kept as an event.

    Nothing for a channel that is not watched. A username that another channel had is taken
    from it, which is an event of that one.
    """
    row = await fetch.one(tx, "SELECT * FROM channels WHERE id = ?", (seen.channel_id,))
    if row is None or row["state"] not in _WATCHED:
        return []
    changed = {
        fact: value for fact, value in _values(seen).items() if _text(row[fact]) != _text(value)
    }
    events = await _take_username(tx, seen, now) if Fact.USERNAME in changed else []
    for fact, value in changed.items():
        unread = fact is Fact.ABOUT and row["read_at"] is None  # '' stands for: not known
        before = None if unread else row[fact]
        events.append(await _record(tx, seen.channel_id, fact, (before, value), now))
    await _write(tx, seen)
    return events


async def change_state(
    tx: Connection, channel_id: int, state: ChannelState, now: int
) -> list[ChannelEvent]:
    """Note what has become of a watched channel; the event, if that is new."""
    row = await fetch.one(tx, "SELECT state FROM channels WHERE id = ?", (channel_id,))
    if row is None or row["state"] not in _WATCHED or row["state"] == state:
        return []
    await tx.execute("UPDATE channels SET state = ? WHERE id = ?", (state, channel_id))
    return [await _record(tx, channel_id, Fact.STATE, (row["state"], state), now)]


async def leads_elsewhere(
    tx: Connection, channel_id: int, username: str, other_id: int, now: int
) -> list[ChannelEvent]:
    """A former username of a channel leads to another one; the event, unless it is known."""
    known = await fetch.one(
        tx,
        """
        SELECT 1 FROM channel_events
        WHERE channel_id = ? AND fact = ? AND before = ? COLLATE NOCASE AND after = ?
        """,
        (channel_id, Fact.HANDLE, username, str(other_id)),
    )
    if known is not None:
        return []
    return [await _record(tx, channel_id, Fact.HANDLE, (username, other_id), now)]


async def former_usernames(conn: Connection, since_at: int) -> list[tuple[int, str]]:
    """The names that watched channels gave up since a time and nobody we watch has now."""
    rows = await fetch.rows(
        conn,
        """
        SELECT DISTINCT channel_id, before
        FROM channel_events
        WHERE fact = ? AND seen_at >= ? AND before IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM channels WHERE channels.username = before)
            AND NOT EXISTS (
                SELECT 1 FROM channel_events AS told
                WHERE told.fact = ? AND told.channel_id = channel_events.channel_id
                    AND told.before = channel_events.before
            )
        ORDER BY id DESC
        """,
        (Fact.USERNAME, since_at, Fact.HANDLE),
    )
    return [(row["channel_id"], row["before"]) for row in rows]


async def formerly(conn: Connection, username: str) -> int | None:
    """The channel that gave up a username last."""
    channel_id: int | None = await fetch.value(
        conn,
        """
        SELECT channel_id
        FROM channel_events
        WHERE fact = ? AND before = ? COLLATE NOCASE
        ORDER BY id DESC
        LIMIT 1
        """,
        (Fact.USERNAME, username),
    )
    return channel_id


async def of(conn: Connection, channel_id: int) -> list[ChannelEvent]:
    """What changed about a channel, oldest first."""
    rows = await fetch.rows(
        conn,
        """
        SELECT id, channel_id, seen_at, fact, before, after
        FROM channel_events
        WHERE channel_id = ?
        ORDER BY id
        """,
        (channel_id,),
    )
    return [_event(row) for row in rows]


async def unread(conn: Connection, since_at: int) -> set[int]:
    """The watched channels whose facts were not read in full since a time."""
    rows = await fetch.rows(
        conn,
        "SELECT id, state FROM channels WHERE read_at IS NULL OR read_at < ?",
        (since_at,),
    )
    return {row["id"] for row in rows if row["state"] in _WATCHED}


async def read(tx: Connection, channel_id: int, now: int) -> None:
    """The facts of a channel were read in full, or could not be."""
    await tx.execute("UPDATE channels SET read_at = ? WHERE id = ?", (now, channel_id))


async def _write(tx: Connection, seen: Facts) -> None:
    """What is not told stays as it is known."""
    await tx.execute(
        """
        UPDATE channels
        SET title = ?, username = ?, verified = ?, state = ?,
            about = coalesce(?, about), photo_id = coalesce(?, photo_id),
            subscribers = coalesce(?, subscribers)
        WHERE id = ?
        """,
        (
            seen.title,
            seen.username,
            seen.verified,
            _state(seen),
            seen.about,
            seen.photo_id,
            seen.subscribers,
            seen.channel_id,
        ),
    )


def _values(seen: Facts) -> Mapping[Fact, object]:
    """What is told, by the name of its column."""
    always: dict[Fact, object] = {
        Fact.TITLE: seen.title,
        Fact.USERNAME: seen.username,
        Fact.VERIFIED: int(seen.verified),
        Fact.STATE: _state(seen),
    }
    if seen.about is not None:
        always[Fact.ABOUT] = seen.about
    if seen.photo_id is not None:
        always[Fact.PHOTO_ID] = seen.photo_id
    if seen.subscribers is not None:
        always[Fact.SUBSCRIBERS] = seen.subscribers
    return always


def _state(seen: Facts) -> ChannelState:
    """It is seen, so it is neither private nor gone."""
    if seen.restricted:
        return ChannelState.RESTRICTED
    return ChannelState.JOINED if seen.member else ChannelState.POLLED


async def _take_username(tx: Connection, seen: Facts, now: int) -> list[ChannelEvent]:
    row = await fetch.one(
        tx,
        "SELECT id, username FROM channels WHERE username = ? AND id <> ?",
        (seen.username, seen.channel_id),
    )
    if row is None:
        return []
    await tx.execute("UPDATE channels SET username = NULL WHERE id = ?", (row["id"],))
    return await leads_elsewhere(tx, row["id"], row["username"], seen.channel_id, now)


async def _record(
    tx: Connection, channel_id: int, fact: Fact, change: tuple[object, object], now: int
) -> ChannelEvent:
    before, after = (_text(value) for value in change)
    row = await fetch.one(
        tx,
        """
        INSERT INTO channel_events (channel_id, seen_at, fact, before, after)
        VALUES (?, ?, ?, ?, ?)
        RETURNING id, channel_id, seen_at, fact, before, after
        """,
        (channel_id, now, fact, before, after),
    )
    assert row is not None
    return _event(row)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _event(row: Row) -> ChannelEvent:
    return ChannelEvent(**{**dict(row), "fact": Fact(row["fact"])})
