"""A query's meaning -> posts of the archive, newest first, for whoever asks."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace

import aiosqlite

from bot.documents import LabelsOf, by_channel, document
from bot.query import dates
from bot.query.fts import EVERYTHING, paired, pruned, to_fts
from bot.query.match import holds
from bot.query.syntax import Query, Sort
from bot.query.tree import Tree
from storage import candidates, profiles, reindex, search
from storage.records import Kept
from storage.search import Page, Search

CHECKED = 5000  # candidates that one answer looks at, where the index only narrows down
COUNTED = 10_000  # hits; beyond that nobody wants to know how many


@dataclass
class Finding:
    """One question to the archive. `looked_down_to` is set where it had to stop."""

    conn: aiosqlite.Connection
    search: Search
    tree: Tree | None
    exact: bool  # whether the index alone decides
    labels: LabelsOf
    looked: int = 0
    looked_down_to: int | None = None  # row id of the last candidate looked at

    async def newest(self, limit: int, before: int | None) -> list[Kept]:
        """The next posts below a row id. Fewer than `limit`: no more, or `looked_down_to`."""
        if self.exact:
            return await search.newest(self.conn, self.search, limit, before)
        page = Page(limit, before)
        found = await candidates.checked(
            self.conn, self.search, page, self._holds, max(limit, CHECKED - self.looked)
        )
        self.looked += found.looked
        if len(found.posts) < limit:
            self.looked_down_to = found.next
        return list(found.posts)

    async def count(self, most: int = COUNTED) -> int | None:
        """How many there are, `most` for more; None where only a look at each would tell."""
        return await search.count(self.conn, self.search, most) if self.exact else None

    async def past(self, posts: Iterable[Kept]) -> dict[int, str]:
        """For those of these posts that are found only by what they said before: the newest
        text that is what was asked for, by row id."""
        others = {kept.id: kept for kept in posts if self.search.past and not self._holds(kept)}
        found = await candidates.past_hits(self.conn, self.search, list(others))
        texts: dict[int, str] = {}
        for post_id, by_version in found.items():
            kept = others[post_id]
            for text in by_version.values():  # the last that holds is the newest
                if self._holds(replace(kept, post=replace(kept.post, text=text))):
                    texts[post_id] = text
        return texts

    def _holds(self, kept: Kept) -> bool:
        seen = document(kept.post, kept.version, kept.deleted_at is not None, self.labels)
        return self.tree is None or holds(self.tree, seen)


async def _spared(conn: aiosqlite.Connection, query: Query, tree: Tree) -> Tree:
    """Without the forms in phrases that nobody ever wrote. What was edited away is not told."""
    words = paired(tree)
    if query.past or not words:
        return tree
    return pruned(tree, frozenset(await search.present(conn, words)))


async def finding(
    conn: aiosqlite.Connection, query: Query, tree: Tree | None, now: int, zone: str
) -> Finding:
    """How to find what `query` asks for; `tree` is what it means, `now` when it was asked.

    Raises QueryError for days that are none.
    """
    labels = await profiles.labels(conn) if query.asks(Sort.IN) else {}
    plan = EVERYTHING if tree is None else to_fts(await _spared(conn, query, tree), labels)
    since, until = await _window(query, now, zone)
    wanted = Search(plan.expression, since, until, query.past)
    exact = plan.exact and await reindex.whole(conn)
    return Finding(conn, wanted, tree, exact, by_channel(labels))


async def _window(query: Query, now: int, zone: str) -> tuple[int | None, int | None]:
    if query.since is None and query.until is None:
        return None, None
    # In a thread: the first date in words reads what it takes to understand one.
    return await asyncio.to_thread(dates.window, query, now, zone)
