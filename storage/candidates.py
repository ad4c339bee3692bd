"""What a search finds, looked at once more: by which of its texts a post is found, and whether it
is one that was meant.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch, search
from storage.records import Kept
from storage.search import NUMBERS, Page, Search

MOST_AT_ONCE = 500  # candidates read to be checked


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found among candidates that had to be looked at one by one."""

    posts: Sequence[Kept]
    looked: int  # at so many candidates
    # Row id to go on below. None: there is nothing more to be found.
    next: int | None


async def checked(
    conn: Connection, wanted: Search, page: Page, check: Callable[[Kept], bool], most: int
) -> Checked:
    """A page of the posts that are found and pass `check`, looking at no more than about `most`
    of them: for questions that an index can only narrow down, or that it answers by other words
    (see `reindex.whole`).

    With past texts a post is shown to `check` once for each text by which it may be meant, and
    one that passes is enough.
    """
    passed: list[Kept] = []
    looked, before, size = 0, page.before, page.limit
    while looked < most:
        size = min(2 * size, MOST_AT_ONCE, most - looked)
        candidates = await search.newest(conn, wanted, size, before)
        past = await past_hits(conn, wanted, [kept.id for kept in candidates])
        for kept in candidates:
            looked, before = looked + 1, kept.id
            texts = (kept.post.text, *past.get(kept.id, {}).values())
            if any(check(replace(kept, post=replace(kept.post, text=each))) for each in texts):
                passed.append(kept)
            if len(passed) == page.limit:
                return Checked(passed, looked, before)
        if len(candidates) < size:
            return Checked(passed, looked, None)
    return Checked(passed, looked, before)


async def past_hits(
    conn: Connection, wanted: Search, post_ids: Sequence[int]
) -> Mapping[int, Mapping[int, str]]:
    """By which texts that were edited away these posts are found: version number -> text, by row
    id of the post, oldest first. Posts that are found by none are left out.
    """
    found: dict[int, dict[int, str]] = defaultdict(dict)
    if wanted.past and wanted.expression is not None and post_ids:
        for row in await _past_rows(conn, wanted.expression, post_ids):
            found[row["post_id"]][row["number"]] = row["text"]
    return found


async def _past_rows(conn: Connection, expression: str, post_ids: Sequence[int]) -> list[Row]:
    return await fetch.rows(
        conn,
        """
        SELECT past_texts.id >> 16 AS post_id, past_texts.id & 65535 AS number, past_texts.text
        FROM past_texts
        WHERE past_texts.id IN (
            SELECT rowid
            FROM past_index
            WHERE past_index MATCH :expression AND rowid >= :first AND rowid < :end
            UNION ALL
            SELECT past_index_before.rowid
            FROM indexing CROSS JOIN past_index_before
            WHERE indexing.one = 1 AND indexing.below_id IS NOT NULL
                AND past_index_before MATCH :expression
                AND past_index_before.rowid >= :first AND past_index_before.rowid < :end
        )
            AND past_texts.id >> 16 IN (SELECT value FROM json_each(:post_ids))
        ORDER BY past_texts.id
        """,
        {
            "expression": expression,
            "first": min(post_ids) * NUMBERS,
            "end": (max(post_ids) + 1) * NUMBERS,
            "post_ids": json.dumps(post_ids),
        },
    )
