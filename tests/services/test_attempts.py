"""What is told again after an attempt that came to nothing: when the same, and when anew."""

import asyncio

import pytest

from bot.alerts.attempts import Attempts, Desk
from bot.alerts.composing import Composer
from bot.alerts.deciding import Deciding
from bot.alerts.following import Following
from bot.alerts.pace import Pace
from bot.alerts.places import Places
from bot.ingest import Ingest
from bot.outcomes import Busy, Gone, Outcome
from storage import outbox, queues, subscribers
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Due, Message, Wishes
from tests.clocks import ManualClock
from tests.services.conftest import batch, post, subscribe
from tests.services.desk import reader
from tests.services.telegram import Telegram

ANNA = 1001
HOUR = 3600
UNKNOWN = Busy(HOUR)
FLOOD = Busy(HOUR, undone=True)
QUIET = (16 * 60, 17 * 60)  # it is 15:06 UTC
SAID = "Білогорівка наша, ворог відступив за річку"


async def never(_due: Due) -> bool:
    return False


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def attempts(archive: Archive, clock: ManualClock, telegram: Telegram) -> Attempts:
    places = Places(archive, clock, 0, lambda: None)
    compose = Composer(archive, clock).compose
    return Attempts(Desk(archive, compose, telegram, places, Pace(clock), clock, never))


@pytest.fixture
def ingest(archive: Archive, clock: ManualClock) -> Ingest:
    following = (Deciding(clock).follow, Following(clock).follow)
    return Ingest(archive, clock, lambda: None, following)


async def try_all(archive: Archive, clock: ManualClock, attempts: Attempts) -> None:
    """Attempt what is due until nothing is."""
    while rows := await queues.due(archive.outbox_reader, clock.now(), 9):
        for due in rows:
            await attempts.make(due)


async def frozen(archive: Archive) -> list[bool]:
    """Of each row, whether its message is fixed."""
    rows = await archive.reader.execute_fetchall("SELECT message FROM outbox ORDER BY id")
    return [row["message"] is not None for row in rows]


async def quiet(archive: Archive) -> None:
    """Anna wants no sound from 16:00 to 17:00, and is told of Bilohorivka."""
    anna = await subscribe(archive, ANNA, "білогорівка")
    async with archive.transaction() as tx:
        await subscribers.speak(tx, anna.id, "en", "UTC")
        await subscribers.wish(tx, anna.id, Wishes(quiet=QUIET))


async def test_what_was_composed_before_quiet_hours_makes_no_sound_in_them(
    archive: Archive,
    clock: ManualClock,
    telegram: Telegram,
    ingest: Ingest,
    attempts: Attempts,
) -> None:
    await quiet(archive)
    telegram.troubles[ANNA] = [UNKNOWN]
    await ingest.apply(batch(post(1, SAID)))
    await try_all(archive, clock, attempts)
    clock.forward(HOUR)
    telegram.troubles.clear()
    await try_all(archive, clock, attempts)
    assert telegram.silent == [True]


async def test_what_was_composed_in_quiet_hours_is_heard_after_them(
    archive: Archive,
    clock: ManualClock,
    telegram: Telegram,
    ingest: Ingest,
    attempts: Attempts,
) -> None:
    await quiet(archive)
    telegram.troubles[ANNA] = [UNKNOWN]
    await ingest.apply(batch(post(1, SAID)))
    clock.forward(HOUR)
    await try_all(archive, clock, attempts)
    clock.forward(HOUR)
    telegram.troubles.clear()
    await try_all(archive, clock, attempts)
    assert telegram.silent == [False]


async def test_a_notice_to_the_owner_is_heard_in_quiet_hours(
    archive: Archive, clock: ManualClock, telegram: Telegram, attempts: Attempts
) -> None:
    anna = await reader(archive, ANNA, quiet=QUIET)
    clock.forward(HOUR)
    owed = Owed("notice", anna.id, "1", message=Message("the watcher was signed out"))
    async with archive.transaction() as tx:
        await outbox.add(tx, archive.id, [owed], clock.now())
    await try_all(archive, clock, attempts)
    assert telegram.silent == [False]


@pytest.mark.parametrize("refusal", [FLOOD, Gone("USER_IS_BLOCKED")])
async def test_what_telegram_did_not_take_says_how_late_it_is_when_it_leaves(
    archive: Archive,
    clock: ManualClock,
    telegram: Telegram,
    ingest: Ingest,
    attempts: Attempts,
    refusal: Outcome,
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    telegram.troubles[ANNA] = [refusal]
    await ingest.apply(batch(post(1, SAID, posted_at=clock.now())))
    await try_all(archive, clock, attempts)
    assert await frozen(archive) == [False]
    clock.forward(HOUR)
    telegram.troubles.clear()
    await Places(archive, clock, 0, lambda: None).back(ANNA, 0)
    await try_all(archive, clock, attempts)
    [text] = telegram.texts(ANNA)
    assert "1 hour late" in text.splitlines()[0]


async def test_what_telegram_may_have_taken_stays_as_it_is(
    archive: Archive,
    clock: ManualClock,
    telegram: Telegram,
    ingest: Ingest,
    attempts: Attempts,
) -> None:
    """Also after another attempt that it refuses: the first may have been received."""
    await subscribe(archive, ANNA, "білогорівка")
    telegram.troubles[ANNA] = [UNKNOWN, FLOOD]
    await ingest.apply(batch(post(1, SAID, posted_at=clock.now())))
    for _ in range(2):
        await try_all(archive, clock, attempts)
        assert await frozen(archive) == [True]
        clock.forward(HOUR)
    telegram.troubles.clear()
    await try_all(archive, clock, attempts)
    assert "late" not in telegram.texts(ANNA)[0].splitlines()[0]


async def test_what_something_else_was_owed_for_meanwhile_stays_as_it_is(
    archive: Archive,
    clock: ManualClock,
    telegram: Telegram,
    ingest: Ingest,
    attempts: Attempts,
) -> None:
    """A part that comes while the alert is on its way has a row of its own: it is told once."""
    await subscribe(archive, ANNA, "білогорівка", "наступ")
    telegram.troubles[ANNA], telegram.held[ANNA] = [FLOOD], asyncio.Event()
    await ingest.apply(batch(post(1, SAID, grouped_id=5)))
    clock.forward(2)
    [due] = await queues.due(archive.outbox_reader, clock.now(), 9)
    attempt = asyncio.create_task(attempts.make(due))
    await telegram.asked.wait()
    await ingest.apply(batch(post(2, "Наступ триває", grouped_id=5)))
    telegram.held.pop(ANNA).set()
    await attempt
    telegram.troubles.clear()
    clock.forward(HOUR)
    await try_all(archive, clock, attempts)
    told = telegram.texts(ANNA)
    assert len(told) == 2 and sum("Наступ" in text for text in told) == 1
