"""Who is told what: subscribers and their rules, what is sent to them, what they ask."""

from dataclasses import dataclass
from enum import StrEnum

HOUR = 3_600_000  # ms
NEVER_LATE = 1 << 60  # ms: longer than any post can be late
FOR_GOOD = 253_370_764_800_000  # the year 9999: until when a rule is muted that is to be woken

# How long Telegram lets the visible text of a message be, in UTF-16 units.
TEXT_UNITS = 4096
CAPTION_UNITS = 1024


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a subscriber wants to be told, whatever the rule."""

    quiet: tuple[int, int] | None = None  # minutes of the day in its zone: from, until
    digest: str = "08:00"  # when digests are due; `alerts.schedule` reads it
    pictures: bool = False  # alerts show the photo of the post
    merging: bool = True  # reposts and near-duplicates join the first alert


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
    wishes: Wishes = Wishes()


class Mode(StrEnum):
    """How a hit of a rule is told."""

    INSTANT = "instant"
    SILENT = "silent"  # at once, without a sound
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Handling:
    """How the hits of a rule are told. Spans are in ms."""

    mode: Mode = Mode.INSTANT
    follows: bool = True  # edits and deletions of what was told are told, too
    cooldown: int = 0  # for so long after an alert further hits go to the digest
    late_after: int = 6 * HOUR  # what is found longer after its posting goes to the digest


class Reason(StrEnum):
    """Why a hit was not told at once."""

    DIGEST = "digest"  # its rule is told in digests
    QUIET = "quiet"  # it came in quiet hours
    COOLDOWN = "cooldown"  # its rule had alerted just before
    LATE = "late"  # it was found too long after its posting


@dataclass(frozen=True, slots=True)
class Hold:
    """A hit that is kept for the digest that is due at a time."""

    subscriber_id: int
    rule_id: int
    post_id: int
    version: int
    reason: Reason
    due_at: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A saved query of a subscriber."""

    id: int
    subscriber_id: int
    query: str
    created_at: int  # when it was kept; while it is pending, when it was shown
    muted_until_at: int | None = None
    title: str | None = None  # its own name; None: its query is its name
    edition: int = 0  # another one whenever what it holds for may be another
    pending: bool = False  # only shown, and waiting for a yes
    handling: Handling = Handling()

    @property
    def name(self) -> str:
        """What its subscriber calls it."""
        return self.query if self.title is None else self.title


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
class Document:
    """A small file under a message: kept on its row, bytes and all."""

    name: str
    data: bytes
    mime: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to send: Telegram's HTML subset and rows of buttons.

    With a picture or a document the text is a caption, which may be `CAPTION_UNITS` long
    instead of `TEXT_UNITS`. There is room for one of them. Where it may not be sent, the text is
    sent without it.
    """

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False
    picture: bytes | None = None  # the SHA-256 of a stored file; without it where it is gone
    document: Document | None = None
    without_document: str = (
        ""  # the text to send instead where the document may not be; "": the same
    )
    tells: tuple[int, ...] = ()  # row ids of posts that it says are gone, or are there again


class Does(StrEnum):
    """What is done with a row of the outbox."""

    SEND = "send"
    REPLY = "reply"  # to the message of its target
    EDIT = "edit"  # the message of its target


class Turn(StrEnum):
    """What became of the bot's place in a chat."""

    BACK = "back"  # it can be told things again
    MOVED = "moved"  # it goes on as another chat
    ADMITTED = "admitted"  # somebody let the bot write in a channel


@dataclass(frozen=True, slots=True)
class News:
    """Word of a chat where the bot is, or was."""

    turn: Turn
    chat_id: int
    topic_id: int | None = None  # the topic it is about; None where it is the whole chat
    to_chat_id: int = 0  # where it moved
    access_hash: int = 0  # of the chat it is about from now on
    title: str = ""
    user_id: int = 0  # who did it


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
    does: Does = Does.SEND
    target_id: int | None = None  # the row that is answered or replaced
    target_message_id: int | None = None  # Telegram's id of its message
    target_has_media: bool = False  # so that what replaces its text is a caption
    target_failed: bool = False  # it was never sent, and nothing can follow it
    silent: bool = False  # told without a sound


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
    topic_id: int = 0  # where a press is answered by a message below: no press tells its topic
