"""What is told at once and what is held: decided with the post, once, and nothing dropped."""

from itertools import combinations
from typing import Any

import pytest

from bot.alerts.deciding import Deciding
from bot.alerts.following import Following
from bot.ingest import Ingest
from bot.query.reading import Choices
from bot.query.tree import AnyOf, dumps
from bot.query.words import norm
from storage import held as hits
from storage import outbox, queues, rules
from storage.db import Archive
from storage.records import NEVER_LATE, Handling, Message, Mode, Reason, Rule, Via
from storage.rules import Stored
from tests.clocks import ManualClock
from tests.services.conftest import batch, post
from tests.services.desk import held, owed, reader, rule

ANNA = 1001
MINUTE = 60_000
HOUR = 60 * MINUTE
NOW = 1_663_600_000_000  # 19 September 2022, 15:06:40 UTC
EIGHT = 1_663_660_800_000  # 20 September, 08:00 UTC: the next digest
QUIET = {"quiet": (15 * 60, 16 * 60)}  # 15:00 to 16:00 UTC: now
QUIET_ENDS = 1_663_603_200_000


@pytest.mark.parametrize(
    ("wishes", "handling", "expected"),
    [
        ({}, {}, ("alert", "77/1", False)),
        ({}, {"mode": Mode.SILENT}, ("alert", "77/1", True)),
        ({}, {"mode": Mode.DIGEST}, ("кава", "digest", EIGHT)),
        ({"digest": "every 1 h"}, {"mode": Mode.DIGEST}, ("кава", "digest", QUIET_ENDS)),
        ({"digest": "off"}, {"mode": Mode.DIGEST}, ("alert", "77/1", True)),
        (QUIET, {}, ("кава", "quiet", QUIET_ENDS)),
        (QUIET, {"mode": Mode.SILENT}, ("кава", "quiet", QUIET_ENDS)),
        (QUIET, {"mode": Mode.DIGEST}, ("кава", "digest", EIGHT)),
        (QUIET | {"digest": "off"}, {}, ("кава", "quiet", QUIET_ENDS)),
        (QUIET | {"digest": "off"}, {"mode": Mode.DIGEST}, ("кава", "quiet", QUIET_ENDS)),
        ({"quiet": (16 * 60, 15 * 60)}, {}, ("alert", "77/1", False)),
    ],
)
async def test_a_hit_is_told_or_held_as_its_reader_wants(
    archive: Archive, ingest: Ingest, wishes: Any, handling: Any, expected: object
) -> None:
    anna = await reader(archive, ANNA, **wishes)
    await rule(archive, anna, "кава", **handling)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    assert [*await owed(archive), *await held(archive)] == [expected]


async def test_a_replay_holds_nothing_more(archive: Archive, ingest: Ingest) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    for via in (Via.LIVE, Via.SWEEP, Via.LIVE):
        await ingest.apply(batch(post(1, "Кава", posted_at=NOW), via=via))
    assert len(await held(archive)) == 1
    assert await owed(archive) == []


@pytest.mark.parametrize("via", [Via.BACKFILL, Via.IMPORT])
async def test_history_is_not_held(archive: Archive, ingest: Ingest, via: Via) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW), via=via))
    assert await held(archive) == []


async def test_a_muted_rule_holds_nothing(archive: Archive, ingest: Ingest) -> None:
    anna = await reader(archive, ANNA)
    muted = await rule(archive, anna, "кава", mode=Mode.DIGEST)
    async with archive.transaction() as tx:
        await rules.mute(tx, muted.id, NOW + HOUR)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    assert await held(archive) == []


@pytest.mark.parametrize(
    ("late_after", "age", "is_held"),
    [
        (HOUR, HOUR, False),
        (HOUR, HOUR + 1, True),
        (6 * HOUR, 6 * HOUR + 1, True),
        (NEVER_LATE, 10_000 * HOUR, False),
    ],
)
async def test_what_is_found_too_late_goes_to_the_digest(
    archive: Archive, ingest: Ingest, late_after: int, age: int, is_held: bool
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", late_after=late_after)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW - age), via=Via.SWEEP))
    assert await held(archive) == ([("кава", "late", EIGHT)] if is_held else [])
    assert len(await owed(archive)) == (not is_held)


async def test_an_edit_is_as_late_as_it_is_itself(archive: Archive, ingest: Ingest) -> None:
    """The post is old; that it says this is new."""
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава")
    old = NOW - 24 * HOUR
    await ingest.apply(batch(post(1, "Чай", posted_at=old)))
    await ingest.apply(batch(post(1, "Кава", posted_at=old, pts=5, edited_at=NOW - MINUTE)))
    assert await owed(archive) == [("edit", "77/1/v2", False)]


async def test_an_edit_of_which_nobody_knows_when_it_was_made_is_told(
    archive: Archive, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава")
    old = NOW - 24 * HOUR
    await ingest.apply(batch(post(1, "Чай", posted_at=old)))
    await ingest.apply(batch(post(1, "Кава", posted_at=old, pts=5)))
    assert await owed(archive) == [("edit", "77/1/v2", False)]


async def test_an_edit_that_matches_at_last_is_held_like_a_post(
    archive: Archive, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Чай", posted_at=NOW)))
    for pts in (5, 6):
        edited = post(1, f"Кава {pts}", posted_at=NOW, pts=pts, edited_at=NOW + pts)
        await ingest.apply(batch(edited))
    assert await held(archive) == [("кава", "digest", EIGHT)]


async def test_after_an_alert_a_rule_cools_down(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", cooldown=10 * MINUTE)
    await ingest.apply(batch(*(post(n, "Кава", posted_at=NOW) for n in (1, 2))))
    clock.forward(599)
    await ingest.apply(batch(post(3, "Кава", posted_at=NOW)))
    clock.forward(1)
    await ingest.apply(batch(post(4, "Кава", posted_at=NOW)))
    assert [subject for _, subject, _ in await owed(archive)] == ["77/1", "77/4"]
    assert await held(archive) == [("кава", "cooldown", EIGHT)] * 2


async def test_a_cooldown_begins_with_the_alert_and_survives_a_restart(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", cooldown=HOUR)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    again = Ingest(archive, clock, lambda: None, [Deciding(clock).follow])
    await again.apply(batch(post(2, "Кава", posted_at=NOW)))
    assert len(await owed(archive)) == len(await held(archive)) == 1


async def test_the_cooldown_of_one_rule_holds_no_other_back(
    archive: Archive, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", cooldown=HOUR)
    await rule(archive, anna, "чай")
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    await ingest.apply(batch(post(2, "Чай", posted_at=NOW)))
    assert len(await owed(archive)) == 2


async def test_of_several_rules_that_hit_one_post_the_most_urgent_decides(
    archive: Archive, ingest: Ingest
) -> None:
    """Whatever the order of the rules."""
    words = {"кава": Mode.INSTANT, "чай": Mode.SILENT, "вода": Mode.DIGEST}
    pairs = [*combinations(words, 2), *combinations(reversed(words), 2)]
    for number, pair in enumerate(pairs, 1):
        anna = await reader(archive, ANNA + number)
        for word in pair:
            await rule(archive, anna, word, mode=words[word])
    await ingest.apply(batch(post(1, "Кава, чай, вода", posted_at=NOW)))
    assert [silent for _, _, silent in await owed(archive)] == [
        Mode.INSTANT not in map(words.get, pair) for pair in pairs
    ]
    assert await held(archive) == []


async def test_rules_that_are_all_held_are_all_counted(archive: Archive, ingest: Ingest) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await rule(archive, anna, "чай", late_after=HOUR)
    await ingest.apply(batch(post(1, "Кава, чай", posted_at=NOW - 2 * HOUR)))
    assert await owed(archive) == []
    assert await held(archive) == [("кава", "digest", EIGHT), ("чай", "late", EIGHT)]


@pytest.mark.parametrize("order", [("Кава", "Вода"), ("Вода", "Кава")])
async def test_an_album_is_in_its_alert_or_in_the_digest_and_not_in_both(
    archive: Archive, ingest: Ingest, order: tuple[str, str]
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава")
    await rule(archive, anna, "вода", mode=Mode.DIGEST)
    for number, text in enumerate(order, 1):
        await ingest.apply(batch(post(number, text, posted_at=NOW, grouped_id=5)))
    assert await owed(archive) == [("alert", "77/g5", False)]
    assert await held(archive) == []


async def test_a_loud_part_makes_the_alert_of_its_album_loud(
    archive: Archive, ingest: Ingest
) -> None:
    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава", mode=Mode.SILENT)
    await rule(archive, anna, "вода")
    for number, text in enumerate(("Кава", "Вода", "Кава"), 1):
        await ingest.apply(batch(post(number, text, posted_at=NOW, grouped_id=5)))
    assert await owed(archive) == [("alert", "77/g5", False)]


async def test_what_comes_after_the_album_was_told_is_held_if_its_rule_says_so(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:

    anna = await reader(archive, ANNA)
    await rule(archive, anna, "кава")
    await rule(archive, anna, "вода", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW, grouped_id=5)))
    async with archive.transaction() as tx:
        for due in await queues.due(archive.reader, NOW + HOUR, 9):
            await outbox.freeze(tx, due.id, Message("as it was then"))
    await ingest.apply(batch(post(2, "Вода", posted_at=NOW, grouped_id=5)))
    assert len(await owed(archive)) == 1
    assert await held(archive) == [("вода", "digest", EIGHT)]


async def another_query(archive: Archive, kept: Rule, word: str) -> None:
    stored = Stored(dumps(AnyOf(frozenset({norm(word)}))), Choices().dumps(), "a test's")
    async with archive.transaction() as tx:
        await rules.change(tx, kept.id, word, stored, NOW)


@pytest.mark.parametrize(("composed", "waiting"), [(True, [("чай", "digest", EIGHT)]), (False, [])])
async def test_what_another_query_catches_anew_is_in_a_digest_that_has_not_left(
    archive: Archive, clock: ManualClock, ingest: Ingest, composed: bool, waiting: object
) -> None:
    anna = await reader(archive, ANNA)
    kept = await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    async with archive.transaction() as tx:
        await hits.move(tx, anna.id, [Reason.DIGEST], NOW)
        await hits.tell(tx, archive.id, anna.id, NOW)
        for due in await queues.due(tx, NOW, 9) if composed else ():
            await outbox.freeze(tx, due.id, Message("a digest"))
    await another_query(archive, kept, "чай")
    await ingest.apply(batch(post(1, "Чай", posted_at=NOW, pts=5, edited_at=NOW)))
    assert await held(archive) == waiting
    rows = await archive.reader.execute_fetchall("SELECT version FROM held")
    assert [row["version"] for row in rows] == [2]


async def test_what_was_in_a_digest_once_is_followed_where_it_alerts_later(
    archive: Archive, clock: ManualClock
) -> None:
    following = [Deciding(clock).follow, Following(clock).follow]
    ingest = Ingest(archive, clock, lambda: None, following)
    anna = await reader(archive, ANNA)
    kept = await rule(archive, anna, "кава", mode=Mode.DIGEST)
    await ingest.apply(batch(post(1, "Кава", posted_at=NOW)))
    await another_query(archive, kept, "чай")
    async with archive.transaction() as tx:
        await rules.handle(tx, kept.id, Handling())
    for pts, text in ((5, "Чай"), (6, "Вода")):
        await ingest.apply(batch(post(1, text, posted_at=NOW, pts=pts, edited_at=NOW + pts)))
    assert [kind for kind, _, _ in await owed(archive)] == ["edit", "changed"]
