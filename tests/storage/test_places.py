"""A chat that moves loses nothing, and is told nothing twice."""

import pytest

from storage import held, moving, outbox, places, queues, rules, subscribers
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Hold, Message, Reason, Subscriber
from tests.storage.archives import CHANNEL, NOW, POST, apply, save_channels, subscriber

OLD, NEW = -500, -1_000_000_000_501


async def move(archive: Archive) -> bool:
    async with archive.transaction() as tx:
        return await moving.move(tx, OLD, NEW, 77, NOW)


async def open_subjects(archive: Archive) -> list[str]:
    rows = await archive.reader.execute_fetchall(
        "SELECT subject FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL ORDER BY subject"
    )
    return [row["subject"] for row in rows]


async def test_rules_and_open_rows_go_along_with_their_random_ids(archive: Archive) -> None:
    desk = await subscriber(archive, OLD)
    async with archive.transaction() as tx:
        await rules.add(tx, desk.id, "наступ", NOW)
        await outbox.add(tx, archive.id, [Owed("alert", desk.id, "a", message=Message("a"))], NOW)
    [before] = await queues.due(archive.outbox_reader, NOW, 9)
    assert await move(archive)
    [after] = await queues.due(archive.outbox_reader, NOW, 9)
    assert after.random_id == before.random_id
    moved = after.subscriber
    assert (moved.id, moved.chat_id, moved.access_hash) == (desk.id, NEW, 77)
    assert [rule.query for rule in await rules.of(archive.reader, desk.id)] == ["наступ"]
    assert not await move(archive), "there is nothing more to move"


async def test_two_that_become_one_are_told_each_thing_once(archive: Archive) -> None:
    old, new = await subscriber(archive, OLD), await subscriber(archive, NEW)
    async with archive.transaction() as tx:
        for place, queries in ((old, ("наступ", "штурм")), (new, ("наступ", "варта"))):
            for query in queries:
                await rules.add(tx, place.id, query, NOW)
        for place, subjects in ((old, "abc"), (new, "bcd")):
            owed = [Owed("alert", place.id, each, message=Message(each)) for each in subjects]
            await outbox.add(tx, archive.id, owed, NOW)
        await tx.execute("UPDATE outbox SET sent_at = 1, message_id = 5 WHERE subject = 'b'")
        await tx.execute("UPDATE outbox SET sent_at = NULL WHERE subscriber_id = ?", (old.id,))
    before = await rules.revision(archive.reader)
    assert await move(archive)
    assert await open_subjects(archive) == ["a", "c", "d"]
    assert await rules.revision(archive.reader) > before
    kept = await rules.of(archive.reader, old.id)
    assert sorted(rule.query for rule in kept) == ["варта", "наступ", "штурм"]
    found = await subscribers.find(archive.reader, NEW, 0)
    assert found is not None and found.id == old.id
    assert await subscribers.find(archive.reader, OLD, 0) is None
    assert await rules.of(archive.reader, new.id) == []
    assert [await subscribers.standing(archive.reader, n) for n in (old.id, new.id)] == [found] * 2
    assert not await move(archive)


async def tell(archive: Archive, reader: Subscriber) -> list[int]:
    """Owe the digest that is due, and send what is open: the rules whose hits that tells."""
    async with archive.transaction() as tx:
        await held.tell(tx, archive.id, reader.id, NOW)
        told: list[int] = []
        while rows := [
            due for due in await queues.due(tx, NOW, 9) if due.subscriber.id == reader.id
        ]:
            told += [hit.rule_id for hit in await held.told_in(tx, rows[0].id)]
            await outbox.freeze(tx, rows[0].id, Message("a digest"))
            await outbox.sent(tx, rows[0].id, rows[0].id, NOW)
    return told


@pytest.mark.parametrize("sent", [None, 1, 2])
async def test_two_that_become_one_lose_nothing_of_their_digests(
    archive: Archive, sent: int | None
) -> None:
    """Both have one of the same time, each with a hit of its own."""
    await save_channels(archive, CHANNEL)
    [change] = await apply(archive, POST)
    both = [await subscriber(archive, chat) for chat in (OLD, NEW)]
    for number, place in enumerate(both, 1):
        async with archive.transaction() as tx:
            rule = await rules.add(tx, place.id, f"rule {number}", NOW)
            hit = Hold(place.id, rule.id, change.post_id, 1, Reason.DIGEST, NOW)
            await held.hold(tx, [hit], NOW)
            assert await held.tell(tx, archive.id, place.id, NOW)
    if sent is not None:
        assert await tell(archive, both[sent - 1]) == [sent]
    assert await move(archive)
    assert sorted(await tell(archive, both[0])) == [each for each in (1, 2) if each != sent]


async def test_a_word_from_a_topic_wakes_its_chat_and_no_closed_topic_but_itself(
    archive: Archive,
) -> None:
    first, second, third = [await subscriber(archive, NEW, topic) for topic in (1, 2, 3)]
    async with archive.transaction() as tx:
        for topic in (first, second):
            assert await subscribers.set_gone(tx, topic.id, NOW, "TOPIC_CLOSED")
        assert await subscribers.set_gone(tx, third.id, NOW, "CHANNEL_PRIVATE")
        assert not await subscribers.set_gone(tx, third.id, NOW, "CHANNEL_PRIVATE")
    assert await places.sleeps(archive.reader, NEW, 1)
    async with archive.transaction() as tx:
        await places.wake(tx, NEW, 1)
    gone = [await subscribers.get(archive.reader, each.id) for each in (first, second, third)]
    assert [each.gone for each in gone if each] == [False, True, False]
    assert not await places.sleeps(archive.reader, NEW, None)
