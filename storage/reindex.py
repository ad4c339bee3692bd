"""Building the indexes anew while the program runs, and filling what older archives lack.

An index can only be kept by the normaliser that wrote it. So where an archive is opened with
another version of `norm()`, its indexes are set aside at once, in one transaction, and empty
ones take their place. From then on the triggers keep the new ones; `step` brings the older posts
in, newest first, in short transactions; and until it is done a search looks into both, and takes
from those set aside only what the new ones do not have yet. Each transaction leaves all of this
in order, so that it can be interrupted anywhere. What was set aside is then taken away piece by
piece (`empty`). Only where yet another version comes in the
middle of a pass, what was written since its beginning is missed until its turn comes again.

Posts that were kept before their language was looked at, or before past texts were, get both in
the same pass. Neither makes a version.
"""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from aiosqlite import Connection

from storage import fetch, states

logger = logging.getLogger(__name__)

END = 2**63 - 1  # a row id above all others
INDEXES = ("posts_index", "past_index")
# The tables of an index that grow with it: what tells their rows apart, and how many of them are
# as much to take away as one of the first.
PARTS = {"data": ("id", 1), "idx": ("segid, term", 10), "docsize": ("id", 10)}
LEFT_OVER = "left_over"  # how the tables are called that wait for that
TIDIED_PAGES = 200  # of an index, some kilobytes each: about as long as a step takes

Language = Callable[[str], str | None]  # of a text (ISO 639-1); None where it cannot be told


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the indexes are."""

    done: int  # posts
    posts: int


async def prepare(tx: Connection, version: str) -> None:
    """Set the indexes aside unless they were written by this version of `norm()`."""
    state = await fetch.one(tx, "SELECT norm_version, below_id FROM indexing")
    assert state is not None
    if state["norm_version"] == version:
        return
    if await fetch.one(tx, "SELECT 1 FROM posts LIMIT 1") is None:
        below_id = None  # empty indexes are anybody's
    else:
        logger.warning("the archive's words are to be indexed anew, in the background")
        # Those of a pass that was not finished are less than what it was to replace.
        await _begin_anew(tx, keep=state["norm_version"] is None or state["below_id"] is None)
        below_id = END
    await tx.execute("UPDATE indexing SET norm_version = ?, below_id = ?", (version, below_id))


async def distrust(tx: Connection) -> None:
    """Have the indexes built anew from the next opening on, since they are damaged."""
    await tx.execute("UPDATE indexing SET norm_version = NULL, below_id = NULL")


async def progress(conn: Connection) -> Progress | None:
    """How far the indexes are; None where they are whole."""
    if await whole(conn):
        return None
    row = await fetch.one(
        conn,
        """
        SELECT (SELECT count(*) FROM posts_index_docsize) AS done,
            (SELECT count(*) FROM posts) AS posts
        """,
    )
    assert row is not None
    return Progress(**row)


async def whole(conn: Connection) -> bool:
    """Whether every post is in the indexes that this program writes.

    While they are not, a search may miss words that are normalised otherwise now, and may find
    posts that no longer have the words: what it finds is to be looked at once more.
    """
    return await fetch.value(conn, "SELECT below_id FROM indexing") is None


async def step(tx: Connection, language: Language, most: int) -> bool:
    """Bring at most `most` older posts in; whether there is more to be done."""
    below_id = await fetch.value(tx, "SELECT below_id FROM indexing")
    if below_id is None:
        return False
    span = await fetch.one(
        tx,
        """
        SELECT min(id) AS first, max(id) AS last
        FROM (SELECT id FROM posts WHERE id < ? ORDER BY id DESC LIMIT ?)
        """,
        (below_id, most),
    )
    assert span is not None
    if span["first"] is None:
        await _finish(tx)
        return False
    bounds = {"first": span["first"], "last": span["last"]}
    await _fill_past_texts(tx, bounds)
    await _tell_languages(tx, language, bounds)
    await _index(tx, bounds)
    await tx.execute("UPDATE indexing SET below_id = ?", (span["first"],))
    return True


async def pieces(conn: Connection) -> int:
    """Of how many pieces the larger index consists. Each word of a search is looked up in each."""
    return int(await fetch.value(conn, "SELECT count(DISTINCT segid) FROM posts_index_idx"))


async def tidy(tx: Connection, *, anew: bool) -> bool:
    """Put pieces of the indexes together, some megabytes of them; whether that is to be gone on
    with. `anew` begins with all the pieces there are, and may be said at any time.
    """
    work = -TIDIED_PAGES if anew else TIDIED_PAGES  # FTS5's way to say so
    before = await fetch.value(tx, "SELECT total_changes()")
    await tx.execute("INSERT INTO posts_index (posts_index, rank) VALUES ('merge', ?)", (work,))
    await tx.execute("INSERT INTO past_index (past_index, rank) VALUES ('merge', ?)", (work,))
    done = await fetch.value(tx, "SELECT total_changes()") - before
    return anew or done > len(INDEXES)  # each command counts as one change itself


async def left_over(conn: Connection) -> str | None:
    """A table with contents of a former index, where there is one."""
    found: str | None = await fetch.value(
        conn,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ? || '_*' LIMIT 1",
        (LEFT_OVER,),
    )
    return found


async def empty(tx: Connection, most: int) -> bool:
    """Take a part of what is left over of former indexes away, `most` pages of some kilobytes;
    whether there may be more. It can be cut off anywhere, and gone on with at any time.
    """
    table = await left_over(tx)
    if table is None:
        return False
    key, small = PARTS[table.rpartition("_")[2]]
    gone = await tx.execute(
        f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} LIMIT ?)",  # noqa: S608 -- our own names
        (small * most,),
    )
    if gone.rowcount < small * most:
        await tx.execute(f"DROP TABLE {table}")
    return True


async def damaged(tx: Connection) -> list[str]:
    """Which indexes do not hold exactly what they must. Reads every text: minutes for a million
    posts, during which nobody else can write. Only for indexes that are `whole`.
    """
    found = []
    for check in (
        "INSERT INTO posts_index (posts_index, rank) VALUES ('integrity-check', 1)",
        "INSERT INTO past_index (past_index, rank) VALUES ('integrity-check', 1)",
    ):
        try:
            await tx.execute(check)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            found.append(check.split()[2])
    return found


async def _begin_anew(tx: Connection, *, keep: bool) -> None:
    """Put empty indexes in the place of those that are written, which are set aside (`keep`),
    or left over. The schema says how indexes and triggers are made.
    """
    triggers = await fetch.rows(
        tx,
        """
        SELECT name, sql
        FROM sqlite_schema
        WHERE type = 'trigger' AND (sql LIKE '%posts_index%' OR sql LIKE '%past_index%')
        """,
    )
    for trigger in triggers:  # which a new name of a table would follow
        await tx.execute(f"DROP TRIGGER {trigger['name']}")
    for index in INDEXES:
        made = await fetch.value(tx, "SELECT sql FROM sqlite_schema WHERE name = ?", (index,))
        if keep:
            await _leave_over(tx, f"{index}_before")
            await tx.execute(f"ALTER TABLE {index} RENAME TO {index}_before")
        else:
            await _leave_over(tx, index)
        await tx.execute(made)
    for trigger in triggers:
        await tx.execute(trigger["sql"])


async def _finish(tx: Connection) -> None:
    """Every post is in: put empty indexes in the place of those set aside."""
    for index in INDEXES:
        made = await fetch.value(
            tx, "SELECT sql FROM sqlite_schema WHERE name = ?", (f"{index}_before",)
        )
        await _leave_over(tx, f"{index}_before")
        await tx.execute(made)
    await tx.execute("UPDATE indexing SET below_id = NULL")
    logger.info("the archive's words are indexed anew")


async def _leave_over(tx: Connection, index: str) -> None:
    """Drop an index, but for its contents: to drop a large one takes seconds in which nobody can
    write. They stay in tables that are no part of any index, and which `empty` takes away.
    """
    number = await fetch.value(
        tx,
        """
        SELECT 1 + coalesce(max(CAST(substr(name, length(?) + 2) AS INTEGER)), 0)
        FROM sqlite_schema
        WHERE name GLOB ? || '_*'
        """,
        (LEFT_OVER, LEFT_OVER),
    )
    made = await fetch.value(tx, "SELECT sql FROM sqlite_schema WHERE name = ?", (f"{index}_data",))
    for part in PARTS:
        await tx.execute(f"ALTER TABLE {index}_{part} RENAME TO {LEFT_OVER}_{number}_{part}")
    # Without its first two records an index cannot even be opened to be dropped.
    await tx.execute(made)
    await tx.execute(
        f"INSERT INTO {index}_data SELECT * FROM {LEFT_OVER}_{number}_data WHERE id IN (1, 10)"  # noqa: S608 -- our own names
    )
    await tx.execute(f"DROP TABLE {index}")


async def _fill_past_texts(tx: Connection, bounds: dict[str, int]) -> None:
    await tx.execute(
        """
        INSERT OR IGNORE INTO past_texts (id, text, meta)
        SELECT id, text, meta
        FROM past_wanted
        WHERE post_id BETWEEN :first AND :last
        ORDER BY id
        """,
        bounds,
    )


async def _tell_languages(tx: Connection, language: Language, bounds: dict[str, int]) -> None:
    rows = await fetch.rows(
        tx,
        states.KEPT
        + """
        WHERE posts.id BETWEEN :first AND :last AND posts.language IS NULL AND posts.text <> ''
        ORDER BY posts.id
        """,
        bounds,
    )
    told = []
    for kept in map(states.kept, rows):
        if (code := language(kept.post.text)) is not None:
            post = replace(kept.post, language=code)
            told.append(
                (code, states.meta(post, kept.version, kept.deleted_at is not None), kept.id)
            )
    await tx.executemany("UPDATE posts SET language = ?, meta = ? WHERE id = ?", told)


async def _index(tx: Connection, bounds: dict[str, int]) -> None:
    """What a trigger has not brought in already."""
    await tx.execute(
        """
        INSERT INTO posts_index (rowid, body, meta)
        SELECT id, body, meta
        FROM posts_norm
        WHERE id BETWEEN :first AND :last
            AND NOT EXISTS (SELECT 1 FROM posts_index_docsize AS done WHERE done.id = posts_norm.id)
        ORDER BY id
        """,
        bounds,
    )
    await tx.execute(
        """
        INSERT INTO past_index (rowid, body, meta)
        SELECT id, body, meta
        FROM past_norm
        WHERE id >= :first * 65536 AND id < (:last + 1) * 65536
            AND NOT EXISTS (SELECT 1 FROM past_index_docsize AS done WHERE done.id = past_norm.id)
        ORDER BY id
        """,
        bounds,
    )
