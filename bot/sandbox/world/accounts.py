"""People and bots: whoever can sign in, write and be written to."""

from dataclasses import dataclass, field

from bot.sandbox.errors import RpcError
from bot.sandbox.tl import T
from bot.sandbox.world.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a private chat or small group: everybody there has a copy with its own id."""

    copies: dict[int, int]  # account id -> message id in that account's mailbox


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as its author has it, and where."""

    place: int  # marked id
    message: T.Message
    pts: int


@dataclass(eq=False, slots=True)
class Account:
    id: int
    first_name: str
    username: str | None = None
    phone: str | None = None
    password: str | None = None
    token: str | None = None  # bots have one, people do not
    language: str | None = None
    privacy: bool = True  # a bot with it does not read a group's ordinary messages
    deleted: bool = False
    known_in_part: bool = False  # shown as "min", so that clients may not remember it
    frozen: bool = False  # read-only: it may not join or write
    refusal: RpcError | None = None  # what every request is answered once it was revoked
    mailbox: Mailbox = field(default_factory=Mailbox)
    letters: dict[int, Letter] = field(default_factory=dict)  # by message id
    # Used random ids never expire; several messages share one place.
    sent: dict[tuple[int, int], Sent] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)  # marked ids a bot may name without a hash
    started: set[int] = field(default_factory=set)  # people who wrote to this bot first
    blocked: set[int] = field(default_factory=set)
    commands: dict[tuple[bytes, str], list[T.BotCommand]] = field(default_factory=dict)
    notify: dict[int, T.PeerNotifySettings] = field(default_factory=dict)  # by marked id
    folders: dict[int, int] = field(default_factory=dict)  # marked id -> 1 where archived
    read: dict[int, int] = field(default_factory=dict)  # marked id -> highest id read
    # What a bot was told of its own place in chats: the log that `qts` counts.
    placed: list[object] = field(default_factory=list)

    @property
    def is_bot(self) -> bool:
        return self.token is not None
