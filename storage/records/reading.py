"""How far channels have been read, and what is read of them at once."""

from dataclasses import dataclass

from storage.records.posts import Deletion, Post, Via


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
