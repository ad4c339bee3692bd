"""Telethon's errors become the few outcomes that the rest of the program acts on."""

import pytest
from telethon import errors

from bot.outcomes import Busy, Frozen, Gone, Outcome, Refused, SignedOut
from bot.telegram.errors import name, outcome


class Said:
    def __init__(self, code: int, message: str) -> None:
        self.error_code, self.error_message = code, message


def error(code: int, message: str) -> Exception:
    """The exception Telethon raises for an error as the server words it."""
    raised = errors.rpc_message_to_error(Said(code, message), None)
    assert isinstance(raised, Exception)
    return raised


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (420, "FLOOD_WAIT_17", Busy),
        (420, "SLOWMODE_WAIT_9", Busy),
        (500, "RANDOM_ID_DUPLICATE", Busy),
        (500, "INTERNAL", Busy),
        (500, "PERSISTENT_TIMESTAMP_OUTDATED", Refused),  # of one channel: the others go on
        (-503, "Timeout", Busy),
        (400, "USER_IS_BLOCKED", Gone),
        (400, "INPUT_USER_DEACTIVATED", Gone),
        (403, "CHAT_WRITE_FORBIDDEN", Gone),
        (403, "CHAT_SEND_PLAIN_FORBIDDEN", Gone),
        (400, "CHAT_ID_INVALID", Gone),
        (406, "TOPIC_CLOSED", Gone),
        (400, "PEER_ID_INVALID", Gone),
        (400, "USERNAME_NOT_OCCUPIED", Refused),
        (400, "MESSAGE_TOO_LONG", Refused),
        (400, "A_NAME_OF_NEXT_YEAR", Refused),
        (401, "SESSION_REVOKED", SignedOut),
        (401, "USER_DEACTIVATED_BAN", SignedOut),
        (406, "AUTH_KEY_DUPLICATED", SignedOut),
        (420, "FROZEN_METHOD_INVALID", Frozen),
        (400, "FROZEN_PARTICIPANT_MISSING", Gone),
    ],
)
def test_each_error_has_its_outcome(code: int, message: str, expected: type[Outcome]) -> None:
    assert type(outcome(error(code, message))) is expected


def test_a_wait_is_as_long_as_telegram_says() -> None:
    found = outcome(error(420, "FLOOD_WAIT_86000"))
    assert isinstance(found, Busy) and found.seconds == 86_000


def test_a_chat_in_slow_mode_is_told_from_a_flood() -> None:
    slow, flood = outcome(error(420, "SLOWMODE_WAIT_3600")), outcome(error(420, "FLOOD_WAIT_9"))
    assert isinstance(slow, Busy) and slow.own and slow.seconds == 3600
    assert isinstance(flood, Busy) and not flood.own
    assert slow.undone and flood.undone


@pytest.mark.parametrize("found", [ConnectionError(), error(500, "RANDOM_ID_DUPLICATE")])
def test_what_gets_no_clear_answer_may_have_been_done(found: Exception) -> None:
    busy = outcome(found)
    assert isinstance(busy, Busy) and not busy.undone


@pytest.mark.parametrize("lost", [ConnectionError("gone"), TimeoutError(), OSError("no route")])
def test_a_lost_connection_is_a_reason_to_try_again(lost: Exception) -> None:
    assert isinstance(outcome(lost), Busy)


@pytest.mark.parametrize("message", ["CHANNEL_PRIVATE", "A_NAME_OF_NEXT_YEAR"])
def test_a_refusal_carries_telegrams_own_name(message: str) -> None:
    assert name(error(400, message)) == message


def test_an_answer_of_a_newer_layer_is_a_refusal() -> None:
    assert isinstance(outcome(errors.TypeNotFoundError(0xDEADBEEF, b"")), Refused)
