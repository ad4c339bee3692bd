"""Digests leave when they are due, once, with everything that was held for them."""

import asyncio
from dataclasses import dataclass, replace

import pytest
from telethon.extensions import html

from bot.alerts.attempts import hushed
from bot.alerts.composing import Composer
from bot.alerts.timetable import Timetable
from bot.ingest import Ingest
from bot.locales import units
from storage import bursts, outbox, queues, rules, subscribers, thawing
from storage import held as hits
from storage.db import Archive
from storage.records import Due, Hold, Message, Mode, Post, Reason, Rule, Via
from tests.clocks import ManualClock
from tests.running import running
from tests.services.conftest import batch, post
from tests.services.desk import held, owed, reader, rule

ANNA = 1001
HOUR = 3_600_000
DAY = 24 * HOUR
NOW = 1_663_600_000_000  # 19 September 2022, 15:06:40 UTC
EIGHT = 1_663_660_800_000  # 20 September, 08:00 UTC: the next digest


class Asked(ManualClock):
    """A clock that stands, and knows when it is asked for the time again."""

    def __init__(self, now: int) -> None:
        super().__init__(now)
        self.before = False
        self.again = asyncio.Event()

    def now(self) -> int:
        if self.before:
            self.again.set()
        self.before = True
        return super().now()


@dataclass
class Desk:
    """What comes in, and the digests that leave."""

    archive: Archive
    clock: ManualClock
    ingest: Ingest

    async def hears(self, *posts: Post, via: Via = Via.LIVE) -> None:
        await self.ingest.apply(batch(*posts, via=via))

    async def looks(self, at: int, *, finds: bool = True) -> None:
        """When it is so late: start the program, let it look once, and kill it."""
        self.clock.time = at
        asked, woken = Asked(at), asyncio.Event()
        timetable = Timetable(self.archive, asked, woken.set)
        timetable.bell.ring()  # the time is asked for again when the first look is over
        async with running(timetable.run()), asyncio.timeout(5):
            await asked.again.wait()
        assert woken.is_set() is finds

    async def due(self) -> list[Due]:
        return list(await queues.due(self.archive.reader, self.clock.now(), 9))

    async def message(self, due: Due) -> Message:
        message = await Composer(self.archive, self.clock).compose(due)
        assert message is not None, "there is something to tell"
        return message

    async def digests(self) -> list[str]:
        """What those that are due say."""
        return [html.parse((await self.message(each)).html)[0] for each in await self.due()]


@pytest.fixture
def desk(archive: Archive, clock: ManualClock, ingest: Ingest) -> Desk:
    return Desk(archive, clock, ingest)


@pytest.fixture
async def coffee(archive: Archive) -> Rule:
    """Of Anna's, told in digests."""
    return await rule(archive, await reader(archive, ANNA), "кава", mode=Mode.DIGEST)


def said(number: int, text: str = "Кава", at: int = NOW, **more: object) -> Post:
    return post(number, text, posted_at=at, **more)


async def test_a_digest_is_owed_when_it_is_due_and_tells_what_was_held(
    desk: Desk, coffee: Rule
) -> None:
    await desk.hears(said(1, "Кава 1"), said(2, "Кава 2"))
    await desk.looks(NOW, finds=False)
    await desk.looks(EIGHT)
    assert await owed(desk.archive) == [("digest", f"digest/{EIGHT}", False)]
    assert await held(desk.archive) == []
    [text] = await desk.digests()
    assert "Кава 1" in text and "Кава 2" in text


async def test_a_digest_shows_what_hit_whatever_the_post_says_since(
    desk: Desk, coffee: Rule
) -> None:
    await desk.hears(said(1, "Кава 1"), said(2, "Кава 2"))
    for times, text in enumerate(("Кава з молоком", "Видалено автором."), 1):
        await desk.hears(said(1, text, pts=10 * times, edited_at=NOW + times))
    await desk.looks(EIGHT)
    [text] = await desk.digests()
    assert "Кава 1 · edited since\n" in f"{text}\n" and "Видалено" not in text
    assert "Кава 2\n" in f"{text}\n"


async def test_a_restart_owes_no_second_one(desk: Desk, coffee: Rule) -> None:
    await desk.hears(said(1))
    await desk.looks(EIGHT)
    for _ in range(3):
        await desk.looks(EIGHT, finds=False)
    assert len(await owed(desk.archive)) == 1


async def test_after_days_of_downtime_one_late_digest_tells_everything(desk: Desk) -> None:
    anna = await reader(desk.archive, ANNA, digest="08:00, 20:00")
    await rule(desk.archive, anna, "кава", mode=Mode.DIGEST)
    await desk.hears(said(1, "Кава раз"))
    desk.clock.time = EIGHT - 1
    await desk.hears(said(2, "Кава два"))
    await desk.looks(EIGHT + 3 * DAY)
    assert await owed(desk.archive) == [("digest", f"digest/{EIGHT}", False)]
    [text] = await desk.digests()
    assert "late: it was due on 20 Sep 2022, 08:00" in text
    assert "раз" in text and "два" in text


async def test_nothing_held_is_no_digest(desk: Desk) -> None:
    await reader(desk.archive, ANNA)
    await desk.looks(EIGHT, finds=False)
    assert await owed(desk.archive) == []


async def test_quiet_hours_end_with_what_they_held(desk: Desk) -> None:
    anna = await reader(desk.archive, ANNA, quiet=(15 * 60, 16 * 60), digest="off")
    await rule(desk.archive, anna, "кава")
    await desk.hears(said(1))
    await desk.looks(1_663_603_200_000)  # 16:00
    [text] = await desk.digests()
    assert "in quiet hours" in text


async def test_who_is_gone_gets_it_after_coming_back(desk: Desk, coffee: Rule) -> None:
    await desk.hears(said(1))
    async with desk.archive.transaction() as tx:
        await subscribers.set_gone(tx, coffee.subscriber_id, NOW)
    await desk.looks(EIGHT, finds=False)
    await reader(desk.archive, ANNA)
    await desk.looks(EIGHT)
    assert len(await owed(desk.archive)) == 1


async def test_a_clock_that_was_put_back_loses_nothing(desk: Desk, coffee: Rule) -> None:
    await desk.hears(said(1))
    await desk.looks(EIGHT)
    async with desk.archive.transaction() as tx:
        for due in await desk.due():
            await outbox.freeze(tx, due.id, await desk.message(due))
    desk.clock.time = EIGHT - HOUR
    await desk.hears(said(2))
    await desk.looks(EIGHT + 5)
    assert [subject for _, subject, _ in await owed(desk.archive)] == [
        f"digest/{EIGHT}",
        f"digest/{EIGHT + 5}",
    ]


async def test_a_rule_that_was_removed_is_still_told(desk: Desk, coffee: Rule) -> None:
    await desk.hears(said(1))
    async with desk.archive.transaction() as tx:
        await rules.remove(tx, coffee.id, NOW)
    await desk.looks(EIGHT)
    assert "кава · 1 post" in (await desk.digests())[0]


async def test_an_album_is_one_post_and_an_edit_is_marked(desk: Desk, coffee: Rule) -> None:
    await desk.hears(said(1, grouped_id=5), said(2, grouped_id=5))
    await desk.hears(said(3))
    await desk.hears(said(3, "Нема", pts=9, edited_at=NOW))
    await desk.looks(EIGHT)
    [text] = await desk.digests()
    assert "Digest: 2 posts" in text
    assert "Кава · edited since" in text and "Нема" not in text


async def test_counts_are_compared_with_the_week_before(desk: Desk, coffee: Rule) -> None:
    desk.clock.time = before = NOW - 7 * DAY
    await desk.hears(*(said(n, at=before) for n in (1, 2, 3)))
    await desk.looks(EIGHT - 7 * DAY)
    desk.clock.time = NOW
    await desk.hears(said(4))
    await desk.looks(EIGHT)
    async with desk.archive.transaction() as tx:
        [first] = await desk.due()
        await outbox.sent(tx, first.id, 1, desk.clock.now())
    [text] = await desk.digests()
    assert "кава · 1 post · hits of this time: 1, 1 week before: 3" in text


async def test_five_thousand_hits_are_one_message(desk: Desk, coffee: Rule) -> None:
    anna = await reader(desk.archive, ANNA)
    for word in ("чай", "вода"):
        await rule(desk.archive, anna, word, mode=Mode.DIGEST)
    words = ("Кава", "Чай", "Вода")
    for start in range(0, 5000, 500):
        some = [
            said(n + 1, f"{words[n % 3]} <b>{n}</b> & далі", at=NOW - n * 1000)
            for n in range(start, start + 500)
        ]
        await desk.hears(*some, via=Via.SWEEP)
    await desk.looks(EIGHT)
    [text] = await desk.digests()
    assert units(text) <= 4096
    assert "Digest: 5,000 posts" in text
    listed = text.count("далі")
    left = [int(line.split()[1].replace(",", "")) for line in text.splitlines() if "more" in line]
    assert listed + sum(left) == 5000
    assert "Кава <b>0</b> & далі" in text


async def test_what_is_said_in_quiet_hours_makes_no_sound(desk: Desk) -> None:
    """Also what was owed before they began; but never a mass deletion."""
    anna = await reader(desk.archive, ANNA, quiet=(16 * 60, 17 * 60))
    await rule(desk.archive, anna, "кава")
    await desk.hears(said(1))
    [due] = await desk.due()
    message = await desk.message(due)
    assert not hushed(due, message, NOW).silent
    desk.clock.time = later = NOW + HOUR
    assert hushed(due, message, later).silent
    async with desk.archive.transaction() as tx:
        burst = await bursts.note(tx, 77, [due.post_id or 0], later)
    deletion = replace(due, kind="burst", subject=f"burst/{burst.id}", post_id=None)
    assert not hushed(deletion, await desk.message(deletion), later).silent


async def test_a_digest_that_is_told_anew_in_the_same_instant_is_another(
    desk: Desk, coffee: Rule
) -> None:
    desk.clock.time = EIGHT
    for number in (1, 2, 3):
        await desk.hears(said(number, at=EIGHT))
        async with desk.archive.transaction() as tx:
            await hits.move(tx, coffee.subscriber_id, tuple(Reason), EIGHT)
            assert await hits.tell(tx, desk.archive.id, coffee.subscriber_id, EIGHT)
            for due in await queues.due(tx, EIGHT, 9):
                await outbox.freeze(tx, due.id, Message("as it was then"))
                await outbox.sent(tx, due.id, number, EIGHT)
    assert len(await owed(desk.archive)) == 3


async def test_a_digest_of_which_nothing_is_left_is_none(desk: Desk, coffee: Rule) -> None:
    """It was composed, what it told was caught anew by a changed rule, and it did not leave."""
    await desk.hears(said(1))
    await desk.looks(EIGHT)
    [due] = await desk.due()
    async with desk.archive.transaction() as tx:
        await outbox.freeze(tx, due.id, Message("as it was then"))
        again = Hold(coffee.subscriber_id, coffee.id, due.id, 2, Reason.DIGEST, EIGHT + DAY)
        [[post_id]] = await tx.execute_fetchall("SELECT post_id FROM held")
        await hits.hold(tx, [replace(again, post_id=post_id)], EIGHT)
        await thawing.thaw(tx, due.id, EIGHT)
    assert await Composer(desk.archive, desk.clock).compose(due) is None
