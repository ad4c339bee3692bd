"""Subscribers are chats and topics; they may go and come back."""

from storage import rules, subscribers
from storage.db import Archive
from storage.records import Asked, Subscriber
from tests.storage.archives import NOW, subscriber


async def ensure(archive: Archive, asked: Asked, zone: str = "Europe/Kyiv") -> Subscriber:
    async with archive.transaction() as tx:
        return await subscribers.ensure(tx, asked, zone, NOW)


async def test_the_first_question_makes_a_subscriber(archive: Archive) -> None:
    asked = Asked(-100500, 5, topic_id=3, chat_title="Desk", chat_access_hash=-9, language="uk")
    made = await ensure(archive, asked)
    assert made == Subscriber(made.id, -100500, 3, "Desk", -9, "uk", "Europe/Kyiv")
    assert await subscribers.get(archive.reader, made.id) == made
    assert await subscribers.find(archive.reader, -100500, 3) == made
    assert await subscribers.find(archive.reader, -100500, 0) is None
    assert await subscribers.get(archive.reader, 404) is None


async def test_a_person_goes_by_their_own_name(archive: Archive) -> None:
    assert (await ensure(archive, Asked(5, 5, user_name="Reader"))).title == "Reader"


async def test_each_topic_is_a_subscriber(archive: Archive) -> None:
    ids = {(await ensure(archive, Asked(-1, 5, topic_id=topic))).id for topic in (0, 1, 2, 1)}
    assert len(ids) == 3


async def test_asking_again_brings_title_and_key_up_to_date_and_no_more(archive: Archive) -> None:
    made = await ensure(archive, Asked(-1, 5, chat_title="Desk", chat_access_hash=9, language="en"))
    again = Asked(-1, 6, chat_title="News desk", chat_access_hash=10, language="ru")
    changed = await ensure(archive, again, zone="UTC")
    assert changed == Subscriber(made.id, -1, 0, "News desk", 10, "en", "Europe/Kyiv")
    assert await ensure(archive, Asked(-1, 6)) == changed


async def test_the_rules_of_one_that_is_gone_sleep_until_it_asks_again(archive: Archive) -> None:
    """And whoever watches the revision learns of both."""
    reader = await subscriber(archive)
    async with archive.transaction() as tx:
        rule = await rules.add(tx, reader.id, "кава", NOW)
    revisions = [await rules.revision(archive.reader)]
    async with archive.transaction() as tx:
        await subscribers.set_gone(tx, reader.id, NOW)
    revisions.append(await rules.revision(archive.reader))
    gone = await subscribers.get(archive.reader, reader.id)
    assert gone is not None
    assert gone.gone
    assert await rules.every(archive.reader) == []
    back = await subscriber(archive)
    revisions.append(await rules.revision(archive.reader))
    assert back == reader
    assert await rules.every(archive.reader) == [rule]
    assert revisions == sorted(set(revisions))
