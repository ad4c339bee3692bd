"""Hits that somebody called not relevant: counted, once for a rule and a post."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto

from aiosqlite import Connection

from storage import fetch


@dataclass(frozen=True, slots=True)
class Giver:
    """Who says so, and when."""

    user_id: int  # 0 for an anonymous admin
    at: int


class Outcome(Enum):
    """What saying so came to."""

    COUNTED = auto()
    ALREADY = auto()  # all of it was counted, since others said so
    TAKEN_BACK = auto()


async def toggle(
    tx: Connection, subscriber_id: int, post_ids: Collection[int], giver: Giver
) -> Outcome | None:
    """Call what a subscriber's rules caught of these posts not relevant; where all of it was
    called so already, take back what the same person called so. None: they caught nothing.
    """
    hits = json.dumps(await _hits(tx, subscriber_id, post_ids))
    if hits == "[]":
        return None
    cursor = await tx.execute(
        """
        INSERT INTO verdicts (rule_id, post_id, given_by, given_at)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?, ?
        FROM json_each(?)
        WHERE true
        ON CONFLICT (rule_id, post_id) DO NOTHING
        """,
        (giver.user_id, giver.at, hits),
    )
    if cursor.rowcount:
        return Outcome.COUNTED
    cursor = await tx.execute(
        """
        DELETE FROM verdicts
        WHERE given_by = ? AND (rule_id, post_id) IN (
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
        )
        """,
        (giver.user_id, hits),
    )
    return Outcome.TAKEN_BACK if cursor.rowcount else Outcome.ALREADY


async def counts(conn: Connection, rule_ids: Collection[int]) -> dict[int, int]:
    """How many of their hits were called not relevant, for each of these rules."""
    rows = await fetch.rows(
        conn,
        """
        SELECT value AS id, (SELECT count(*) FROM verdicts WHERE rule_id = value) AS verdicts
        FROM json_each(?)
        """,
        (json.dumps(list(rule_ids)),),
    )
    return {row["id"]: row["verdicts"] for row in rows}


async def _hits(
    conn: Connection, subscriber_id: int, post_ids: Collection[int]
) -> list[tuple[int, int]]:
    rows = await fetch.rows(
        conn,
        """
        SELECT matches.rule_id, matches.post_id
        FROM matches JOIN rules ON rules.id = matches.rule_id
        WHERE matches.post_id IN (SELECT value FROM json_each(?)) AND rules.subscriber_id = ?
            AND rules.removed_at IS NULL
        """,
        (json.dumps(list(post_ids)), subscriber_id),
    )
    return [(row["rule_id"], row["post_id"]) for row in rows]
