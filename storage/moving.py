"""A small group goes on as a supergroup. Where that has become a subscriber by itself meanwhile,
the two become one, which is told each thing once.
"""

from aiosqlite import Connection

from storage import fetch, subscribers, twins


async def move(tx: Connection, old: int, new: int, access_hash: int, now: int) -> bool:
    """What the subscriber of a small group is and is owed goes along; whether there was anything.

    The random ids of what is owed stay as they are. Messages of the old chat can be neither
    answered nor replaced in the new one, where their numbers stand for others.
    """
    moving = await subscribers.find(tx, old, 0)
    if moving is None:
        return False
    await tx.execute("UPDATE outbox SET message_id = NULL WHERE subscriber_id = ?", (moving.id,))
    there = await subscribers.find(tx, new, 0)
    if there is not None:
        await _unite(tx, there.id, moving.id, now)
    await tx.execute(
        """
        UPDATE subscribers
        SET chat_id = ?, access_hash = ?, gone_at = NULL, gone_why = NULL
        WHERE id = ?
        """,
        (new, access_hash, moving.id),
    )
    return True


async def _unite(tx: Connection, other: int, into: int, now: int) -> None:
    """Let one subscriber have what another has."""
    # If it slept, it wakes: what it missed until now counts for the one that it becomes.
    await tx.execute("UPDATE subscribers SET gone_at = NULL WHERE id = ?", (other,))
    await _unite_rules(tx, other, into, now)
    await twins.part_summaries(tx, other, into)
    pairs = await twins.of(tx, other, into)
    await twins.end(tx, pairs, now)
    for table in ("outbox", "rules", "held"):
        await tx.execute(
            f"UPDATE {table} SET subscriber_id = ? WHERE subscriber_id = ?",  # noqa: S608 -- the names are the constants above
            (into, other),
        )
    await tx.execute(
        "UPDATE OR IGNORE summed SET subscriber_id = ? WHERE subscriber_id = ?", (into, other)
    )
    await tx.execute(
        """
        INSERT INTO sleeps (subscriber_id, after_id, until_id)
        SELECT ?, after_id, until_id FROM sleeps WHERE subscriber_id = ?
        ON CONFLICT (subscriber_id, after_id) DO UPDATE
        SET until_id = max(until_id, excluded.until_id)  -- NULL, which is later than any, stays
        """,
        (into, other),
    )
    await tx.execute("UPDATE histories SET asked_by = ? WHERE asked_by = ?", (into, other))
    await tx.execute("UPDATE archive SET rules_revision = rules_revision + 1")
    await twins.refer(tx, pairs)
    await twins.tell_joined(tx, into, pairs, now)
    # Nothing refers to it any more but buttons, for which `standing` finds the other by the chat;
    # no chat has a topic with such a number.
    await tx.execute(
        "UPDATE subscribers SET topic_id = -id, gone_at = ?, gone_why = 'MOVED' WHERE id = ?",
        (now, other),
    )


async def _unite_rules(tx: Connection, other: int, into: int, now: int) -> None:
    """Of two rules with one query that of the new chat stays, where the buttons of its alerts are
    that can still be pressed; it has caught what either caught.
    """
    rows = await fetch.rows(
        tx,
        """
        SELECT ours.id AS ends, theirs.id AS stays
        FROM rules AS ours JOIN rules AS theirs ON theirs.query = ours.query
        WHERE ours.subscriber_id = ? AND theirs.subscriber_id = ?
            AND ours.removed_at IS NULL AND theirs.removed_at IS NULL
            AND ours.kept_at IS NOT NULL AND theirs.kept_at IS NOT NULL
        """,
        (into, other),
    )
    for row in rows:
        await _inherit(tx, row["ends"], row["stays"])
        await tx.execute("UPDATE rules SET removed_at = ? WHERE id = ?", (now, row["ends"]))


async def _inherit(tx: Connection, ends: int, stays: int) -> None:
    """What one rule caught, another with the same query has caught."""
    both = {"ends": ends, "stays": stays}
    await tx.execute(
        """
        INSERT INTO matches (rule_id, post_id, version, matched_at, query_edition, alerted_in)
        SELECT stays.id, matches.post_id, matches.version, matches.matched_at,
            -- Caught by another query that it had, it may be caught anew.
            stays.query_edition - (matches.query_edition < ends.query_edition), matches.alerted_in
        FROM matches JOIN rules AS ends ON ends.id = matches.rule_id
            JOIN rules AS stays ON stays.id = :stays
        WHERE matches.rule_id = :ends
        ON CONFLICT (rule_id, post_id) DO UPDATE
        SET alerted_in = coalesce(alerted_in, excluded.alerted_in)
        """,
        both,
    )
    await tx.execute("UPDATE OR IGNORE verdicts SET rule_id = :stays WHERE rule_id = :ends", both)
    # What one of them has told in a digest, the other need not keep for one.
    await tx.execute(
        """
        DELETE FROM held
        WHERE rule_id IN (:ends, :stays) AND told_in IS NULL AND EXISTS (
            SELECT 1
            FROM held AS twin
            WHERE twin.rule_id = iif(held.rule_id = :ends, :stays, :ends)
                AND twin.post_id = held.post_id
                AND (twin.told_in IS NOT NULL OR held.rule_id = :ends)
        )
        """,
        both,
    )
    await tx.execute("UPDATE OR IGNORE held SET rule_id = :stays WHERE rule_id = :ends", both)
