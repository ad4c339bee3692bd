"""Saved queries of subscribers, and what they caught."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from sqlite3 import Row

from aiosqlite import Connection

from storage import fetch
from storage.records import Handling, Match, Mode, Rule

# To be continued with a condition. Removed rules keep their matches and are never read again.
RULES = """
    SELECT id, subscriber_id, query, coalesce(kept_at, created_at) AS created_at, muted_until_at,
        title, edition, kept_at IS NULL AS pending, mode, follows, cooldown, late_after
    FROM rules
    WHERE removed_at IS NULL
    """


@dataclass(frozen=True, slots=True)
class Stored:
    """How the query of a rule was understood."""

    tree: str  # JSON: with the forms of all words
    choices: str  # JSON: what the subscriber changed about it
    lexicon: str  # version of the dictionaries
    sense: str | None = None  # equal for trees that mean the same; None: not known


class RuleExists(Exception):
    """The subscriber has a rule with this query already."""


async def add(
    tx: Connection, subscriber_id: int, query: str, now: int, stored: Stored | None = None
) -> Rule:
    """Save a rule. Raises RuleExists where the subscriber has one with the same query.

    Without `stored` it is among the `outdated`, and holds for nothing until that is made up for.
    """
    with _once():
        rule_id = await _insert(tx, (subscriber_id, query, now, now, *parts_of(stored)))
    return Rule(rule_id, subscriber_id, query, now)


async def propose(
    tx: Connection, subscriber_id: int, query: str, now: int, stored: Stored | None = None
) -> Rule:
    """Write down a rule that is only shown: it is read by `get` alone until it is kept."""
    rule_id = await _insert(tx, (subscriber_id, query, now, None, *parts_of(stored)))
    return Rule(rule_id, subscriber_id, query, now, pending=True)


async def keep(tx: Connection, rule_id: int, now: int) -> None:
    """Take a rule that was shown into use. Raises RuleExists as `add` does."""
    with _once():
        await tx.execute(
            "UPDATE rules SET kept_at = ? WHERE id = ? AND kept_at IS NULL", (now, rule_id)
        )


async def forget_proposed(tx: Connection, before_at: int) -> None:
    """Drop the rules that were shown before a time and not kept.

    Never the newest rule: its row id would be given again, and old buttons lead to another rule.
    """
    await tx.execute(
        """
        DELETE FROM rules
        WHERE kept_at IS NULL AND created_at < ? AND id < (SELECT max(id) FROM rules)
        """,
        (before_at,),
    )


async def change(tx: Connection, rule_id: int, query: str, stored: Stored, now: int) -> None:
    """Give a rule another query, or the same one as it is understood now.

    What it caught stays; with another query it catches later versions of these posts anew.

    Raises RuleExists where another rule of the subscriber has this query.
    """
    with _once():
        await tx.execute(
            """
            UPDATE rules
            SET query = ?1, tree = ?2, choices = ?3, lexicon = ?4, sense = ?5,
                edition = edition + (query <> ?1 OR tree IS NOT ?2),
                query_edition = query_edition + (query <> ?1),
                changed_at = iif(query <> ?1 OR tree IS NOT ?2, ?6, changed_at)
            WHERE id = ?7
            """,
            (query, *parts_of(stored), now, rule_id),
        )


async def handle(tx: Connection, rule_id: int, handling: Handling) -> None:
    """Have the hits of a rule told in another way."""
    await tx.execute(
        "UPDATE rules SET mode = ?, follows = ?, cooldown = ?, late_after = ? WHERE id = ?",
        (handling.mode, handling.follows, handling.cooldown, handling.late_after, rule_id),
    )


async def rename(tx: Connection, rule_id: int, title: str | None) -> None:
    """Give a rule a name of its own; None: its query is its name."""
    await tx.execute("UPDATE rules SET title = ? WHERE id = ?", (title, rule_id))


async def of(conn: Connection, subscriber_id: int) -> list[Rule]:
    """A subscriber's rules, in the order in which they were kept."""
    rows = await fetch.rows(
        conn,
        RULES + "AND kept_at IS NOT NULL AND subscriber_id = ? ORDER BY kept_at, id",
        (subscriber_id,),
    )
    return [rule_of(row) for row in rows]


async def get(conn: Connection, rule_id: int) -> Rule | None:
    """The rule with this row id, unless it was removed."""
    row = await fetch.one(conn, RULES + "AND id = ?", (rule_id,))
    return None if row is None else rule_of(row)


async def every(conn: Connection) -> list[Rule]:
    """The rules of all subscribers, oldest first; those of subscribers that are gone sleep."""
    rows = await fetch.rows(
        conn,
        RULES  # noqa: S608 -- both parts are constants
        + """
        AND kept_at IS NOT NULL
        AND subscriber_id NOT IN (SELECT id FROM subscribers WHERE gone_at IS NOT NULL)
        ORDER BY id
        """,
    )
    return [rule_of(row) for row in rows]


async def stored(conn: Connection, rule_ids: Collection[int]) -> dict[int, Stored]:
    """How these rules were understood, by row id; those of which it is not known are left out."""
    rows = await fetch.rows(
        conn,
        """
        SELECT id, tree, choices, lexicon, sense
        FROM rules
        WHERE id IN (SELECT value FROM json_each(?)) AND tree IS NOT NULL
        """,
        (json.dumps(list(rule_ids)),),
    )
    return {
        row["id"]: Stored(row["tree"], row["choices"], row["lexicon"], row["sense"]) for row in rows
    }


async def hits(conn: Connection, rule_ids: Sequence[int]) -> dict[int, int]:
    """How many posts each of these rules caught. Counts index entries: some 45 ms for a
    million, so it is asked for what is shown, and never by what writes.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT value AS id, (SELECT count(*) FROM matches WHERE rule_id = value) AS hits
        FROM json_each(?)
        """,
        (json.dumps(rule_ids),),
    )
    return {row["id"]: row["hits"] for row in rows}


async def mute(tx: Connection, rule_id: int, until_at: int | None) -> None:
    """Keep a rule quiet until a time; None wakes it."""
    await tx.execute("UPDATE rules SET muted_until_at = ? WHERE id = ?", (until_at, rule_id))


async def remove(tx: Connection, rule_id: int, now: int) -> None:
    """Take a rule away. What it caught stays; the same query can be saved again."""
    await tx.execute(
        "UPDATE rules SET removed_at = ? WHERE id = ? AND removed_at IS NULL", (now, rule_id)
    )


async def revision(conn: Connection) -> int:
    """A number that every change of what `every` gives raises; the schema's triggers see to it."""
    return int(await fetch.value(conn, "SELECT rules_revision FROM archive"))


async def record(tx: Connection, matches: Sequence[Match], now: int) -> list[Match]:
    """Keep what rules caught; those that are news, once per query of a rule and post, in the
    given order. There is one row for a rule and a post, of the latest news.
    """
    if not matches:
        return []
    asked = {(match.rule_id, match.post_id, match.version): match for match in matches}
    written = await fetch.rows(
        tx,
        """
        INSERT INTO matches (rule_id, post_id, version, matched_at, query_edition)
        SELECT rules.id, json_extract(value, '$[1]'), json_extract(value, '$[2]'), ?,
            rules.query_edition
        FROM json_each(?) JOIN rules ON rules.id = json_extract(value, '$[0]')
        WHERE true  -- or else ON would be read as part of a join
        ON CONFLICT (rule_id, post_id) DO UPDATE
        SET version = excluded.version, matched_at = excluded.matched_at,
            query_edition = excluded.query_edition
        WHERE matches.query_edition < excluded.query_edition
            AND matches.version < excluded.version
        RETURNING rule_id, post_id, version
        """,
        (now, json.dumps(list(asked))),
    )
    new = set(map(tuple, written))
    return [match for key, match in asked.items() if key in new]


async def parts_caught(conn: Connection, rule_id: int, post_id: int) -> list[int]:
    """The row ids of the parts of a post's album that a rule caught with the query that it has,
    oldest first.
    """
    rows = await fetch.rows(
        conn,
        """
        SELECT parts.id
        FROM posts
            JOIN posts AS parts
                ON parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
            JOIN matches ON matches.post_id = parts.id
            JOIN rules
                ON rules.id = matches.rule_id AND rules.query_edition = matches.query_edition
        WHERE rules.id = ? AND posts.id = ?
        ORDER BY parts.id
        """,
        (rule_id, post_id),
    )
    return [row["id"] for row in rows]


async def that_matched(conn: Connection, subscriber_id: int, post_ids: Sequence[int]) -> list[Rule]:
    """A subscriber's rules that caught any of these posts, oldest first; removed ones left out."""
    rows = await fetch.rows(
        conn,
        RULES  # noqa: S608 -- both parts are constants
        + """
        AND subscriber_id = ? AND id IN (
            SELECT rule_id FROM matches WHERE post_id IN (SELECT value FROM json_each(?))
        )
        ORDER BY id
        """,
        (subscriber_id, json.dumps(post_ids)),
    )
    return [rule_of(row) for row in rows]


async def _insert(tx: Connection, values: tuple[object, ...]) -> int:
    rule_id = await fetch.value(
        tx,
        """
        INSERT INTO rules (subscriber_id, query, created_at, kept_at, tree, choices, lexicon, sense)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        RETURNING id
        """,
        values,
    )
    return int(rule_id)


def rule_of(row: Row) -> Rule:
    """A row of RULES."""
    values = dict(row)
    handling = Handling(
        Mode(values.pop("mode")),
        bool(values.pop("follows")),
        values.pop("cooldown"),
        values.pop("late_after"),
    )
    return Rule(**{**values, "pending": bool(row["pending"]), "handling": handling})


def parts_of(stored: Stored | None) -> tuple[str | None, ...]:
    """Tree, choices, lexicon, sense."""
    return (None,) * 4 if stored is None else astuple(stored)


@contextmanager
def _once() -> Iterator[None]:
    """Raise RuleExists where the subscriber would have the same query twice."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
            raise
        raise RuleExists from error
