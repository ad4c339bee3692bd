"""What is owed: once, in order, frozen, and found fast."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import freezing, joining, outbox, queues, rules, subscribers, thawing, told
from storage.db import Archive
from storage.outbox import Counts, Owed
from storage.records import Button, Document, Does, Due, Message, Subscriber
from tests.storage.archives import NOW, POST, apply, plans, subscriber

MESSAGE = Message(
    "<b>Наступ</b> & more",
    buttons=((Button("Open", url="https://t.me/a/1"), Button("Mute", data="m:1")), ()),
    silent=True,
)
ARCHIVE_ID = bytes(range(16))


async def add(archive: Archive, *owed: Owed) -> int:
    async with archive.transaction() as tx:
        return await outbox.add(tx, archive.id, owed, NOW)


async def due(archive: Archive, now: int = NOW, limit: int = 100) -> list[Due]:
    return await queues.due(archive.outbox_reader, now, limit)


def subjects(rows: Sequence[Due]) -> list[str]:
    return [row.subject for row in rows]


@pytest.mark.parametrize(
    ("kind", "chat", "subject", "expected"),
    [
        ("alert", (5, 0), "1111/7", -7083351798224836818),
        ("alert", (5, 3), "1111/7", -7718141026197022925),
        ("alert", (-1001234567890, 0), "1111/g12", -8161937391410709237),
        ("digest", (5, 0), "2022-09-20", -3084556201801090015),
    ],
)
def test_the_random_id_never_changes(
    kind: str, chat: tuple[int, int], subject: str, expected: int
) -> None:
    """Written out: with another derivation an update of the program would send twice what was
    sent and not yet marked before it.
    """
    assert outbox.random_id(ARCHIVE_ID, kind, chat, subject) == expected


def test_another_archive_has_other_random_ids() -> None:
    one, two = (
        outbox.random_id(archive, "alert", (5, 0), "1111/7") for archive in (ARCHIVE_ID, bytes(16))
    )
    assert one != two


async def test_what_is_owed_is_offered_with_all_it_needs(archive: Archive) -> None:
    reader = await subscriber(archive, -100500, topic_id=4)
    [change] = await apply(archive, POST)
    owed = Owed("alert", reader.id, POST.story, change.post_id, 1)
    assert await add(archive, owed) == 1
    [row] = await due(archive)
    random_id = outbox.random_id(archive.id, "alert", (-100500, 4), "1111/7")
    assert row == Due(
        id=row.id,
        kind="alert",
        subscriber=reader,
        random_id=random_id,
        subject="1111/7",
        post_id=change.post_id,
        version=1,
        attempts=0,
        created_at=NOW,
        message=None,
    )


async def test_the_same_thing_is_owed_once(archive: Archive) -> None:
    one, two = await subscriber(archive, 1), await subscriber(archive, 2)
    alert = Owed("alert", one.id, "1111/7", message=MESSAGE)
    assert await add(archive, alert, alert, Owed("alert", two.id, "1111/7")) == 2
    other = Owed("edit", one.id, "1111/7")
    assert await add(archive, Owed("alert", one.id, "1111/7", due_at=5), other) == 1
    assert await add(archive) == 0
    assert [row.message for row in await due(archive)] == [MESSAGE, None]
    for row in await due(archive):
        async with archive.transaction() as tx:
            await outbox.sent(tx, row.id, 1, NOW)
    assert await add(archive, alert) == 0


async def test_a_subscriber_is_offered_its_oldest_row_only(archive: Archive) -> None:
    """Even if that one has to wait and a later one would be due: order is kept."""
    one, two = await subscriber(archive, 1), await subscriber(archive, 2)
    await add(
        archive,
        Owed("alert", one.id, "a", due_at=NOW + 1000),
        Owed("alert", one.id, "b"),
        Owed("alert", two.id, "c"),
        Owed("alert", two.id, "d"),
    )
    assert subjects(await due(archive)) == ["c"]
    assert subjects(await due(archive, NOW + 999)) == ["c"]
    assert subjects(await due(archive, NOW + 1000)) == ["c", "a"]  # due first, offered first
    [row, _] = await due(archive, NOW + 1000)
    async with archive.transaction() as tx:
        await outbox.postpone(tx, row.id, NOW + 5000, "wait a little")
    assert subjects(await due(archive, NOW + 4999)) == ["a"]
    [_, row] = await due(archive, NOW + 5000)
    assert (row.subject, row.attempts) == ("c", 1)


@pytest.mark.parametrize("ending", ["sent", "failed"])
async def test_what_is_done_makes_room_for_the_next(archive: Archive, ending: str) -> None:
    reader = await subscriber(archive)
    await add(archive, *(Owed("alert", reader.id, subject) for subject in "abc"))
    told = []
    while rows := await due(archive):
        told += subjects(rows)
        async with archive.transaction() as tx:
            if ending == "sent":
                await outbox.sent(tx, rows[0].id, message_id=10, now=NOW)
            else:
                await outbox.failed(tx, rows[0].id, "refused", NOW)
    assert told == ["a", "b", "c"]
    sent, failed = (3, 0) if ending == "sent" else (0, 3)
    assert await outbox.counts(archive.reader) == Counts(open=0, sent=sent, failed=failed)


async def test_digests_of_others_are_offered_after_alerts(archive: Archive) -> None:
    readers = [await subscriber(archive, chat) for chat in range(1, 6)]
    digests = [
        Owed("digest", each.id, "digest", due_at=NOW - 1, rank=outbox.DIGESTS) for each in readers
    ]
    later = await subscriber(archive, 9)
    alerts = [Owed("alert", each.id, "alert", due_at=NOW) for each in (readers[4], later)]
    await add(archive, *digests, *alerts)
    assert subjects(await due(archive, limit=3)) == ["alert", "alert", "digest"]


async def test_topics_of_a_chat_do_not_wait_for_each_other(archive: Archive) -> None:
    topics = [await subscriber(archive, -5, topic) for topic in (1, 2)]
    await add(archive, *(Owed("alert", topic.id, s) for topic in topics for s in "ab"))
    assert subjects(await due(archive)) == ["a", "a"]


async def test_no_more_is_offered_than_asked_for(archive: Archive) -> None:
    for chat in range(1, 6):
        reader = await subscriber(archive, chat)
        await add(archive, Owed("alert", reader.id, str(chat), due_at=NOW - chat))
    assert subjects(await due(archive, limit=3)) == ["5", "4", "3"]


async def test_subscribers_that_are_gone_are_passed_over_until_they_are_back(
    archive: Archive,
) -> None:
    reader = await subscriber(archive)
    await add(archive, Owed("alert", reader.id, "a"))
    async with archive.transaction() as tx:
        await subscribers.set_gone(tx, reader.id, NOW)
    assert await due(archive) == []
    assert await queues.next_due_at(archive.outbox_reader, -1) is None
    await subscriber(archive)
    assert subjects(await due(archive)) == ["a"]


async def test_what_is_meant_for_later_lets_others_pass_and_what_was_tried_does_not(
    archive: Archive,
) -> None:
    reader = await subscriber(archive)
    later = Owed("digest", reader.id, "later", due_at=NOW + 60_000)
    album = Owed("alert", reader.id, "album", due_at=NOW + 1_000)
    await add(archive, later, album, Owed("alert", reader.id, "post"))
    assert await due(archive) == [], "the album waits for its parts, and keeps its turn"
    assert await queues.next_due_at(archive.outbox_reader, NOW) == NOW + 1_000
    [row] = await queues.due(archive.outbox_reader, NOW + 1_000, 8)
    assert row.subject == "album"
    async with archive.transaction() as tx:
        await outbox.postpone(tx, row.id, NOW + 30_000, "FLOOD_WAIT_30")
    assert await due(archive) == [], "the post does not overtake what was tried before it"
    assert await queues.next_due_at(archive.outbox_reader, NOW) == NOW + 30_000
    async with archive.transaction() as tx:
        await outbox.sent(tx, row.id, 1, NOW)
    assert subjects(await due(archive)) == ["post"]
    assert subjects(await queues.due(archive.outbox_reader, NOW + 60_000, 8)) == ["later"]


async def test_when_the_next_row_is_due(archive: Archive) -> None:
    assert await queues.next_due_at(archive.outbox_reader, 0) is None
    one, two = await subscriber(archive, 1), await subscriber(archive, 2)
    await add(
        archive,
        Owed("alert", one.id, "a", due_at=300),
        Owed("alert", one.id, "b", due_at=100),  # behind the one before
        Owed("alert", two.id, "c", due_at=200),
    )
    later = [await queues.next_due_at(archive.outbox_reader, after) for after in (0, 200, 300)]
    assert later == [200, 300, None]  # what is due already is not waited for


async def test_what_was_not_sent_after_all_is_composed_anew(archive: Archive) -> None:
    """Unless it was sent, or something that follows it was owed since."""
    reader = await subscriber(archive)
    await add(archive, *(Owed("alert", reader.id, subject) for subject in "abc"))
    changes = await apply(archive, *(replace(POST, message_id=number) for number in (1, 2)))
    first, later = [change.post_id for change in changes]
    async with archive.transaction() as tx:
        await joining.join(tx, [(1, first)], NOW)
        for row_id in (1, 2, 3):
            await outbox.freeze(tx, row_id, MESSAGE)
        await joining.join(tx, [(1, later)], NOW)
        await outbox.sent(tx, 2, 10, NOW)
        await thawing.thaw(tx, 1, NOW + 1)
        await thawing.thaw(tx, 2, NOW + 1)
        follows = Owed("merge", reader.id, "3/9", does=Does.EDIT, target_id=3)
        await outbox.add(tx, archive.id, [follows], NOW + 2)
        await thawing.thaw(tx, 3, NOW + 1)
    rows = await archive.reader.execute_fetchall("SELECT message FROM outbox ORDER BY id")
    assert [row["message"] is None for row in rows] == [True, False, False, True]
    told = await archive.reader.execute_fetchall("SELECT told_in FROM joined")
    assert [row["told_in"] for row in told] == [None, None]


async def test_what_was_frozen_first_stays(archive: Archive) -> None:
    reader = await subscriber(archive)
    await add(archive, Owed("alert", reader.id, "a"))
    [row] = await due(archive)
    for message in (MESSAGE, Message("other")):
        async with archive.transaction() as tx:
            await outbox.freeze(tx, row.id, message)
    [row] = await due(archive)
    assert row.message == MESSAGE


messages = st.builds(
    Message,
    html=st.text(),
    buttons=st.lists(
        st.lists(st.builds(Button, st.text(), st.text(), st.text()), max_size=3).map(tuple),
        max_size=3,
    ).map(tuple),
    silent=st.booleans(),
    picture=st.none() | st.binary(min_size=32, max_size=32),
    document=st.none() | st.builds(Document, st.text(min_size=1), st.binary()),
    without_document=st.text(),
    tells=st.lists(st.integers()).map(tuple),
)


@given(messages)
def test_a_frozen_message_comes_back_equal(message: Message) -> None:
    assert freezing.thawed(freezing.frozen(message)) == message


def test_what_an_older_program_froze_is_still_read() -> None:
    assert freezing.thawed('{"html": "x", "buttons": [], "silent": false}') == Message("x")


@pytest.mark.parametrize(
    ("told", "has_media"),
    [
        (Message("text"), False),
        (Message("caption", picture=bytes(32)), True),
        (Message("caption", document=Document("list.txt", b"1")), True),
    ],
)
async def test_what_replaces_a_message_knows_its_id_and_whether_it_is_a_caption(
    archive: Archive, told: Message, has_media: bool
) -> None:
    reader = await subscriber(archive)
    await add(archive, Owed("alert", reader.id, "a", message=told))
    [row] = await due(archive)
    await add(archive, Owed("merge", reader.id, "b", does=Does.EDIT, target_id=row.id))
    async with archive.transaction() as tx:
        await outbox.sent(tx, row.id, 10, NOW)
    [edit] = await due(archive)
    assert (edit.does, edit.target_message_id) == (Does.EDIT, 10)
    assert edit.target_has_media is has_media
    assert not row.target_has_media


async def fill(archive: Archive, readers: int, each: int) -> list[Subscriber]:
    made = [await subscriber(archive, chat) for chat in range(1, readers + 1)]
    await add(archive, *(Owed("alert", reader.id, str(i)) for i in range(each) for reader in made))
    return made


async def test_due_is_served_by_an_index(archive: Archive) -> None:
    """None of the statements, as they are run, reads the outbox from end to end."""
    await fill(archive, readers=3, each=2)
    async with archive.heavy() as conn:
        for work in (queues.due(conn, NOW, 8), queues.next_due_at(conn, NOW)):
            steps = await plans(conn, work)
            assert any("INDEX outbox_open (subscriber_id=?)" in step for step in steps)
            assert "SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)" in steps
            assert not [step for step in steps if step in ("SCAN outbox", "SCAN open")]


async def test_ten_thousand_open_rows_do_not_slow_it_down(archive: Archive) -> None:
    """Work, counted by SQLite itself, grows with the subscribers and not with the rows."""
    await fill(archive, readers=200, each=50)
    steps = []

    def count() -> int:
        steps.append(1)
        return 0

    async with archive.heavy() as conn:
        await conn.set_progress_handler(count, 100)
        assert len(await queues.due(conn, NOW, 8)) == 8
    assert len(steps) * 100 < 200 * 100


async def test_of_which_posts_a_subscriber_was_owed_an_alert(archive: Archive) -> None:
    anna, borys = await subscriber(archive, 1), await subscriber(archive, 2)
    changes = await apply(archive, *(replace(POST, message_id=number) for number in range(1, 6)))
    ids = [change.post_id for change in changes]
    await add(archive, Owed("alert", anna.id, "1", post_id=ids[0]))
    await add(archive, Owed("alert", borys.id, "2", post_id=ids[1]))
    async with archive.transaction() as tx:
        rule = await rules.add(tx, anna.id, "кава", NOW)
        await joining.join(tx, [(1, ids[2]), (2, ids[2])], NOW)
        await tx.execute(
            "INSERT INTO held (subscriber_id, rule_id, post_id, version, reason, held_at, due_at) "
            "VALUES (?, ?, ?, 1, 'digest', ?, ?)",
            (anna.id, rule.id, ids[3], NOW, NOW),
        )
    assert await told.among(archive.reader, anna.id, ids) == {ids[0], ids[2], ids[3]}
    assert await told.among(archive.reader, borys.id, ids) == {ids[1], ids[2]}
    assert await told.among(archive.reader, anna.id, []) == set()


async def test_a_restarted_program_knows_what_went_lately_and_what_may_have(
    archive: Archive,
) -> None:
    anna, group = await subscriber(archive, 5), await subscriber(archive, -7)
    await add(archive, *(Owed("notice", anna.id, str(n)) for n in range(3)))
    await add(archive, Owed("notice", group.id, "4"), Owed("notice", group.id, "5"))
    async with archive.transaction() as tx:
        await outbox.sent(tx, 1, 100, NOW - 90_000)
        await outbox.sent(tx, 2, 101, NOW - 2_000)
        await outbox.sent(tx, 4, 102, NOW - 3_000)
        await outbox.freeze(tx, 5, MESSAGE)  # on its way when the program was killed, it may be
    went = await outbox.sendings(archive.outbox_reader, NOW - 60_000, NOW)
    assert went == [(NOW - 3_000, -7), (NOW - 2_000, 5), (NOW, -7)]


async def test_of_what_is_composed_one_row_of_a_chat_may_have_been_on_its_way(
    archive: Archive,
) -> None:
    """Others wait behind it, as notices do, which are composed when they are owed; and nothing is
    on its way to who is out of reach."""
    owner, forum = await subscriber(archive, 5), [await subscriber(archive, -7, n) for n in (1, 2)]
    gone = [await subscriber(archive, chat) for chat in range(100, 140)]
    await add(
        archive,
        *(Owed("notice", owner.id, str(n), message=MESSAGE) for n in range(100)),
        *(Owed("notice", each.id, "1", message=MESSAGE) for each in (*forum, *gone)),
    )
    async with archive.transaction() as tx:
        for each in gone:
            await subscribers.set_gone(tx, each.id, NOW, "USER_IS_BLOCKED")
    went = await outbox.sendings(archive.outbox_reader, NOW - 60_000, NOW)
    assert sorted(went) == [(NOW, -7), (NOW, 5)]
