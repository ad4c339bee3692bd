"""The one way posts and deletions get into the archive, by whatever road they came.

Read what is known of the batch (`known`), decide (`merging`), write. A batch costs about ten
statements, whatever its size, since each of them is a trip to the connection's thread.
"""

import zlib
from collections.abc import Iterable, Mapping
from operator import itemgetter

from aiosqlite import Connection

from storage import channels, digests, histories, journal, known, merging, states
from storage.known import Held, Tombstone
from storage.merging import Plan, Seen
from storage.records import Batch, Change, Version, Via

Row = dict[str, object]  # by the names of the columns

# Rows go by the position of their values, which SQLite's module takes in quicker than by name.
_POST = itemgetter(
    "id", "channel_id", "message_id", "posted_at", "edited_at", "text", "language", "grouped_id",
    "reply_to", "author", "media", "service", "forward", "content", "meta", "views", "forwards",
    "counted_at", "pts", "digest", "version", "via", "first_seen_at", "deleted_at", "absence",
)  # fmt: skip
_STATE = itemgetter(
    "pts", "edited_at", "text", "grouped_id", "reply_to", "author", "media", "service", "forward",
    "content",
)  # fmt: skip


async def apply(tx: Connection, batch: Batch) -> list[Change]:
    """Write a batch, and say what it changed: posts in the batch's order, then deletions.

    Idempotent: what is known already changes nothing and is not reported. Which of two states
    wins is decided by the rules of `storage.merging`. The channels must have been saved before
    (IntegrityError). Moves the cursor, or the start of the history, if one is given.
    """
    changes: list[Change] = []
    if batch.posts or batch.deletions:
        hashed = [(post, digests.of_state(post)) for post in batch.posts]
        plan = merging.decide(batch, hashed, await known.of(tx, batch, hashed))
        await _write(tx, batch, plan)
        changes = plan.changes
    if batch.cursor is not None:
        await channels.move_cursor(tx, batch.cursor, batch.seen_at)
    if batch.reached is not None:
        await histories.move(tx, batch.reached, batch.seen_at)
    return changes


async def _write(tx: Connection, batch: Batch, plan: Plan) -> None:
    seen = [entry for entry in plan.entries if isinstance(entry, Seen)]
    states_of = {id(entry.post): states.columns(entry.post) for entry in seen}
    if plan.new:
        await _insert_posts(tx, [_row(held, states_of) for held in plan.new.values()])
    if plan.changed:
        await _update_posts(tx, [_row(held, states_of) for held in plan.changed.values()])
    if seen:
        await _insert_versions(tx, batch, seen, states_of)
        await _insert_raw_objects(tx, seen)
    if buried := [entry for entry in plan.entries if isinstance(entry, Tombstone)]:
        await _insert_deletions(tx, batch.via, buried)
    if plan.moved:
        await tx.executemany(
            "UPDATE deletions SET pts = ? WHERE id = ?",
            [(pts, deletion_id) for deletion_id, pts in plan.moved.items()],
        )
    if plan.placed:
        await tx.executemany(
            "UPDATE versions SET pts = ? WHERE post_id = ? AND number = ?",
            [(pts, post_id, number) for (post_id, number), pts in plan.placed.items()],
        )
    if plan.entries:
        await journal.append(tx, [_entry(batch, entry) for entry in plan.entries])


async def _insert_posts(tx: Connection, rows: Iterable[Row]) -> None:
    await tx.executemany(
        """
        INSERT INTO posts (
            id, channel_id, message_id, posted_at, edited_at, text, language, grouped_id,
            reply_to, author, media, service, forward, content, meta, views, forwards,
            counted_at, pts, digest, version, via, first_seen_at, deleted_at, absence
        )
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        # In the order of the ids, so that the index is written from one end to the other.
        sorted(map(_POST, rows)),
    )


async def _update_posts(tx: Connection, rows: Iterable[Row]) -> None:
    await tx.executemany(
        """
        UPDATE posts
        SET edited_at = :edited_at, text = :text, language = :language,
            grouped_id = :grouped_id, reply_to = :reply_to, author = :author, media = :media,
            service = :service, forward = :forward, content = :content, meta = :meta,
            views = :views, forwards = :forwards, counted_at = :counted_at, pts = :pts,
            digest = :digest, version = :version, via = :via, deleted_at = :deleted_at,
            absence = :absence
        WHERE id = :id
        """,
        sorted(rows, key=itemgetter("id")),
    )


def _row(held: Held, states_of: Mapping[int, Row]) -> Row:
    """A row of posts. `states_of` are the columns of states that were written down already."""
    post = held.post
    return (states_of.get(id(post)) or states.columns(post)) | {
        "id": held.id,
        "channel_id": post.channel_id,
        "message_id": post.message_id,
        "posted_at": post.posted_at,
        "language": post.language,
        "meta": states.meta(post, held.version, held.deleted_at is not None),
        "views": post.views,
        "forwards": post.forwards,
        "counted_at": held.counted_at,
        "digest": held.digest,
        "version": held.version,
        "via": held.via.value,  # a plain string: SQLite's module is slow with others
        "first_seen_at": held.first_seen_at,
        "deleted_at": held.deleted_at,
        "absence": held.absence,
    }


async def _insert_versions(
    tx: Connection, batch: Batch, seen: Iterable[Seen], states_of: Mapping[int, Row]
) -> None:
    await tx.executemany(
        """
        INSERT INTO versions (
            id, post_id, number, seen_at, via, has, digest, pts, edited_at, text, grouped_id,
            reply_to, author, media, service, forward, content
        )
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (
                entry.id,
                entry.post_id,
                entry.number,
                batch.seen_at,
                batch.via.value,
                " ".join(sorted(entry.post.has)),
                entry.digest,
                *_STATE(states_of[id(entry.post)]),
            )
            for entry in seen
        ],
    )


async def _insert_raw_objects(tx: Connection, seen: Iterable[Seen]) -> None:
    rows = [
        (entry.id, entry.post.layer, zlib.compress(entry.post.raw))
        for entry in seen
        if entry.post.raw
    ]
    if rows:
        await tx.executemany(
            "INSERT INTO raw_objects (version_id, layer, bytes) VALUES (?, ?, ?)", rows
        )


async def _insert_deletions(tx: Connection, via: Via, buried: Iterable[Tombstone]) -> None:
    await tx.executemany(
        """
        INSERT INTO deletions (id, channel_id, message_id, absence, seen_at, via, pts)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (
                stone.id,
                *known.key_of(stone.deletion),
                stone.deletion.absence,
                stone.seen_at,
                via,
                stone.deletion.pts,
            )
            for stone in buried
        ],
    )


def _entry(batch: Batch, entry: Seen | Tombstone) -> journal.Entry:
    if isinstance(entry, Tombstone):
        facts = journal.of_deletion(entry.deletion)
        return journal.Entry(batch.seen_at, journal.EntryKind.DELETION, entry.id, facts)
    version = Version(entry.number, entry.post, batch.via, batch.seen_at)
    facts = journal.of_version(version, entry.digest)
    return journal.Entry(batch.seen_at, journal.EntryKind.VERSION, entry.id, facts)
