"""What is withdrawn while delivery holds it is not told, and nothing else is taken for it."""

from dataclasses import replace

import pytest

from storage import outbox, rules, subscribers
from storage.db import Archive
from tests.clocks import ManualClock
from tests.services.conftest import batch, post, subscribe
from tests.services.merging import NEWS, forward, said
from tests.services.outgoing import Outgoing
from tests.services.test_following import SAID, edited, gone

ANNA, BORYS, CAROL = 1001, 1002, 1003
HOUR = 3_600_000


@pytest.fixture
async def desk(archive: Archive, clock: ManualClock) -> Outgoing:
    """With an alert about each of four posts."""
    desk = Outgoing(archive, clock)
    for chat in (ANNA, BORYS):
        await subscribe(archive, chat, "білогорівка")
    await desk.hears(batch(*(post(n, f"{SAID} {n}") for n in range(1, 5))))
    await desk.tells()
    return desk


async def test_a_single_that_a_summary_replaced_takes_nothing_along(
    desk: Outgoing, clock: ManualClock
) -> None:
    await desk.hears(gone(clock, 1, 2))
    held = await desk.due(2.5)
    await desk.hears(gone(clock, 3))
    for due in held:
        await desk.attempts.make(due)
    said = await desk.tells(300)
    assert ["Mass deletion" in text for text in said] == [True, True], said


async def test_what_is_told_of_another_post_is_not_taken_for_sent(
    desk: Outgoing, clock: ManualClock
) -> None:
    await desk.hears(gone(clock, 1, 2))
    held = await desk.due(2.5)
    changed = edited(f"{SAID} зовсім інакше", number=4)
    await desk.hears(replace(changed, deletions=gone(clock, 3).deletions, seen_at=clock.now()))
    for due in held:
        await desk.attempts.make(due)
    said = await desk.tells(300)
    assert sum("Edited" in text for text in said) == 2
    assert sum("Mass deletion" in text for text in said) == 2
    assert len(said) == 4


async def test_nobody_elses_alert_is_taken_for_sent(desk: Outgoing, clock: ManualClock) -> None:
    await subscribe(desk.archive, CAROL, "лиман")
    await desk.hears(gone(clock, 1, 2))
    held = await desk.due(2.5)
    await desk.hears(gone(clock, 3), batch(post(9, "Лиман наш")))
    for due in held:
        await desk.attempts.make(due)
    [said] = [text for text in await desk.tells() if "Лиман" in text]
    assert desk.telegram.texts(CAROL) == [said]


async def test_what_is_withdrawn_is_kept_and_counts_as_nothing(
    desk: Outgoing, clock: ManualClock
) -> None:
    before = await outbox.counts(desk.archive.reader)
    await desk.hears(gone(clock, 1, 2), gone(clock, 3))
    after = await outbox.counts(desk.archive.reader)
    assert (after.open, after.sent, after.failed) == (2, before.sent, 0)
    [[withdrawn]] = await desk.archive.reader.execute_fetchall(
        "SELECT count(*) FROM outbox WHERE withdrawn = 'elsewhere'"
    )
    assert withdrawn == 4


async def test_what_was_withdrawn_may_be_owed_again(desk: Outgoing, clock: ManualClock) -> None:
    """Three posts that were not found are found; then they go in the same burst after all."""
    await desk.hears(gone(clock, 1, 2, 3))
    back = [post(n, f"{SAID} {n}", pts=20_000 + n) for n in (1, 2, 3)]
    await desk.hears(batch(*back))
    await desk.tells(55)  # the summary is not due
    await desk.hears(gone(clock, 4))
    assert await desk.tells(70) == desk.telegram.texts(ANNA)[-1:] + desk.telegram.texts(BORYS)[-1:]


async def put_to_sleep(desk: Outgoing, chat_id: int, how: str, *queries: str) -> None:
    """Mute or remove rules of a chat."""
    async with desk.archive.transaction() as tx:
        here = await subscribers.find(tx, chat_id, 0)
        assert here is not None
        for rule in await rules.of(tx, here.id):
            if rule.query in queries and how == "muted":
                await rules.mute(tx, rule.id, desk.clock.now() + HOUR)
            elif rule.query in queries:
                await rules.remove(tx, rule.id, desk.clock.now())


async def withdrawn(archive: Archive) -> list[tuple[str, str]]:
    rows = await archive.reader.execute_fetchall(
        "SELECT kind, withdrawn FROM outbox WHERE withdrawn IS NOT NULL ORDER BY id"
    )
    return [(row["kind"], row["withdrawn"]) for row in rows]


@pytest.mark.parametrize("how", ["muted", "removed"])
async def test_an_alert_leaves_only_where_a_rule_that_hit_is_awake(
    archive: Archive, clock: ManualClock, how: str
) -> None:
    desk = Outgoing(archive, clock)
    await subscribe(archive, ANNA, "білогорівка", "лиман")
    said = ("Білогорівка", "Лиман", "Білогорівка, Лиман")
    await desk.hears(*(batch(post(n, text)) for n, text in enumerate(said, 1)))
    await put_to_sleep(desk, ANNA, how, "білогорівка")
    assert [text.removesuffix("</a>")[-1] for text in await desk.tells()] == ["2", "3"]
    assert await withdrawn(archive) == [("alert", how)]
    assert (await outbox.counts(archive.reader)).failed == 0


@pytest.mark.parametrize("how", ["muted", "removed"])
async def test_what_follows_does_not_leave_either(
    desk: Outgoing, clock: ManualClock, how: str
) -> None:
    """Of what was told, and of what will not be."""
    await desk.hears(batch(post(8, SAID)), edited(f"{SAID}!", 8), edited(f"{SAID}!"))
    await desk.hears(gone(clock, 2))
    for chat in (ANNA, BORYS):
        await put_to_sleep(desk, chat, how, "білогорівка")
    assert await desk.tells() == []
    kinds = ["alert", "alert", "changed", "changed", "changed", "changed", "gone", "gone"]
    assert sorted(await withdrawn(desk.archive)) == [(kind, how) for kind in kinds]
    assert (await outbox.counts(desk.archive.reader)).failed == 0


async def test_a_rule_that_only_a_repost_hit_keeps_the_alert(desk: Outgoing) -> None:
    await desk.watches()
    await subscribe(desk.archive, CAROL, "контролем", "терміново")
    first = said(77, 9)
    await desk.hears(batch(first))
    await desk.hears(batch(said(78, 9, f"{NEWS} Терміново!", forward=forward(first))))
    await put_to_sleep(desk, CAROL, "muted", "контролем")
    await desk.tells()
    [text] = desk.telegram.texts(CAROL)
    assert "(терміново)" in text
