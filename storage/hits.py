"""Which rules of a subscriber caught which of many posts."""

import json
from collections.abc import Sequence

from aiosqlite import Connection

from storage import fetch
from storage.records import Rule
from storage.rules import RULES, rule_of


async def of(
    conn: Connection, subscriber_id: int, post_ids: Sequence[int]
) -> dict[int, list[Rule]]:
    """For each of these posts, by row id: what `rules.that_matched` says of it and of the parts of
    its album.
    """
    pairs = await fetch.rows(
        conn,
        """
        SELECT DISTINCT posts.id AS post_id, matches.rule_id
        FROM json_each(?) AS asked
            CROSS JOIN posts ON posts.id = asked.value
            LEFT JOIN posts AS parts
                ON parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
            JOIN matches ON matches.post_id = coalesce(parts.id, posts.id)
            JOIN rules ON rules.id = matches.rule_id
        WHERE rules.subscriber_id = ?
        """,
        (json.dumps(post_ids), subscriber_id),
    )
    ids = json.dumps(list({row["rule_id"] for row in pairs}))
    rows = await fetch.rows(
        conn,
        RULES  # noqa: S608 -- both parts are constants
        + "AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (ids,),
    )
    found: dict[int, list[Rule]] = {post_id: [] for post_id in post_ids}
    hits = {(row["post_id"], row["rule_id"]) for row in pairs}
    for rule in map(rule_of, rows):
        for post_id in post_ids:
            if (post_id, rule.id) in hits:
                found[post_id].append(rule)
    return found
