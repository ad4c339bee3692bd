"""Which posts tell the same story. What is compared is decided by the caller.

Ids of posts ascend with the time of posting, so a stretch of time is one of ids.
"""

import json
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from aiosqlite import Connection

from storage import fetch, rowids, states
from storage.records import Kept, Post

OF_ONE_NUMBER = 100  # posts that are looked at: words that all use tell nothing
CANDIDATES = 20  # of one post that are looked at


@dataclass(frozen=True, slots=True)
class Told:
    """What a post said when it was first seen."""

    post_id: int
    channel_id: int
    posted_at: int
    words: str  # normalised, without the footer; empty where it is not known any more
    story_id: int
    forwarded: bool = False


# ---------------------------------------------------------------- what was said


async def keep(
    tx: Connection, said: Mapping[int, str], footprints: Mapping[int, Sequence[int]]
) -> None:
    """Keep what posts (by row id) said first, and the numbers by which it is found again."""
    await tx.executemany("INSERT INTO wordings (post_id, words) VALUES (?, ?)", list(said.items()))
    await tx.executemany(
        "INSERT INTO footprints (number, post_id) VALUES (?, ?)",
        [(number, post_id) for post_id, numbers in footprints.items() for number in numbers],
    )


async def near(
    tx: Connection, footprints: Mapping[int, Sequence[int]], shared: int
) -> dict[int, list[int]]:
    """The posts that may tell the same as each of these new ones, since they have as many
    numbers in common: kept ones, and those of `footprints` before it. Those with most first.
    """
    asked = Counter(chain.from_iterable(footprints.values()))
    having = await _having(tx, asked)
    found = {}
    for post_id, numbers in footprints.items():
        others = [having[number] for number in numbers if number in having]
        common = Counter(chain.from_iterable(others))
        found[post_id] = _nearest(common, shared, len(numbers))
        for number in numbers:
            if asked[number] > 1:  # most numbers are those of one post alone
                having[number].append(post_id)
    return found


def _nearest(common: Mapping[int, int], least: int, most: int) -> list[int]:
    """Of posts with so many numbers in common, those to be looked at: those with most first, the
    oldest of them, which began a story. Of those that say the very same, the newest ones: an
    alarm that is said again and again is the same for minutes only.
    """
    near = sorted([(-count, other) for other, count in common.items() if count >= least])
    same = bisect(near, -most, key=itemgetter(0))
    return [other for _, other in near[max(0, same - CANDIDATES) :][:CANDIDATES]]


async def _having(tx: Connection, numbers: Iterable[int]) -> dict[int, list[int]]:
    """The newest posts that are kept with each of these numbers, of which most have none."""
    rows = await fetch.rows(
        tx,
        """
        SELECT asked.value AS number, (
            SELECT group_concat(post_id)
            FROM (
                SELECT post_id FROM footprints
                WHERE number = asked.value
                ORDER BY post_id DESC
                LIMIT ?
            )
        ) AS post_ids
        FROM json_each(?) AS asked
        WHERE EXISTS (SELECT 1 FROM footprints WHERE number = asked.value)
        """,
        (OF_ONE_NUMBER, json.dumps(list(numbers))),
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row["number"]] = list(map(int, row["post_ids"].split(",")))
    return found


async def told(conn: Connection, post_ids: Iterable[int]) -> dict[int, Told]:
    """What these posts said, and those with which their stories began, by row id."""
    rows = await fetch.rows(
        conn,
        """
        WITH asked (id) AS (SELECT value FROM json_each(?))
        SELECT posts.id AS post_id, posts.channel_id, posts.posted_at,
            coalesce(wordings.words, '') AS words,
            coalesce(stories.story_id, posts.id) AS story_id,
            posts.forward IS NOT NULL AS forwarded
        FROM (
            SELECT id FROM asked
            UNION
            SELECT story_id FROM stories WHERE post_id IN (SELECT id FROM asked)
        ) AS wanted
            CROSS JOIN posts ON posts.id = wanted.id
            LEFT JOIN wordings ON wordings.post_id = posts.id
            LEFT JOIN stories ON stories.post_id = posts.id
        """,
        (json.dumps(list(post_ids)),),
    )
    return {
        post_id: Told(post_id, channel_id, posted_at, words, story_id, bool(forwarded))
        for post_id, channel_id, posted_at, words, story_id, forwarded in rows
    }


async def forget(tx: Connection, before_at: int) -> None:
    """Drop what was said before a time."""
    first = rowids.first(rowids.second_of(before_at))
    await tx.execute("DELETE FROM wordings WHERE post_id < ?", (first,))
    # Looks at all: an index for this alone would cost more with every post.
    await tx.execute("DELETE FROM footprints WHERE post_id < ?", (first,))


# ---------------------------------------------------------------- stories


async def related(tx: Connection, new: Mapping[int, Post]) -> set[int]:
    """Those of new posts (by row id) of which `by_relation` may know the story: forwards, parts
    of albums, and posts that were forwarded.
    """
    known = {id for id, post in new.items() if post.forward or post.grouped_id is not None}
    keys = {(post.channel_id, post.message_id): id for id, post in new.items()}
    rows = await fetch.rows(
        tx,
        """
        SELECT origin_channel, origin_message
        FROM stories
        WHERE (origin_channel, origin_message) IN (
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
        )
        """,
        (json.dumps(list(keys)),),
    )
    origins = {(row["origin_channel"], row["origin_message"]) for row in rows}
    origins |= {_origin(post) for post in new.values()} & keys.keys()
    return known | {keys[origin] for origin in origins}


async def by_relation(tx: Connection, post_id: int, post: Post) -> int | None:
    """The story of a post, as far as its album, its origin or its forwards tell."""
    origin_channel, origin_message = _origin(post)
    found = await fetch.value(
        tx,
        """
        WITH origin AS (
            SELECT id, channel_id, grouped_id FROM posts
            WHERE channel_id = :origin_channel AND message_id = :origin_message
        ),
        reasons (rank, post_id, story_id) AS (
            SELECT 1, post_id, story_id FROM stories WHERE post_id = :id
            UNION ALL
            SELECT 2, id, story_id FROM posts JOIN stories ON post_id = id
            WHERE channel_id = :channel AND grouped_id = :album
            UNION ALL
            SELECT 3, id, story_id FROM origin JOIN stories ON post_id = id
            UNION ALL
            SELECT 4, parts.id, story_id
            FROM origin JOIN posts AS parts USING (channel_id, grouped_id)
                JOIN stories ON post_id = parts.id
            UNION ALL
            SELECT 5, id, id FROM origin
            UNION ALL
            SELECT 6, post_id, story_id FROM stories
            WHERE origin_channel = :channel AND origin_message = :message
            UNION ALL
            SELECT 7, post_id, story_id FROM stories
            WHERE origin_channel = :origin_channel AND origin_message = :origin_message
        )
        SELECT story_id FROM reasons ORDER BY rank, post_id LIMIT 1
        """,
        {
            "id": post_id,
            "channel": post.channel_id,
            "message": post.message_id,
            "album": post.grouped_id,
            "origin_channel": origin_channel,
            "origin_message": origin_message,
        },
    )
    return None if found is None else int(found)


async def belong(tx: Connection, post_id: int, post: Post, story_id: int) -> set[int]:
    """A post belongs to a story, and so does the one with which that began, album and all.
    The row ids of those that did not before.
    """
    rows = await fetch.rows(
        tx,
        """
        INSERT INTO stories (post_id, story_id)
        SELECT parts.id, first.id
        FROM posts AS first CROSS JOIN posts AS parts ON parts.id = first.id
            OR (parts.channel_id = first.channel_id AND parts.grouped_id = first.grouped_id)
        WHERE first.id = ?
        ON CONFLICT (post_id) DO NOTHING
        RETURNING post_id
        """,
        (story_id,),
    )
    await tx.execute(
        """
        INSERT INTO stories (post_id, story_id, origin_channel, origin_message)
        VALUES (?, ?, ?, ?)
        ON CONFLICT (post_id) DO UPDATE
        SET origin_channel = excluded.origin_channel, origin_message = excluded.origin_message
        """,
        (post_id, story_id, *_origin(post)),
    )
    return {post_id, *(row["post_id"] for row in rows)}


def _origin(post: Post) -> tuple[int | None, int | None]:
    forward = post.forward
    return (forward.channel_id, forward.message_id) if forward else (None, None)


async def story_of(conn: Connection, post_ids: Sequence[int]) -> int:
    """The story of a post, or of an album by its parts."""
    found = await fetch.value(
        conn,
        """
        SELECT story_id FROM stories
        WHERE post_id IN (SELECT value FROM json_each(?))
        ORDER BY post_id
        LIMIT 1
        """,
        (json.dumps(post_ids),),
    )
    return post_ids[0] if found is None else int(found)


async def posts_of(conn: Connection, story_id: int, limit: int, before: int | None) -> list[Kept]:
    """The posts of a story, newest first; `before` is the row id of the last one of the page
    before, None for the first page.
    """
    rows = await fetch.rows(
        conn,
        states.KEPT  # noqa: S608 -- both parts are constants
        + """
        WHERE id IN (SELECT post_id FROM stories WHERE story_id = ? UNION SELECT ?) AND id < ?
        ORDER BY id DESC
        LIMIT ?
        """,
        (story_id, story_id, before or 2**63 - 1, limit),
    )
    return [states.kept(row) for row in rows]


async def size(conn: Connection, story_id: int) -> int:
    """How many posts a story has; an album counts as one."""
    found = await fetch.value(
        conn,
        """
        SELECT count(DISTINCT coalesce(posts.channel_id || '/' || posts.grouped_id, posts.id))
        FROM posts
        WHERE posts.id IN (SELECT post_id FROM stories WHERE story_id = ? UNION SELECT ?)
        """,
        (story_id, story_id),
    )
    return int(found)
