"""Digests leave when they are due, once, with everything that was held for them."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from telethon.extensions import html

from bot.alerts.attempts import hushed
from bot.alerts.composing import Composer
from bot.alerts.deciding import Deciding
from bot.alerts.timetable import Timetable
from bot.ingest import Ingest
from bot.locales import units
from storage import bursts, outbox, queues, rules, subscribers
from storage import held as hits
from storage.db import Archive
from storage.records import Due, Hold, Message, Mode, Reason, Via
from tests.clocks import ManualClock
from tests.services.conftest import batch, post
from tests.services.desk import held, owed, reader, rule

ANNA = 1001
HOUR = 3_600_000
DAY = 24 * HOUR
NOW = 1_663_600_000_000  # 19 September 2022, 15:06:40 UTC
EIGHT = 1_663_660_800_000  # 20 September, 08:00 UTC: the next digest


@pytest.fixture
def ingest(archive: Archive, clock: ManualClock) -> Ingest:
    return Ingest(archive, clock, lambda: None, [Deciding(clock).follow])


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


async def look(archive: Archive, clock: ManualClock, *, finds: bool = True) -> None:
    """Start the program, let it look once, and kill it."""
    asked, woken = Asked(clock.now()), asyncio.Event()
    timetable = Timetable(archive, asked, woken.set)
    timetable.bell.ring()  # the time is asked for again when the first look is over
    task = asyncio.create_task(timetable.run())
    async with asyncio.timeout(5):
        await asked.again.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert woken.is_set() is finds


async def composed(archive: Archive, clock: ManualClock) -> list[str]:
    """What the digests that are due say."""
    composer = Composer(archive, clock)
    due: list[Due] = await queues.due(archive.reader, clock.now(), 9)
    return [html.parse((await message_for(composer, each)).html)[0] for each in due]


async def message_for(composer: Composer, due: Due) -> Message:
    message = await composer.compose(due)
    assert message is not None, "there is something to tell"
    return message


async def test_a_digest_is_owed_when_it_is_due_and_tells_what_was_held(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(*(post(n, f"Кава {n}", posted_at=NOW) for n in (1, 2))))
    await look(archive, clock, finds=False)
    clock.time = EIGHT
    await look(archive, clock)
    assert await owed(archive) == [("digest", f"digest/{EIGHT}", False)]
    assert await held(archive) == []
    [text] = await composed(archive, clock)
    assert "Кава 1" in text and "Кава 2" in text


async def test_a_digest_shows_what_hit_whatever_the_post_says_since(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(*(post(n, f"Кава {n}", posted_at=NOW) for n in (1, 2))))
    for times, text in enumerate(("Кава з молоком", "Видалено автором."), 1):
        edit = post(1, text, posted_at=NOW, pts=10 * times, edited_at=NOW + times)
        await ingest.apply(batch(edit))
    clock.time = EIGHT
    await look(archive, clock)
    [text] = await composed(archive, clock)
    assert "Кава 1 · edited since\n" in f"{text}\n" and "Видалено" not in text
    assert "Кава 2\n" in f"{text}\n"


async def test_a_restart_owes_no_second_one(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    clock.time = EIGHT
    await look(archive, clock)
    for _ in range(3):
        await look(archive, clock, finds=False)
    assert len(await owed(archive)) == 1


async def test_after_days_of_downtime_one_late_digest_tells_everything(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA, digest="08:00, 20:00")
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава раз", posted_at=NOW)))
    clock.time = EIGHT - 1
    await ingest.apply(batch(post(2, "Кава два", posted_at=NOW)))
    clock.time = EIGHT + 3 * DAY
    await look(archive, clock)
    assert await owed(archive) == [("digest", f"digest/{EIGHT}", False)]
    [text] = await composed(archive, clock)
    assert "late: it was due on 20 Sep 2022, 08:00" in text
    assert "раз" in text and "два" in text


async def test_nothing_held_is_no_digest(archive: Archive, clock: ManualClock) -> None:
    await reader(archive, ANNA)
    clock.time = EIGHT
    await look(archive, clock, finds=False)
    assert await owed(archive) == []


async def test_quiet_hours_end_with_what_they_held(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA, quiet=(15 * 60, 16 * 60), digest="off")
    await rule(archive, anna, "кава")
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    clock.time = 1_663_603_200_000  # 16:00
    await look(archive, clock)
    [text] = await composed(archive, clock)
    assert "in quiet hours" in text


async def test_who_is_gone_gets_it_after_coming_back(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    async with archive.transaction() as tx:
        await subscribers.set_gone(tx, anna.id, NOW)
    clock.time = EIGHT
    await look(archive, clock, finds=False)
    await reader(archive, ANNA)
    await look(archive, clock)
    assert len(await owed(archive)) == 1


async def test_a_clock_that_was_put_back_loses_nothing(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    clock.time = EIGHT
    await look(archive, clock)
    async with archive.transaction() as tx:
        for due in await queues.due(archive.reader, EIGHT, 9):
            await outbox.freeze(tx, due.id, await message_for(Composer(archive, clock), due))
    clock.time = EIGHT - HOUR
    await ingest.apply(batch(post(2, "Кава", posted_at=NOW)))
    clock.time = EIGHT + 5
    await look(archive, clock)
    assert [subject for _, subject, _ in await owed(archive)] == [
        f"digest/{EIGHT}",
        f"digest/{EIGHT + 5}",
    ]


async def test_a_rule_that_was_removed_is_still_told(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    removed = await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    async with archive.transaction() as tx:
        await rules.remove(tx, removed.id, NOW)
    clock.time = EIGHT
    await look(archive, clock)
    assert "кава · 1 post" in (await composed(archive, clock))[0]


async def test_an_album_is_one_post_and_an_edit_is_marked(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(*(post(n, "Кава", posted_at=NOW, grouped_id=5) for n in (1, 2))))
    await ingest.apply(batch(post(3, "Кава", posted_at=NOW)))
    await ingest.apply(batch(post(3, "Нема", posted_at=NOW, pts=9, edited_at=NOW)))
    clock.time = EIGHT
    await look(archive, clock)
    [text] = await composed(archive, clock)
    assert "Digest: 2 posts" in text
    assert "Кава · edited since" in text and "Нема" not in text


async def test_counts_are_compared_with_the_week_before(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    clock.time = NOW - 7 * DAY
    await ingest.apply(batch(*(post(n, "Кава", posted_at=clock.time) for n in (1, 2, 3))))
    clock.time = EIGHT - 7 * DAY
    await look(archive, clock)
    clock.time = NOW
    await ingest.apply(batch(post(4, "Кава", posted_at=NOW)))
    clock.time = EIGHT
    await look(archive, clock)
    async with archive.transaction() as tx:
        [first] = await queues.due(archive.reader, clock.now(), 9)
        await outbox.sent(tx, first.id, 1, clock.now())
    [text] = await composed(archive, clock)
    assert "кава · 1 post · hits of this time: 1, 1 week before: 3" in text


async def test_five_thousand_hits_are_one_message(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    for word in ("кава", "чай", "вода"):
        await rule(archive, anna, word, mode=Mode.DIGEST)
    words = ("Кава", "Чай", "Вода")
    for start in range(0, 5000, 500):
        some = [
            post(n + 1, f"{words[n % 3]} <b>{n}</b> & далі", posted_at=NOW - n * 1000)
            for n in range(start, start + 500)
        ]
        await ingest.apply(batch(*some, via=Via.SWEEP))
    clock.time = EIGHT
    await look(archive, clock)
    [text] = await composed(archive, clock)
    assert units(text) <= 4096
    assert "Digest: 5,000 posts" in text
    listed = text.count("далі")
    left = [int(line.split()[1].replace(",", "")) for line in text.splitlines() if "more" in line]
    assert listed + sum(left) == 5000
    assert "Кава <b>0</b> & далі" in text


async def test_what_is_said_in_quiet_hours_makes_no_sound(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    """Also what was owed before they began; but never a mass deletion."""
    anna = await reader(archive, ANNA, quiet=(16 * 60, 17 * 60))
    await rule(archive, anna, "кава")
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    composer = Composer(archive, clock)
    [due] = await queues.due(archive.reader, NOW, 9)
    message = await message_for(composer, due)
    assert not hushed(due, message, NOW).silent
    clock.time = NOW + HOUR
    assert hushed(due, message, clock.now()).silent
    async with archive.transaction() as tx:
        burst = await bursts.note(tx, 77, [due.post_id or 0], clock.now())
    deletion = replace(due, kind="burst", subject=f"burst/{burst.id}", post_id=None)
    assert not hushed(deletion, await message_for(composer, deletion), clock.now()).silent


async def test_a_digest_that_is_told_anew_in_the_same_instant_is_another(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    clock.time = EIGHT
    for number in (1, 2, 3):
        await ingest.apply(batch(post(number, "Кава", posted_at=EIGHT)))
        async with archive.transaction() as tx:
            await hits.move(tx, anna.id, tuple(Reason), EIGHT)
            assert await hits.tell(tx, archive.id, anna.id, EIGHT)
            for due in await queues.due(tx, EIGHT, 9):
                await outbox.freeze(tx, due.id, Message("as it was then"))
                await outbox.sent(tx, due.id, number, EIGHT)
    assert len(await owed(archive)) == 3


async def test_a_digest_of_which_nothing_is_left_is_none(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    """It was composed, what it told was caught anew by a changed rule, and it did not leave."""
    anna = await reader(archive, ANNA)
    coffee = await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    clock.time = EIGHT
    await look(archive, clock)
    [due] = await queues.due(archive.reader, EIGHT, 9)
    async with archive.transaction() as tx:
        await outbox.freeze(tx, due.id, Message("as it was then"))
        again = Hold(anna.id, coffee.id, due.id, 2, Reason.DIGEST, EIGHT + DAY)
        [[post_id]] = await tx.execute_fetchall("SELECT post_id FROM held")
        await hits.hold(tx, [replace(again, post_id=post_id)], EIGHT)
        await outbox.thaw(tx, due.id, EIGHT)
    assert await Composer(archive, clock).compose(due) is None
