"""When places were out of reach, and what their rules so never caught. Triggers keep it."""

from aiosqlite import Connection

from storage import fetch


async def missed(conn: Connection, rule_id: int, post_id: int) -> set[int]:
    """The numbers of the states of a post that came while the place of a rule, which asked for the
    same then as it does now, was out of reach.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT versions.number
        FROM rules
            CROSS JOIN versions ON versions.post_id = ?
            JOIN sleeps ON sleeps.subscriber_id = rules.subscriber_id
                AND versions.id > sleeps.after_id AND versions.id <= sleeps.until_id
        WHERE rules.id = ?
            AND versions.seen_at >= coalesce(rules.kept_at, rules.created_at)
            AND versions.seen_at >= coalesce(rules.changed_at, 0)
        """,
        (post_id, rule_id),
    )
    return {row["number"] for row in rows}
