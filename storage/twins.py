"""Rows of two subscribers that become one, and tell both the same: one gives way, and everything
that refers to it refers to the one that stays.
"""

import json
from collections.abc import Sequence

from aiosqlite import Connection

from storage import fetch, outbox, summaries
from storage.anchors import archive_id
from storage.joining import EDIT
from storage.withdrawing import Why

Twins = Sequence[tuple[int, int]]  # row ids: what gives way, and what stays

_TWINS = """
    WITH twins (ends, stays) AS (
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:twins)
    )
    """


async def part_summaries(tx: Connection, other: int, into: int) -> None:
    """Of two summaries of one burst one may have left, or be composed, without what the other is
    to tell besides: that has another name then.
    """
    rows = await fetch.rows(
        tx,
        """
        SELECT waits.id, waits.kind, waits.subscriber_id, waits.subject,
            fixed.subscriber_id AS fixed_by
        FROM json_each(:both) AS one
            CROSS JOIN outbox AS waits ON waits.subscriber_id = one.value
                AND waits.sent_at IS NULL AND waits.failed_at IS NULL
            CROSS JOIN json_each(:both) AS two
            CROSS JOIN outbox AS fixed ON fixed.subscriber_id = two.value
                AND fixed.kind = waits.kind AND fixed.subject = waits.subject
        WHERE one.value <> two.value
            AND waits.kind IN (:purge, :return) AND waits.message IS NULL
            AND fixed.message IS NOT NULL AND fixed.failed_at IS NULL
        """,
        {
            "both": json.dumps([into, other]),
            "purge": summaries.PURGE,
            "return": summaries.RETURN,
        },
    )
    for row in rows:
        burst_id = summaries.burst_of(row["subject"])
        named = f"{summaries.NAMES[row['kind']]}/{burst_id}/{row['id']}"
        await tx.execute("UPDATE outbox SET subject = ? WHERE id = ?", (named, row["id"]))
        await tx.execute(
            """
            UPDATE summed
            SET subject = ?
            WHERE subscriber_id = ? AND subject = ? AND post_id NOT IN (
                SELECT post_id FROM summed WHERE subscriber_id = ? AND subject = ?
            )
            """,
            (named, row["subscriber_id"], row["subject"], row["fixed_by"], row["subject"]),
        )


async def of(tx: Connection, other: int, into: int) -> Twins:
    """Rows that tell both the same. What was sent stays, or else what was not given up, or what
    may have been sent; of two that are equal in this the one in the new chat, which can be
    answered.
    """
    rows = await fetch.rows(
        tx,
        """
        SELECT ours.id AS ours, theirs.id AS theirs,
            (ours.sent_at IS NOT NULL, ours.failed_at IS NULL, ours.message IS NOT NULL) > (
                theirs.sent_at IS NOT NULL, theirs.failed_at IS NULL, theirs.message IS NOT NULL
            ) AS ours_stays
        FROM outbox AS theirs CROSS JOIN outbox AS ours ON ours.subscriber_id = :into
            AND ours.kind = theirs.kind AND ours.subject = theirs.subject
        WHERE theirs.subscriber_id = :other
        """,
        {"into": into, "other": other},
    )
    equal = {
        ends: stays
        for ours, theirs, ours_stays in rows
        for ends, stays in [(theirs, ours) if ours_stays else (ours, theirs)]
    }
    told = {
        ends: equal.get(stays, stays)
        for ends, stays in await _told_by_joining(tx, other, into)
        if ends not in equal
    }
    return [*equal.items(), *told.items()]


async def _told_by_joining(tx: Connection, other: int, into: int) -> Twins:
    """Alerts that have not left, of posts of which the other was told as of what joined one."""
    rows = await fetch.rows(
        tx,
        """
        SELECT own.id AS ends, alert.id AS stays
        FROM outbox AS own
            JOIN posts ON posts.id = own.post_id
            JOIN joined ON joined.post_id = own.post_id
            JOIN outbox AS naming ON naming.id = joined.told_in
            JOIN outbox AS alert ON alert.id = joined.outbox_id
        WHERE own.subscriber_id IN (:into, :other) AND own.kind = 'alert'
            AND own.sent_at IS NULL AND own.failed_at IS NULL
            AND alert.subscriber_id IN (:into, :other)
            AND alert.subscriber_id <> own.subscriber_id
            AND naming.sent_at IS NOT NULL
            AND posts.grouped_id IS NULL  -- of an album other parts may be news
        """,
        {"into": into, "other": other},
    )
    return [(row["ends"], row["stays"]) for row in rows]


async def end(tx: Connection, twins: Twins, now: int) -> None:
    """Owe no longer what gives way, nor the edits that were to name what joined it."""
    ends = json.dumps([ends for ends, _ in twins])
    await tx.execute(
        """
        UPDATE outbox
        SET failed_at = ?, withdrawn = ?
        WHERE sent_at IS NULL AND failed_at IS NULL AND (
            id IN (SELECT value FROM json_each(?))
            OR kind = ? AND target_id IN (SELECT value FROM json_each(?))
        )
        """,
        (now, Why.ELSEWHERE, ends, EDIT, ends),
    )
    await tx.execute(
        """
        UPDATE outbox
        SET subject = subject || ' (' || id || ')'
        WHERE id IN (SELECT value FROM json_each(?))
        """,
        (ends,),
    )


async def refer(tx: Connection, twins: Twins) -> None:
    """What refers to a row that gave way refers to the one that stays: answers, hits, what
    joined it, and, as far as that can still get into it, what it was to tell of what was held.
    """
    pairs = {"twins": json.dumps(twins)}
    for change in (
        """
        UPDATE outbox
        SET silent = min(outbox.silent, twin.silent), version = max(outbox.version, twin.version),
            rank = max(outbox.rank, twin.rank)
        FROM twins JOIN outbox AS twin ON twin.id = ends
        WHERE outbox.id = stays AND outbox.message IS NULL
        """,
        "UPDATE outbox SET target_id = stays FROM twins WHERE target_id = ends",
        """
        UPDATE matches
        SET alerted_in = (SELECT stays FROM twins WHERE ends = alerted_in)
        WHERE alerted_in IN (SELECT ends FROM twins) AND rule_id IN (
            SELECT rules.id
            FROM rules
            WHERE rules.subscriber_id IN (
                SELECT outbox.subscriber_id FROM twins JOIN outbox ON outbox.id = stays
            )
        )
        """,
        """
        UPDATE held
        SET told_in = (SELECT id FROM outbox WHERE id = stays AND message IS NULL)
        FROM twins JOIN outbox AS twin ON twin.id = ends
        WHERE told_in = ends AND twin.sent_at IS NULL
        """,
        """
        UPDATE OR IGNORE joined
        SET outbox_id = stays,
            told_in = (SELECT id FROM outbox WHERE id = told_in AND sent_at IS NOT NULL)
        FROM twins
        WHERE outbox_id = ends
        """,
        "DELETE FROM joined WHERE outbox_id IN (SELECT ends FROM twins)",
    ):
        await tx.execute(_TWINS + change, pairs)


async def tell_joined(tx: Connection, subscriber_id: int, twins: Twins, now: int) -> None:
    """Owe an edit of each alert that stays, is composed, and lacks something that joined it."""
    rows = await fetch.rows(
        tx,
        """
        SELECT alert.id, min(joined.post_id) AS post_id
        FROM outbox AS alert JOIN joined ON joined.outbox_id = alert.id
        WHERE alert.id IN (SELECT value FROM json_each(?))
            AND alert.message IS NOT NULL AND joined.told_in IS NULL
            AND NOT EXISTS (
                SELECT 1 FROM outbox AS edits
                WHERE edits.target_id = alert.id AND edits.kind = ? AND edits.message IS NULL
                    AND edits.failed_at IS NULL
            )
        GROUP BY alert.id
        """,
        (json.dumps([stays for _, stays in twins]), EDIT),
    )
    edits = [outbox.naming(subscriber_id, row["id"], row["post_id"], now) for row in rows]
    await outbox.add(tx, await archive_id(tx), edits, now)
