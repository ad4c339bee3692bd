"""One write path: what is new becomes a row to be sent, once, with the post."""

import asyncio

import pytest

from bot.alerts.composing import Composer
from bot.alerts.deciding import Deciding
from bot.ingest import Ingest
from storage import outbox, posts, queues, rules, search
from storage.db import Archive
from storage.records import Absence, Batch, Deletion, Message, Via
from storage.search import Search
from tests.clocks import ManualClock
from tests.services.conftest import batch, post, subscribe

ANNA, BORYS = 1001, 1002


@pytest.fixture
def woken() -> list[bool]:
    return []


@pytest.fixture
def ingest(archive: Archive, clock: ManualClock, woken: list[bool]) -> Ingest:
    return Ingest(archive, clock, lambda: woken.append(True), [Deciding(clock).follow])


async def owed(archive: Archive, clock: ManualClock) -> list[tuple[int, str, str]]:
    clock.forward(10)
    rows = await queues.due(archive.reader, clock.now(), 100)
    return sorted((due.subscriber.chat_id, due.kind, due.subject) for due in rows)


async def test_a_match_is_owed_to_its_subscriber_and_wakes_delivery(
    archive: Archive, clock: ManualClock, ingest: Ingest, woken: list[bool]
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await subscribe(archive, BORYS, "референдум")
    await ingest.apply(batch(post(1, "Білогорівка наша")))
    assert await owed(archive, clock) == [(ANNA, "alert", "77/1")]
    assert woken


async def test_a_replay_owes_nothing_more(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    for via in (Via.LIVE, Via.SWEEP, Via.LIVE):
        await ingest.apply(batch(post(1, "Білогорівка наша"), via=via))
    assert len(await owed(archive, clock)) == 1


@pytest.mark.parametrize("via", [Via.BACKFILL, Via.IMPORT])
async def test_history_is_kept_and_not_told(
    archive: Archive, clock: ManualClock, ingest: Ingest, via: Via
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, "Білогорівка наша"), via=via))
    assert (await posts.counts(archive.reader)).posts == 1
    assert await owed(archive, clock) == []


async def test_what_an_import_brought_first_is_news_when_the_watcher_sees_it(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    """The program was down, an export was imported, and only then the sweep found the post."""
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, "Білогорівка наша", pts=0), via=Via.IMPORT))
    assert await owed(archive, clock) == []
    await ingest.apply(batch(post(1, "Білогорівка наша"), via=Via.SWEEP))
    assert await owed(archive, clock) == [(ANNA, "alert", "77/1")]


async def test_an_edit_that_matches_for_the_first_time_is_an_alert_of_its_own(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, "Новини згодом")))
    await ingest.apply(batch(post(1, "Білогорівка наша", pts=5, edited_at=clock.now())))
    await ingest.apply(batch(post(1, "Білогорівка наша!", pts=6, edited_at=clock.now() + 1)))
    assert await owed(archive, clock) == [(ANNA, "edit", "77/1/v2")]


async def test_edits_of_two_parts_of_an_album_are_two_alerts(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    """Both parts then have a second version: that alone does not make them the same."""
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(*(post(number, "Ранок", grouped_id=5) for number in (1, 2))))
    for number in (1, 2):
        edited = post(number, "Білогорівка", grouped_id=5, pts=number + 5, edited_at=clock.now())
        await ingest.apply(batch(edited))
    async with archive.heavy() as conn:
        rows = await conn.execute_fetchall("SELECT subject FROM outbox ORDER BY id")
    assert [row["subject"] for row in rows] == ["77/1/v2", "77/2/v2"]


async def test_an_edit_of_history_that_says_the_same_words_is_no_news(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    """History makes no matches, and a rule may be younger than the post."""
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, "Білогорівка наша."), via=Via.BACKFILL))
    await ingest.apply(batch(post(1, "Білогорівка наша!", pts=9, edited_at=clock.now() + 1)))
    assert await owed(archive, clock) == []


async def test_an_edit_and_its_deletion_in_one_batch_are_still_an_edit(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    """The sweep may bring both at once, to somebody who was told of the post before."""
    await subscribe(archive, ANNA, "новини", "білогорівка")
    await ingest.apply(batch(post(1, "Новини згодом")))
    edited = post(1, "Білогорівка наша", pts=5, edited_at=clock.now())
    gone = Deletion(77, 1, Absence.NOTICE, 6)
    await ingest.apply(Batch(Via.SWEEP, clock.now(), (edited,), (gone,)))
    rows = await archive.reader.execute_fetchall("SELECT kind FROM outbox ORDER BY id")
    assert [row["kind"] for row in rows] == ["alert", "edit"]


async def test_several_rules_that_hit_one_post_are_one_alert(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await subscribe(archive, ANNA, "білогорівка", "наша")
    await ingest.apply(batch(post(1, "Білогорівка наша")))
    assert await owed(archive, clock) == [(ANNA, "alert", "77/1")]
    [kept] = await posts.latest(archive.reader, None, 5, None)
    assert len(await rules.that_matched(archive.reader, anna.id, [kept.id])) == 2


async def test_the_parts_of_an_album_are_one_alert_that_waits_for_them(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, "Білогорівка", grouped_id=5)))
    assert await queues.due(archive.reader, clock.now(), 9) == []
    await ingest.apply(batch(post(2, "Знову Білогорівка", grouped_id=5)))
    assert await owed(archive, clock) == [(ANNA, "alert", "77/g5")]


async def composed(archive: Archive, clock: ManualClock) -> None:
    """Let delivery make its first attempt at all that is owed now."""
    clock.forward(10)
    async with archive.transaction() as tx:
        for due in await queues.due(archive.reader, clock.now(), 100):
            await outbox.freeze(tx, due.id, Message("as it was then"))
            await outbox.sent(tx, due.id, 1, clock.now())


ALBUM = {"grouped_id": 5}


async def test_a_part_that_comes_before_the_alert_is_sent_joins_it(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await subscribe(archive, ANNA, "білогорівка", "наступ")
    await ingest.apply(batch(post(1, "Білогорівка", **ALBUM)))
    await ingest.apply(batch(post(2, "Наступ", **ALBUM)))
    assert await owed(archive, clock) == [(ANNA, "alert", "77/g5")]
    parts = [kept.id for kept in await posts.album(archive.reader, 77, 5)]
    assert len(await rules.that_matched(archive.reader, anna.id, parts)) == 2


async def test_a_part_that_comes_after_it_is_told_once_where_another_rule_hits_it(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "білогорівка", "наступ", "ворог")
    await subscribe(archive, BORYS, "наступ")
    await ingest.apply(batch(post(1, "Білогорівка", **ALBUM)))
    await composed(archive, clock)
    for via in (Via.LIVE, Via.SWEEP):
        await ingest.apply(batch(post(2, "Наступ, ворог", **ALBUM), via=via))
    assert await owed(archive, clock) == [(ANNA, "part", "77/g5/2"), (BORYS, "alert", "77/g5")]
    await composed(archive, clock)
    await ingest.apply(batch(post(3, "Знову наступ, знову Білогорівка", **ALBUM)))
    assert await owed(archive, clock) == []


async def test_parts_that_come_together_after_it_are_told_of_once_by_a_rule(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "білогорівка", "наступ", "ворог")
    await ingest.apply(batch(post(1, "Білогорівка", **ALBUM)))
    await composed(archive, clock)
    late = [post(2, "Наступ", **ALBUM), post(3, "Наступ", **ALBUM), post(4, "Ворог", **ALBUM)]
    await ingest.apply(batch(*late))
    rows = await archive.reader.execute_fetchall("SELECT subject FROM outbox ORDER BY id")
    assert [row["subject"] for row in rows] == ["77/g5", "77/g5/2", "77/g5/4"]


async def test_the_alert_of_a_late_part_shows_that_part_and_what_hit_it(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "білогорівка", "наступ")
    await ingest.apply(batch(post(1, "Білогорівка", **ALBUM)))
    await composed(archive, clock)
    await ingest.apply(batch(post(2, "Наступ", **ALBUM)))
    [due] = await queues.due(archive.reader, clock.now(), 9)
    message = await Composer(archive, clock).compose(due)
    assert message
    html = message.html
    assert "<b>наступ</b> · a further part of an album" in html
    assert "https://t.me/luhanskaVTSA/2" in html and "ілогорівка" not in html


async def test_a_muted_rule_is_silent(archive: Archive, clock: ManualClock, ingest: Ingest) -> None:
    anna = await subscribe(archive, ANNA, "білогорівка")
    [rule] = await rules.of(archive.reader, anna.id)
    async with archive.transaction() as tx:
        await rules.mute(tx, rule.id, clock.now() + 3_600_000)
    await ingest.apply(batch(post(1, "Білогорівка раз")))
    clock.forward(3_601)
    await ingest.apply(batch(post(2, "Білогорівка два")))
    assert await owed(archive, clock) == [(ANNA, "alert", "77/2")]


async def test_rules_made_and_removed_meanwhile_count_at_once(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await ingest.apply(batch(post(1, "Білогорівка раз")))
    anna = await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(2, "Білогорівка два")))
    [rule] = await rules.of(archive.reader, anna.id)
    async with archive.transaction() as tx:
        await rules.remove(tx, rule.id, clock.now())
    await ingest.apply(batch(post(3, "Білогорівка три")))
    assert await owed(archive, clock) == [(ANNA, "alert", "77/2")]


async def test_channels_that_are_not_watched_are_none_of_our_business(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    """The watcher's account may follow more than the archive does."""
    await subscribe(archive, ANNA, "білогорівка")
    foreign = post(1, "Білогорівка")
    foreign = type(foreign)(78, 1, foreign.posted_at, foreign.text)
    await ingest.apply(batch(foreign, post(2, "Білогорівка")))
    assert await owed(archive, clock) == [(ANNA, "alert", "77/2")]


async def test_a_batch_is_written_whole_or_not_at_all(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    writing = asyncio.create_task(ingest.apply(batch(*(post(i, "Білогорівка") for i in range(50)))))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    kept = (await posts.counts(archive.reader)).posts
    assert kept in (0, 50)
    assert len(await owed(archive, clock)) == (1 if kept else 0)  # the oldest of fifty is offered


async def test_many_batches_at_once_do_not_mix(archive: Archive, ingest: Ingest) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await asyncio.gather(*(ingest.apply(batch(post(i, "Білогорівка"))) for i in range(1, 41)))
    counts = await outbox.counts(archive.reader)
    assert counts.open == 40


async def test_the_language_of_a_post_is_told_where_it_is_written(
    archive: Archive, ingest: Ingest
) -> None:
    texts = ("Це наше", "Это наше", "This is ours and theirs", "Наступ")
    for via in (Via.LIVE, Via.BACKFILL):
        await ingest.apply(batch(*(post(i, text) for i, text in enumerate(texts)), via=via))
    kept = await posts.latest(archive.reader, None, 9, None)
    assert [each.post.language for each in kept] == [None, "en", "ru", "uk"]
    [found] = await search.newest(archive.reader, Search("meta : lru"), 9, None)
    assert found.post.text == "Это наше"
    await ingest.apply(batch(post(1, "Тепер це інше", pts=99)))
    assert await search.newest(archive.reader, Search("meta : lru"), 9, None) == []


async def test_halves_of_signs_are_replaced_and_nothing_is_lost(
    archive: Archive, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    broken = post(1, "Білогорівка \ud83d наша \ud83d\ude00", author="Олена \ude00")
    for _ in range(2):
        await ingest.apply(batch(broken))
    [kept] = await posts.latest(archive.reader, None, 9, None)
    assert (kept.version, kept.post.text) == (1, "Білогорівка \ufffd наша \U0001f600")
    assert kept.post.author == "Олена \ufffd"
    assert (await outbox.counts(archive.reader)).open == 1
