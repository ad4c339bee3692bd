"""What is there again, and goes again: each reader knows what is so, and reads nothing twice."""

from dataclasses import replace
from typing import Any

import pytest

from bot.outcomes import Busy, Refused
from storage import outbox, rules
from storage.bursts import GAP
from storage.db import Archive
from storage.records import Absence, Batch, Deletion, Handling, Post, Via
from tests.clocks import ManualClock
from tests.services.conftest import batch, post, subscribe
from tests.services.outgoing import Outgoing

ANNA, BORYS = 1001, 1002
OVER = GAP / 1000 + 10  # seconds, after which a burst has ended, and a line about it is due
ALBUM: dict[str, Any] = {"grouped_id": 5, "media": "photo"}


@pytest.fixture
async def desk(archive: Archive, clock: ManualClock) -> Outgoing:
    await subscribe(archive, ANNA, "білогорівка")
    return Outgoing(archive, clock)


def said(*numbers: int) -> list[Post]:
    return [post(number, f"Білогорівка, новина {number}") for number in numbers]


class Channel:
    """Its posts as sweeps find them: there, or not."""

    def __init__(self, desk: Outgoing, *said: Post) -> None:
        self._desk = desk
        self._posts = {each.message_id: each for each in said}
        self._pts = 10_000

    async def loses(self, *numbers: int, absence: Absence = Absence.RECHECK) -> None:
        self._pts += 1
        gone = tuple(Deletion(77, number, absence, pts=self._pts) for number in numbers)
        via = Via.SWEEP if absence is Absence.RECHECK else Via.LIVE
        await self._desk.hears(Batch(via, self._desk.clock.now(), deletions=gone))

    async def shows(self, *numbers: int) -> None:
        self._pts += 1
        back = [replace(self._posts[number], pts=self._pts) for number in numbers]
        await self._desk.hears(batch(*back, via=Via.SWEEP))


async def opened(desk: Outgoing, *said: Post) -> Channel:
    """A channel of whose posts everybody was alerted."""
    await desk.hears(batch(*said))
    await desk.tells()
    return Channel(desk, *said)


def heads(texts: list[str]) -> list[str]:
    return [text.partition("</b>")[0].removeprefix("<b>") for text in texts]


# ---------------------------------------------------------------- what a line counts


async def test_a_line_does_not_count_what_another_line_told(desk: Outgoing) -> None:
    channel = await opened(desk, *said(*range(1, 11)))
    await channel.loses(*range(1, 11))
    await desk.tells(OVER)
    await channel.shows(*range(1, 10))
    [text] = await desk.tells(OVER)
    assert "<b>There again:</b> 9 posts of" in text
    await channel.shows(10)
    [text] = await desk.tells(OVER)
    assert "<b>There again:</b> 1 post of" in text


async def test_a_line_does_not_count_what_was_never_told_to_be_gone(desk: Outgoing) -> None:
    """It was there again before the summary left."""
    channel = await opened(desk, *said(*range(1, 11)))
    await channel.loses(*range(1, 11))
    await channel.shows(1, 2, 3)
    [text] = await desk.tells(OVER)
    assert "7 posts of" in text
    await channel.shows(4, 5, 6, 7)
    [text] = await desk.tells(OVER)
    assert "<b>There again:</b> 4 posts of" in text


@pytest.mark.parametrize("how", ["muted", "ignored"])
async def test_a_line_does_not_count_what_a_sleeping_rule_caught(
    desk: Outgoing, clock: ManualClock, how: str
) -> None:
    """Neither where the absence was told without it, nor where the return is."""
    anna = await subscribe(desk.archive, ANNA, "лиман")
    made = [*said(1, 2, 3, 4), *(post(n, f"Лиман, новина {n}") for n in (5, 6, 7))]
    channel = await opened(desk, *made)
    await channel.loses(*range(1, 8))
    lyman = (await rules.of(desk.archive.reader, anna.id))[-1]
    asleep = clock.now() + 600_000
    async with desk.archive.transaction() as tx:
        if how == "muted":
            await rules.mute(tx, lyman.id, asleep)
        else:
            await rules.handle(tx, lyman.id, Handling(follows=False))
    [text] = await desk.tells(OVER)
    assert "4 posts of" in text
    await channel.shows(1, 2, 5)
    async with desk.archive.transaction() as tx:
        await rules.mute(tx, lyman.id, None)
        await rules.handle(tx, lyman.id, Handling())
    await channel.shows(3, 6)
    [text] = await desk.tells(OVER)
    assert "<b>There again:</b> 3 posts of" in text


async def test_a_line_counts_for_each_reader_what_that_one_was_told(desk: Outgoing) -> None:
    await subscribe(desk.archive, BORYS, "новина")
    channel = await opened(desk, *said(1, 2, 3, 4), *(post(n, f"Новина {n}") for n in (5, 6)))
    await channel.loses(*range(1, 7))
    await desk.tells(OVER)
    await channel.shows(*range(1, 7))
    await desk.tells(OVER)
    assert "4 posts of" in desk.telegram.texts(ANNA)[-1]
    assert "6 posts of" in desk.telegram.texts(BORYS)[-1]


async def test_a_line_counts_an_album_once(desk: Outgoing) -> None:
    album = [post(n, "Білогорівка" * (n == 5), **ALBUM) for n in (5, 6, 7)]
    channel = await opened(desk, *said(1, 2, 3), *album)
    await channel.loses(1, 2, 3, 5, 6, 7)
    await desk.tells(OVER)
    await channel.shows(1, 2, 5, 6)
    await channel.shows(7)
    [text] = await desk.tells(OVER)
    assert "<b>There again:</b> 3 posts of" in text


async def test_a_post_of_a_line_that_goes_again_leaves_the_others_in_it(desk: Outgoing) -> None:
    channel = await opened(desk, *said(1, 2, 3, 4))
    await channel.loses(1, 2, 3, 4)
    await desk.tells(OVER)
    await channel.shows(1, 2, 3)
    await channel.loses(1)
    await channel.shows(4)
    [text] = await desk.tells(OVER)
    assert "<b>There again:</b> 3 posts of" in text
    assert await desk.tells(OVER) == [], "that the first is gone was told before"
    await channel.shows(1)
    [text] = await desk.tells(OVER)
    assert heads([text]) in (["It is there again"], ["There again:"])


# ---------------------------------------------------------------- what goes again


async def test_what_goes_again_before_its_return_is_told_is_told_gone_once(desk: Outgoing) -> None:
    channel = await opened(desk, *said(1))
    await channel.loses(1)
    assert heads(await desk.tells()) == ["Not there any more"]
    await channel.shows(1)
    await channel.loses(1)
    assert await desk.tells(OVER) == []
    assert (await outbox.counts(desk.archive.reader)).open == 0
    await channel.shows(1)
    assert heads(await desk.tells(OVER)) == ["It is there again"]


async def test_what_goes_again_after_its_return_is_composed_is_told_gone_again(
    desk: Outgoing,
) -> None:
    """That it is there may have been read."""
    channel = await opened(desk, *said(1))
    await channel.loses(1)
    await desk.tells()
    await channel.shows(1)
    desk.telegram.troubles[ANNA] = [Busy(60)]
    assert await desk.tells() == []
    await channel.loses(1)
    assert heads(await desk.tells(OVER)) == ["It is there again", "Not there any more"]


async def test_posts_of_a_summary_that_go_again_are_told_gone_once(desk: Outgoing) -> None:
    channel = await opened(desk, *said(1, 2, 3, 4))
    await channel.loses(1, 2, 3, 4)
    assert heads(await desk.tells(OVER)) == ["Not there any more:"]
    await channel.shows(1, 2, 3, 4)
    await channel.loses(1, 2, 3, 4)
    assert await desk.tells(2 * OVER) == []
    await channel.shows(2, 3)
    [text] = await desk.tells(OVER)
    assert "<b>There again:</b> 2 posts of" in text


async def test_the_part_of_an_album_that_stays_is_told_though_another_goes_again(
    desk: Outgoing,
) -> None:
    channel = await opened(desk, *(post(n, "Білогорівка" * (n == 1), **ALBUM) for n in (1, 2, 3)))
    await channel.loses(1, 2, 3)
    assert heads(await desk.tells()) == ["Not there any more"]
    await channel.shows(1, 2)
    await channel.loses(1)
    [text] = await desk.tells(OVER)
    assert "It is there again" in text and "1 part of an album of 3" in text
    await channel.shows(1)
    [text] = await desk.tells(OVER)
    assert "It is there again" in text and "2 parts of an album of 3" in text


async def test_a_part_of_an_album_that_was_told_gone_is_not_told_with_another(
    desk: Outgoing,
) -> None:
    channel = await opened(desk, *(post(n, "Білогорівка" * (n == 1), **ALBUM) for n in (1, 2, 3)))
    await channel.loses(1)
    assert heads(await desk.tells()) == ["Not there any more"]
    await channel.shows(1)
    await channel.loses(2)
    await channel.loses(1)
    [text] = await desk.tells(OVER)
    assert "Not there any more" in text and "1 part of an album of 3" in text


async def test_what_a_waiting_summary_tells_is_not_told_by_another(
    desk: Outgoing, clock: ManualClock
) -> None:
    """A chat out of reach, until one burst has followed another."""
    channel = await opened(desk, *said(1, 2, 3, 4))
    await channel.loses(1, 2, 3, 4)
    clock.forward(2 * OVER)
    await channel.shows(1, 2, 3)
    clock.forward(2 * OVER)
    await channel.loses(1, 2)
    await channel.loses(3, absence=Absence.NOTICE)
    assert (await outbox.counts(desk.archive.reader)).open == 1
    [text] = await desk.tells(3 * OVER)
    assert "4 posts of" in text


async def test_a_deletion_is_told_though_it_was_told_that_the_post_was_not_found(
    desk: Outgoing,
) -> None:
    """It is another fact."""
    channel = await opened(desk, *said(1))
    await channel.loses(1)
    await desk.tells()
    await channel.shows(1)
    await channel.loses(1, absence=Absence.NOTICE)
    assert heads(await desk.tells(OVER)) == ["Deleted"]


async def test_a_return_is_told_only_where_the_absence_reached_somebody(
    desk: Outgoing, clock: ManualClock
) -> None:
    """It was composed, and then it turned out that it can not be sent."""
    channel = await opened(desk, *said(1))
    await channel.loses(1)
    desk.telegram.troubles[ANNA] = [Busy(60), *([Refused("NO")] * 3)]
    await desk.tells()
    await channel.shows(1)
    for _ in range(4):
        assert await desk.tells(61) == []
