"""Which message ids of a channel are accounted for, and which are not.

An id is accounted for if there is a post or a deletion of it, or if it lies in a stretch that
was asked for whole: what is absent from that was never ours. Stretches make this cheap: in a
channel that was audited once, only the ids above it are looked at.
"""

from collections.abc import Iterable, Iterator

from aiosqlite import Connection

from storage import fetch
from storage.records import Stretch


async def account(tx: Connection, channel_id: int, stretch: Stretch) -> None:
    """Every id of a stretch is accounted for from now on."""
    row = await fetch.one(
        tx,
        """
        SELECT min(first_id) AS first, max(last_id) AS last
        FROM accounted
        WHERE channel_id = ? AND first_id <= ? AND last_id >= ?
        """,
        (channel_id, stretch.last + 1, stretch.first - 1),  # those that touch it join it, too
    )
    assert row is not None
    first = stretch.first if row["first"] is None else min(row["first"], stretch.first)
    last = stretch.last if row["last"] is None else max(row["last"], stretch.last)
    await tx.execute(
        "DELETE FROM accounted WHERE channel_id = ? AND first_id BETWEEN ? AND ?",
        (channel_id, first, last),
    )
    await tx.execute(
        "INSERT INTO accounted (channel_id, first_id, last_id) VALUES (?, ?, ?)",
        (channel_id, first, last),
    )


async def gaps(conn: Connection, channel_id: int, within: Stretch) -> list[Stretch]:
    """The ids of a stretch that are not accounted for, in ascending stretches."""
    found: list[Stretch] = []
    for unasked in without(within, await _stretches(conn, channel_id)):
        found += await _unseen(conn, channel_id, unasked)
    return found


def without(whole: Stretch, parts: Iterable[Stretch]) -> Iterator[Stretch]:
    """What is left of a stretch without its parts, which ascend and do not overlap."""
    first = whole.first
    for part in parts:
        if part.last < first:
            continue
        if part.first > whole.last:
            break
        if part.first > first:
            yield Stretch(first, part.first - 1)
        first = part.last + 1
    if first <= whole.last:
        yield Stretch(first, whole.last)


async def _stretches(conn: Connection, channel_id: int) -> list[Stretch]:
    rows = await fetch.rows(
        conn,
        "SELECT first_id, last_id FROM accounted WHERE channel_id = ? ORDER BY first_id",
        (channel_id,),
    )
    return [Stretch(row["first_id"], row["last_id"]) for row in rows]


async def _unseen(conn: Connection, channel_id: int, within: Stretch) -> list[Stretch]:
    """The ids of a stretch with neither a post nor a deletion."""
    rows = await fetch.rows(
        conn,
        """
        WITH seen AS (
            SELECT message_id FROM posts
            WHERE channel_id = :channel AND message_id BETWEEN :first AND :last
            UNION
            SELECT message_id FROM deletions
            WHERE channel_id = :channel AND message_id BETWEEN :first AND :last
            UNION ALL
            SELECT :last + 1
        ), pairs AS (
            SELECT message_id, lag(message_id, 1, :first - 1) OVER (ORDER BY message_id) AS before
            FROM seen
        )
        SELECT before + 1 AS first, message_id - 1 AS last
        FROM pairs
        WHERE message_id > before + 1
        ORDER BY before
        """,
        {"channel": channel_id, "first": within.first, "last": within.last},
    )
    return [Stretch(row["first"], row["last"]) for row in rows]
