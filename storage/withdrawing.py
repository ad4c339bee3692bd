"""What is owed no longer: there is nothing left to tell, another row tells it, or nobody waits.

Such a row stays: if it were removed, its number would be given to another one, which whoever
holds the first would take for it.
"""

import json
from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from aiosqlite import Connection

from storage import fetch
from storage.records import Due

# What is told because rules hit a post, and so for nobody once these are asleep.
_BY_RULES = frozenset({"alert", "edit", "part", "changed", "gone", "back"})


class Why(StrEnum):
    """Why a row is owed no longer."""

    NOTHING = "nothing"  # what it was to tell is so no more
    ELSEWHERE = "elsewhere"  # another row tells it
    MUTED = "muted"  # all rules that hit were muted, or some of them removed, before it left
    REMOVED = "removed"  # all rules that hit were removed before it left


async def withdraw(tx: Connection, row_ids: Collection[int], why: Why, now: int) -> None:
    """Owe these no longer, nor what answers them; what they are about may be owed again. What was
    composed stays, since it may have been sent."""
    await tx.execute(
        """
        UPDATE outbox
        SET failed_at = :now, withdrawn = :why, subject = subject || ' (' || id || ')'
        WHERE message IS NULL AND sent_at IS NULL AND failed_at IS NULL AND (
            id IN (SELECT value FROM json_each(:rows))
            OR does = 'reply' AND target_id IN (SELECT value FROM json_each(:rows))
        )
        """,
        {"rows": json.dumps(list(row_ids)), "why": why, "now": now},
    )


async def asleep(conn: Connection, due: Due, now: int) -> Why | None:
    """Why nobody waits for an alert, or what follows one, any more; None where one of the rules
    that hit what it tells is awake and waits: what an edit makes news is for those that hit it
    then, and for those that follow the post. A hit that a digest tells waits for no alert.
    """
    if due.kind not in _BY_RULES:
        return None
    row = await fetch.one(
        conn,
        """
        WITH told (id) AS (
            SELECT post_id FROM outbox WHERE id IN (:row, :target)
            UNION
            SELECT post_id FROM joined WHERE outbox_id = :row
        ),
        parts (id) AS (
            SELECT coalesce(parts.id, told.id)
            FROM told JOIN posts ON posts.id = told.id
                LEFT JOIN posts AS parts ON parts.channel_id = posts.channel_id
                    AND parts.grouped_id = posts.grouped_id AND :kind <> 'part'
        ),
        hit AS (
            SELECT rules.id, rules.removed_at,
                rules.removed_at IS NULL AND coalesce(rules.muted_until_at, 0) <= :now
                AND (
                    matches.alerted_in IS :row OR held.id IS NULL AND (
                        rules.follows OR :kind IN ('alert', 'part')
                        OR :kind = 'edit' AND matches.version >= :version
                    )
                ) AS waits
            FROM matches JOIN rules ON rules.id = matches.rule_id
                LEFT JOIN held ON held.rule_id = rules.id AND held.post_id = matches.post_id
                    AND held.version >= matches.version
            WHERE matches.post_id IN (SELECT id FROM parts) AND rules.subscriber_id = :subscriber
        )
        SELECT count(DISTINCT id) AS rules,
            count(DISTINCT id) FILTER (WHERE removed_at IS NOT NULL) AS removed,
            sum(waits) AS awake
        FROM hit
        """,
        _names(due) | {"now": now},
    )
    assert row is not None, "an aggregate has a row"
    if row["awake"] or not row["rules"]:
        return None
    return Why.REMOVED if row["removed"] == row["rules"] else Why.MUTED


def _names(due: Due) -> dict[str, object]:
    return {
        "row": due.id,
        "target": due.target_id,
        "kind": due.kind,
        "version": due.version,
        "subscriber": due.subscriber.id,
    }


async def as_it_stands(tx: Connection, due: Due) -> Due | None:
    """A row that was read before, with what may have changed since; None if it is open no more."""
    row = await fetch.one(
        tx,
        """
        SELECT version, silent
        FROM outbox
        WHERE id = ? AND kind = ? AND subject = ? AND sent_at IS NULL AND failed_at IS NULL
        """,
        (due.id, due.kind, due.subject),
    )
    if row is None:
        return None
    return replace(due, version=row["version"], silent=bool(row["silent"]))
