"""What the parts of postwatch hand to each other: frozen dataclasses without behaviour.

Conventions that hold everywhere:

* Times are integer milliseconds since 1970 in UTC and end in ``_at``.
* A channel's id is Telegram's bare, positive one. A chat's id (where a subscriber
  is told something) is the marked one of the Bot API: positive for a person,
  negative for a group, -100... for a supergroup or channel.
* ``topic_id`` is 0 where a chat has no topics.
* Offsets into texts are in Python characters unless the name ends in ``_utf16``.
"""

from storage.records.channels import (
    Channel,
    ChannelEvent,
    ChannelState,
    Fact,
    Facts,
    Holder,
    Join,
    Office,
    Pack,
    Profile,
    Start,
)
from storage.records.people import (
    Asked,
    Button,
    Does,
    Due,
    Handling,
    Match,
    Message,
    Mode,
    Reply,
    Rule,
    Subscriber,
    Wishes,
)
from storage.records.posts import (
    Absence,
    Change,
    ChangeKind,
    Deletion,
    Forward,
    Keep,
    Kept,
    Post,
    StoredFile,
    Version,
    Via,
    Wanted,
)
from storage.records.reading import (
    Batch,
    Cursor,
    History,
    Place,
    Reached,
    Stretch,
    Swept,
)

__all__ = [
    "Absence",
    "Asked",
    "Batch",
    "Button",
    "Change",
    "ChangeKind",
    "Channel",
    "ChannelEvent",
    "ChannelState",
    "Cursor",
    "Deletion",
    "Does",
    "Due",
    "Fact",
    "Facts",
    "Forward",
    "Handling",
    "History",
    "Holder",
    "Join",
    "Keep",
    "Kept",
    "Match",
    "Message",
    "Mode",
    "Office",
    "Pack",
    "Place",
    "Post",
    "Profile",
    "Reached",
    "Reply",
    "Rule",
    "Start",
    "StoredFile",
    "Stretch",
    "Subscriber",
    "Swept",
    "Version",
    "Via",
    "Wanted",
    "Wishes",
]
