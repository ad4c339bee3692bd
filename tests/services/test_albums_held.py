"""A part of an album that a digest is to tell is in no alert as well, whichever came first."""

import asyncio

import pytest

from bot.alerts.places import Places
from bot.outcomes import Busy, Gone, Outcome
from storage import held as hits
from storage.db import Archive
from storage.records import Mode, Post, Reason
from tests.clocks import ManualClock
from tests.services.conftest import batch, post
from tests.services.desk import held, reader, rule
from tests.services.merging import NEWS, forward, said
from tests.services.outgoing import Outgoing

ANNA = 1001
HOUR = 3600
FIRST = said(77, 1)


@pytest.fixture
async def desk(archive: Archive, clock: ManualClock) -> Outgoing:
    """Anna is told at once of what is under control, and in digests of water."""
    desk = Outgoing(archive, clock)
    await desk.watches()
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "контролем")
    await rule(archive, anna, "вода", mode=Mode.DIGEST)
    return desk


def part(number: int, text: str) -> Post:
    return post(number, text, grouped_id=5)


async def digested(desk: Outgoing) -> list[str]:
    """What a digest tells now."""
    async with desk.archive.transaction() as tx:
        [[anna]] = await tx.execute_fetchall("SELECT id FROM subscribers")
        await hits.move(tx, anna, tuple(Reason), desk.clock.now())
        await hits.tell(tx, desk.archive.id, anna, desk.clock.now())
    return [text for text in await desk.tells() if "Digest" in text]


async def in_flight(desk: Outgoing, refusal: Outcome, meanwhile: Post) -> None:
    """What is due is refused after another post came."""
    desk.telegram.troubles[ANNA], desk.telegram.held[ANNA] = [refusal], asyncio.Event()
    desk.telegram.asked.clear()
    [due] = await desk.due(2)
    attempt = asyncio.create_task(desk.attempts.make(due))
    await desk.telegram.asked.wait()
    await desk.hears(batch(meanwhile))
    desk.telegram.held.pop(ANNA).set()
    await attempt
    desk.clock.forward(HOUR)
    await Places(desk.archive, desk.clock, 0, lambda: None).back(ANNA, 0)


@pytest.mark.parametrize("refusal", [Busy(HOUR, undone=True), Gone("USER_IS_BLOCKED")])
async def test_a_part_held_while_its_alert_is_refused_stays_out_of_that(
    desk: Outgoing, refusal: Outcome
) -> None:
    await desk.hears(batch(part(1, NEWS)))
    await in_flight(desk, refusal, part(2, "Вода є"))
    assert len(await held(desk.archive)) == 1
    [alert] = await desk.tells()
    assert "Вода" not in alert and "вода" not in alert
    [digest] = await digested(desk)
    assert "Вода є" in digest


async def test_an_edit_held_while_the_alert_is_refused_stays_out_of_that(desk: Outgoing) -> None:
    await desk.hears(batch(post(1, NEWS)))
    await in_flight(desk, Busy(HOUR, undone=True), post(1, f"{NEWS} Вода є", pts=5))
    [alert, *_] = await desk.tells()
    assert alert.startswith("<b>контролем</b>\n")
    assert len(await held(desk.archive)) == 1


def repost(number: int, text: str) -> Post:
    return said(78, number, text, grouped_id=6, forward=forward(FIRST))


@pytest.mark.parametrize("sent", [False, True])
async def test_a_part_of_an_album_that_is_to_be_named_in_an_alert_is_told_there(
    desk: Outgoing, sent: bool
) -> None:
    await desk.hears(batch(FIRST))
    if sent:
        await desk.tells()
    await desk.hears(batch(repost(2, NEWS)), batch(repost(3, "Вода є")))
    [text] = [*await desk.tells(), *(text for _, text in desk.telegram.edits)]
    assert "(вода)" in text
    assert await held(desk.archive) == []


async def test_a_part_of_an_album_that_was_named_in_an_alert_is_held(desk: Outgoing) -> None:
    await desk.hears(batch(FIRST), batch(repost(2, NEWS)))
    [text] = await desk.tells()
    await desk.hears(batch(repost(3, "Вода є")))
    assert "(вода)" not in text
    assert len(await digested(desk)) == 1


async def test_a_part_held_while_an_edit_is_refused_stays_out_of_that(desk: Outgoing) -> None:
    await desk.hears(batch(FIRST))
    await desk.tells()
    await desk.hears(batch(repost(2, NEWS)))
    await in_flight(desk, Busy(HOUR, undone=True), repost(3, "Вода є"))
    await desk.tells()
    [(_, text)] = desk.telegram.edits
    assert "Also" in text and "вода" not in text
    assert len(await digested(desk)) == 1


async def test_an_album_takes_its_part_out_of_a_digest_that_is_not_composed(
    desk: Outgoing,
) -> None:
    await desk.hears(batch(part(1, "Вода є")))
    async with desk.archive.transaction() as tx:
        [[anna]] = await tx.execute_fetchall("SELECT id FROM subscribers")
        await hits.move(tx, anna, tuple(Reason), desk.clock.now())
        await hits.tell(tx, desk.archive.id, anna, desk.clock.now())
    await desk.hears(batch(part(2, NEWS)))
    [text] = await desk.tells()
    assert text.startswith("<b>контролем</b>, <b>вода</b> · Album")
