"""What is told again after an attempt that came to nothing: when the same, and when anew."""

import asyncio

import pytest

from bot.outcomes import Busy, Gone, Outcome
from storage import outbox, subscribers
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Message, Subscriber, Wishes
from tests.clocks import ManualClock
from tests.services.conftest import batch, post, subscribe
from tests.services.outgoing import Outgoing

ANNA = 1001
HOUR = 3600
UNKNOWN = Busy(HOUR)
FLOOD = Busy(HOUR, undone=True)
SAID = "Білогорівка наша, ворог відступив за річку"


@pytest.fixture
def desk(archive: Archive, clock: ManualClock) -> Outgoing:
    return Outgoing(archive, clock)


@pytest.fixture
async def anna(archive: Archive) -> Subscriber:
    """Is told of Bilohorivka."""
    return await subscribe(archive, ANNA, "білогорівка")


@pytest.fixture
async def quiet(archive: Archive, anna: Subscriber) -> None:
    """Anna wants no sound from 16:00 to 17:00, and it is 15:06 UTC."""
    async with archive.transaction() as tx:
        await subscribers.speak(tx, anna.id, "en", "UTC")
        await subscribers.wish(tx, anna.id, Wishes(quiet=(16 * 60, 17 * 60)))


async def frozen(archive: Archive) -> list[bool]:
    """Of each row, whether its message is fixed."""
    rows = await archive.reader.execute_fetchall("SELECT message FROM outbox ORDER BY id")
    return [row["message"] is not None for row in rows]


async def test_what_was_composed_before_quiet_hours_makes_no_sound_in_them(
    desk: Outgoing, quiet: None
) -> None:
    desk.telegram.troubles[ANNA] = [UNKNOWN]
    await desk.hears(batch(post(1, SAID)))
    await desk.tells(0)
    await desk.tells(HOUR)
    assert desk.telegram.silent == [True]


async def test_what_was_composed_in_quiet_hours_is_heard_after_them(
    desk: Outgoing, quiet: None
) -> None:
    desk.telegram.troubles[ANNA] = [UNKNOWN]
    await desk.hears(batch(post(1, SAID)))
    await desk.tells(HOUR)
    await desk.tells(HOUR)
    assert desk.telegram.silent == [False]


async def test_a_notice_to_the_owner_is_heard_in_quiet_hours(
    desk: Outgoing, anna: Subscriber, quiet: None
) -> None:
    owed = Owed("notice", anna.id, "1", message=Message("the watcher was signed out"))
    async with desk.archive.transaction() as tx:
        await outbox.add(tx, desk.archive.id, [owed], desk.clock.now())
    await desk.tells(HOUR)
    assert desk.telegram.silent == [False]


@pytest.mark.parametrize("refusal", [FLOOD, Gone("USER_IS_BLOCKED")])
async def test_what_telegram_did_not_take_says_how_late_it_is_when_it_leaves(
    desk: Outgoing, anna: Subscriber, refusal: Outcome
) -> None:
    desk.telegram.troubles[ANNA] = [refusal]
    await desk.hears(batch(post(1, SAID, posted_at=desk.clock.now())))
    await desk.tells(0)
    assert await frozen(desk.archive) == [False]
    desk.clock.forward(HOUR)
    await desk.places.back(ANNA, 0)
    await desk.tells(0)
    [text] = desk.telegram.texts(ANNA)
    assert "1 hour late" in text.splitlines()[0]


async def test_what_telegram_may_have_taken_stays_as_it_is(
    desk: Outgoing, anna: Subscriber
) -> None:
    """Also after another attempt that it refuses: the first may have been received."""
    desk.telegram.troubles[ANNA] = [UNKNOWN, FLOOD]
    await desk.hears(batch(post(1, SAID, posted_at=desk.clock.now())))
    for seconds in (0, HOUR):
        await desk.tells(seconds)
        assert await frozen(desk.archive) == [True]
    await desk.tells(HOUR)
    [text] = desk.telegram.texts(ANNA)
    assert "late" not in text.splitlines()[0]


async def test_what_something_else_was_owed_for_meanwhile_stays_as_it_is(
    desk: Outgoing, archive: Archive
) -> None:
    """A part that comes while the alert is on its way has a row of its own: it is told once."""
    await subscribe(archive, ANNA, "білогорівка", "наступ")
    telegram = desk.telegram
    telegram.troubles[ANNA], telegram.held[ANNA] = [FLOOD], asyncio.Event()
    await desk.hears(batch(post(1, SAID, grouped_id=5)))
    [due] = await desk.due(2)
    attempt = asyncio.create_task(desk.attempts.make(due))
    await telegram.asked.wait()
    await desk.hears(batch(post(2, "Наступ триває", grouped_id=5)))
    telegram.held.pop(ANNA).set()
    await attempt
    await desk.tells(HOUR)
    told = telegram.texts(ANNA)
    assert len(told) == 2 and sum("Наступ" in text for text in told) == 1
