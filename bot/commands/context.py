"""What handlers are given, what they give back, and what they may raise."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from bot.clock import Clock
from bot.joinpace import JoinPace
from bot.locales import Html, Say
from bot.query.lexicon import Lexicon
from storage.db import Archive
from storage.records import Asked, Button, Channel, Keep, Message, Reply, Subscriber, Swept


class Right(IntEnum):
    """Who a person is to the bot; each has the rights of those before it."""

    EVERYONE = 0
    MEMBER = 1  # accepted an invitation
    OWNER = 2  # named in the settings


@dataclass(frozen=True, slots=True)
class Starter:
    """A rule that is offered to whoever does not know where to begin."""

    titles: Mapping[str, str]  # by language
    query: str


@dataclass(frozen=True, slots=True)
class Context:
    """What all commands work with."""

    archive: Archive
    clock: Clock
    owner: int  # a user id
    zone: str  # of new subscribers
    language: str  # of those whose app tells none
    bot_name: Callable[[], str]  # the bot's username, without @; known once it is connected
    # Asks Telegram for the facts of a username or a +invite. Raises Outcome.
    look: Callable[[str], Awaitable[Channel]]
    wake_joins: Callable[[], None]
    wake_backfill: Callable[[], None]
    wake_delivery: Callable[[], None]
    # Whether a user runs a chat: by the chat's id and access hash, and the user's id. Raises
    # Outcome.
    is_admin: Callable[[int, int, int], Awaitable[bool]]
    # Compares every channel with Telegram now. Raises Outcome.
    sweep: Callable[[], Awaitable[Swept]]
    pace: JoinPace
    lexicon: Lexicon
    starters: Sequence[Starter]
    keep: Keep = Keep.NONE  # files of channels for which nothing else was chosen


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked by a person whose right to ask it was checked."""

    asked: Asked
    right: Right
    say: Say
    args: str = ""  # what stood after the command
    subscriber: Subscriber | None = None  # None for a stranger

    @property
    def here(self) -> Subscriber:
        """The place where a member asks."""
        assert self.subscriber is not None, "only members have a place"
        return self.subscriber


Handler = Callable[[Context, Request], Awaitable[Reply]]
PressHandler = Callable[[Context, Request, tuple[int, ...]], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table of commands. `usage` and `help` are deferred texts."""

    name: str
    handler: Handler
    usage: str
    help: str
    right: Right
    manages: bool = False  # in a group it is for admins


@dataclass(frozen=True, slots=True)
class Pressed:
    """What answers the press of a button, and who may press it."""

    handler: PressHandler
    right: Right
    manages: bool = False  # in a group it is for admins


class UserError(Exception):
    """A request that cannot be fulfilled as it was made: says what to do instead.

    The text is looked up and filled in with the values when it is shown: as a message, or over
    the button that was pressed.
    """

    def __init__(self, text: str, /, **values: str | int) -> None:
        super().__init__(text)
        self.text = text
        self.values = values


class Stale(Exception):
    """A button whose time is over, or that never was one of ours."""


def answer(html: Html, *rows: tuple[Button, ...]) -> Reply:
    """A new message."""
    return Reply(Message(html, tuple(row for row in rows if row)))


def replacement(html: Html, *rows: tuple[Button, ...], toast: str = "") -> Reply:
    """In place of the message whose button was pressed."""
    return Reply(Message(html, tuple(row for row in rows if row)), replace=True, toast=toast)
