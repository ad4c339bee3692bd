"""Who may use the bot, and how they were let in."""

import hashlib
from enum import Enum, auto

from aiosqlite import Connection

from storage import fetch


class Acceptance(Enum):
    """What came of showing an invitation."""

    ACCEPTED = auto()
    UNKNOWN = auto()  # no such invitation
    USED = auto()
    EXPIRED = auto()


async def known(conn: Connection, user_id: int) -> bool:
    """Whether this person was let in. The owner, who is named in the settings, needs no row."""
    row = await fetch.one(conn, "SELECT 1 FROM people WHERE user_id = ?", (user_id,))
    return row is not None


async def invite(tx: Connection, token: str, made_by: int, now: int, expires_at: int) -> None:
    """Make an invitation for one person, good before `expires_at`. The token is not stored."""
    await tx.execute(
        "INSERT INTO invitations (token_hash, made_by, made_at, expires_at) VALUES (?, ?, ?, ?)",
        (_hash(token), made_by, now, expires_at),
    )


async def accept(tx: Connection, token: str, user_id: int, name: str, now: int) -> Acceptance:
    """Let a person in who shows an invitation; only what returns ACCEPTED changes anything."""
    invitation = await fetch.one(
        tx,
        "SELECT made_by, expires_at, used_at FROM invitations WHERE token_hash = ?",
        (_hash(token),),
    )
    if invitation is None:
        return Acceptance.UNKNOWN
    if invitation["used_at"] is not None:
        return Acceptance.USED
    if now >= invitation["expires_at"]:
        return Acceptance.EXPIRED
    await tx.execute(
        "UPDATE invitations SET used_by = ?, used_at = ? WHERE token_hash = ?",
        (user_id, now, _hash(token)),
    )
    await tx.execute(
        """
        INSERT INTO people (user_id, name, invited_by, since_at)
        VALUES (?, ?, ?, ?)
        ON CONFLICT (user_id) DO UPDATE SET name = excluded.name
        """,
        (user_id, name, invitation["made_by"], now),
    )
    return Acceptance.ACCEPTED


async def refuse_once(tx: Connection, user_id: int, now: int) -> bool:
    """Whether a stranger is still to be refused: True the first time, and never again."""
    row = await fetch.one(
        tx,
        """
        INSERT INTO strangers (user_id, refused_at)
        VALUES (?, ?)
        ON CONFLICT (user_id) DO NOTHING
        RETURNING user_id
        """,
        (user_id, now),
    )
    return row is not None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
