"""What is there again, and goes again: each reader knows what is so, and reads nothing twice."""

import random
import re
from dataclasses import replace
from typing import Any

import pytest

from bot.outcomes import Busy, Refused
from storage import outbox, posts, rules
from storage.bursts import GAP
from storage.db import Archive
from storage.freezing import thawed
from storage.records import Absence, Batch, Deletion, Handling, Message, Post, Subscriber, Via
from tests.clocks import ManualClock
from tests.services.conftest import batch, post, subscribe
from tests.services.merging import forward
from tests.services.merging import said as story
from tests.services.outgoing import Outgoing
from tests.services.telegram import Telegram

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


# ---------------------------------------------------------------- whatever happens

FIRST = story(77, 1)  # which posts of the other channel repost
MADE = [
    *(story(78, n, f"Білогорівка, новина {n}", at=n) for n in range(1, 7)),
    *(story(78, n, "Білогорівка" * (n == 11), at=n, **ALBUM) for n in range(11, 15)),
    *(story(78, n, at=n, forward=forward(FIRST)) for n in range(21, 27)),
]


class Deaf(Telegram):
    """Telegram over a bad line: its answers may be lost. It may take no summaries either."""

    lost_answers = 0
    refusing = False

    async def send(
        self, subscriber: Subscriber, message: Message, random_id: int, reply_to: int | None = None
    ) -> int:
        if self.refusing and message.tells and reply_to is None:
            raise Refused("NO")
        number = await super().send(subscriber, message, random_id, reply_to)
        if self.lost_answers:
            self.lost_answers -= 1
            raise Busy(70)
        return number


class World:
    """A channel whose posts go and come back, and a reader who is told of it now and then."""

    def __init__(self, desk: Outgoing, telegram: Deaf, chance: random.Random) -> None:
        self.desk = desk
        self._telegram = telegram
        self._chance = chance
        self._pts = 10_000
        self._unsaid = list(MADE)
        self.posts: dict[int, Post] = {}  # by message id, those that were said
        self._lost: set[int] = set()  # which may come back
        self._deleted: set[int] = set()
        self.read: list[int] = []  # rows of the outbox

    async def says(self) -> None:
        new = [self._unsaid.pop(0) for _ in self._unsaid[: self._chance.choice([1, 1, 4])]]
        self.posts |= {each.message_id: each for each in new}
        await self.desk.hears(batch(*new))

    async def loses(self) -> None:
        absence = self._chance.choice([*[Absence.RECHECK] * 6, Absence.NOTICE])
        there = set(self.posts) - self._lost - self._deleted
        some = self._some(there)
        gone = tuple(Deletion(78, number, absence, pts=self._pts) for number in some)
        via = Via.SWEEP if absence is Absence.RECHECK else Via.LIVE
        await self.desk.hears(Batch(via, self.desk.clock.now(), deletions=gone))
        (self._lost if absence is Absence.RECHECK else self._deleted).update(some)

    async def shows(self) -> None:
        some = self._some(self._lost)
        back = [replace(self.posts[number], pts=self._pts) for number in some]
        await self.desk.hears(batch(*back, via=Via.SWEEP))
        self._lost.difference_update(some)

    async def waits(self) -> None:
        self.desk.clock.forward(self._chance.choice([1, 30, 30, 65, 700]))

    async def reads(self, seconds: float | None = None) -> None:
        self.desk.clock.forward(self._chance.choice([0, 3, 65]) if seconds is None else seconds)
        while rows := await self.desk.due():
            await self.desk.attempts.make(rows[0])
            [row] = await self.desk.archive.reader.execute_fetchall(
                "SELECT sent_at FROM outbox WHERE id = ?", (rows[0].id,)
            )
            if row["sent_at"] is not None:
                self.read.append(rows[0].id)

    async def stumbles(self) -> None:
        troubles = self._telegram.troubles.setdefault(ANNA, [])
        match self._chance.choice(["lost", "busy", "flood", "refused"]):
            case "lost":
                self._telegram.lost_answers += 1
            case "busy":
                troubles.append(Busy(60))
            case "flood":
                troubles.append(Busy(60, undone=True))
            case "refused":
                self._telegram.refusing = not self._telegram.refusing

    async def ends(self) -> None:
        """All troubles, and what they held up."""
        self._telegram.troubles.clear()
        self._telegram.lost_answers, self._telegram.refusing = 0, False
        for _ in range(6):
            await self.reads(3_700)

    def _some(self, numbers: set[int]) -> list[int]:
        self._pts += 1
        return self._chance.sample(sorted(numbers), min(len(numbers), self._chance.randint(1, 5)))


async def said_by(archive: Archive, row_id: int) -> tuple[str, Message, set[int]]:
    """What a row was, said, and was about, by the row ids of posts."""
    [row] = await archive.reader.execute_fetchall(
        "SELECT kind, message, post_id FROM outbox WHERE id = ?", (row_id,)
    )
    joined = await archive.reader.execute_fetchall(
        "SELECT post_id FROM joined WHERE told_in = ?", (row_id,)
    )
    message = thawed(row["message"])
    if row["kind"] in ("alert", "joined"):
        return row["kind"], message, {row["post_id"], *(each["post_id"] for each in joined)}
    return row["kind"], message, set(message.tells)


@pytest.mark.parametrize("seed", [*range(24), 46, 153, 175])
async def test_whatever_happens_each_state_is_read_once_and_the_last_one_is_so(
    archive: Archive, clock: ManualClock, seed: int
) -> None:
    """Posts, albums and reposts that joined an alert go and come back, alone and many at once, one
    by one and in bursts without an end; while the chat takes nothing, answers of Telegram are lost,
    and summaries are refused.
    """
    chance = random.Random(seed)
    telegram = Deaf()
    world = World(Outgoing(archive, clock, telegram), telegram, chance)
    await world.desk.watches()
    await subscribe(archive, ANNA, "білогорівка")
    await world.desk.hears(batch(FIRST))
    events = [world.says, world.loses, world.shows, world.waits, world.reads, world.stumbles]
    for _ in range(60):
        await chance.choices(events, [2, 4, 3, 2, 4, 1])[0]()
        clock.forward(0.001)
    await world.ends()
    assert (await outbox.counts(archive.reader)).open == 0
    kept = {each.id: each for n in world.posts if (each := await posts.get(archive.reader, 78, n))}
    named: set[str] = set()
    gone: dict[int, bool] = {}
    deleted: set[int] = set()
    for row_id in world.read:
        kind, message, about = await said_by(archive, row_id)
        stories = {kept[each].post.story for each in about if each in kept}
        match kind:
            case "alert" | "joined":
                named |= stories
            case "gone" | "purge":
                assert stories <= named, "a post is named before it is told to be gone"
                again = {each for each in about if gone.get(each)}
                assert all(kept[each].absence is Absence.NOTICE for each in again)
                assert again.isdisjoint(deleted)
                deleted |= again
                gone |= dict.fromkeys(about, True)
            case "back" | "return":
                assert all(gone.get(each) for each in about)
                gone |= dict.fromkeys(about, False)
        if kind in ("purge", "return"):
            assert re.findall(r"(\d+) posts? of", message.html) == [str(len(stories))]
    assert gone.keys() <= kept.keys()
    for each in kept.values():
        assert gone.get(each.id, False) is (each.deleted_at is not None), each.post.message_id
