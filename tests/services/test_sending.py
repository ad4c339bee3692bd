"""The bot's voice over the real protocol: answers, replacements, pictures, files, floods."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.alerts.attempts import Desk
from bot.alerts.delivery import Delivery
from bot.alerts.pace import Pace
from bot.alerts.places import Places
from bot.bell import Bell
from bot.clock import Clock
from bot.outcomes import Busy, Gone, Moved, Refused
from bot.sandbox.drafts import picture
from bot.sandbox.people import Bot
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.telegram.client import Account
from bot.telegram.sending import Sending
from bot.telegram.uploads import PART, Uploads
from storage import outbox
from storage.db import Archive
from storage.files import Files
from storage.outbox import Owed
from storage.records import Button, Document, Does, Due, Message, Subscriber
from tests.running import running
from tests.services.conftest import subscribe
from tests.services.telegram import no_picture

LIST = Document("видалені.txt", "1. Білогорівка\n".encode())


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "media")


@pytest.fixture
def sending(account: Account, files: Files) -> Sending:
    return Sending(account, Uploads(account, files.path))


@pytest.fixture
async def anna(telegram: Telegram, account: Account) -> Reader:
    return await started(telegram, "Anna")


async def started(telegram: Telegram, name: str) -> Reader:
    """Somebody whom the bot may write to."""
    reader = telegram.reader(name)
    await reader.says("/start")
    return reader


def chat(telegram: Telegram, bot: Bot, who: Reader) -> Subscriber:
    return Subscriber(1, who.id, access_hash=telegram.world.access_hash(bot.id, who.id))


@pytest.fixture
def here(telegram: Telegram, bot: Bot, anna: Reader) -> Subscriber:
    return chat(telegram, bot, anna)


def keep(files: Files, data: bytes) -> bytes:
    files.append("x", data)
    return files.finish("x")[0]


async def test_a_message_is_answered_and_replaced(
    sending: Sending, here: Subscriber, anna: Reader
) -> None:
    sent = await sending.send(here, Message("alert"), 1)
    alert = await anna.receives("alert")
    await sending.send(here, Message("deleted"), 2, sent)
    assert (await anna.receives("deleted")).reply_to == alert.id
    for _ in range(2):  # again after a lost answer: nothing is modified, and all is well
        await sending.edit(here, sent, Message("alert, also <b>there</b>"))
    assert (await anna.receives("also there")).edited
    await anna.deletes(alert)
    with pytest.raises(Refused, match="MESSAGE_ID_INVALID"):
        await sending.edit(here, sent, Message("too late"))


@pytest.mark.parametrize("reason", ["REPLY_MESSAGE_ID_INVALID", "REPLY_TO_INVALID"])
async def test_an_answer_to_nothing_is_said_all_the_same(
    telegram: Telegram, sending: Sending, here: Subscriber, anna: Reader, reason: str
) -> None:
    sent = await sending.send(here, Message("alert"), 1)
    await anna.deletes(await anna.receives("alert"))
    telegram.faults.error("messages.SendMessage", 400, reason)
    await sending.send(here, Message("deleted"), 2, sent)
    assert (await anna.receives("deleted")).reply_to is None


async def test_an_answer_in_a_topic_stays_in_it(
    telegram: Telegram, bot: Bot, sending: Sending, anna: Reader
) -> None:
    forum = telegram.group("Forum", members=[anna, bot], forum=True)
    topic = await forum.topic("Alerts", by=anna)
    access_hash = telegram.world.access_hash(bot.id, forum.id)
    there = Subscriber(1, forum.id, topic.id, access_hash=access_hash)
    sent = await sending.send(there, Message("alert"), 1)
    await sending.send(there, Message("deleted"), 2, sent)
    answer = await anna.receives("deleted")
    assert (answer.topic, answer.reply_to) == (topic.id, sent)


async def test_a_picture_is_uploaded_and_its_caption_replaced(
    sending: Sending, here: Subscriber, anna: Reader, files: Files
) -> None:
    shown = keep(files, picture(3))
    buttons = ((Button("Open", url="https://t.me/a/1"),),)
    sent = await sending.send(here, Message("<b>caption</b>", buttons, picture=shown), 1)
    received = await anna.receives("caption")
    assert (received.photo, received.labels) == (picture(3), ["Open"])
    again = await sending.send(here, Message("<b>caption</b>", buttons, picture=shown), 1)
    assert again == sent
    await sending.edit(here, sent, Message("caption, twice"))
    edited = await anna.receives("twice")
    assert (edited.photo, edited.id) == (picture(3), received.id)


async def test_a_file_goes_with_a_message_in_as_many_parts_as_it_needs(
    telegram: Telegram, sending: Sending, here: Subscriber, anna: Reader
) -> None:
    await sending.send(here, Message("the list", document=LIST), 1)
    document = (await anna.receives("the list")).document
    assert document is not None
    assert (document.name, document.data, document.mime_type) == (LIST.name, LIST.data, LIST.mime)
    large = Document("large.txt", b"a line\n" * (PART // 3))
    await sending.send(here, Message("large", document=large), 2)
    document = (await anna.receives("large")).document
    assert document is not None and document.data == large.data
    assert telegram.counts["upload.SaveFilePart"] == 1 + 3


async def test_an_upload_whose_answer_is_lost_comes_once(
    telegram: Telegram, sending: Sending, here: Subscriber, anna: Reader
) -> None:
    telegram.faults.lose_response("messages.SendMedia", times=2)
    await sending.send(here, Message("the list", document=LIST), 1)
    await anna.receives("the list")
    await anna.receives_nothing_more()


@pytest.mark.parametrize(
    "refusal",
    [
        ("messages.SendMedia", 400, "PHOTO_INVALID_DIMENSIONS"),
        ("messages.SendMedia", 403, "CHAT_SEND_PHOTOS_FORBIDDEN"),
        ("messages.SendMedia", 400, "MEDIA_CAPTION_TOO_LONG"),
        ("messages.SendMedia", 400, "A_NAME_OF_NEXT_YEAR"),
        ("upload.SaveFilePart", 400, "FILE_PART_SIZE_INVALID"),
    ],
)
async def test_a_picture_that_is_refused_leaves_the_words(
    telegram: Telegram,
    sending: Sending,
    here: Subscriber,
    anna: Reader,
    files: Files,
    refusal: tuple[str, int, str],
) -> None:
    telegram.faults.error(*refusal)
    await sending.send(here, Message("words", picture=keep(files, picture(1))), 1)
    assert (await anna.receives("words")).photo is None


@pytest.mark.parametrize("reason", ["CHAT_SEND_DOCS_FORBIDDEN", "CHAT_SEND_MEDIA_FORBIDDEN"])
async def test_a_file_that_is_refused_leaves_what_is_to_be_said_without_it(
    telegram: Telegram, sending: Sending, here: Subscriber, anna: Reader, reason: str
) -> None:
    telegram.faults.error("messages.SendMedia", 403, reason, times=2)
    listing = Message("all in the file", document=LIST, without_document="<b>no file</b>: 1")
    for number in (1, 1, 2):  # again after a lost answer
        message = listing if number == 1 else replace(listing, document=None)
        await sending.send(here, message, number)
    received = await anna.receives("no file: 1")
    assert received.document is None
    assert (await anna.receives()).text == "all in the file"
    await anna.receives_nothing_more()


async def test_words_that_are_refused_with_a_file_and_without_are_refused(
    telegram: Telegram, sending: Sending, here: Subscriber
) -> None:
    telegram.faults.error("messages.SendMedia", 400, "ENTITY_BOUNDS_INVALID")
    telegram.faults.error("messages.SendMessage", 400, "ENTITY_BOUNDS_INVALID")
    with pytest.raises(Refused, match="ENTITY_BOUNDS_INVALID"):
        await sending.send(here, Message("words", document=LIST), 1)


@pytest.mark.parametrize("reason", ["ALLOW_PAYMENT_REQUIRED_5", "CHAT_SEND_GAME_FORBIDDEN"])
async def test_a_chat_that_forbids_what_is_said_is_gone_whatever_it_calls_it(
    telegram: Telegram, sending: Sending, here: Subscriber, anna: Reader, reason: str
) -> None:
    sent = await sending.send(here, Message("alert"), 1)
    for method in ("messages.SendMessage", "messages.SendMedia", "messages.EditMessage"):
        telegram.faults.error(method, 403, reason, times=3)
    for message in (Message("words"), Message("words", document=LIST)):
        with pytest.raises(Gone, match=reason):
            await sending.send(here, message, 2)
    with pytest.raises(Gone, match=reason):
        await sending.edit(here, sent, Message("other words"))


async def test_a_message_that_may_not_be_edited_is_no_chat_that_is_gone(
    telegram: Telegram, sending: Sending, here: Subscriber
) -> None:
    sent = await sending.send(here, Message("alert"), 1)
    telegram.faults.error("messages.EditMessage", 403, "MESSAGE_AUTHOR_REQUIRED")
    with pytest.raises(Refused, match="MESSAGE_AUTHOR_REQUIRED"):
        await sending.edit(here, sent, Message("other words"))


async def test_an_answer_that_is_refused_is_said_by_itself(
    telegram: Telegram, sending: Sending, here: Subscriber, anna: Reader
) -> None:
    sent = await sending.send(here, Message("alert"), 1)
    telegram.faults.error("messages.SendMessage", 400, "A_NAME_OF_NEXT_YEAR")
    await sending.send(here, Message("deleted"), 2, sent)
    assert (await anna.receives("deleted")).reply_to is None


async def test_a_picture_that_is_not_there_any_more_leaves_the_words(
    sending: Sending, here: Subscriber, anna: Reader
) -> None:
    await sending.send(here, Message("words", picture=bytes(32)), 1)
    assert (await anna.receives("words")).photo is None


async def test_a_group_that_moved_says_where_it_is(
    telegram: Telegram, bot: Bot, sending: Sending, anna: Reader
) -> None:
    group = telegram.group("Desk", members=[anna, bot], kind="basic")
    other = telegram.group("Other", members=[anna, bot], kind="basic")
    before = Subscriber(1, group.id)
    await group.upgrades(by=anna)
    with pytest.raises(Moved) as moved:
        await sending.send(before, Message("x"), 1)
    assert moved.value.chat_id == group.id
    there = Subscriber(1, group.id, access_hash=moved.value.access_hash)
    await sending.send(there, Message("there"), 1)
    await anna.receives("there", from_=group)
    await other.ends()
    with pytest.raises(Gone):
        await sending.send(Subscriber(1, other.id), Message("x"), 1)


async def test_a_flood_of_one_chat_does_not_stop_the_same_method_in_another(
    telegram: Telegram, bot: Bot, sending: Sending, here: Subscriber, anna: Reader
) -> None:
    """Telethon remembers a flood by method: left alone, it would refuse the second unasked."""
    borys = await started(telegram, "Borys")
    telegram.faults.flood("messages.SendMessage", 300, chat=anna)
    with pytest.raises(Busy) as busy:
        await sending.send(here, Message("x"), 1)
    assert busy.value.seconds == 300 and not busy.value.everybody
    await sending.send(chat(telegram, bot, borys), Message("y"), 2)
    await borys.receives("y")


async def composed(_due: Due) -> Message:
    raise AssertionError("everything here is composed already")


@pytest.fixture
async def delivery(archive: Archive, sending: Sending) -> AsyncIterator[Delivery]:
    clock = Clock()
    bell = Bell(clock)
    places = Places(archive, clock, 0, bell.ring)
    desk = Desk(archive, composed, sending, places, Pace(clock), clock, no_picture)
    delivery = Delivery(desk, bell)
    async with running(delivery.run()):
        yield delivery


async def owe(archive: Archive, reader: Reader, *texts: str) -> Subscriber:
    subscriber = await subscribe(archive, reader.id)
    rows = [Owed("notice", subscriber.id, text, message=Message(text)) for text in texts]
    async with archive.transaction() as tx:
        await outbox.add(tx, archive.id, rows, 0)
    return subscriber


async def test_a_chat_that_does_not_answer_holds_up_none_of_many_others(
    telegram: Telegram, archive: Archive, delivery: Delivery, anna: Reader
) -> None:
    others = [await started(telegram, f"Reader {number}") for number in range(12)]
    answered = asyncio.Event()
    telegram.faults.delay("messages.SendMessage", answered, chat=anna)
    await owe(archive, anna, "first", "second")
    delivery.bell.ring()
    await anna.receives("first")  # Telegram has it; that it has it is not said
    for other in others:
        await owe(archive, other, "a", "b")
    delivery.bell.ring()
    for other in others:
        assert [(await other.receives()).text for _ in range(2)] == ["a", "b"]
    assert anna.unread == []
    answered.set()
    assert (await anna.receives()).text == "second"


async def test_lost_answers_and_cut_connections_double_nothing_that_follows(
    telegram: Telegram, archive: Archive, delivery: Delivery, anna: Reader
) -> None:
    here = await owe(archive, anna, "alert")
    rows = await archive.reader.execute_fetchall("SELECT id FROM outbox")
    target = int(next(iter(rows))[0])
    follows = [
        Owed(
            "follow", here.id, f"{does} {number}", message=Message(f"{does} {number}"),
            does=does, target_id=target,
        )
        for number in range(4)
        for does in (Does.REPLY, Does.EDIT)
    ]  # fmt: skip
    async with archive.transaction() as tx:
        await outbox.add(tx, archive.id, follows, 0)
    telegram.faults.lose_response("messages.SendMessage", times=2)
    telegram.faults.lose_response("messages.EditMessage", times=2)
    delivery.bell.ring()
    async with asyncio.timeout(40):
        while (await outbox.counts(archive.reader)).open:
            pass  # each look waits for the archive
    replies = [one.text for one in anna.inbox if one.reply_to is not None]
    assert replies == [f"reply {number}" for number in range(4)]
    [alert] = [one for one in anna.inbox if one.reply_to is None]
    assert alert.text == "edit 3"
    assert [one.text for one in anna.unread if one.edited] == [f"edit {n}" for n in range(4)]
