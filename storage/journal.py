"""The hash chain: every version and deletion written, each entry vouching for those before it.

An entry's hash is the SHA-256 of the canonical JSON of its sequence number, time, kind,
subject, digests and the hash of its predecessor. So whoever knows the hash of one entry (an
anchor kept elsewhere) can tell whether anything up to it was altered, removed or reordered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiosqlite import Connection

from storage import digests, fetch
from storage.records import Deletion, Version

GENESIS = bytes(32)  # what the first entry follows


class EntryKind(StrEnum):
    """What an entry vouches for. Its subject is the row id in the table of that kind."""

    VERSION = "version"
    DELETION = "deletion"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be vouched for from now on."""

    at: int
    kind: EntryKind
    subject: int
    digests: Mapping[str, Any]  # plain JSON values


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: what an anchor has to remember."""

    seq: int
    hash: bytes


async def head(conn: Connection) -> Head:
    """The newest entry; number 0 in an empty archive."""
    row = await fetch.one(conn, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
    return Head(0, GENESIS) if row is None else Head(row["seq"], row["hash"])


async def append(tx: Connection, entries: Sequence[Entry]) -> None:
    """Chain entries to the head, which is read in the same transaction."""
    newest = await head(tx)
    rows = []
    for entry in entries:
        newest = Head(newest.seq + 1, link(newest.hash, newest.seq + 1, entry))
        written = digests.canonical(entry.digests)
        rows.append((newest.seq, entry.at, entry.kind, entry.subject, written, newest.hash))
    await tx.executemany(
        """
        INSERT INTO journal (seq, at, kind, subject, digests, hash)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        rows,
    )


def link(previous: bytes, seq: int, entry: Entry) -> bytes:
    """The hash of entry number `seq`, which follows one with the hash `previous`."""
    return digests.of_text(
        digests.canonical(
            {
                "seq": seq,
                "at": entry.at,
                "kind": entry.kind,
                "subject": entry.subject,
                "digests": entry.digests,
                "previous": previous.hex(),
            }
        )
    )


def of_version(version: Version, state: bytes) -> dict[str, Any]:
    """What an entry vouches for of a version; `state` is the digest of its state."""
    post = version.post
    return {
        "channel": post.channel_id,
        "message": post.message_id,
        "number": version.number,
        "posted_at": post.posted_at,
        "edited_at": post.edited_at,
        "via": version.via,
        "state": state.hex(),
        "text": digests.of_text(post.text).hex(),
        "raw": digests.of_bytes(post.raw).hex() if post.raw else None,
    }


def of_deletion(deletion: Deletion) -> dict[str, Any]:
    """What an entry vouches for of a deletion."""
    return {
        "channel": deletion.channel_id,
        "message": deletion.message_id,
        "absence": deletion.absence,
    }
