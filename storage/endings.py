"""The lines in which channels end their posts: learned by counting, so that they can be cut."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from aiosqlite import Connection

from storage import fetch

COUNTED = 200  # posts of a channel, after which what was counted is halved
ALL = ""  # in place of a line: how many posts were counted
FOOTER_PERCENT = 3  # of a channel's posts end in it
FOOTER_POSTS = 4  # at least


async def count(
    tx: Connection, endings: Iterable[tuple[int, Sequence[str]]]
) -> dict[int, set[str]]:
    """Count the lines in which posts end: (channel id, lines) of each. Those among them that
    are footers of their channels, which a few posts are enough to tell.
    """
    counted = Counter((channel, line) for channel, lines in endings for line in (ALL, *lines))
    rows = await fetch.rows(
        tx,
        """
        INSERT INTO endings (channel_id, line, posts)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
        FROM json_each(?)
        WHERE true  -- or else ON would be read as part of a join
        ON CONFLICT (channel_id, line) DO UPDATE SET posts = posts + excluded.posts
        RETURNING channel_id, line, posts
        """,
        (json.dumps([(*key, posts) for key, posts in counted.items()]),),
    )
    seen: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        seen[row["channel_id"]][row["line"]] = row["posts"]
    await _halve(tx, [channel for channel, lines in seen.items() if lines[ALL] >= COUNTED])
    return {channel: _footers(lines) for channel, lines in seen.items()}


def _footers(lines: Mapping[str, int]) -> set[str]:
    least = max(FOOTER_POSTS, lines[ALL] * FOOTER_PERCENT / 100)
    return {line for line, posts in lines.items() if line != ALL and posts >= least}


async def _halve(tx: Connection, channels: Sequence[int]) -> None:
    if not channels:
        return
    asked = (json.dumps(channels),)
    await tx.execute(
        """
        UPDATE endings SET posts = posts / 2
        WHERE channel_id IN (SELECT value FROM json_each(?))
        """,
        asked,
    )
    await tx.execute(
        """
        DELETE FROM endings
        WHERE channel_id IN (SELECT value FROM json_each(?)) AND posts = 0
        """,
        asked,
    )
