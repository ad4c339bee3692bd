"""What was said while a place was out of reach is told when it is edited afterwards, once."""

import pytest

from bot.alerts.places import Places
from storage import rules, subscribers
from storage.db import Archive
from storage.records import Asked, Handling, Mode, Subscriber, Via
from tests.clocks import ManualClock
from tests.services.conftest import batch, meant, post, subscribe
from tests.services.desk import held
from tests.services.outgoing import Outgoing

ANNA = 1001
HOUR = 3600
SAID = "Білогорівка наша"


@pytest.fixture
async def desk(archive: Archive, clock: ManualClock) -> Outgoing:
    return Outgoing(archive, clock)


@pytest.fixture
async def anna(archive: Archive) -> Subscriber:
    return await subscribe(archive, ANNA, "білогорівка")


async def sleeps(desk: Outgoing, who: Subscriber) -> None:
    async with desk.archive.transaction() as tx:
        assert await subscribers.set_gone(tx, who.id, desk.clock.now(), "USER_IS_BLOCKED")


async def wakes(desk: Outgoing) -> None:
    await Places(desk.archive, desk.clock, 0, lambda: None).back(ANNA, 0)


async def edits(desk: Outgoing, text: str, pts: int = 10) -> list[str]:
    """What is told of the first post when it is edited."""
    now = desk.clock.now()
    await desk.hears(batch(post(1, text, pts=pts, edited_at=now)))
    return await desk.tells()


async def test_what_was_said_meanwhile_is_told_with_its_edit_once(
    desk: Outgoing, anna: Subscriber
) -> None:
    await sleeps(desk, anna)
    await desk.hears(batch(post(1, SAID)))
    await wakes(desk)
    assert await desk.tells() == []
    [text] = await edits(desk, f"{SAID}!")
    assert text.startswith("<b>білогорівка</b> · after an edit")
    [text] = await edits(desk, f"{SAID}!!", pts=11)
    assert text.startswith("<b>Edited</b>")


async def test_who_writes_to_the_bot_is_back_as_well(desk: Outgoing, anna: Subscriber) -> None:
    await sleeps(desk, anna)
    await desk.hears(batch(post(1, SAID)))
    async with desk.archive.transaction() as tx:
        await subscribers.ensure(tx, Asked(ANNA, ANNA), "UTC", desk.clock.now())
    assert len(await edits(desk, f"{SAID}!")) == 1


async def test_what_an_edit_said_meanwhile_is_told_with_the_next(
    desk: Outgoing, anna: Subscriber
) -> None:
    await desk.hears(batch(post(1, "Тиша")))
    await sleeps(desk, anna)
    await desk.hears(batch(post(1, SAID, pts=5, edited_at=desk.clock.now())))
    await wakes(desk)
    assert len(await edits(desk, f"{SAID}!")) == 1


@pytest.mark.parametrize("asleep", ["before", "after", "never"])
async def test_what_was_history_before_or_after_stays_untold(
    desk: Outgoing, anna: Subscriber, asleep: str
) -> None:
    """Also where other posts came meanwhile."""
    if asleep == "before":
        await sleeps(desk, anna)
        await desk.hears(batch(post(9, "Тиша")))
        await wakes(desk)
    await desk.hears(batch(post(1, SAID), via=Via.BACKFILL))
    if asleep == "after":
        await sleeps(desk, anna)
        await desk.hears(batch(post(9, "Тиша")))
        await wakes(desk)
    assert await edits(desk, f"{SAID}!") == []


async def test_what_came_as_history_meanwhile_stays_untold(
    desk: Outgoing, anna: Subscriber
) -> None:
    await sleeps(desk, anna)
    await desk.hears(batch(post(1, SAID), via=Via.BACKFILL))
    await wakes(desk)
    assert await edits(desk, f"{SAID}!") == []


async def test_each_of_several_absences_counts(desk: Outgoing, anna: Subscriber) -> None:
    for number in (1, 2):
        await sleeps(desk, anna)
        await desk.hears(batch(post(number, f"{SAID} {number}")))
        await wakes(desk)
        await sleeps(desk, anna)
        await wakes(desk)
    assert len(await edits(desk, f"{SAID}!")) == 1


@pytest.mark.parametrize("new", ["rule", "query"])
async def test_what_was_said_before_a_rule_asked_for_it_stays_untold(
    desk: Outgoing, anna: Subscriber, new: str
) -> None:
    """Though its place was out of reach then."""
    await sleeps(desk, anna)
    await desk.hears(batch(post(1, "Тиша на річці")))
    await wakes(desk)
    desk.clock.forward(HOUR)
    kept = await meant(desk.archive, "річка")
    async with desk.archive.transaction() as tx:
        if new == "rule":
            await rules.add(tx, anna.id, "річка", desk.clock.now(), kept)
        else:
            [rule] = await rules.of(tx, anna.id)
            await rules.change(tx, rule.id, "річка", kept, desk.clock.now())
    assert await edits(desk, "Тиша на річці!") == []


async def test_what_is_told_so_may_be_held(desk: Outgoing, anna: Subscriber) -> None:
    [rule] = await rules.of(desk.archive.reader, anna.id)
    async with desk.archive.transaction() as tx:
        await rules.handle(tx, rule.id, Handling(Mode.DIGEST))
    await sleeps(desk, anna)
    await desk.hears(batch(post(1, SAID)))
    await wakes(desk)
    for pts in (10, 11):
        assert await edits(desk, f"{SAID} {pts}", pts) == []
    assert len(await held(desk.archive)) == 1


async def test_a_place_may_be_lost_after_what_came_meanwhile_was_erased(
    desk: Outgoing, anna: Subscriber
) -> None:
    """So that the numbers of states are given again."""
    await sleeps(desk, anna)
    await desk.hears(batch(post(9, SAID)))
    await wakes(desk)
    async with desk.archive.transaction() as tx:
        await tx.execute("DELETE FROM versions")
    await sleeps(desk, anna)
    await desk.hears(batch(post(1, SAID)))
    await wakes(desk)
    assert len(await edits(desk, f"{SAID}!")) == 1
