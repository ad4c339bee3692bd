"""What rules mean: which mean the same, and which are to be understood anew."""

import json
from collections.abc import Collection, Sequence

from aiosqlite import Connection

from storage import fetch
from storage.records import Rule
from storage.rules import RULES, Stored, parts_of, rule_of


async def same(conn: Connection, subscriber_id: int, query: str, stored: Stored) -> Sequence[Rule]:
    """The rules of a subscriber that say or mean this, in the order in which they were kept."""
    rows = await fetch.rows(
        conn,
        RULES
        + """
        AND kept_at IS NOT NULL AND subscriber_id = ? AND (query = ? OR sense = ?)
        ORDER BY kept_at, id
        """,
        (subscriber_id, query, stored.sense),
    )
    return [rule_of(row) for row in rows]


async def outdated(conn: Connection, lexicon: str, above: int = 0, limit: int = -1) -> list[Rule]:
    """The rules to be understood anew: never before, or with other dictionaries than these; by
    their row ids, those above one, at most so many (-1: all).
    """
    rows = await fetch.rows(
        conn,
        RULES
        + """
        AND kept_at IS NOT NULL AND (tree IS NULL OR lexicon IS NOT ?) AND id > ?
        ORDER BY id
        LIMIT ?
        """,
        (lexicon, above, limit),
    )
    return [rule_of(row) for row in rows]


async def not_understood(conn: Connection) -> list[Rule]:
    """The rules that were never understood, by their row ids."""
    rows = await fetch.rows(conn, RULES + "AND kept_at IS NOT NULL AND tree IS NULL ORDER BY id")
    return [rule_of(row) for row in rows]


async def renew(tx: Connection, rule: Rule, before: Stored | None, now: Stored) -> bool:
    """Have a rule as it is understood now; False where it was changed since it was read."""
    changed = await fetch.rows(
        tx,
        """
        UPDATE rules
        SET tree = ?1, choices = ?2, lexicon = ?3, sense = ?4, edition = edition + (tree IS NOT ?1)
        WHERE id = ?5 AND query = ?6 AND tree IS ?7 AND choices IS ?8
        RETURNING id
        """,
        (*parts_of(now), rule.id, rule.query, *parts_of(before)[:2]),
    )
    return bool(changed)


async def changed(conn: Connection, rule_ids: Collection[int]) -> dict[int, int]:
    """When their subscriber last made these rules mean something else, by row id; those that
    never were changed are left out.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT id, changed_at
        FROM rules
        WHERE id IN (SELECT value FROM json_each(?)) AND changed_at IS NOT NULL
        """,
        (json.dumps(list(rule_ids)),),
    )
    return {row["id"]: row["changed_at"] for row in rows}
