"""In whose name posts are told: rules that were muted say nothing, not even their names."""

from collections.abc import Sequence

import aiosqlite

from storage import rules, told
from storage.records import Rule


def is_muted(rule: Rule, now: int) -> bool:
    """Whether a rule is silenced at a time."""
    return rule.muted_until_at is not None and rule.muted_until_at > now


async def naming(
    conn: aiosqlite.Connection, subscriber_id: int, post_ids: Sequence[int], now: int
) -> list[Rule]:
    """The rules that tell a subscriber of these posts, oldest first: one that alerted and was
    muted or held back since is among them.
    """
    caught = await rules.that_matched(conn, subscriber_id, post_ids)
    silenced = await told.silenced(conn, subscriber_id, post_ids, now)
    return [rule for rule in caught if rule.id not in silenced]
