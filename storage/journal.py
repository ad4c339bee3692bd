"""The hash chain: every version, deletion and stored file, each entry vouching for those before.

An entry's hash is the SHA-256 of the canonical JSON of its sequence number, time, kind,
subject, digests and the hash of its predecessor. So whoever knows the hash of one entry (an
anchor kept elsewhere) can tell whether anything up to it was altered, removed or reordered.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiosqlite import Connection

from storage import digests, fetch
from storage.records import Deletion, StoredFile, Version, Wanted

GENESIS = bytes(32)  # what the first entry follows


class EntryKind(StrEnum):
    """What an entry vouches for. Its subject is the row id in the table of that kind."""

    VERSION = "version"
    DELETION = "deletion"
    MEDIA = "media"  # a file was stored; the table is attachments


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
        written = digests.canonical(entry.digests)
        newest = Head(newest.seq + 1, _link(newest.hash, newest.seq + 1, entry, written))
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
    return _link(previous, seq, entry, digests.canonical(entry.digests))


def _link(previous: bytes, seq: int, entry: Entry, written: str) -> bytes:
    """`written` are the entry's digests as canonical JSON; so is the whole, put together by hand,
    because to encode it anew takes as long as all else that is done for an entry.
    """
    return digests.of_text(
        f'{{"at":{entry.at},"digests":{written},"kind":"{entry.kind}",'
        f'"previous":"{previous.hex()}","seq":{seq},"subject":{entry.subject}}}'
    )


def listed(written: str) -> dict[str, Any]:
    """The digests of an entry as they were written; none where they cannot be read, which then
    differ from all.
    """
    try:
        found = json.loads(written)
    except (ValueError, TypeError, RecursionError):  # damaged, or put there by somebody
        return {}
    return found if isinstance(found, dict) else {}


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


def of_media(wanted: Wanted, file: StoredFile) -> dict[str, Any]:
    """What an entry vouches for of a stored file."""
    return {
        "channel": wanted.channel_id,
        "message": wanted.message_id,
        "media": wanted.media_id,
        "kind": wanted.kind,
        "sha256": file.sha256.hex(),
        "size": file.size,
        "mime": file.mime,
        "name": file.name,
    }
