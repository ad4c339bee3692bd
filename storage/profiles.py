"""What the seeds know of channels: offices, their holders, packs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from sqlite3 import Row

from aiosqlite import Connection

from storage import channels, fetch
from storage.records import Holder, Office, Pack, Profile


async def load(tx: Connection, packs: Sequence[Pack]) -> None:
    """Bring the profiles to what the packs say now; loading the same again changes nothing.

    A channel that left a pack loses its label and keeps its facts. Packs that are not given
    are left alone. A channel in several packs has the facts of the last one.
    """
    for pack in packs:
        ids = [await _save(tx, profile) for profile in pack.profiles]
        await _label(tx, pack.name, ids)
    await _unlink_mistaken(tx)
    await channels.link_profiles(tx)


async def pack(conn: Connection, name: str) -> list[Profile]:
    """The channels of a pack, in the order in which they were first loaded."""
    rows = await fetch.rows(
        conn,
        """
        SELECT id, username, pinned_id, office, kind, country, region, language, as_of
        FROM profiles
        WHERE id IN (SELECT profile_id FROM labels WHERE label = ?)
        ORDER BY id
        """,
        (name,),
    )
    holders = await _holders(conn, [row["id"] for row in rows])
    return [_profile(row, holders[row["id"]]) for row in rows]


async def labels(conn: Connection) -> dict[str, list[int]]:
    """The channels that carry each label, by id; one that none of ours carries too."""
    rows = await fetch.rows(
        conn,
        """
        SELECT labels.label, channels.id
        FROM labels LEFT JOIN channels ON channels.profile_id = labels.profile_id
        ORDER BY labels.label, channels.id
        """,
    )
    found: dict[str, list[int]] = {row["label"]: [] for row in rows}
    for row in rows:
        if row["id"] is not None:
            found[row["label"]].append(row["id"])
    return found


async def pinned_id(conn: Connection, username: str) -> int | None:
    """The numeric id that a pack vouches for under a username, where it does."""
    found = await fetch.value(
        conn, "SELECT pinned_id FROM profiles WHERE username = ?", (username,)
    )
    return None if found is None else int(found)


async def office(conn: Connection, channel_id: int, at: int) -> Office | None:
    """What a channel speaks for, and who held that office on the day (UTC) of a time.

    On a day shared by two holders it is the one who came.
    """
    row = await fetch.one(
        conn,
        """
        SELECT profiles.office AS title, (
                SELECT name
                FROM holders
                WHERE profile_id = profiles.id
                    AND (since IS NULL OR since <= :day) AND (until IS NULL OR until >= :day)
                ORDER BY since DESC  -- NULL, the beginning of time, comes last
                LIMIT 1
            ) AS holder
        FROM channels JOIN profiles ON profiles.id = channels.profile_id
        WHERE channels.id = :channel
        """,
        {"channel": channel_id, "day": datetime.fromtimestamp(at / 1000, UTC).date().isoformat()},
    )
    return None if row is None else Office(row["title"], row["holder"])


async def _save(tx: Connection, profile: Profile) -> int:
    profile_id = await fetch.value(
        tx,
        """
        INSERT INTO profiles (
            username, pinned_id, office, kind, country, region, language, as_of
        )
        VALUES (
            :username, :pinned_id, :office, :kind, :country, :region, :language, :as_of
        )
        ON CONFLICT (username) DO UPDATE
        SET pinned_id = excluded.pinned_id, office = excluded.office, kind = excluded.kind,
            country = excluded.country, region = excluded.region, language = excluded.language,
            as_of = excluded.as_of
        RETURNING id
        """,
        asdict(profile),
    )
    await tx.execute("DELETE FROM holders WHERE profile_id = ?", (profile_id,))
    await tx.executemany(
        "INSERT INTO holders (profile_id, name, since, until) VALUES (?, ?, ?, ?)",
        [(profile_id, each.name, each.since, each.until) for each in profile.holders],
    )
    return int(profile_id)


async def _label(tx: Connection, label: str, ids: Sequence[int]) -> None:
    """Give a label to these profiles and to no others."""
    await tx.execute("DELETE FROM labels WHERE label = ?", (label,))
    await tx.executemany(
        "INSERT INTO labels (profile_id, label) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(profile_id, label) for profile_id in ids],
    )


async def _unlink_mistaken(tx: Connection) -> None:
    """Take a profile away from a channel with which its pinned id does not agree."""
    await tx.execute(
        """
        UPDATE channels
        SET profile_id = NULL
        WHERE profile_id IN (SELECT id FROM profiles WHERE pinned_id <> channels.id)
        """
    )


async def _holders(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[Holder, ...]]:
    rows = await fetch.rows(
        conn,
        """
        SELECT profile_id, name, since, until
        FROM holders
        WHERE profile_id IN (SELECT value FROM json_each(?))
        ORDER BY id
        """,
        (json.dumps(ids),),
    )
    found: dict[int, tuple[Holder, ...]] = dict.fromkeys(ids, ())
    for row in rows:
        found[row["profile_id"]] += (Holder(row["name"], row["since"], row["until"]),)
    return found


def _profile(row: Row, holders: tuple[Holder, ...]) -> Profile:
    return Profile(
        username=row["username"],
        office=row["office"],
        kind=row["kind"],
        country=row["country"],
        language=row["language"],
        as_of=row["as_of"],
        region=row["region"],
        pinned_id=row["pinned_id"],
        holders=holders,
    )
