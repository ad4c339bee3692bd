"""What is owed no longer, since there is nothing left to tell, or another row tells it.

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


class Why(StrEnum):
    """Why a row is owed no longer."""

    NOTHING = "nothing"  # what it was to tell is so no more
    ELSEWHERE = "elsewhere"  # another row tells it


async def withdraw(tx: Connection, row_ids: Collection[int], why: Why, now: int) -> None:
    """Owe these no longer; what they are about may be owed again. What was composed stays, since
    it may have been sent."""
    await tx.execute(
        """
        UPDATE outbox
        SET failed_at = :now, withdrawn = :why, subject = subject || ' (' || id || ')'
        WHERE id IN (SELECT value FROM json_each(:rows)) AND message IS NULL
            AND sent_at IS NULL AND failed_at IS NULL
        """,
        {"rows": json.dumps(list(row_ids)), "why": why, "now": now},
    )


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
