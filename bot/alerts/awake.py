"""In whose name posts are told: rules that were muted say nothing, not even their names."""

from collections.abc import Sequence

import aiosqlite

from storage import alerted, rules
from storage.records import Due, Rule


def is_muted(rule: Rule, now: int) -> bool:
    """Whether a rule is silenced at a time."""
    return rule.muted_until_at is not None and rule.muted_until_at > now


async def naming(
    conn: aiosqlite.Connection, due: Due, post_ids: Sequence[int], now: int
) -> list[Rule]:
    """The rules in whose name a row that is composed now tells of these posts, oldest first: one
    that alerted before and was muted or held back since is among them.
    """
    caught = await rules.that_matched(conn, due.subscriber.id, post_ids)
    silenced = await alerted.silenced(conn, due, post_ids, now)
    return [rule for rule in caught if rule.id not in silenced]
