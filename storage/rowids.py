"""Row ids of posts: they ascend with the time of posting, whatever the order of arrival.

An id is (second of posting - 1400000000) * 64 + slot. A second with more than 64 posts spills
into the ones after it. An id never changes.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from aiosqlite import Connection

from storage import fetch

EPOCH = 1_400_000_000  # seconds; a year before the first channels
SLOTS = 64


def second_of(posted_at: int) -> int:
    """The second, since 1970, of a time in milliseconds."""
    return posted_at // 1000


def first(second: int) -> int:
    """The lowest id a post of this second (since 1970) can have."""
    return (second - EPOCH) * SLOTS


async def end(conn: Connection, until_at: int) -> int:
    """An id above those of all posts before a time (ms), and below those of few others: where
    the second before it is full, its posts spilled into the ones after.
    """
    found = await fetch.value(
        conn,
        """
        WITH RECURSIVE spilled (id) AS (
            VALUES (:id)
            UNION ALL
            SELECT id + :slots
            FROM spilled
            WHERE EXISTS (SELECT 1 FROM posts WHERE posts.id = spilled.id - 1)
        )
        SELECT max(id) FROM spilled
        """,
        {"id": first(second_of(until_at - 1) + 1), "slots": SLOTS},
    )
    return int(found)


async def allocate(tx: Connection, seconds: Iterable[int]) -> dict[int, Iterator[int]]:
    """Free ids, ascending, for one new post for each of `seconds`, by second.

    Each is the first after the last one used in its second, or in the next second with room.
    """
    found: dict[int, list[int]] = defaultdict(list)
    last: dict[int, int] = {}  # the last id used, of each second looked at
    wanted = [(second, second, count) for second, count in sorted(Counter(seconds).items())]
    ahead = 1  # seconds looked at in one trip: where one is full, so are often more after it
    while wanted:
        if unknown := {place for _, place, _ in wanted} - last.keys():
            places = {place + step for place in unknown for step in range(ahead)}
            await _look_up(tx, places - last.keys(), last)
            ahead *= 2
        spilled = []
        for second, place, count in wanted:
            free = min(count, first(place + 1) - 1 - last[place])
            found[second].extend(range(last[place] + 1, last[place] + 1 + free))
            last[place] += free
            if free < count:
                spilled.append((second, place + 1, count - free))
        wanted = spilled
    return {second: iter(ids) for second, ids in found.items()}


async def _look_up(tx: Connection, seconds: Iterable[int], last: dict[int, int]) -> None:
    rows = await fetch.rows(
        tx,
        """
        SELECT value AS first,
            (SELECT max(id) FROM posts WHERE id >= value AND id < value + ?) AS last
        FROM json_each(?)
        """,
        (SLOTS, json.dumps([first(second) for second in seconds])),
    )
    for row in rows:
        second = row["first"] // SLOTS + EPOCH
        last[second] = row["first"] - 1 if row["last"] is None else row["last"]
