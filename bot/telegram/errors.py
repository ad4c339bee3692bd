"""Telethon's several hundred errors -> the few outcomes the rest of the program knows."""

from telethon import errors

from bot.outcomes import Busy, Frozen, Gone, Outcome, Refused, SignedOut
from storage.records import ChannelState

SERVER_TROUBLE = 500  # codes from here on, and negative ones, are Telegram's own troubles
SERVER_TROUBLE_SECONDS = 5.0
DUPLICATE_SECONDS = 3.0  # the first call with this random_id is still being executed

NAMES = {kind: name for name, kind in errors.rpc_errors_dict.items()}

# The account itself is finished until its owner signs in again.
SIGNED_OUT = (
    errors.UnauthorizedError,
    errors.AuthKeyNotFound,  # the server knows nothing of our key any more
    errors.AuthKeyDuplicatedError,  # 406: the key was seen from two addresses
)

WAITS = (errors.FloodWaitError, errors.FloodPremiumWaitError, errors.SlowModeWaitError)

# The chat is out of reach for this account.
GONE = frozenset(
    {
        "USER_IS_BLOCKED",
        "USER_IS_BOT",
        "INPUT_USER_DEACTIVATED",
        "USER_DEACTIVATED",
        "PEER_ID_INVALID",
        "CHAT_FORBIDDEN",
        "CHAT_GUEST_SEND_FORBIDDEN",
        "CHAT_ID_INVALID",
        "CHAT_SEND_PLAIN_FORBIDDEN",
        "CHAT_WRITE_FORBIDDEN",
        "CHAT_ADMIN_REQUIRED",
        "CHAT_RESTRICTED",
        "CHANNEL_PRIVATE",
        "CHANNEL_INVALID",
        "USER_BANNED_IN_CHANNEL",
        "FROZEN_PARTICIPANT_MISSING",
        "TOPIC_CLOSED",
        "TOPIC_DELETED",
    }
)

# What a refusal says about a channel.
LOST = {
    "CHANNEL_PRIVATE": ChannelState.PRIVATE,
    "CHANNEL_INVALID": ChannelState.GONE,
    "USER_BANNED_IN_CHANNEL": ChannelState.BANNED,
    "FROZEN_PARTICIPANT_MISSING": ChannelState.PRIVATE,  # a frozen account sees what it follows
}

# Refusals that end when Telegram thaws the account.
FREEZING = ("FROZEN_METHOD_INVALID", "FROZEN_PARTICIPANT_MISSING")


def outcome(error: Exception) -> Outcome:
    """What an error of a request means; what is not Telegram's is the connection's."""
    for kinds, meaning in ((SIGNED_OUT, SignedOut), (errors.FrozenMethodInvalidError, Frozen)):
        if isinstance(error, kinds):
            return meaning(name(error))
    if isinstance(error, WAITS):
        own = isinstance(error, errors.SlowModeWaitError)
        return Busy(float(error.seconds), own=own, undone=True)
    if isinstance(error, errors.RandomIdDuplicateError):
        return Busy(DUPLICATE_SECONDS)
    if isinstance(error, errors.TypeNotFoundError):
        return Refused("UNKNOWN_CONSTRUCTOR")
    if isinstance(error, errors.RPCError) and _is_refusal(error):
        return _refusal(error)
    return Busy(SERVER_TROUBLE_SECONDS)


def _refusal(error: errors.RPCError) -> Gone | Refused:
    if name(error) in GONE:
        return Gone(name(error))
    return Refused(name(error), forbidden=isinstance(error, errors.ForbiddenError))


def _is_refusal(error: errors.RPCError) -> bool:
    """Whether it concerns what was asked, not Telegram's own state."""
    if isinstance(error, errors.PersistentTimestampOutdatedError):
        return True  # a 500, but of one channel: the others can be read
    return bool(0 <= (error.code or 0) < SERVER_TROUBLE)


def name(error: Exception) -> str:
    """Telegram's name of an error, such as CHANNEL_PRIVATE."""
    if known := NAMES.get(type(error)):
        return str(known)
    return str(getattr(error, "message", None) or type(error).__name__)
