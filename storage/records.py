"""What the parts of postwatch hand to each other: frozen dataclasses without behaviour.

Conventions that hold everywhere:

* Times are integer milliseconds since 1970 in UTC and end in ``_at``.
* A channel's id is Telegram's bare, positive one. A chat's id (where a subscriber
  is told something) is the marked one of the Bot API: positive for a person,
  negative for a group, -100... for a supergroup or channel.
* ``topic_id`` is 0 where a chat has no topics.
* Offsets into texts are in Python characters unless the name ends in ``_utf16``.
"""

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


@dataclass(frozen=True, slots=True)
class Cursor:
    """Our place in a channel's event log: everything up to it is in the archive."""

    channel_id: int
    pts: int
    top_id: int  # every message id up to this one has been seen or asked for


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as one account reaches it, and how far it has been read."""

    channel_id: int
    access_hash: int
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Stretch:
    """Message ids of a channel from the first to the last, both inclusive."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Reached:
    """How far down a channel's history was fetched: every message id from `first_id` on is in
    the archive, or was absent."""

    channel_id: int
    first_id: int
    from_at: int | None = None  # when the oldest message found was posted
    whole: bool = False  # there is nothing before
    fetched: int = 0  # messages of this step


@dataclass(frozen=True, slots=True)
class History:
    """How far back a channel is in the archive, and how far back it is wanted."""

    channel_id: int
    first_id: int  # every message id from here on was seen or asked for
    whole: bool = False  # there is nothing before
    goal_at: int | None = None  # wanted back to this time, 0: all; None: nothing is wanted
    asked_by: int | None = None  # the subscriber to be told; None for nobody
    asked_at: int | None = None
    fetched: int = 0  # messages, since it was asked for
    done_at: int | None = None  # when the goal was reached, or given up
    error: str | None = None  # why it was given up

    @property
    def wanted(self) -> bool:
        """Whether there is something left to be fetched."""
        return self.goal_at is not None and self.done_at is None


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep came to."""

    channels: int  # compared with Telegram
    behind: int  # of which so many had something new
    changes: int  # posts, edits and deletions that the archive did not have


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written together: all of it is committed, or none."""

    via: Via
    seen_at: int
    posts: tuple[Post, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    cursor: Cursor | None = None  # given by the sweep only
    reached: Reached | None = None  # given by the backfill only


class ChangeKind(StrEnum):
    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """What applying a batch made of one post."""

    kind: ChangeKind
    post_id: int
    version: int
    post: Post


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


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A place that receives alerts and asks questions."""

    id: int
    chat_id: int
    topic_id: int = 0
    title: str = ""
    access_hash: int = 0  # as the bot's account knows the chat
    language: str = "en"
    zone: str = "UTC"  # an IANA name
    gone: bool = False  # blocked us, or was deleted: its rules sleep


@dataclass(frozen=True, slots=True)
class Rule:
    """A saved query of a subscriber."""

    id: int
    subscriber_id: int
    query: str
    created_at: int
    muted_until_at: int | None = None
    hits: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds for a post, in the version that made it so."""

    rule_id: int
    post_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens `url`, or sends `data` back (64 bytes at most)."""

    text: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to send: Telegram's HTML subset and rows of buttons."""

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A row of the outbox whose time has come."""

    id: int
    kind: str
    subscriber: Subscriber
    random_id: int
    subject: str
    post_id: int | None
    version: int | None
    attempts: int
    created_at: int
    message: Message | None  # frozen at the first attempt


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person did in a chat with the bot: said something, or pressed a button."""

    chat_id: int
    user_id: int  # 0 for an anonymous group admin
    text: str = ""
    message_id: int = 0  # what was said, or the message whose button was pressed
    topic_id: int = 0
    chat_title: str = ""
    chat_access_hash: int = 0
    user_name: str = ""
    language: str = ""  # as the person's app tells it, which not all do
    press_id: int = 0  # the callback query to answer; 0 where something was said
    data: str = ""  # what the button sent; not to be trusted

    @property
    def private(self) -> bool:
        """Whether this is a conversation of two."""
        return self.chat_id > 0


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to something asked. Empty parts are left out."""

    message: Message | None = None
    replace: bool = False  # put the message in place of the one whose button was pressed
    toast: str = ""  # shown for a moment over the chat, after a press
