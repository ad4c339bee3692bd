"""What is known of the posts and deletions that arrive, read before anything is decided."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aiosqlite import Connection

from storage import fetch, rowids, states
from storage.records import Absence, Batch, Deletion, Post, Via

Key = tuple[int, int]  # channel id, message id
Hashed = Sequence[tuple[Post, bytes]]  # posts with the digests of their states


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that is written already."""

    number: int
    via: Via
    edited_at: int | None
    has: frozenset[str]


@dataclass(slots=True)
class Held:
    """What the archive holds of a post; a working copy that a batch changes step by step."""

    id: int
    post: Post  # the current state
    digest: bytes
    version: int  # of the current state
    via: Via  # of the current state
    first_seen_at: int
    counted_at: int | None
    deleted_at: int | None = None
    absence: Absence | None = None
    last_number: int = 1  # of its versions
    versions: dict[bytes, Earlier] = field(default_factory=dict)  # by digest, of each the last


@dataclass(slots=True)
class Tombstone:
    """A row of deletions."""

    id: int
    deletion: Deletion
    seen_at: int


@dataclass(frozen=True, slots=True)
class Known:
    """What has to be read before a batch can be decided."""

    posts: dict[Key, Held]
    tombstones: dict[Key, dict[Absence, Tombstone]]  # the last of each kind
    ids: Mapping[int, Iterator[int]]  # free row ids by second, one for each unknown post
    next_version_id: int
    next_deletion_id: int


def key_of(item: Post | Deletion) -> Key:
    """By what a post is known."""
    return item.channel_id, item.message_id


async def of(tx: Connection, batch: Batch, hashed: Hashed) -> Known:
    """What is known of the posts of a batch, given with their digests, and of its deletions."""
    keys = {key_of(post) for post in batch.posts} | {key_of(gone) for gone in batch.deletions}
    asked = json.dumps(sorted(keys))
    posts = await _posts(tx, asked)
    await _add_versions(tx, posts, hashed)
    unknown = {key_of(post): post.posted_at for post in reversed(batch.posts)}
    seconds = [rowids.second_of(at) for key, at in unknown.items() if key not in posts]
    version_id, deletion_id = await _last_ids(tx)
    return Known(
        posts=posts,
        tombstones=await _tombstones(tx, asked),
        ids=await rowids.allocate(tx, seconds),
        next_version_id=version_id + 1,
        next_deletion_id=deletion_id + 1,
    )


async def _posts(tx: Connection, asked: str) -> dict[Key, Held]:
    rows = await fetch.rows(
        tx,
        states.KEPT  # noqa: S608 -- both parts are constants
        + """
        WHERE (channel_id, message_id) IN (
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
        )
        """,
        (asked,),
    )
    found = {}
    for row in rows:
        kept = states.kept(row)
        found[key_of(kept.post)] = Held(
            id=kept.id,
            post=kept.post,
            digest=row["digest"],
            version=kept.version,
            via=kept.via,
            first_seen_at=kept.first_seen_at,
            counted_at=row["counted_at"],
            deleted_at=kept.deleted_at,
            absence=kept.absence,
        )
    return found


async def _add_versions(tx: Connection, posts: dict[Key, Held], hashed: Hashed) -> None:
    """Read the other versions of posts of which a state arrives that is not the one held."""
    changing = {
        held.id: held
        for post, digest in hashed
        if (held := posts.get(key_of(post))) is not None and held.digest != digest
    }
    if not changing:
        return
    rows = await fetch.rows(
        tx,
        """
        SELECT post_id, number, digest, via, edited_at, has
        FROM versions
        WHERE post_id IN (SELECT value FROM json_each(?))
        ORDER BY post_id, number
        """,
        (json.dumps(list(changing)),),
    )
    for row in rows:
        held = changing[row["post_id"]]
        held.versions[row["digest"]] = Earlier(
            row["number"], Via(row["via"]), row["edited_at"], frozenset(row["has"].split())
        )
        held.last_number = max(held.last_number, row["number"])


async def _tombstones(tx: Connection, asked: str) -> dict[Key, dict[Absence, Tombstone]]:
    rows = await fetch.rows(
        tx,
        """
        SELECT id, channel_id, message_id, absence, pts, seen_at
        FROM deletions
        WHERE (channel_id, message_id) IN (
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
        )
        ORDER BY id
        """,
        (asked,),
    )
    found: dict[Key, dict[Absence, Tombstone]] = defaultdict(dict)
    for row in rows:
        absence = Absence(row["absence"])
        deletion = Deletion(row["channel_id"], row["message_id"], absence, row["pts"])
        found[key_of(deletion)][absence] = Tombstone(row["id"], deletion, row["seen_at"])
    return dict(found)


async def _last_ids(tx: Connection) -> tuple[int, int]:
    row = await fetch.one(
        tx,
        """
        SELECT coalesce((SELECT max(id) FROM versions), 0) AS version,
            coalesce((SELECT max(id) FROM deletions), 0) AS deletion
        """,
    )
    assert row is not None
    return row["version"], row["deletion"]
