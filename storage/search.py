"""Finding posts by their words and filters."""

from aiosqlite import Connection

from storage import fetch, states
from storage.records import Kept

END = 2**63 - 1  # a row id above all others


async def newest(conn: Connection, match: str, limit: int, before: int | None) -> list[Kept]:
    """The newest posts for which an FTS5 expression holds, newest first.

    `match` is over the columns body (normalised words) and meta (filters, see
    `states.meta`). `before` is the row id of the last post of the page before, None for the
    first page. Row ids ascend with time, so neither order nor page needs a sort of all hits.
    """
    rows = await fetch.rows(
        conn,
        states.KEPT  # noqa: S608 -- both parts are constants
        + """
        WHERE id IN (
            SELECT rowid
            FROM posts_index
            WHERE posts_index MATCH ? AND rowid < ?
            ORDER BY rowid DESC
            LIMIT ?
        )
        ORDER BY id DESC
        """,
        (match, END if before is None else before, limit),
    )
    return [states.kept(row) for row in rows]
