"""The rules of all subscribers, held against posts. Follows what the archive has of them."""

import asyncio
from collections.abc import Mapping

import aiosqlite

from bot.documents import LabelsOf, by_channel, document
from bot.query.match import RuleIndex
from bot.query.tree import loads
from storage import profiles, rules
from storage.records import Post, Rule

AT_ONCE = 500  # rules read: what is read at once takes memory at once


class Rulebook:
    """Which rules a post satisfies. To be refreshed in the transaction that writes the post."""

    def __init__(self) -> None:
        self._index = RuleIndex()
        self._rules: dict[int, Rule] = {}
        self._labels: LabelsOf = {}
        self._revision = -1  # of the rules that are held

    def __getitem__(self, rule_id: int) -> Rule:
        return self._rules[rule_id]

    def matching(self, post: Post, version: int) -> set[int]:
        """The ids of the rules that a state of a post satisfies. Announcements satisfy none."""
        if post.service:
            return set()
        return self._index.matching(document(post, version, False, self._labels))

    async def refresh(self, tx: aiosqlite.Connection) -> None:
        """Read what changed; another process may have changed it."""
        # Channels come to a label when they are joined, which changes no rule.
        self._labels = by_channel(await profiles.labels(tx))
        revision = await rules.revision(tx)
        if revision == self._revision:
            return
        now = {rule.id: rule for rule in await rules.every(tx)}
        await self._exchange(tx, now)
        self._rules, self._revision = now, revision

    async def _exchange(self, tx: aiosqlite.Connection, now: Mapping[int, Rule]) -> None:
        """Bring the index to these rules: another edition is another rule."""
        for gone in self._rules.keys() - now.keys():
            self._index.remove(gone)
        new = [
            rule.id
            for rule in now.values()
            if rule.id not in self._rules or self._rules[rule.id].edition != rule.edition
        ]
        for first in range(0, len(new), AT_ONCE):
            for rule_id, kept in (await rules.stored(tx, new[first : first + AT_ONCE])).items():
                # One by one, and read in a thread: others have a turn between any two.
                self._index.add(rule_id, await asyncio.to_thread(loads, kept.tree))
