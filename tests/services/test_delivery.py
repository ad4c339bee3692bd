"""Rows of the outbox leave once, in order, and one chat's trouble is no other's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any

import pytest

from bot.alerts.attempts import Desk
from bot.alerts.delivery import Delivery
from bot.alerts.pace import Pace
from bot.alerts.places import Places
from bot.alerts.sleepers import Sleepers
from bot.bell import Bell
from bot.clock import Clock
from bot.ingest import Ingest
from bot.locales.times import DAY
from bot.outcomes import Busy, Gone, Moved, Refused, SignedOut
from storage import freezing, outbox, places, posts, rules, subscribers
from storage import held as hits
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Asked, Does, Due, Message, Mode, News, Reason, Subscriber, Turn
from tests.running import running
from tests.services.conftest import batch, post, subscribe
from tests.services.desk import held, reader, rule
from tests.services.telegram import Telegram, no_picture

ANNA, BORYS, OWNER = 1001, 1002, 1003


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


Wired = Callable[..., Delivery]


@pytest.fixture
def bell(clock: Clock) -> Bell:
    return Bell(clock)


@pytest.fixture
def out_of_reach(archive: Archive, clock: Clock, bell: Bell) -> Places:
    return Places(archive, clock, OWNER, bell.ring)


@pytest.fixture
def wired(
    archive: Archive, clock: Clock, telegram: Telegram, bell: Bell, out_of_reach: Places
) -> Wired:
    """Makes a delivery like the program's."""

    def make(**other: Any) -> Delivery:
        parts = {
            "archive": archive,
            "compose": compose,
            "voice": telegram,
            "places": out_of_reach,
            "pace": Pace(clock),
            "clock": clock,
            "awaited": no_picture,
        }
        return Delivery(Desk(**{**parts, **other}), bell)

    return make


@pytest.fixture
async def delivery(wired: Wired) -> AsyncIterator[Delivery]:
    delivery = wired()
    async with running(delivery.run()):
        yield delivery


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
    delivery.bell.ring()
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
    delivery.bell.ring()
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
    delivery.bell.ring()
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
    delivery.bell.ring()
    await until(telegram, lambda: telegram.texts(BORYS) == ["1"])
    async with asyncio.timeout(5):
        while not (found := await subscribers.get(archive.reader, anna.id)) or not found.gone:
            pass  # each look waits for the archive
    assert telegram.texts(ANNA) == []
    async with archive.transaction() as tx:  # she is heard of again
        await subscribers.ensure(tx, Asked(ANNA, ANNA), "UTC", 0)
    delivery.bell.ring()
    await until(telegram, lambda: telegram.texts(ANNA) == ["1", "2"])


async def test_waits_do_not_count_as_refusals(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    telegram.troubles[ANNA] = [Busy(1), Busy(1), Busy(1), Refused("ONCE"), Busy(1)]
    await owe(archive, anna, "patient")
    delivery.bell.ring()
    await until(telegram, lambda: telegram.texts(ANNA) == ["patient"])


async def test_what_is_refused_again_and_again_is_given_up_and_the_next_goes_out(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    telegram.troubles[ANNA] = [Refused("MESSAGE_TOO_LONG")] * 3
    await owe(archive, anna, "bad", "good")
    delivery.bell.ring()
    await until(telegram, lambda: telegram.texts(ANNA) == ["good"])
    async with asyncio.timeout(5):
        while (await outbox.counts(archive.reader)).sent < 1:
            pass  # each look waits for the archive
    assert (await outbox.counts(archive.reader)).failed == 1


async def test_what_a_refused_digest_was_to_tell_is_kept_for_another(
    archive: Archive, clock: Clock, telegram: Telegram, delivery: Delivery, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=clock.now())))
    telegram.troubles[ANNA] = [Refused("ENTITY_BOUNDS_INVALID")] * 3
    async with archive.transaction() as tx:
        now = clock.now()
        await hits.move(tx, anna.id, [Reason.DIGEST], now)
        assert await hits.tell(tx, archive.id, anna.id, now)
    delivery.bell.ring()
    assert await ended(archive, 1) == ["ENTITY_BOUNDS_INVALID"]
    [(query, _, due_at)] = await held(archive)
    assert query == "кава"
    assert due_at >= now + DAY


async def test_a_row_that_breaks_our_own_code_does_not_hold_up_the_others(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    rows = [Owed("alert", anna.id, "broken"), Owed("alert", anna.id, "whole")]
    async with archive.transaction() as tx:
        await outbox.add(tx, archive.id, rows, 0)
    delivery.bell.ring()
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
    delivery.bell.ring()
    await until(telegram, lambda: not any(telegram.troubles.values()))
    late = await subscribe(archive, 5)
    await owe(archive, late, "z")
    delivery.bell.ring()
    await until(telegram, lambda: telegram.texts(5) == ["z"])
    assert clock.now() - flooded >= 120_000
    telegram.held.pop(4).set()


async def test_a_signed_out_bot_tries_again_later(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    telegram.troubles[ANNA] = [SignedOut("SESSION_REVOKED")]
    await owe(archive, await subscribe(archive, ANNA), "1")
    delivery.bell.ring()
    await until(telegram, lambda: telegram.texts(ANNA) == ["1"])


async def test_the_text_is_frozen_before_the_first_attempt(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    telegram.troubles[ANNA] = [Busy(5)]
    async with archive.transaction() as tx:
        await outbox.add(tx, archive.id, [Owed("alert", anna.id, "77/1")], 0)
    delivery.bell.ring()
    await until(telegram, lambda: not telegram.troubles[ANNA])
    rows = await archive.reader.execute_fetchall("SELECT message FROM outbox")
    assert "composed 77/1" in next(iter(rows))[0]


class Dying(Telegram):
    """Has what is sent to it, and the program ends before it knows."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__()
        self.sent = asyncio.Event()
        self._telegram = telegram

    async def send(
        self, subscriber: Subscriber, message: Message, random_id: int, reply_to: int | None = None
    ) -> int:
        await self._telegram.send(subscriber, message, random_id, reply_to)
        self.sent.set()
        forever: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        return await forever


async def test_a_crash_between_sending_and_marking_doubles_nothing(
    archive: Archive, telegram: Telegram, wired: Wired
) -> None:
    anna = await subscribe(archive, ANNA)
    await owe(archive, anna, "1")
    voice = Dying(telegram)
    async with running(wired(voice=voice).run()):
        await voice.sent.wait()
    assert (await outbox.counts(archive.reader)).open == 1
    async with running(wired().run()), asyncio.timeout(5):
        while (await outbox.counts(archive.reader)).open:
            pass  # each look waits for the archive
    assert telegram.texts(ANNA) == ["1"]


async def test_a_part_that_comes_while_the_alert_is_composed_is_not_lost(
    archive: Archive, telegram: Telegram, wired: Wired, ingest: Ingest
) -> None:
    """Either it is in the alert, or it has one of its own."""
    anna = await subscribe(archive, ANNA, "білогорівка", "наступ")
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

    delivery = wired(compose=slowly)
    await ingest.apply(batch(first))
    async with running(delivery.run()):
        await until(telegram, lambda: len(telegram.texts(ANNA)) == 2)
    await asyncio.wait(arriving)
    assert telegram.texts(anna.chat_id) == ["Білогорівка", "a further part"]


async def told(archive: Archive, subscriber: Subscriber, text: str) -> int:
    """Owe a message; the number of its row."""
    await owe(archive, subscriber, text)
    found = await archive.reader.execute_fetchall("SELECT max(id) FROM outbox")
    return int(next(iter(found))[0])


async def follow(archive: Archive, subscriber: Subscriber, *rows: tuple[Does, int, str]) -> None:
    """Owe what answers or replaces other rows."""
    owed = [
        Owed("follow", subscriber.id, text, message=Message(text), does=does, target_id=target)
        for does, target, text in rows
    ]
    async with archive.transaction() as tx:
        await outbox.add(tx, archive.id, owed, 0)


async def ended(archive: Archive, rows: int) -> list[str | None]:
    """Wait until so many rows are over; why those failed that did."""
    async with asyncio.timeout(15):
        while True:
            counts = await outbox.counts(archive.reader)
            if counts.sent + counts.failed == rows:
                break
    found = await archive.reader.execute_fetchall(
        "SELECT error FROM outbox WHERE failed_at IS NOT NULL ORDER BY id"
    )
    return [row["error"] for row in found]


async def test_what_follows_an_alert_answers_or_replaces_it_in_order(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    alert = await told(archive, anna, "alert")
    await follow(
        archive,
        anna,
        (Does.EDIT, alert, "alert, also elsewhere"),
        (Does.REPLY, alert, "deleted"),
        (Does.EDIT, alert, "alert, in three places"),
    )
    delivery.bell.ring()
    assert await ended(archive, 4) == []
    assert telegram.texts(ANNA) == ["alert", "deleted"]
    assert telegram.answers["deleted"] == 1
    assert telegram.edits == [(1, "alert, also elsewhere"), (1, "alert, in three places")]


@pytest.mark.parametrize("does", [Does.EDIT, Does.REPLY])
async def test_what_follows_something_that_was_never_sent_ends_quietly(
    archive: Archive,
    telegram: Telegram,
    delivery: Delivery,
    caplog: pytest.LogCaptureFixture,
    does: Does,
) -> None:
    anna = await subscribe(archive, ANNA)
    telegram.troubles[ANNA] = [Refused("MESSAGE_TOO_LONG")] * 3
    alert = await told(archive, anna, "alert")
    await follow(archive, anna, (does, alert, "follows"))
    await owe(archive, anna, "next")
    delivery.bell.ring()
    assert await ended(archive, 3) == ["MESSAGE_TOO_LONG", "what it follows is not there"]
    assert telegram.texts(ANNA) == ["next"]
    assert [each.levelname for each in caplog.records if each.levelname == "ERROR"] == ["ERROR"]


async def test_an_edit_of_what_was_deleted_meanwhile_ends_quietly(
    archive: Archive, telegram: Telegram, delivery: Delivery, caplog: pytest.LogCaptureFixture
) -> None:
    anna = await subscribe(archive, ANNA)
    alert = await told(archive, anna, "alert")
    delivery.bell.ring()
    await ended(archive, 1)
    telegram.troubles[ANNA] = [Busy(3), Refused("MESSAGE_ID_INVALID")]
    await follow(archive, anna, (Does.EDIT, alert, "more"))
    await owe(archive, anna, "next")
    delivery.bell.ring()
    assert await ended(archive, 3) == ["MESSAGE_ID_INVALID"]
    assert telegram.texts(ANNA) == ["alert", "next"] and telegram.edits == []
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


async def notices(archive: Archive) -> list[str]:
    """What the owner was told about places."""
    found = await archive.reader.execute_fetchall(
        "SELECT message FROM outbox WHERE subject LIKE 'gone/%' ORDER BY id"
    )
    return [freezing.thawed(row["message"]).html for row in found]


async def test_the_owner_is_told_once_a_day_that_something_cannot_be_told_somewhere(
    archive: Archive, clock: Clock, telegram: Telegram, delivery: Delivery
) -> None:
    owner = await subscribe(archive, OWNER)
    async with archive.transaction() as tx:
        anna = await subscribers.ensure(tx, Asked(ANNA, ANNA, chat_title="A & B"), "UTC", 0)
    telegram.troubles[ANNA] = [Refused("MESSAGE_TOO_LONG")] * 6
    await owe(archive, anna, "one", "two")
    delivery.bell.ring()
    assert await ended(archive, 3) == ["MESSAGE_TOO_LONG"] * 2
    [notice] = telegram.texts(OWNER)
    assert "A &amp; B" in notice and "MESSAGE_TOO_LONG" in notice
    telegram.troubles[OWNER] = [Refused("MESSAGE_TOO_LONG")] * 6
    await owe(archive, owner, "three")
    delivery.bell.ring()
    await ended(archive, 5)
    assert len(await failures(archive)) == 2, "that it cannot be told so itself is no news"


async def test_the_owner_is_told_once_of_a_closed_topic_while_others_go_on(
    archive: Archive, telegram: Telegram, delivery: Delivery, clock: Clock
) -> None:
    await subscribe(archive, OWNER)
    forum = -1_000_000_000_500
    async with archive.transaction() as tx:
        closed, other = [
            await subscribers.ensure(tx, Asked(forum, ANNA, topic_id=topic), "UTC", 0)
            for topic in (7, 8)
        ]
    places = Places(archive, clock, OWNER, delivery.bell.ring)
    for number in range(3):
        telegram.troubles[forum] = [Gone("TOPIC_CLOSED")]
        await owe(archive, closed, str(number))
        delivery.bell.ring()
        await asleep(archive, closed)
        await owe(archive, other, f"other {number}")
        delivery.bell.ring()
        await marked(archive, f"other {number}")
        await places.back(forum, 7)  # an admin may write there
    assert len(await notices(archive)) == 1


async def marked(archive: Archive, subject: str) -> None:
    """Wait until what is owed is marked as sent."""
    sql = "SELECT 1 FROM outbox WHERE subject = ? AND sent_at IS NOT NULL"
    async with asyncio.timeout(15):
        while not await archive.reader.execute_fetchall(sql, (subject,)):
            pass  # each look waits for the archive


async def failures(archive: Archive) -> list[str]:
    """What the owner was owed about what cannot be told."""
    found = await archive.reader.execute_fetchall(
        "SELECT subject FROM outbox WHERE subject LIKE 'failed/%'"
    )
    return [row["subject"] for row in found]


async def test_an_unknown_reason_is_told_in_telegrams_words(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    await subscribe(archive, OWNER)
    anna = await subscribe(archive, ANNA)
    telegram.troubles[ANNA] = [Gone("ALLOW_PAYMENT_REQUIRED_5")]
    await owe(archive, anna, "1")
    delivery.bell.ring()
    await asleep(archive, anna)
    [notice] = await notices(archive)
    assert "ALLOW_PAYMENT_REQUIRED_5" in notice


async def asleep(archive: Archive, subscriber: Subscriber) -> None:
    async with asyncio.timeout(15):
        while not (found := await subscribers.get(archive.reader, subscriber.id)) or not found.gone:
            pass  # each look waits for the archive


async def test_the_owner_is_told_once_of_a_place_that_is_gone(
    archive: Archive, telegram: Telegram, delivery: Delivery, clock: Clock
) -> None:
    await subscribe(archive, OWNER)
    async with archive.transaction() as tx:
        asked = Asked(ANNA, ANNA, chat_title="A & B <desk>")
        anna = await subscribers.ensure(tx, asked, "UTC", 0)
    places = Places(archive, clock, OWNER, delivery.bell.ring)
    for _ in range(2):  # it comes back, and is lost again before anything is told there
        telegram.troubles[ANNA] = [Gone("USER_IS_BLOCKED")]
        await owe(archive, anna, "1")
        delivery.bell.ring()
        await asleep(archive, anna)
        await places.hear(News(Turn.BACK, ANNA))
    [notice] = await notices(archive)
    assert "A &amp; B &lt;desk&gt;" in notice and "the bot was blocked" in notice
    await until(telegram, lambda: telegram.texts(ANNA) == ["1"])
    telegram.troubles[ANNA] = [Gone("USER_IS_BLOCKED")]
    await ended(archive, 2)
    await owe(archive, anna, "2")
    delivery.bell.ring()
    await asleep(archive, anna)
    assert len(await notices(archive)) == 2, "it was there in between: this is news"


async def test_a_closed_topic_sleeps_alone_and_a_lost_chat_with_all_its_topics(
    archive: Archive, telegram: Telegram, delivery: Delivery, clock: Clock
) -> None:
    forum = -1_000_000_000_500
    async with archive.transaction() as tx:
        first, second = [
            await subscribers.ensure(tx, Asked(forum, ANNA, topic_id=topic), "UTC", 0)
            for topic in (7, 8)
        ]
    places = Places(archive, clock, OWNER, delivery.bell.ring)
    telegram.troubles[forum] = [Gone("TOPIC_CLOSED")]
    await owe(archive, first, "1")
    delivery.bell.ring()
    await asleep(archive, first)
    await owe(archive, second, "2")
    delivery.bell.ring()
    await until(telegram, lambda: telegram.texts(forum) == ["2"])
    await places.back(forum, 8)  # the other topic says something
    telegram.troubles[forum] = [Gone("CHANNEL_PRIVATE")]
    await owe(archive, second, "3")
    delivery.bell.ring()
    await asleep(archive, second)
    await places.back(forum, 7)  # the chat is there again, and the topic is open
    await until(telegram, lambda: sorted(telegram.texts(forum)) == ["1", "2", "3"])


async def test_a_group_that_moves_takes_along_what_it_is_owed(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    group, now_at = -500, -1_000_000_000_501
    desk = await subscribe(archive, group, "білогорівка")
    alert = await told(archive, desk, "alert")
    delivery.bell.ring()
    await ended(archive, 1)
    telegram.troubles[group] = [Moved(now_at, 77)] * 2
    await follow(archive, desk, (Does.EDIT, alert, "replaced"), (Does.REPLY, alert, "answer"))
    await owe(archive, desk, "next")
    delivery.bell.ring()
    assert await ended(archive, 4) == ["what it follows is not there"]
    assert telegram.texts(now_at) == ["answer", "next"]
    assert telegram.answers["answer"] is None, "there its number may stand for another message"
    moved = await subscribers.find(archive.reader, now_at, 0)
    assert moved is not None and (moved.id, moved.access_hash) == (desk.id, 77)


async def test_what_has_nothing_left_to_tell_is_withdrawn_and_holds_up_nobody(
    archive: Archive, telegram: Telegram, delivery: Delivery
) -> None:
    anna = await subscribe(archive, ANNA)
    async with archive.transaction() as tx:
        owed = [Owed("changed", anna.id, subject) for subject in ("nothing", "whole")]
        await outbox.add(tx, archive.id, owed, 0)
    delivery.bell.ring()
    await until(telegram, lambda: telegram.texts(ANNA) == ["composed whole"])
    rows = await archive.reader.execute_fetchall(
        "SELECT subject FROM outbox WHERE withdrawn IS NULL"
    )
    assert [row["subject"] for row in rows] == ["whole"]


@pytest.fixture
async def sleepers(
    archive: Archive, clock: Clock, out_of_reach: Places, delivery: Delivery
) -> AsyncIterator[Sleepers]:
    sleepers = Sleepers(archive, clock, out_of_reach, Pace(clock))
    async with running(sleepers.run()):
        yield sleepers


async def lose(
    archive: Archive, telegram: Telegram, delivery: Delivery, *lost: Subscriber, times: int = 1
) -> None:
    """Let something that each is owed find out that it is out of reach."""
    for each in lost:
        telegram.troubles[each.chat_id] = [Gone("USER_IS_BLOCKED")] * times
        await owe(archive, each, "waits")
    delivery.bell.ring()
    for each in lost:
        await asleep(archive, each)


async def test_who_is_back_without_a_word_is_told_what_waited(
    archive: Archive, telegram: Telegram, delivery: Delivery, sleepers: Sleepers
) -> None:
    anna = await subscribe(archive, ANNA)
    await lose(archive, telegram, delivery, anna)
    await owe(archive, anna, "later")
    sleepers.bell.ring()
    await until(telegram, lambda: telegram.texts(ANNA) == ["waits", "later"])
    found = await subscribers.get(archive.reader, anna.id)
    assert found is not None and not found.gone


async def test_who_is_tried_with_what_is_told_no_more_wakes(
    archive: Archive, delivery: Delivery, sleepers: Sleepers
) -> None:
    """As do those for whom nothing waits; a topic of the same chat that is owed more is tried."""
    async with archive.transaction() as tx:
        for chat in (ANNA, BORYS):
            asked = [Asked(chat, chat, topic_id=topic) for topic in (0, 7)]
            here, topic = [await subscribers.ensure(tx, each, "UTC", 0) for each in asked]
            await subscribers.set_gone(tx, here.id, 0, "USER_IS_BLOCKED")
            owed = [Owed("changed", here.id, "nothing"), Owed("changed", topic.id, "whole")]
            await outbox.add(tx, archive.id, owed[: 1 + (chat == BORYS)], 0)
    sleepers.bell.ring()
    async with asyncio.timeout(15):
        while await places.sleepers(archive.reader):
            pass  # each look waits for the archive
    assert (await outbox.counts(archive.reader)).open == 0


async def test_who_is_tried_in_vain_sleeps_on_and_it_is_no_news(
    archive: Archive,
    telegram: Telegram,
    delivery: Delivery,
    sleepers: Sleepers,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await subscribe(archive, OWNER)
    anna = await subscribe(archive, ANNA, "білогорівка")
    await lose(archive, telegram, delivery, anna, times=3)
    before = await rules.revision(archive.reader)
    caplog.clear()
    for left in (1, 0):
        sleepers.bell.ring()
        await until(telegram, lambda left=left: len(telegram.troubles[ANNA]) == left)  # type: ignore[misc]  # bound at once
    await delivered(archive, OWNER, telegram)
    assert telegram.texts(ANNA) == [] and len(await notices(archive)) == 1
    assert await rules.every(archive.reader) == []
    assert await rules.revision(archive.reader) == before, "no rule is read again for it"
    assert not [each for each in caplog.records if each.levelname == "WARNING"]


async def delivered(archive: Archive, chat: int, telegram: Telegram) -> None:
    """Wait until a chat was told something that it is owed now."""
    await owe(archive, await subscribe(archive, chat), "a last word")
    await until(telegram, lambda: "a last word" in telegram.texts(chat))


async def test_a_closed_topic_keeps_no_other_asleep(
    archive: Archive, telegram: Telegram, delivery: Delivery, sleepers: Sleepers
) -> None:
    """The chat was lost, and its topics with it; now it is there, but for one topic."""
    forum = -1_000_000_000_500
    async with archive.transaction() as tx:
        closed, other = [
            await subscribers.ensure(tx, Asked(forum, ANNA, topic_id=topic), "UTC", 0)
            for topic in (7, 8)
        ]
    telegram.troubles[forum] = [Gone("CHANNEL_PRIVATE"), Gone("TOPIC_CLOSED")]
    await owe(archive, closed, "1")
    delivery.bell.ring()
    await asleep(archive, other)
    await owe(archive, other, "2")
    sleepers.bell.ring()
    await until(telegram, lambda: telegram.texts(forum) == ["2"])
    await asleep(archive, closed)


class Counting(Telegram):
    """Notes when it was asked for what."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.asked_at: list[int] = []
        self._clock = clock

    async def send(
        self, subscriber: Subscriber, message: Message, random_id: int, reply_to: int | None = None
    ) -> int:
        self.asked_at.append(self._clock.now())
        return await super().send(subscriber, message, random_id, reply_to)


async def test_many_sleepers_are_not_tried_all_at_once(
    archive: Archive, clock: Clock, out_of_reach: Places, wired: Wired
) -> None:
    telegram = Counting(clock)
    many = [await subscribe(archive, chat) for chat in range(1, 41)]
    delivery = wired(voice=telegram)
    sleepers = Sleepers(archive, clock, out_of_reach, Pace(clock))
    async with running(delivery.run()), running(sleepers.run()):
        await lose(archive, telegram, delivery, *many, times=2)
        telegram.asked_at.clear()
        sleepers.bell.ring()
        await until(telegram, lambda: len(telegram.asked_at) == 40)
    apart = sorted(b - a for a, b in pairwise(telegram.asked_at))
    assert apart[len(apart) // 2] > 1_500 and telegram.asked_at[-1] - telegram.asked_at[0] > 70_000
