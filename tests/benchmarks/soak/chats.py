"""The outbox against the chats: each row that counts as sent is there, once, in its place.

What a row says is not judged here, but that it was said: a message for each that sends or answers,
as its first text was frozen; the answer hanging on the message of its target; the last replacement
standing in the place of what it replaced; all of them in the order of the rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from telethon.extensions import html

from bot.sandbox.groups import Group
from bot.sandbox.inbox import Received
from storage import freezing, outbox
from storage.records import Does
from tests.benchmarks.soak.cast import Cast, Listener
from tests.benchmarks.soak.comparing import Difference
from tests.program import Archive

# Kinds of rows that are due later than they are written, and so let others pass.
OUT_OF_TURN = frozenset(
    {"burst", "digest", "notice", "change", "anchor", "gone", "purge", "back", "return"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox that was sent."""

    id: int
    kind: str
    does: Does
    target_id: int | None
    text: str
    message_id: int  # as the bot knows it
    rank: int = outbox.ALERTS

    @property
    def in_turn(self) -> bool:
        """Whether it comes after all rows before it. Edits, and what waits for one, do not."""
        return self.rank == outbox.ALERTS and self.kind not in OUT_OF_TURN


class Chats:
    """Compares, chat by chat."""

    def __init__(self, cast: Cast, archive: Archive) -> None:
        self._cast = cast
        self._rows = _rows(archive)

    def differences(self) -> Iterator[Difference]:
        """What was not said, said twice, hangs on something else, or is out of order."""
        for listener in self._cast.listeners:
            rows = self._rows[listener.chat.marked_id, listener.topic_id]
            yield from compared(listener, rows, self._numbers(listener, rows))

    def _numbers(self, listener: Listener, rows: Sequence[Row]) -> dict[int, int]:
        """By row: the number of its message as the listener knows it."""
        if isinstance(listener.chat, Group):  # which are supergroups: everybody's numbers agree
            return {row.id: row.message_id for row in rows}
        letters = self._cast.bot.account.letters
        return {
            row.id: letters[row.message_id].copies[listener.reader.id]
            for row in rows
            if row.message_id in letters
        }


def compared(
    listener: Listener, rows: Sequence[Row], numbers: Mapping[int, int]
) -> Iterator[Difference]:
    """The rows of a chat against what its listener has received."""
    came: dict[int, list[Received]] = defaultdict(list)
    for message in listener.everything():
        came[message.id].append(message)
    for row in rows:
        for fault in _faults(row, numbers, came):
            yield fault, f"{listener.name}: row {row.id}, {row.kind}, {row.text[:60]!r}"
    said = [numbers[row.id] for row in rows if row.in_turn and row.id in numbers]
    for before, after in pairwise(said):
        if before >= after:
            yield "messages out of order", f"{listener.name}: {before} before {after}"
    messages = Counter(numbers[row.id] for row in rows if row.does is not Does.EDIT)
    for number, times in messages.items():
        if times > 1:
            yield "two rows for one message", f"{listener.name}: {number}"
    for target, last in _replaced(rows):
        states = came[numbers[target]] if target in numbers else []
        if states and states[-1].text != last.text:
            yield "replaced by something else", f"{listener.name}: row {last.id}"


def _faults(
    row: Row, numbers: Mapping[int, int], came: Mapping[int, Sequence[Received]]
) -> Iterator[str]:
    states = came.get(numbers.get(row.id, 0), ())
    if not states:
        yield "sent and not received"
    elif row.does is Does.EDIT:
        if row.text not in [state.text for state in states]:
            yield "replaced and not received"
    elif states[0].text != row.text:
        yield "received otherwise than sent"
    if row.does is Does.REPLY and states and states[0].reply_to != numbers.get(row.target_id or 0):
        yield "answers something else"


def _replaced(rows: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    """Rows whose messages were replaced, each with the last that did."""
    last = {row.target_id: row for row in rows if row.does is Does.EDIT}
    for target_id, row in last.items():
        assert target_id is not None, "what replaces has a target"
        yield target_id, row


def _rows(archive: Archive) -> dict[tuple[int, int], list[Row]]:
    """By chat and topic: what counts as sent, in order."""
    found: dict[tuple[int, int], list[Row]] = defaultdict(list)
    query = """
        SELECT subscribers.chat_id, subscribers.topic_id, outbox.id, outbox.kind, outbox.does,
            outbox.target_id, outbox.message, outbox.message_id, outbox.rank
        FROM outbox JOIN subscribers ON subscribers.id = outbox.subscriber_id
        WHERE outbox.sent_at IS NOT NULL AND outbox.message_id IS NOT NULL
        ORDER BY outbox.id
        """
    for chat_id, topic_id, number, kind, does, target_id, message, *sent in archive.rows(query):
        text, _ = html.parse(freezing.thawed(message).html)
        row = Row(number, kind, Does(does), target_id, text.strip(), *sent)
        found[chat_id, topic_id].append(row)
    return found
