"""What is told of a burst of deletions together: after what it is about, and never lost."""

from dataclasses import replace

import pytest

from bot.alerts.summing import LONGEST
from bot.outcomes import Refused
from storage import outbox
from storage.bursts import GAP
from storage.db import Archive
from storage.records import Absence, Batch, Deletion, Post, Via
from storage.records.people import HOUR
from tests.clocks import ManualClock
from tests.services.conftest import batch, subscribe
from tests.services.merging import forward, said
from tests.services.outgoing import Outgoing

ANNA = 1001
FIRST = said(77, 1)
OVER = GAP / 1000 + 2  # seconds, after which a burst has ended
NO = Refused("NO")


@pytest.fixture
async def desk(archive: Archive, clock: ManualClock) -> Outgoing:
    desk = Outgoing(archive, clock)
    await desk.watches()
    await subscribe(archive, ANNA, "білогорівка")
    return desk


def other(number: int) -> Post:
    """A post that tells a story of its own."""
    return said(78, number, f"Білогорівка, новина {number}", at=number)


def repost(number: int) -> Post:
    return said(78, number, at=number, forward=forward(FIRST))


def lost(clock: ManualClock, *numbers: int, pts: int = 10_000) -> Batch:
    gone = tuple(Deletion(78, number, Absence.RECHECK, pts=pts) for number in numbers)
    return Batch(Via.SWEEP, clock.now(), deletions=gone)


def found(*posts: Post) -> Batch:
    return batch(*(replace(each, pts=20_000) for each in posts), via=Via.SWEEP)


async def leaving(desk: Outgoing, seconds: float = 0) -> list[str]:
    """The kinds of what leaves within so many seconds, in order."""
    kinds = []
    desk.clock.forward(seconds)
    while rows := await desk.due():
        kinds.append(rows[0].kind)
        await desk.attempts.make(rows[0])
    return kinds


# ---------------------------------------------------------------- after what it is about


async def test_a_summary_leaves_after_the_edit_that_names_its_posts(
    desk: Outgoing, clock: ManualClock
) -> None:
    """A chat that lets nobody write for a while: the edit comes after newer alerts."""
    await desk.hears(batch(FIRST))
    await desk.tells()
    await desk.hears(batch(repost(2), repost(3), repost(4)), lost(clock, 2, 3, 4))
    await desk.hears(batch(said(79, 9, "Білогорівка: збито літак")))
    assert await leaving(desk, OVER) == ["alert", "joined", "purge"]


async def test_a_post_that_is_added_takes_the_summary_along_behind_its_edit(
    desk: Outgoing, clock: ManualClock
) -> None:
    """The summary was owed before that edit."""
    await desk.hears(batch(FIRST, *map(other, (2, 3, 4))))
    await desk.tells()
    await desk.hears(lost(clock, 2, 3, 4))
    await desk.hears(batch(repost(5)), lost(clock, 5))
    assert await leaving(desk, OVER) == ["joined", "purge"]
    assert "4 posts of" in desk.telegram.texts(ANNA)[-1]


async def test_a_post_that_is_added_takes_the_summary_along_behind_its_alert(
    desk: Outgoing, clock: ManualClock
) -> None:
    await desk.hears(batch(*map(other, (2, 3, 4))))
    await desk.tells()
    await desk.hears(lost(clock, 2, 3, 4))
    await desk.hears(batch(other(5)), lost(clock, 5))
    assert await leaving(desk, OVER) == ["alert", "purge"]
    assert "4 posts of" in desk.telegram.texts(ANNA)[-1]


async def test_a_summary_that_has_waited_long_enough_is_not_held_up_by_another_post(
    desk: Outgoing, clock: ManualClock
) -> None:
    """Which the next summary tells, after the alert that names it."""
    await desk.hears(batch(FIRST, *map(other, range(2, 30))))
    await desk.tells()
    await desk.hears(lost(clock, 2, 3, 4))
    for number in range(5, 5 + LONGEST // 30_000):
        clock.forward(30)
        await desk.hears(lost(clock, number))
    await desk.hears(batch(repost(40)), lost(clock, 40))
    await desk.hears(batch(said(79, 9, "Білогорівка: збито літак")))
    assert await leaving(desk) == ["purge", "alert", "joined"]
    assert await leaving(desk, OVER) == ["purge"]
    assert "<b>Not there any more:</b> 1 post of" in desk.telegram.texts(ANNA)[-1]


async def test_an_answer_leaves_after_the_summary_that_waits_for_an_edit(
    desk: Outgoing, clock: ManualClock
) -> None:
    """Composed and not sent, it tells of posts that are there again."""
    await desk.hears(batch(FIRST))
    await desk.tells()
    await desk.hears(batch(repost(2), repost(3), repost(4)), lost(clock, 2, 3, 4))
    assert await leaving(desk) == ["joined"]
    clock.forward(OVER)
    desk.telegram.troubles[ANNA] = [NO]
    [due] = await desk.due()
    await desk.attempts.make(due)
    await desk.hears(found(repost(2)))
    assert await leaving(desk, 2 * OVER) == ["purge", "return"]


# ---------------------------------------------------------------- refused for good


async def test_what_a_refused_summary_was_to_tell_is_told_by_a_later_one(
    desk: Outgoing, clock: ManualClock
) -> None:
    await desk.hears(batch(*map(other, (2, 3, 4))))
    await desk.tells()
    await desk.hears(lost(clock, 2, 3, 4))
    desk.telegram.troubles[ANNA] = [NO] * 3
    assert [text for _ in range(3) for text in await desk.tells(OVER)] == []
    assert (await outbox.counts(desk.archive.reader)).failed == 1
    [text] = await desk.tells(HOUR / 1000)
    assert "3 posts of <b>Title truha</b> you were alerted to" in text
    assert await desk.tells(HOUR) == [], "once"


async def test_a_refused_summary_leaves_its_posts_to_the_one_that_waits_already(
    desk: Outgoing, clock: ManualClock
) -> None:
    """The burst has gone on meanwhile."""
    await desk.hears(batch(*map(other, range(2, 30))))
    await desk.tells()
    await desk.hears(lost(clock, 2, 3, 4))
    for number in range(5, 5 + LONGEST // 30_000):
        clock.forward(30)
        await desk.hears(lost(clock, number))
    desk.telegram.troubles[ANNA] = [NO] * 3
    assert await desk.tells(0) == []
    await desk.hears(lost(clock, 29))
    [text] = [text for _ in range(3) for text in await desk.tells(31)]
    assert f"{LONGEST // 30_000 + 4} posts of" in text
    assert await desk.tells(2 * HOUR) == [], "once"


async def test_of_what_a_refused_summary_was_to_tell_only_what_is_still_gone_is_told(
    desk: Outgoing, clock: ManualClock
) -> None:
    await desk.hears(batch(*map(other, (2, 3, 4))))
    await desk.tells()
    await desk.hears(lost(clock, 2, 3, 4))
    desk.telegram.troubles[ANNA] = [NO] * 3
    for _ in range(3):
        await desk.tells(OVER)
    await desk.hears(found(other(2)))
    assert await desk.tells(60) == [], "it was not told that this one was gone"
    [text] = await desk.tells(HOUR / 1000)
    assert "2 posts of" in text


async def test_what_a_refused_line_was_to_tell_is_told_by_a_later_one(
    desk: Outgoing, clock: ManualClock
) -> None:
    await desk.hears(batch(*map(other, (2, 3, 4))))
    await desk.tells()
    await desk.hears(lost(clock, 2, 3, 4))
    assert len(await desk.tells(OVER)) == 1
    await desk.hears(found(*map(other, (2, 3, 4))))
    desk.telegram.troubles[ANNA] = [NO] * 3
    assert [text for _ in range(3) for text in await desk.tells(OVER)] == []
    await desk.hears(lost(clock, 4, pts=30_000))
    [text] = await desk.tells(HOUR / 1000)
    assert "<b>There again:</b> 2 posts of <b>Title truha</b>" in text
    assert await desk.tells(HOUR) == [], "once"
