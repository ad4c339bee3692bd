"""A group moves into one that is a subscriber already: the two are told as one would have been."""

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from bot.alerts.followups import MINUTE
from bot.outcomes import Refused
from storage import moving, outbox, places, rules, subscribers
from storage.db import Archive
from storage.records import Absence, Batch, Deletion, Message, Post, Via
from tests.clocks import ManualClock
from tests.services.conftest import batch, subscribe
from tests.services.merging import LINK, NAMES, forward, said
from tests.services.outgoing import Outgoing

OLD, NEW = -500, -1_000_000_000_501
FIRST = said(77, 1)
WORD = re.compile(r"доповнення\d+")


@pytest.fixture
async def desk(archive: Archive, clock: ManualClock) -> Outgoing:
    desk = Outgoing(archive, clock)
    await desk.watches()
    for chat in (OLD, NEW):
        await subscribe(archive, chat, "білогорівка")
    return desk


async def moves(desk: Outgoing) -> None:
    async with desk.archive.transaction() as tx:
        assert await moving.move(tx, OLD, NEW, 77, desk.clock.now())


async def tells(desk: Outgoing, *chats: int, rows: int = 1_000) -> None:
    """Tell these chats what is due, at most so many rows."""
    desk.clock.forward(3)
    while dues := [due for due in await desk.due() if due.subscriber.chat_id in chats]:
        for due in dues[:rows]:
            await desk.attempts.make(due)
        rows -= len(dues)
        if rows <= 0:
            return


def repost(channel: int, number: int, of: Post = FIRST) -> Post:
    return said(channel, number, of.text, at=number, forward=forward(of))


def edited(post: Post, *words: str) -> Batch:
    later = post.posted_at + len(words) * MINUTE
    text = " ".join((post.text, *words))
    return batch(replace(post, text=text, edited_at=later, pts=5_000 + len(words)))


def deleted(desk: Outgoing, *posts: Post) -> Batch:
    gone = tuple(
        Deletion(each.channel_id, each.message_id, Absence.NOTICE, pts=9_000) for each in posts
    )
    return Batch(Via.LIVE, desk.clock.now(), deletions=gone)


def missed(desk: Outgoing, *posts: Post) -> Batch:
    """They are not found any more."""
    gone = tuple(
        Deletion(each.channel_id, each.message_id, Absence.RECHECK, pts=9_000) for each in posts
    )
    return Batch(Via.SWEEP, desk.clock.now(), deletions=gone)


def shown(desk: Outgoing, chat: int) -> list[str]:
    """What the messages of a chat say by now."""
    edits = dict(desk.telegram.edits)
    return [
        edits.get(number, text)
        for number, (place, text) in enumerate(desk.telegram.received, 1)
        if place == chat
    ]


def named(html: str) -> list[str]:
    """The posts that an alert tells: its own, and what joined it."""
    own = html.rindex("<a ")  # what it forwards is linked to before
    _, _, also = html[:own].partition("\nAlso: ")
    return [f"{name}/{number}" for name, number in LINK.findall(also + html[own:])]


ALL = ["luhanskaVTSA/1", "suspilne/3", "truha/2"]


@pytest.mark.parametrize(
    ("told", "old_names_them", "expected"),
    [
        ((), False, [ALL]),
        ((OLD,), False, [ALL[1:]]),  # what was said in the old chat cannot be edited any more
        ((OLD,), True, []),
        ((NEW,), False, [ALL]),
        ((OLD, NEW), False, [ALL]),
        ((OLD, NEW), True, [ALL]),
    ],
)
async def test_what_joined_either_alert_is_told_once(
    desk: Outgoing, told: tuple[int, ...], old_names_them: bool, expected: list[list[str]]
) -> None:
    await desk.hears(batch(FIRST))
    await tells(desk, *told)
    await desk.hears(batch(repost(78, 2)), batch(repost(79, 3)))
    if old_names_them:
        await tells(desk, OLD)
    await moves(desk)
    await tells(desk, NEW)
    assert [sorted(named(html)) for html in shown(desk, NEW)] == expected
    assert len(shown(desk, OLD)) == told.count(OLD)


async def test_one_edit_names_what_joined_both(desk: Outgoing) -> None:
    await desk.hears(batch(FIRST))
    await tells(desk, OLD, NEW)
    await desk.hears(batch(repost(78, 2)))
    await moves(desk)
    await tells(desk, NEW)
    assert len(desk.telegram.edits) == 1


async def test_what_joined_one_alert_is_named_in_the_other_that_was_sent(
    archive: Archive, clock: ManualClock
) -> None:
    desk = Outgoing(archive, clock)
    await desk.watches()
    await subscribe(archive, OLD, "білогорівка")
    await subscribe(archive, NEW, "білогорівка from:@luhanskaVTSA")
    await desk.hears(batch(FIRST))
    await tells(desk, NEW)
    await desk.hears(batch(repost(78, 2)))
    await moves(desk)
    await tells(desk, NEW)
    assert [named(html) for html in shown(desk, NEW)] == [["truha/2", "luhanskaVTSA/1"]]


async def test_what_one_was_told_of_as_joined_is_no_alert_for_the_other(
    archive: Archive, clock: ManualClock
) -> None:
    desk = Outgoing(archive, clock)
    await desk.watches()
    await subscribe(archive, OLD, "білогорівка")
    await subscribe(archive, NEW, "білогорівка from:@truha")
    await desk.hears(batch(FIRST, repost(78, 2)))
    await tells(desk, OLD)
    await desk.hears(edited(repost(78, 2), "доповнення1"))
    await moves(desk)
    await tells(desk, NEW)
    [html] = shown(desk, NEW)
    assert html.startswith("<b>Edited") and "доповнення1" in html


async def test_what_was_caught_before_the_other_had_the_rule_is_followed(
    archive: Archive, clock: ManualClock
) -> None:
    desk = Outgoing(archive, clock)
    await desk.watches()
    await subscribe(archive, OLD, "білогорівка")
    await desk.hears(batch(FIRST))
    await tells(desk, OLD)
    await subscribe(archive, NEW, "білогорівка")
    await moves(desk)
    await desk.hears(deleted(desk, FIRST))
    await tells(desk, NEW)
    [html] = shown(desk, NEW)
    assert html.startswith("<b>Deleted")


@pytest.mark.parametrize("told", [(OLD,), (NEW,), (OLD, NEW)])
async def test_what_follows_is_told_once_under_the_alert_that_was_sent(
    desk: Outgoing, told: tuple[int, ...]
) -> None:
    await desk.hears(batch(FIRST))
    await tells(desk, *told)
    await desk.hears(edited(FIRST, "доповнення1"))
    await moves(desk)
    await tells(desk, NEW)
    await desk.hears(edited(FIRST, "доповнення1", "доповнення2"))
    await tells(desk, NEW)
    await desk.hears(deleted(desk, FIRST))
    await tells(desk, NEW)
    follow_ups = desk.telegram.received[len(told) :]
    assert [WORD.findall(text)[-1:] for _, text in follow_ups[:2]] == [
        ["доповнення1"],
        ["доповнення2"],
    ]
    assert [text.startswith("<b>Deleted") for _, text in follow_ups] == [False, False, True]
    alert = len(told) if NEW in told else None  # that of the old chat cannot be answered
    assert [desk.telegram.answers[text] for _, text in follow_ups] == [alert] * 3


async def test_what_two_summaries_tell_leaves_after_the_edit_that_names_it(
    archive: Archive, clock: ManualClock
) -> None:
    desk = Outgoing(archive, clock)
    await desk.watches()
    await subscribe(archive, OLD, "білогорівка")
    await subscribe(archive, NEW, "новина")
    others = [said(78, number, f"Бахмут {number}: новина", at=number) for number in (12, 13, 14)]
    reposts = [repost(78, number) for number in (2, 3, 4)]
    await desk.hears(batch(FIRST, *others))
    await tells(desk, OLD, NEW)
    await desk.hears(batch(*reposts), deleted(desk, *reposts, *others))
    await moves(desk)
    rows = await archive.reader.execute_fetchall(
        """
        SELECT kind FROM outbox
        WHERE kind IN ('joined', 'purge') AND failed_at IS NULL
        ORDER BY rank, id
        """
    )
    assert [row["kind"] for row in rows] == ["joined", "purge"]


async def test_two_summaries_of_one_burst_tell_all_that_went(desk: Outgoing) -> None:
    """One of them has left, without what the other is to tell besides."""
    for chat, word in ((OLD, "наступ"), (NEW, "варта")):
        await subscribe(desk.archive, chat, word)
    both = [said(77, number, f"Білогорівка {number}: новина", at=number) for number in range(1, 5)]
    one = said(77, 9, "Бахмут: наступ триває", at=9)
    await desk.hears(batch(*both, one))
    await tells(desk, OLD, NEW)
    await desk.hears(deleted(desk, *both, one))
    desk.clock.forward(600)
    await tells(desk, NEW)
    await moves(desk)
    before = len(desk.telegram.received)
    await tells(desk, NEW)
    [(_, html)] = desk.telegram.received[before:]
    assert LINK.findall(html) == [("luhanskaVTSA", "9")]


async def test_two_lines_of_one_burst_count_all_that_is_there_again(desk: Outgoing) -> None:
    """One has left, without what the other is to count besides; of both chats it was told before
    what was gone."""
    await subscribe(desk.archive, OLD, "наступ")
    both = [said(77, number, f"Білогорівка {number}: новина", at=number) for number in range(1, 5)]
    one = said(77, 9, "Бахмут: наступ триває", at=9)
    await desk.hears(batch(*both, one))
    await tells(desk, OLD, NEW)
    gone = [Deletion(77, each.message_id, Absence.RECHECK, pts=9_000) for each in (*both, one)]
    await desk.hears(Batch(Via.SWEEP, desk.clock.now(), deletions=tuple(gone)))
    desk.clock.forward(600)
    await tells(desk, OLD, NEW)
    await desk.hears(batch(*(replace(each, pts=10_000) for each in (*both, one)), via=Via.SWEEP))
    desk.clock.forward(600)
    await tells(desk, NEW)
    await moves(desk)
    await tells(desk, NEW)
    counts = re.findall(r"There again:</b> (\d+) post", "".join(desk.telegram.texts(NEW)))
    assert counts == ["4", "1"]


async def test_a_rule_that_both_had_has_caught_what_either_caught(
    archive: Archive, desk: Outgoing
) -> None:
    """So that what it caught is followed, and buttons of the new chat find it."""
    await desk.hears(batch(FIRST))
    await tells(desk, NEW)
    there = await subscribers.find(archive.reader, NEW, 0)
    assert there is not None
    [shown_there] = await rules.of(archive.reader, there.id)
    await subscribe(archive, OLD, "наступ")
    await desk.hears(batch(said(77, 8, "Бахмут: наступ")))
    await moves(desk)
    united = await subscribers.find(archive.reader, NEW, 0)
    assert united is not None and united.id != there.id
    kept = await rules.of(archive.reader, united.id)
    assert {rule.query for rule in kept} == {"білогорівка", "наступ"}
    assert shown_there.id in {rule.id for rule in kept}
    hits = await rules.hits(archive.reader, [rule.id for rule in kept])
    assert list(hits.values()) == [1, 1]


async def test_what_one_missed_out_of_reach_is_told_where_it_is_edited_later(
    archive: Archive, clock: ManualClock
) -> None:
    desk = Outgoing(archive, clock)
    await desk.watches()
    await subscribe(archive, OLD, "наступ")
    there = await subscribe(archive, NEW, "білогорівка")
    async with archive.transaction() as tx:
        await subscribers.set_gone(tx, there.id, clock.now(), "CHANNEL_PRIVATE")
    await desk.hears(batch(FIRST))
    await moves(desk)
    await desk.hears(batch(said(77, 8, "Білогорівка: новина")))
    united = await subscribers.find(archive.reader, NEW, 0)
    assert united is not None
    async with archive.transaction() as tx:
        await subscribers.set_gone(tx, united.id, clock.now(), "CHANNEL_PRIVATE")
        await places.wake(tx, NEW, None)
    await desk.hears(edited(FIRST, "доповнення1"))
    await tells(desk, NEW)
    assert ["доповнення1" in html for html in shown(desk, NEW)] == [False, True]


@pytest.mark.parametrize("refused", [(), (OLD,), (NEW,), (OLD, NEW)])
async def test_summaries_go_on_after_the_move_of_two_that_had_several(
    desk: Outgoing, refused: tuple[int, ...]
) -> None:
    posts = [said(77, number, f"Білогорівка {number}: новина", at=number) for number in range(8)]
    await desk.hears(batch(*posts[1:]))
    await tells(desk, OLD, NEW)
    await desk.hears(missed(desk, *posts[1:]))
    for wait in (100, 3_700):
        desk.clock.forward(wait)
        for due in await desk.due():
            if due.subscriber.chat_id in refused:
                desk.telegram.troubles[due.subscriber.chat_id] = [Refused("NO")] * 3
        desk.clock.forward(100)
        await tells(desk, OLD, NEW)
        desk.clock.forward(100)
        await tells(desk, OLD, NEW)
    desk.telegram.troubles.clear()
    await desk.hears(batch(*(replace(each, pts=10_000) for each in posts[1:4]), via=Via.SWEEP))
    desk.clock.forward(100)
    await tells(desk, OLD, NEW)
    await desk.hears(batch(*(replace(each, pts=10_000) for each in posts[4:6]), via=Via.SWEEP))
    desk.clock.forward(100)
    await tells(desk, OLD, NEW)
    await moves(desk)
    before = len(desk.telegram.received)
    await desk.hears(batch(*(replace(each, pts=10_000) for each in posts[6:]), via=Via.SWEEP))
    desk.clock.forward(90_000)
    await tells(desk, NEW)
    knew = len(refused) < 2  # that they were gone: else nobody is told that they are back
    assert (len(desk.telegram.received) > before) is knew
    assert (await outbox.counts(desk.archive.reader)).open == 0


async def test_a_summary_that_is_refused_after_another_took_its_place_is_over(
    desk: Outgoing,
) -> None:
    posts = [said(77, number, f"Білогорівка {number}: новина", at=number) for number in range(1, 5)]
    await desk.hears(batch(*posts))
    await tells(desk, OLD, NEW)
    await desk.hears(missed(desk, *posts))
    desk.clock.forward(100)
    [due] = [due for due in await desk.due() if due.subscriber.chat_id == OLD]
    await moves(desk)
    desk.telegram.troubles[OLD] = [Refused("NO")] * 3
    for _ in range(3):
        await desk.attempts.make(replace(due, message=Message("as it was composed")))
    before = len(desk.telegram.received)
    await tells(desk, NEW)
    assert len(desk.telegram.received) == before + 1


@pytest.mark.parametrize("both", [True, False])
async def test_what_one_missed_is_known_where_both_were_lost_at_one_time(
    archive: Archive, clock: ManualClock, both: bool
) -> None:
    desk = Outgoing(archive, clock)
    await desk.watches()
    old, there = (
        await subscribe(archive, OLD, "наступ"),
        await subscribe(archive, NEW, "білогорівка"),
    )
    async with archive.transaction() as tx:
        for each in (old, there)[not both :]:
            await subscribers.set_gone(tx, each.id, clock.now(), "CHANNEL_PRIVATE")
    await desk.hears(batch(said(77, 5, "Бахмут", at=5)))
    async with archive.transaction() as tx:
        await places.wake(tx, OLD, None)
    await desk.hears(batch(FIRST))
    await moves(desk)
    await desk.hears(edited(FIRST, "доповнення1"))
    await tells(desk, NEW)
    assert ["доповнення1" in html for html in shown(desk, NEW)] == [True]


# ---------------------------------------------------------------- whatever happens before and after


@dataclass
class Life:
    """Two chats of which one moves into the other, and what is to be told in them."""

    desk: Outgoing
    chance: random.Random
    posts: list[Post] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)  # places in `posts`
    words: dict[int, list[str]] = field(default_factory=dict)  # of edits, by place in `posts`

    async def post(self) -> None:
        number = len(self.posts) + 1
        channel = self.chance.choice(sorted(NAMES))
        if self.posts and self.chance.random() < 0.6:
            self.posts.append(repost(channel, number, self.chance.choice(self.posts)))
        else:
            words = self.chance.sample(("Білогорівка", "наступ", "варта"), 2)
            text = f"{' і '.join(words)}: {' '.join(['новина'] * number)}"
            self.posts.append(said(channel, number, text, at=number))
        await self.desk.hears(batch(self.posts[-1]))

    async def edit(self) -> None:
        place = self.chance.randrange(len(self.posts))
        if place not in self.gone:
            its = self.words.setdefault(place, [])
            its.append(f"доповнення{sum(map(len, self.words.values()))}")
            await self.desk.hears(edited(self.posts[place], *its))

    async def delete(self) -> None:
        place = self.chance.randrange(len(self.posts))
        self.desk.clock.forward(100)  # deletions near each other are told together
        if place not in self.gone:
            self.gone.add(place)
            await self.desk.hears(deleted(self.desk, self.posts[place]))

    async def tell(self, *chats: int) -> None:
        chosen = chats or (self.chance.choice((OLD, NEW)),)
        await tells(self.desk, *chosen, rows=self.chance.choice((1, 2, 9)))


def link_of(post: Post) -> str:
    return f"{NAMES[post.channel_id]}/{post.message_id}"


def deletions(messages: Iterable[str]) -> Counter[str]:
    """How often posts are told to be gone."""
    return Counter(named(html)[-1] for html in messages if "<b>Deleted" in html)


def heads(messages: Iterable[str]) -> Counter[str]:
    """How often posts are told by alerts."""
    return Counter(
        link
        for html in messages
        if "<b>Edited" not in html and "<b>Deleted" not in html
        for link in named(html)
    )


@pytest.mark.parametrize("seed", range(40))
async def test_nothing_is_lost_and_nothing_told_twice(desk: Outgoing, seed: int) -> None:
    life = Life(desk, random.Random(seed))
    await subscribe(desk.archive, OLD, "наступ")
    await subscribe(desk.archive, NEW, "варта")
    await life.post()
    for _ in range(life.chance.randrange(25)):
        await life.chance.choice((life.post, life.edit, life.delete, life.tell, life.tell))()
    before = shown(desk, OLD) + shown(desk, NEW)
    await moves(desk)
    for _ in range(life.chance.randrange(15)):
        await life.chance.choice((life.post, life.edit, life.delete, life.tell))()
    desk.clock.forward(600)
    await tells(desk, NEW)
    assert (await outbox.counts(desk.archive.reader)).open == 0
    all_of_it = shown(desk, OLD) + shown(desk, NEW)
    assert heads(all_of_it).keys() == {link_of(each) for each in life.posts}
    assert max(heads(shown(desk, NEW)).values()) == 1
    after = [text for _, text in desk.telegram.received[len(before) :]]
    assert not heads(after).keys() & heads(before).keys()
    for words in life.words.values():
        assert any(words[-1] in text for text in all_of_it)
    assert deletions(all_of_it).keys() == {link_of(life.posts[place]) for place in life.gone}
    assert max(deletions(shown(desk, NEW)).values(), default=1) == 1
    assert not deletions(after).keys() & deletions(before).keys()
