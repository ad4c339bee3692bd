"""What an alert could not tell of others has an alert of its own, and what follows goes along."""

from dataclasses import replace

import pytest

from bot.outcomes import Busy, Refused
from storage.db import Archive
from storage.records import Absence, Batch, Deletion, Post, Via
from tests.clocks import ManualClock
from tests.services.conftest import batch, subscribe
from tests.services.merging import NEWS, forward, said
from tests.services.outgoing import Outgoing

ANNA = 1001
FIRST = said(77, 1)


@pytest.fixture
async def desk(archive: Archive, clock: ManualClock) -> Outgoing:
    desk = Outgoing(archive, clock)
    await desk.watches()
    await subscribe(archive, ANNA, "білогорівка")
    return desk


def repost(channel: int, number: int, text: str = NEWS, **more: object) -> Post:
    return said(channel, number, text, at=number, forward=forward(FIRST), **more)


def edited(post: Post) -> Batch:
    later = post.posted_at + 60_000
    return batch(replace(post, text=f"{post.text} Доповнено.", edited_at=later, pts=5_000))


def answered(desk: Outgoing) -> dict[str, str]:
    """By what an answer links to: what the message that is answered links to."""
    texts = [text for _, text in desk.telegram.received]
    return {
        _link(text): _link(texts[place - 1])
        for text, place in desk.telegram.answers.items()
        if place is not None
    }


def _link(html: str) -> str:
    return html.rpartition(">t.me/")[2].removesuffix("</a>")


async def test_an_edit_is_told_under_the_alert_of_its_own(desk: Outgoing) -> None:
    await desk.hears(batch(FIRST))
    await desk.tells()
    desk.telegram.troubles[ANNA] = [Refused("MESSAGE_EDIT_TIME_EXPIRED")]
    reposts = [repost(78, 2), repost(79, 3)]
    await desk.hears(*map(batch, reposts), *map(edited, reposts))
    said_ = await desk.tells()
    assert ["Edited</b>" in text for text in said_] == [False, True, True]
    assert answered(desk) == {"truha/2": "truha/2", "suspilne/3": "truha/2"}


async def test_what_follows_the_first_itself_stays_under_it(
    desk: Outgoing, clock: ManualClock
) -> None:
    await desk.hears(batch(FIRST))
    await desk.tells()
    desk.telegram.troubles[ANNA] = [Refused("MESSAGE_EDIT_TIME_EXPIRED")]
    gone = Deletion(77, 1, Absence.NOTICE, pts=10_000)
    await desk.hears(batch(repost(78, 2)), Batch(Via.LIVE, clock.now(), deletions=(gone,)))
    assert ["<b>Deleted" in text for text in await desk.tells(0)] == [False], "that was due later"
    await desk.tells()
    assert answered(desk) == {"luhanskaVTSA/1": "luhanskaVTSA/1"}


async def test_what_follows_outlives_an_alert_that_could_not_be_sent(
    desk: Outgoing, clock: ManualClock
) -> None:
    desk.telegram.troubles[ANNA] = [Refused("NO"), Refused("NO"), Refused("NO")]
    album = [repost(78, number, grouped_id=5) for number in (2, 3)]
    await desk.hears(batch(FIRST), batch(*album))
    await desk.hears(edited(album[1]))
    gone = Deletion(78, 2, Absence.NOTICE, pts=10_000)
    await desk.hears(Batch(Via.LIVE, clock.now(), deletions=(gone,)))
    said_ = [text for _ in range(4) for text in await desk.tells(31)]
    assert ["<b>Edited" in text or "<b>Deleted" in text for text in said_] == [False, True, True]
    assert answered(desk) == {"truha/3": "truha/2", "truha/2": "truha/2"}


async def test_what_follows_a_post_that_joined_says_why_it_stands_there(
    desk: Outgoing, clock: ManualClock
) -> None:
    """The alert may only count it."""
    reposts = [repost(78 + number % 4, number) for number in range(2, 60)]
    await desk.hears(batch(FIRST, *reposts))
    await desk.tells()
    gone = Deletion(reposts[-2].channel_id, 58, Absence.NOTICE, pts=10_000)
    await desk.hears(edited(FIRST), edited(reposts[-1]))
    await desk.hears(Batch(Via.LIVE, clock.now(), deletions=(gone,)))
    first, *others = await desk.tells()
    assert len(others) == 2 and "It joined" not in first
    for text in others:
        assert text.split("\n")[2] == "It joined the alert that this answers."


async def test_what_follows_a_post_leaves_after_the_edit_that_names_it(
    desk: Outgoing, clock: ManualClock
) -> None:
    """Which comes after newer alerts."""
    await desk.hears(batch(FIRST))
    await desk.tells()
    late = said(79, 9, "Білогорівка: збито літак")
    gone = Deletion(78, 2, Absence.NOTICE, pts=10_000)
    await desk.hears(batch(repost(78, 2)), edited(repost(78, 2)))
    await desk.hears(Batch(Via.LIVE, clock.now(), deletions=(gone,)), batch(late), edited(FIRST))
    kinds = []
    clock.forward(3)
    while rows := await desk.due():
        kinds.append(rows[0].kind)
        await desk.attempts.make(rows[0])
    assert kinds == ["alert", "changed", "joined", "changed", "gone"]


async def test_a_return_leaves_after_the_absence_that_waits_for_that_edit(
    desk: Outgoing, clock: ManualClock
) -> None:
    await desk.hears(batch(FIRST))
    await desk.tells()
    lost = Deletion(78, 2, Absence.RECHECK, pts=10_000)
    await desk.hears(batch(repost(78, 2)), Batch(Via.SWEEP, clock.now(), deletions=(lost,)))
    await desk.tells(0)  # the edit
    desk.telegram.troubles[ANNA] = [Busy(60)]
    await desk.attempts.make((await desk.due(3))[0])
    await desk.hears(batch(replace(repost(78, 2), pts=20_000), via=Via.SWEEP))
    said_ = await desk.tells(61)
    heads = ["Not there any more", "It is there again"]
    assert [head in text for head, text in zip(heads, said_, strict=True)] == [True, True], said_


async def test_the_origin_that_took_the_headline_did_not_join(desk: Outgoing) -> None:
    await desk.hears(batch(repost(78, 2)), batch(FIRST))
    await desk.tells()
    await desk.hears(edited(FIRST), edited(repost(78, 2)))
    assert ["It joined" in text for text in await desk.tells()] == [False, True]
