"""Finding posts by their words and filters.

Row ids ascend with the time of posting, so neither the order, nor a page, nor a stretch of time
needs a sort or a look at posts that are not found.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from aiosqlite import Connection

from storage import fetch, rowids, states
from storage.records import Kept

END = 2**63 - 1  # a row id above all others, and a time after all others
BEGIN = -END
NUMBERS = 65_536  # of versions that a post can have in the index of past texts


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for."""

    # FTS5 MATCH over the columns body (normalised words) and meta (filters, see `states.meta`).
    # None: every post.
    expression: str | None = None
    since_at: int | None = None  # posted then or later
    until_at: int | None = None  # posted before
    past: bool = False  # also posts that once had such a text, and have it no more


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of what is found."""

    limit: int
    before: int | None = None  # row id of the last post of the page before; None: the first page


class NoPeriod(ValueError):
    """What is most relevant can be told within a stretch of time only: it costs a look at every
    hit, and of a common word there are too many in a whole archive."""


# To be bound: expression, first and end (row ids), since and until (times), limit. What was set
# aside while an index is built anew is asked only then, and only for what is not in the new one.
_INDEXED = """
    SELECT id FROM (
        SELECT posts.id
        FROM posts_index CROSS JOIN posts ON posts.id = posts_index.rowid
        WHERE posts_index MATCH :expression
            AND posts_index.rowid >= :first AND posts_index.rowid < :end
            AND posts.posted_at >= :since AND posts.posted_at < :until
        ORDER BY posts_index.rowid DESC
        LIMIT :limit
    )
    """
# The same at all times: without a look at the posts, several times as fast for what is common.
_INDEXED_EVER = """
    SELECT id FROM (
        SELECT rowid AS id FROM posts_index WHERE posts_index MATCH :expression LIMIT :limit
    )
    """
_SET_ASIDE = """
    SELECT id FROM (
        SELECT posts.id
        FROM indexing
            CROSS JOIN posts_index_before
            CROSS JOIN posts ON posts.id = posts_index_before.rowid
        WHERE indexing.one = 1 AND indexing.below_id IS NOT NULL
            AND posts_index_before MATCH :expression
            AND posts_index_before.rowid >= :first AND posts_index_before.rowid < :end
            AND posts.posted_at >= :since AND posts.posted_at < :until
            AND NOT EXISTS (SELECT 1 FROM posts_index_docsize AS done WHERE done.id = posts.id)
        ORDER BY posts_index_before.rowid DESC
        LIMIT :limit
    )
    """
_CURRENT = f"{_INDEXED} UNION ALL {_SET_ASIDE}"
_PAST = """
    SELECT id FROM (
        SELECT DISTINCT posts.id
        FROM past_index CROSS JOIN posts ON posts.id = past_index.rowid >> 16
        WHERE past_index MATCH :expression
            AND past_index.rowid >= :past_first AND past_index.rowid < :past_end
            AND posts.posted_at >= :since AND posts.posted_at < :until
        ORDER BY past_index.rowid DESC
        LIMIT :limit
    )
    UNION
    SELECT id FROM (
        SELECT DISTINCT posts.id
        FROM indexing
            CROSS JOIN past_index_before
            CROSS JOIN posts ON posts.id = past_index_before.rowid >> 16
        WHERE indexing.one = 1 AND indexing.below_id IS NOT NULL
            AND past_index_before MATCH :expression
            AND past_index_before.rowid >= :past_first AND past_index_before.rowid < :past_end
            AND posts.posted_at >= :since AND posts.posted_at < :until
        ORDER BY past_index_before.rowid DESC
        LIMIT :limit
    )
    """
_ALL = """
    SELECT id
    FROM posts
    WHERE id >= :first AND id < :end AND posted_at >= :since AND posted_at < :until
    """


async def newest(conn: Connection, search: Search, limit: int, before: int | None) -> list[Kept]:
    """The newest posts that are found, newest first, each once.

    `before` is the row id of the last post of the page before, None for the first page.
    """
    bounds = await _bounds(conn, search, Page(limit, before))
    rows = await fetch.rows(
        conn,
        f"""
        {states.KEPT}
        WHERE posts.id IN ({_source(search)} ORDER BY id DESC LIMIT :limit)
        ORDER BY posts.id DESC
        """,
        bounds,
    )
    return [states.kept(row) for row in rows]


async def present(conn: Connection, words: Collection[str]) -> set[str]:
    """Which of these normalised words any post has now: a phrase in all pairings of its words'
    forms is looked up several times as fast without the forms that nobody ever wrote. All of
    them while the index is built anew, since that cannot be told then.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT value
        FROM json_each(:words)
        WHERE (SELECT below_id FROM indexing) IS NOT NULL OR EXISTS (
            SELECT 1 FROM posts_index WHERE posts_index MATCH 'body : "' || value || '"'
        )
        """,
        {"words": json.dumps(list(words))},
    )
    return {row["value"] for row in rows}


async def count(conn: Connection, search: Search, most: int) -> int:
    """How many stories are found: albums once, announcements of Telegram not at all; `most` where
    there are as many posts or more.
    """
    source = _source(search)
    if search.since_at is None and search.until_at is None:
        source = source.replace(_INDEXED, _INDEXED_EVER)
    bounds = await _bounds(conn, search, Page(most))
    hits = f"SELECT id FROM ({source}) LIMIT :limit"  # noqa: S608 -- constants
    posts = await fetch.value(conn, f"SELECT count(*) FROM ({hits})", bounds)  # noqa: S608 -- constants
    if posts in (0, most):
        return int(posts)
    row = await fetch.one(
        conn,
        f"""
        SELECT count(*) AS posts,
            count(DISTINCT posts.channel_id || '/' || posts.grouped_id)
                FILTER (WHERE posts.service IS NULL) AS albums
        FROM ({hits}) AS hits
            CROSS JOIN posts INDEXED BY posts_odd ON posts.id = hits.id
        WHERE posts.grouped_id IS NOT NULL OR posts.service IS NOT NULL
        """,  # noqa: S608 -- what is put in are constants; values are bound
        bounds,
    )
    assert row is not None, "an aggregate has a row"
    return int(posts - row["posts"] + row["albums"])


async def per_week(
    conn: Connection, search: Search, boundaries: Sequence[int], most: int
) -> list[int]:
    """How many posts are found between each two of these times (ms, ascending), `most` at most;
    in the search's own stretch of time.
    """
    since, until = _times(search)
    return [
        await count(
            conn, replace(search, since_at=max(since, first), until_at=min(until, last)), most
        )
        for first, last in pairwise(boundaries)
    ]


async def most_relevant(conn: Connection, search: Search, limit: int) -> list[Kept]:
    """The posts of a stretch of time that have most of what is looked for, by BM25 over their
    current texts; of equal ones the newer first. Raises NoPeriod where it has no beginning.
    """
    if search.since_at is None:
        raise NoPeriod
    if search.expression is None:
        return await newest(conn, search, limit, None)
    rows = await fetch.rows(
        conn,
        f"""
        WITH best (id, place) AS (
            SELECT posts.id,
                row_number() OVER (ORDER BY bm25(posts_index, 1.0, 0.0), posts_index.rowid DESC)
            FROM posts_index CROSS JOIN posts ON posts.id = posts_index.rowid
            WHERE posts_index MATCH :expression
                AND posts_index.rowid >= :first AND posts_index.rowid < :end
                AND posts.posted_at >= :since AND posts.posted_at < :until
        )
        {states.KEPT}
        JOIN best ON best.id = posts.id
        WHERE best.place <= :limit
        ORDER BY best.place
        """,  # noqa: S608 -- what is put in are constants; values are bound
        await _bounds(conn, search, Page(limit)),
    )
    return [states.kept(row) for row in rows]


def _source(search: Search) -> str:
    if search.expression is None:
        return _ALL
    return f"{_CURRENT} UNION {_PAST}" if search.past else _CURRENT


def _times(search: Search) -> tuple[int, int]:
    return (
        BEGIN if search.since_at is None else search.since_at,
        END if search.until_at is None else search.until_at,
    )


async def _bounds(conn: Connection, search: Search, page: Page) -> dict[str, object]:
    """What the statements above are bound to."""
    since, until = _times(search)
    first = BEGIN if search.since_at is None else rowids.first(rowids.second_of(since))
    end = END if page.before is None else page.before
    if search.until_at is not None:
        end = min(end, await rowids.end(conn, until))
    least, most = BEGIN // NUMBERS, END // NUMBERS
    return {
        "expression": search.expression,
        "first": first,
        "end": end,
        "past_first": max(first, least) * NUMBERS,
        "past_end": min(end, most) * NUMBERS,
        "since": since,
        "until": until,
        "limit": page.limit,
    }
