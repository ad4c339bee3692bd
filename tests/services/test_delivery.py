"""Rows of the outbox leave once, in order, and one chat's trouble is no other's."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from bot.alerts.deciding import Deciding
from bot.alerts.delivery import Delivery
from bot.alerts.pace import Pace
from bot.clock import Clock
from bot.ingest import Ingest
from bot.outcomes import Busy, Gone, Outcome, Refused, SignedOut
from storage import outbox, posts, subscribers
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Asked, Due, Message, Subscriber
from tests.services.conftest import batch, post, subscribe

ANNA, BORYS = 1001, 1002


class Telegram:
    """What a send comes to: deduplicates by random_id as Telegram does."""

    def __init__(self) -> None:
        self.received: list[tuple[int, str]] = []
        self.troubles: dict[int, list[Outcome]] = {}
        self.held: dict[int, asyncio.Event] = {}
        self._ids: dict[int, int] = {}
        self.asked = asyncio.Event()

    async def send(self, subscriber: Subscriber, message: Message, random_id: int) -> int:
        self.asked.set()
        if subscriber.chat_id in self.held:
            await self.held[subscriber.chat_id].wait()
        if troubles := self.troubles.get(subscriber.chat_id):
            raise troubles.pop(0)
        if random_id not in self._ids:
            self._ids[random_id] = len(self._ids) + 1
            self.received.append((subscriber.chat_id, message.html))
        return self._ids[random_id]

    def texts(self, chat_id: int) -> list[str]:
        return [text for chat, text in self.received if chat == chat_id]


@pytest.fixture
def clock() -> Clock:
    """A minute passes in little more than half a second."""
    return Clock(1_663_600_000_000, rate=100)


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


async def compose(due: Due) -> Message | None:
    if due.subject == "nothing":
        return None
    if due.subject == "broken":
        raise ValueError("a bug of ours")
    return Message(f"composed {due.subject}")


@pytest.fixture
async def delivery(archive: Archive, clock: Clock, telegram: Telegram) -> AsyncIterator[Delivery]:
    delivery = Delivery(archive, compose, telegram.send, Pace(clock), clock)
    task = asyncio.create_task(delivery.run())
    yield delivery
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def owe(archive: Archive, subscriber: Subscriber, *texts: str) -> None:
    rows = [Owed("notice", subscriber.id, text, message=Message(text)) for text in texts]
    async with archive.transaction() as tx:
        await outbox.add(tx, archive.id, rows, 0)


async def until(telegram: Telegram, condition: Callable[[], bool]) -> None:
    """Wait for something that only a send can bring about."""
    async with asyncio.timeout(15):
        while not condition():
            telegram.asked.clear()
            await telegram.asked.wait()


async def test_everything_arrives_once_and_in_order(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    borys = await subscribe(archive, BORYS)
    expected = [str(number) for number in range(12)]
    await owe(archive, anna, *expected)
    await owe(archive, borys, *expected)
    delivery.wake()
    await until(telegram, lambda: len(telegram.received) == 24)
    assert telegram.texts(ANNA) == telegram.texts(BORYS) == expected


async def test_a_flooded_chat_waits_alone_and_keeps_its_order(
    archive: Archive, clock: Clock, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    borys = await subscribe(archive, BORYS)
    telegram.troubles[ANNA] = [Busy(300)]
    await owe(archive, anna, "1", "2")
    await owe(archive, borys, "1", "2")
    began = clock.now()
    delivery.wake()
    await until(telegram, lambda: len(telegram.texts(BORYS)) == 2)
    assert telegram.texts(ANNA) == []
    await until(telegram, lambda: len(telegram.texts(ANNA)) == 2)
    assert telegram.texts(ANNA) == ["1", "2"] and clock.now() - began >= 300_000


async def test_a_slow_chat_does_not_hold_up_another(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    borys = await subscribe(archive, BORYS)
    telegram.held[ANNA] = asyncio.Event()
    await owe(archive, anna, "1", "2")
    await owe(archive, borys, "1", "2")
    delivery.wake()
    await until(telegram, lambda: len(telegram.texts(BORYS)) == 2)
    assert telegram.texts(ANNA) == []
    telegram.held.pop(ANNA).set()
    await until(telegram, lambda: telegram.texts(ANNA) == ["1", "2"])


async def test_a_chat_that_is_gone_is_marked_and_left_alone(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    borys = await subscribe(archive, BORYS)
    telegram.troubles[ANNA] = [Gone("USER_IS_BLOCKED")]
    await owe(archive, anna, "1", "2")
    await owe(archive, borys, "1")
    delivery.wake()
    await until(telegram, lambda: telegram.texts(BORYS) == ["1"])
    async with asyncio.timeout(5):
        while not (found := await subscribers.get(archive.reader, anna.id)) or not found.gone:
            pass  # each look waits for the archive
    assert telegram.texts(ANNA) == []
    async with archive.transaction() as tx:  # she is heard of again
        await subscribers.ensure(tx, Asked(ANNA, ANNA), "UTC", 0)
    delivery.wake()
    await until(telegram, lambda: telegram.texts(ANNA) == ["1", "2"])


async def test_waits_do_not_count_as_refusals(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    telegram.troubles[ANNA] = [Busy(1), Busy(1), Busy(1), Refused("ONCE"), Busy(1)]
    await owe(archive, anna, "patient")
    delivery.wake()
    await until(telegram, lambda: telegram.texts(ANNA) == ["patient"])


async def test_what_is_refused_again_and_again_is_given_up_and_the_next_goes_out(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    telegram.troubles[ANNA] = [Refused("MESSAGE_TOO_LONG")] * 3
    await owe(archive, anna, "bad", "good")
    delivery.wake()
    await until(telegram, lambda: telegram.texts(ANNA) == ["good"])
    async with asyncio.timeout(5):
        while (await outbox.counts(archive.reader)).sent < 1:
            pass  # each look waits for the archive
    assert (await outbox.counts(archive.reader)).failed == 1


async def test_a_row_that_breaks_our_own_code_does_not_hold_up_the_others(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    rows = [Owed("alert", anna.id, "broken"), Owed("alert", anna.id, "whole")]
    async with archive.transaction() as tx:
        await outbox.add(tx, archive.id, rows, 0)
    delivery.wake()
    await until(telegram, lambda: telegram.texts(ANNA) == ["composed whole"])
    assert (await outbox.counts(archive.reader)).failed == 1


async def test_everybody_waits_when_chat_after_chat_is_flooded(
    archive: Archive, clock: Clock, telegram: Telegram, delivery: Delivery
) -> None:
    flooded = clock.now()
    for chat in range(1, 4):
        telegram.troubles[chat] = [Busy(120)]
        await owe(archive, await subscribe(archive, chat), "x")
    await owe(archive, await subscribe(archive, 4), "y")
    telegram.held[4] = asyncio.Event()
    delivery.wake()
    await until(telegram, lambda: not any(telegram.troubles.values()))
    late = await subscribe(archive, 5)
    await owe(archive, late, "z")
    delivery.wake()
    await until(telegram, lambda: telegram.texts(5) == ["z"])
    assert clock.now() - flooded >= 120_000
    telegram.held.pop(4).set()


async def test_a_signed_out_bot_tries_again_later(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    telegram.troubles[ANNA] = [SignedOut("SESSION_REVOKED")]
    await owe(archive, await subscribe(archive, ANNA), "1")
    delivery.wake()
    await until(telegram, lambda: telegram.texts(ANNA) == ["1"])


async def test_the_text_is_frozen_before_the_first_attempt(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    telegram.troubles[ANNA] = [Busy(5)]
    async with archive.transaction() as tx:
        await outbox.add(tx, archive.id, [Owed("alert", anna.id, "77/1")], 0)
    delivery.wake()
    await until(telegram, lambda: not telegram.troubles[ANNA])
    rows = await archive.reader.execute_fetchall("SELECT message FROM outbox")
    assert "composed 77/1" in next(iter(rows))[0]


async def test_a_crash_between_sending_and_marking_doubles_nothing(
    archive: Archive, clock: Clock, telegram: Telegram
) -> None:
    anna = await subscribe(archive, ANNA)
    await owe(archive, anna, "1")
    sent = asyncio.Event()

    async def sent_but_never_marked(
        subscriber: Subscriber, message: Message, random_id: int
    ) -> int:
        await telegram.send(subscriber, message, random_id)
        sent.set()
        return await asyncio.get_running_loop().create_future()

    first = Delivery(archive, compose, sent_but_never_marked, Pace(clock), clock)
    dying = asyncio.create_task(first.run())
    await sent.wait()
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    assert (await outbox.counts(archive.reader)).open == 1
    again = Delivery(archive, compose, telegram.send, Pace(clock), clock)
    task = asyncio.create_task(again.run())
    async with asyncio.timeout(5):
        while (await outbox.counts(archive.reader)).open:
            pass  # each look waits for the archive
    assert telegram.texts(ANNA) == ["1"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_part_that_comes_while_the_alert_is_composed_is_not_lost(
    archive: Archive, clock: Clock, telegram: Telegram
) -> None:
    """Either it is in the alert, or it has one of its own."""
    anna = await subscribe(archive, ANNA, "білогорівка", "наступ")
    ingest = Ingest(archive, clock, lambda: None, [Deciding(clock).follow])
    first, late = (post(n, text, grouped_id=5) for n, text in enumerate(("Білогорівка", "Наступ")))
    arriving: list[asyncio.Task[object]] = []

    async def slowly(due: Due) -> Message:
        if due.kind == "part":
            return Message("a further part")
        parts = await posts.album(archive.outbox_reader, 77, 5)
        arriving.append(asyncio.create_task(ingest.apply(batch(late))))
        for _ in range(50):  # more turns than a batch takes
            await archive.outbox_reader.execute_fetchall("SELECT 1")
        return Message(" ".join(part.post.text for part in parts))

    delivery = Delivery(archive, slowly, telegram.send, Pace(clock), clock)
    await ingest.apply(batch(first))
    running = asyncio.create_task(delivery.run())
    await until(telegram, lambda: len(telegram.texts(ANNA)) == 2)
    running.cancel()
    await asyncio.wait([running, *arriving])
    assert telegram.texts(anna.chat_id) == ["Білогорівка", "a further part"]


async def test_what_has_nothing_left_to_tell_is_withdrawn_and_holds_up_nobody(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    async with archive.transaction() as tx:
        owed = [Owed("changed", anna.id, subject) for subject in ("nothing", "whole")]
        await outbox.add(tx, archive.id, owed, 0)
    delivery.wake()
    await until(telegram, lambda: telegram.texts(ANNA) == ["composed whole"])
    rows = await archive.reader.execute_fetchall("SELECT subject FROM outbox")
    assert [row["subject"] for row in rows] == ["whole"]
