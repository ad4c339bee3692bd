"""An export into the archive: once, beside what the watcher saw, and with a report."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import Clock
from storage import channels, posts, search
from storage.db import Archive
from storage.records import (
    Absence,
    Batch,
    Change,
    ChangeKind,
    Channel,
    ChannelState,
    Deletion,
    Post,
    Via,
)
from storage.search import Search
from tests.importing.bringing import POST, bring, bring_in, counts, kept
from tests.importing.desktop import (
    AT,
    CHANNEL,
    NOW,
    TITLE,
    chat,
    message,
    service,
    write_json,
    written,
)
from tests.storage.archives import check_index, problems

WATCHED = Channel(CHANNEL, "Як у Telegram", "pryklad", ChannelState.JOINED, verified=True)


async def save(archive: Archive, channel: Channel) -> None:
    async with archive.transaction() as tx:
        await channels.save(tx, channel)


async def see(archive: Archive, *items: Post | Deletion, via: Via = Via.LIVE) -> list[Change]:
    """What the watcher sees."""
    batch = Batch(
        via,
        NOW,
        tuple(item for item in items if isinstance(item, Post)),
        tuple(item for item in items if isinstance(item, Deletion)),
    )
    async with archive.transaction() as tx:
        return await posts.apply(tx, batch)


async def test_a_channel_comes_in_whole(archive: Archive, clock: Clock, tmp_path: Path) -> None:
    messages = [
        service(1, "create_channel", title=TITLE),
        message(2, text=["Слово ", {"type": "bold", "text": "жирне"}], edited_unixtime=str(AT + 9)),
        message(3, text="Інше", reply_to_message_id=2, author="Речник"),
    ]
    report = await bring(archive, clock, tmp_path, *messages)
    assert counts(report) == (3, 3, 0, 0, 0)
    assert report.complete
    found = await kept(archive, 2)
    assert (found.via, found.post.text) == (Via.IMPORT, "Слово жирне")
    assert found.post.edited_at == (AT + 9) * 1000
    assert await problems(archive) == []
    await check_index(archive)


async def test_what_was_imported_is_found_by_its_words(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    await bring(archive, clock, tmp_path, message(5, text="Білогорівка"), message(6, text="інше"))
    found = await search.newest(archive.reader, Search("body : білогорівка"), 10, None)
    assert [each.post.message_id for each in found] == [5]


async def test_importing_again_changes_nothing(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    messages = [message(number, text=f"слово {number}") for number in range(1, 900)]
    await bring(archive, clock, tmp_path, *messages)
    before = await posts.counts(archive.reader)
    report = await bring(archive, clock, tmp_path, *messages)
    assert counts(report) == (899, 0, 899, 0, 0)
    assert report.complete
    assert await posts.counts(archive.reader) == before


async def test_a_message_twice_in_an_export_is_one_post(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    report = await bring(archive, clock, tmp_path, message(5), message(5), message(5, text="а"))
    assert counts(report) == (3, 1, 1, 1, 0)


async def test_a_channel_nobody_watches_is_marked_so(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    await bring(archive, clock, tmp_path, message(5))
    [channel] = await channels.watched(archive.reader)
    assert (channel.id, channel.title, channel.state) == (CHANNEL, TITLE, ChannelState.IMPORTED)
    assert NOW <= channel.added_at < NOW + 60_000
    assert await channels.among(archive.reader, [CHANNEL]) == set()


@pytest.mark.parametrize("state", list(ChannelState))
async def test_a_channel_in_the_archive_stays_what_it_is(
    archive: Archive, clock: Clock, tmp_path: Path, state: ChannelState
) -> None:
    await save(archive, replace(WATCHED, state=state))
    await bring(archive, clock, tmp_path, message(5))
    assert await channels.get(archive.reader, CHANNEL) == replace(WATCHED, state=state)


async def test_an_import_never_beats_what_the_watcher_saw(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    """Its other state is kept as a version, and told as known."""
    await save(archive, WATCHED)
    await see(archive, replace(POST, text="Як було", pts=3))
    later = message(5, text="З файлу", edited_unixtime=str(AT + 999))
    report = await bring(archive, clock, tmp_path, later)
    assert counts(report) == (1, 0, 1, 0, 0)
    found = await kept(archive)
    assert (found.via, found.post.text) == (Via.LIVE, "Як було")
    versions = await posts.versions(archive.reader, found.id)
    assert [version.post.text for version in versions] == ["Як було", "З файлу"]


async def test_what_the_watcher_saw_alike_is_the_same_state(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    await save(archive, WATCHED)
    await see(archive, replace(POST, pts=3))
    await bring(archive, clock, tmp_path, message(5, text="Слово"), message(6, text="Нове"))
    assert (await kept(archive)).version == 1
    [news] = await see(archive, replace(POST, message_id=6, text="Нове", pts=4))
    assert news.kind is ChangeKind.NEW, "nobody was told of it by the file"
    assert (await kept(archive, 6)).version == 1
    assert (await kept(archive, 6)).via is Via.LIVE


async def test_a_post_that_is_deleted_stays_so(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    await save(archive, WATCHED)
    gone = [Deletion(CHANNEL, 5, Absence.NOTICE, 4), Deletion(CHANNEL, 6, Absence.RECHECK, 4)]
    await see(archive, replace(POST, pts=3), *gone)
    report = await bring(archive, clock, tmp_path, message(5, text="Слово"), message(6, text="а"))
    assert counts(report) == (2, 1, 1, 0, 0)
    assert (await kept(archive)).absence is Absence.NOTICE
    assert (await kept(archive, 6)).absence is Absence.RECHECK


async def test_what_cannot_be_a_post_is_counted_by_reason_with_the_first_of_each(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    messages = [
        message(1, text="гаразд"),
        message(2, text=5),
        {"id": 3, "type": "unsupported"},
        message(4, date_unixtime="-62135596800"),
        message(5, date_unixtime="253402300799"),
        message(6, date_unixtime="253402300799"),
        message(10**30),
        message(7, text="також"),
    ]
    report = await bring(archive, clock, tmp_path, *messages)
    assert counts(report) == (8, 2, 0, 0, 6)
    assert not report.complete
    [one] = report.channels
    assert [(each.why, each.count, each.first) for each in one.skipped.values()] == [
        ("its text is neither a text nor a list of texts", 1, "message 2, id 2"),
        ("Telegram Desktop did not know its kind and left it out", 1, "message 3, id 3"),
        ("its date is before Telegram existed (August 2013)", 1, "message 4, id 4"),
        ("its date is in the future", 2, "message 5, id 5"),
        ("its id is none of a message", 1, f"message 7, id {str(10**30)[:20]}"),
    ]


async def test_a_damaged_file_brings_in_what_is_whole(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    whole = written(chat([message(number) for number in range(1, 11)]))
    cut = whole.replace('"id": 4,', '"id": 4 4,')[: whole.index('"id": 9,')]
    report = await bring_in(archive, clock, write_json(tmp_path, cut))
    assert counts(report) == (7, 7, 0, 0, 0)
    assert not report.complete
    assert report.flaws_found == 3  # message 4, message 9, and the end


async def test_much_damage_is_counted_and_shown_in_part(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    whole = written(chat([message(number) for number in range(1, 101)]))
    report = await bring_in(archive, clock, write_json(tmp_path, whole.replace("2022-", '2022"-')))
    assert report.flaws_found == 100
    assert len(report.flaws) == 20
    assert "Damaged: 80 more places." in list(report.lines())


async def test_a_report_for_scripts_says_all_that_one_for_people_does(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    report = await bring(archive, clock, tmp_path, message(1), message(2, text=5))
    plain = report.plain()
    assert plain["channels"] == [
        {
            "id": CHANNEL,
            "title": TITLE,
            "read": 2,
            "new": 1,
            "replaced": 0,
            "known": 0,
            "skipped": [
                {
                    "why": "its text is neither a text nor a list of texts",
                    "first": "message 2, id 2",
                    "count": 1,
                }
            ],
        }
    ]
    assert (plain["format"], plain["complete"]) == ("json", False)
    lines = "\n".join(report.lines())
    assert "2 messages read" in lines
    assert "1 not imported: its text is neither" in lines
    for lack in report.lacks:
        assert lack in lines
