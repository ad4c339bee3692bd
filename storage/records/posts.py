"""Posts, what becomes of them, and the files they carry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Via(StrEnum):
    """The road by which a post or a deletion reached us."""

    LIVE = "live"  # pushed by Telegram
    SWEEP = "sweep"  # found by comparing our place in the event log with Telegram's
    TOO_LONG = "too_long"  # re-read by ids, because the event log was too long
    AUDIT = "audit"  # found while accounting for every id
    BACKFILL = "backfill"  # history asked for, never alerted
    IMPORT = "import"  # from a file, never alerted

    @property
    def alerts(self) -> bool:
        """Whether what comes by this road is news to a subscriber."""
        return self not in (Via.BACKFILL, Via.IMPORT)


class Absence(StrEnum):
    """How we know that a post is gone. The two are different facts and stay so."""

    NOTICE = "notice"  # Telegram said that it was deleted
    RECHECK = "recheck"  # it was not there when we looked again


@dataclass(frozen=True, slots=True)
class Forward:
    """Where a post was first said. Parts are None where its author hides them, or an export
    does not tell them.
    """

    posted_at: int | None
    channel_id: int | None = None
    message_id: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One message of a channel in one state, as Telegram showed it."""

    channel_id: int
    message_id: int
    posted_at: int
    text: str = ""
    edited_at: int | None = None
    grouped_id: int | None = None  # the album it is part of
    reply_to: int | None = None
    author: str | None = None  # the signature under it
    forward: Forward | None = None
    media: str | None = None  # photo, video, audio, voice, document, poll, geo, ...
    service: str | None = None  # what a service message announces: pin_message, ...
    # What else was said, in plain JSON values: entities (offsets in UTF-16 units),
    # links, poll, geo, the media's id, name, size... A change here is an edit.
    content: Mapping[str, object] = field(default_factory=dict)
    # Kinds to filter by: photo, video, link, ... Lower-case ASCII letters and digits only.
    has: frozenset[str] = frozenset()
    language: str | None = None  # of the text (ISO 639-1), where it was recognised
    views: int | None = None  # counts never make a version
    forwards: int | None = None
    pts: int = 0  # place in the channel's event log at which it looked so; 0 unknown
    raw: bytes = b""  # the TL object as received; empty for imports
    layer: int = 0  # the TL layer of `raw`

    @property
    def story(self) -> str:
        """What a reader takes for one thing: the album, or the message itself."""
        part = f"g{self.grouped_id}" if self.grouped_id is not None else str(self.message_id)
        return f"{self.channel_id}/{part}"


@dataclass(frozen=True, slots=True)
class Deletion:
    """A post that is gone."""

    channel_id: int
    message_id: int
    absence: Absence
    pts: int = 0


class ChangeKind(StrEnum):
    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"
    REVIVED = "revived"  # it was not found, and is there again

    @property
    def says(self) -> bool:
        """Whether the post says something that it did not say before."""
        return self in (ChangeKind.NEW, ChangeKind.EDITED)


@dataclass(frozen=True, slots=True)
class Change:
    """What applying a batch made of one post."""

    kind: ChangeKind
    post_id: int
    version: int
    post: Post
    gone_at: int | None = None  # of one that is there again: since when it was not found


@dataclass(frozen=True, slots=True)
class Kept:
    """A post in the archive, in its current state."""

    id: int  # ascends with the time of posting
    post: Post
    version: int  # 1 as first seen; one more for every further state seen
    via: Via  # the road by which this state came
    first_seen_at: int
    deleted_at: int | None = None
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One seen state of a post."""

    number: int
    post: Post
    via: Via
    seen_at: int


class Keep(StrEnum):
    """Which files that posts carry are to be stored."""

    NONE = "none"
    PHOTOS = "photos"
    ALL = "all"  # photos and documents of every kind: videos, voice messages, files...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a post carries, to be fetched."""

    id: int
    channel_id: int
    access_hash: int | None  # of the channel, as the account that fetches knows it
    message_id: int
    media_id: int  # Telegram's number of the photo or document
    kind: str  # as Post.media
    raw: bytes  # the message as received; empty where it was not kept
    attempts: int  # that failed for a reason of its own


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store, under the SHA-256 of its bytes."""

    sha256: bytes
    size: int
    mime: str | None = None
    name: str | None = None  # as its author called it
