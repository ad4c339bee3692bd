"""The soak's comparison of the outbox with the chats sees what it is there to see."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.sandbox.inbox import Received
from storage.outbox import EDITS
from storage.records import Does
from tests.benchmarks.soak.cast import Listener
from tests.benchmarks.soak.chats import Row, compared

NUMBERS = {1: 10, 2: 11, 3: 10}
ROWS = [
    Row(1, "alert", Does.SEND, None, "alert", 10),
    Row(2, "follow", Does.REPLY, 1, "deleted", 11),
    Row(3, "merge", Does.EDIT, 1, "alert, also there", 10, EDITS),
]


@dataclass(frozen=True)
class Fake:
    name: str
    came: list[Received]

    def everything(self) -> list[Received]:
        return self.came


def message(number: int, text: str, reply_to: int | None = None, edited: bool = False) -> Received:
    return Received(
        id=number, place=1, sender=1, text=text, html=text, entities=(), buttons=(),
        at=datetime(2022, 9, 19, tzinfo=UTC), edited=edited, silent=False, reply_to=reply_to,
        topic=0, photo=None, document=None, grouped_id=None,
    )  # fmt: skip


ALERT = message(10, "alert")
ANSWER = message(11, "deleted", reply_to=10)
REPLACED = message(10, "alert, also there", edited=True)


@pytest.mark.parametrize(
    ("came", "found"),
    [
        ([ALERT, ANSWER, REPLACED], []),
        ([ALERT, REPLACED, ANSWER], []),
        ([ALERT, REPLACED], ["sent and not received"]),
        ([ALERT, ANSWER], ["replaced and not received", "replaced by something else"]),
        ([ALERT, message(11, "deleted", 9), REPLACED], ["answers something else"]),
        ([message(10, "other"), ANSWER, REPLACED], ["received otherwise than sent"]),
        ([ALERT, ANSWER, REPLACED, ALERT], ["replaced by something else"]),
    ],
)
def test_every_row_is_in_its_place(came: list[Received], found: list[str]) -> None:
    listener: Any = Fake("Anna", came)
    assert [sort for sort, _ in compared(cast(Listener, listener), ROWS, NUMBERS)] == found


def test_messages_are_in_the_order_of_their_rows() -> None:
    rows = [Row(n, "alert", Does.SEND, None, str(n), 20 - n) for n in (1, 2)]
    rows.append(Row(3, "digest", Does.SEND, None, "3", 5))  # lets others pass
    listener: Any = Fake("Anna", [message(20 - n, str(n)) for n in (1, 2)] + [message(5, "3")])
    found = compared(cast(Listener, listener), rows, {row.id: row.message_id for row in rows})
    assert [sort for sort, _ in found] == ["messages out of order"]
