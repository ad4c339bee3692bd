"""Channels: what they are, what they say of themselves, and what the seeds know of them."""

from dataclasses import dataclass
from enum import StrEnum


class ChannelState(StrEnum):
    """What the watcher can see of a channel."""

    QUEUED = "queued"  # known, waiting for its turn to be joined
    JOINED = "joined"  # member: pushed and swept
    POLLED = "polled"  # not a member: swept only
    PRIVATE = "private"  # we were removed, or it closed
    BANNED = "banned"  # the account is banned there
    RESTRICTED = "restricted"  # blocked in the account's region
    GONE = "gone"  # deleted, or the id is not valid any more
    IMPORTED = "imported"  # known from an export only: nobody looks at it
    REMOVED = "removed"  # taken off the list by the owner; its archive stays


@dataclass(frozen=True, slots=True)
class Channel:
    """A watched channel; its identity is the id, names change hands."""

    id: int
    title: str
    username: str | None = None
    state: ChannelState = ChannelState.QUEUED
    verified: bool = False
    subscribers: int | None = None
    about: str = ""
    added_at: int = 0
    archive_from_at: int | None = None  # history before this was not asked for
    office: str | None = None  # what the channel speaks for: "Luhansk regional administration"


@dataclass(frozen=True, slots=True)
class Start:
    """From when on the archive has a channel."""

    id: int
    state: ChannelState
    archive_from_at: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a channel says of itself at one time, and what the account is to it. None: not told."""

    channel_id: int
    title: str
    username: str | None
    verified: bool
    member: bool = True
    restricted: bool = False  # blocked in the account's region or on its platform
    photo_id: int | None = None  # 0 where it has none
    about: str | None = None
    subscribers: int | None = None


class Fact(StrEnum):
    """What can change about a channel."""

    TITLE = "title"
    USERNAME = "username"
    ABOUT = "about"
    VERIFIED = "verified"
    PHOTO_ID = "photo_id"
    SUBSCRIBERS = "subscribers"
    STATE = "state"
    HANDLE = "handle"  # a former username leads to another channel now: its id
    ACCOUNT = "account"  # it waits to be watched by another account of ours: its id


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """A fact of a channel that changed. None: there was none, or it was not known."""

    id: int
    channel_id: int
    seen_at: int
    fact: Fact
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Office:
    """What a channel speaks for, and who held that office on a given day."""

    title: str
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who holds or held an office. Both ISO dates are inclusive; None is open."""

    name: str
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What the seeds know of a channel."""

    username: str
    office: str  # what it speaks for, in the channel's own language
    kind: str  # oblast_administration, ministry, ...
    country: str
    language: str
    as_of: str  # the date for which the facts were checked
    region: str | None = None
    pinned_id: int | None = None  # the channel's id, where the pack vouches for it
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """A named list of channels, as a file in the seeds gives it."""

    name: str
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """A channel waiting to be joined, or how joining it went."""

    id: int
    target: str  # a username without @, or a t.me invite link
    asked_by: int  # the person to tell; 0 for a pack
    asked_at: int
    channel_id: int | None = None  # the channel it became, or has to be
    done_at: int | None = None
    error: str | None = None
