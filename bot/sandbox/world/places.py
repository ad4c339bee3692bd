"""Where several people meet: channels, supergroups and small groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from telethon.utils import get_peer_id

from bot.sandbox.errors import SandboxMisused
from bot.sandbox.tl import T
from bot.sandbox.world.mailbox import Mailbox

# What a channel can be told to say of itself.
FACTS = (
    "title",
    "username",
    "about",
    "verified",
    "subscribers",
    "noforwards",
    "signatures",
    "restricted",
)


@dataclass(slots=True)
class Topic:
    """A thread of a forum; its id is that of the service message that opened it."""

    id: int
    title: str
    closed: bool = False
    deleted: bool = False


@dataclass(eq=False, slots=True)
class Channel:
    """A channel, or, where it is not `broadcast`, a supergroup."""

    id: int
    title: str
    date: datetime
    broadcast: bool = True
    username: str | None = None
    about: str = ""
    verified: bool = False
    invite: str | None = None  # the hash of its invite link
    subscribers: int | None = None  # as shown; None counts the members
    noforwards: bool = False
    signatures: bool = False
    restricted: str | None = None  # why some platforms or regions may not see it
    silent: bool = False  # Telegram does not push its posts: only asking finds them
    mailbox: Mailbox = field(default_factory=Mailbox)
    members: set[int] = field(default_factory=set)
    admins: set[int] = field(default_factory=set)
    banned: set[int] = field(default_factory=set)
    muted: set[int] = field(default_factory=set)  # members that may not write
    pollers: dict[int, datetime] = field(default_factory=dict)  # non-members pushed to until then
    topics: dict[int, Topic] | None = None  # None where it is no forum

    @property
    def peer(self) -> T.PeerChannel:
        return T.PeerChannel(self.id)

    @property
    def marked_id(self) -> int:
        marked: int = get_peer_id(self.peer)
        return marked

    def say_of_itself(self, facts: Mapping[str, object]) -> None:
        """Change facts by their names."""
        for name, value in facts.items():
            if name not in FACTS:
                raise SandboxMisused(f"{name!r} is none of {', '.join(FACTS)}")
            setattr(self, name, value)

    def may_see(self, account_id: int) -> bool:
        """Whether an account may look: everybody at a public one, members at a private one."""
        if account_id in self.banned:
            return False
        return self.username is not None or account_id in self.members


@dataclass(eq=False, slots=True)
class Chat:
    """A small group: it has no messages of its own, every member keeps a copy."""

    id: int
    title: str
    date: datetime
    members: set[int] = field(default_factory=set)
    admins: set[int] = field(default_factory=set)
    upgraded_to: int | None = None  # the channel id it went on as

    @property
    def peer(self) -> T.PeerChat:
        return T.PeerChat(self.id)

    @property
    def marked_id(self) -> int:
        return -self.id
