"""What becomes of posts, edits and deletions as they arrive."""

import sqlite3
from dataclasses import replace

import pytest

from storage import posts, rowids
from storage.channels import cursors
from storage.db import Archive
from storage.records import (
    Absence,
    Batch,
    Change,
    ChangeKind,
    Cursor,
    Forward,
    Kept,
    Post,
    Via,
)
from tests.storage.archives import (
    CHANNEL,
    NOW,
    POST,
    apply,
    check_index,
    found,
    gone,
    problems,
    save_channels,
    state,
    texts,
)

NEW, EDITED, DELETED = ChangeKind.NEW, ChangeKind.EDITED, ChangeKind.DELETED
REVIVED = ChangeKind.REVIVED
RECHECK = Absence.RECHECK


def kinds(changes: list[Change]) -> list[ChangeKind]:
    return [change.kind for change in changes]


async def kept(archive: Archive, message_id: int = POST.message_id) -> Kept:
    found = await posts.get(archive.reader, CHANNEL, message_id)
    assert found is not None
    return found


async def seen_texts(archive: Archive) -> list[str]:
    """The texts of POST's versions in the order of arrival."""
    versions = await posts.versions(archive.reader, (await kept(archive)).id)
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    return texts(version.post for version in versions)


async def test_a_post_comes_back_as_it_was(archive: Archive) -> None:
    post = Post(
        channel_id=CHANNEL,
        message_id=9,
        posted_at=NOW,
        text="Текст з 'лапками', \N{HEADPHONE} і\nновим рядком",
        edited_at=NOW + 60_000,
        grouped_id=-(2**62),
        reply_to=8,
        author="Речник",
        forward=Forward(NOW - 5_000, channel_id=77, message_id=3, name=None),
        media="photo",
        service=None,
        content={"entities": [{"type": "bold", "offset": 0, "length": 5}], "geo": [48.9, 38.4]},
        has=frozenset({"photo", "link"}),
        language="uk",
        views=10,
        forwards=0,
        pts=5,
        raw=b"\x00raw",
        layer=216,
    )
    [change] = await apply(archive, post, seen_at=NOW + 90_000)
    assert change == Change(NEW, change.post_id, 1, post)
    read = replace(post, raw=b"", layer=0)  # the raw object is not read with it
    assert await kept(archive, 9) == Kept(change.post_id, read, 1, Via.LIVE, NOW + 90_000)
    [version] = await posts.versions(archive.reader, change.post_id)
    assert version.post == replace(read, views=None, forwards=None, language=None)


async def test_a_replay_changes_nothing(archive: Archive) -> None:
    await apply(archive, POST, gone())
    before = await kept(archive)
    for via in Via:
        assert await apply(archive, POST, gone(), POST, via=via, seen_at=NOW + 1) == []
    assert await kept(archive) == before


async def test_an_edit_is_a_version_and_becomes_current(archive: Archive) -> None:
    await apply(archive, POST)
    [change] = await apply(archive, state("інше", 2, NOW + 1), via=Via.SWEEP)
    assert (change.kind, change.version, change.post.text) == (EDITED, 2, "інше")
    current = await kept(archive)
    assert (current.post.text, current.version, current.via) == ("інше", 2, Via.SWEEP)
    assert await seen_texts(archive) == [POST.text, "інше"]


@pytest.mark.parametrize(
    "edited",
    [
        replace(POST, content={"entities": [1]}),
        replace(POST, media="video"),
        replace(POST, service="pin_message"),
        replace(POST, forward=Forward(NOW, name="somebody")),
        replace(POST, grouped_id=5),
        replace(POST, author="Прессслужба"),
        replace(POST, reply_to=1),
    ],
)
async def test_a_change_of_anything_said_is_an_edit(archive: Archive, edited: Post) -> None:
    await apply(archive, POST)
    assert kinds(await apply(archive, edited)) == [EDITED]
    assert (await kept(archive)).post == edited


async def test_counts_and_dates_and_places_make_no_version(archive: Archive) -> None:
    await apply(archive, POST)
    again = replace(POST, views=5, forwards=2, edited_at=NOW + 9, pts=8, raw=b"other", layer=7)
    assert await apply(archive, again) == []
    assert (await kept(archive)).post == replace(again, raw=b"", layer=0)
    assert await apply(archive, replace(POST, edited_at=NOW + 3)) == []
    assert (await kept(archive)).post == replace(again, raw=b"", layer=0)


async def test_later_counts_replace_earlier_ones_and_not_the_other_way(archive: Archive) -> None:
    await apply(archive, replace(POST, views=5, forwards=1), seen_at=NOW + 10)
    await apply(archive, replace(POST, views=9), seen_at=NOW + 20)
    await apply(archive, replace(POST, views=2), seen_at=NOW + 15)
    await apply(archive, replace(POST, views=3), seen_at=NOW + 30, via=Via.IMPORT)
    post = (await kept(archive)).post
    assert (post.views, post.forwards) == (9, 1)


@pytest.mark.parametrize(
    ("held", "arrives", "wins"),
    [
        (state("a", 5, 100), state("b", 6, 50), True),  # by pts, whatever the dates
        (state("a", 5, 100), state("b", 4, 200), False),
        (state("a", 5, 100), state("b", 0, 101), True),  # pts unknown: by the date of the edit
        (state("a", 5, 100), state("b", 0, 99), False),
        (state("a", 5, 100), state("b", 0, None), False),
        (state("a", 0, 100), state("b", 9, 99), False),
        (state("a", 0, 100), state("b", 9, 101), True),
        (state("a", 0, None), state("b", 0, None), True),  # nothing tells: read later
        (state("a", 5, 100), state("b", 0, 100), True),
        (state("a", 5, 100), state("b", 5, 99), False),
    ],
)
async def test_between_two_states_pts_decides_then_the_date_of_the_edit(
    archive: Archive, held: Post, arrives: Post, wins: bool
) -> None:
    """The one that loses is kept as a version."""
    await apply(archive, held)
    assert kinds(await apply(archive, arrives)) == ([EDITED] if wins else [])
    current = await kept(archive)
    assert (current.post.text, current.version) == (("b", 2) if wins else ("a", 1))
    assert await seen_texts(archive) == ["a", "b"]
    assert await apply(archive, arrives) == await apply(archive, held) == []
    assert (await kept(archive)).post.text == current.post.text
    assert await seen_texts(archive) == ["a", "b"]


async def test_what_an_unknown_place_replaced_is_not_beaten_by_what_came_before_it(
    archive: Archive,
) -> None:
    """A state whose place in the log is unknown is at least later than the one it replaces."""
    await apply(archive, state("перше", pts=5, edited_at=NOW))
    await apply(archive, state("третє", pts=0, edited_at=NOW))
    await apply(archive, state("друге", pts=4, edited_at=NOW))
    assert (await kept(archive)).post.text == "третє"


@pytest.mark.parametrize("together", [False, True])
async def test_an_edit_that_was_told_before_its_place_in_the_log_is_one_version(
    archive: Archive, together: bool
) -> None:
    """As a difference tells it: with the new message, and then as the edit."""
    await apply(archive, state("a", 5))
    early, edit = state("b", 4, NOW), replace(state("b", 9, NOW), has=frozenset({"link"}))
    changes = await apply(archive, early, edit) if together else []
    if not together:
        assert await apply(archive, early, via=Via.SWEEP) == []
        changes = await apply(archive, edit)
    assert [(change.kind, change.version) for change in changes] == [(EDITED, 2)]
    current = await kept(archive)
    assert (current.post.text, current.post.pts, current.version) == ("b", 9, 2)
    assert await seen_texts(archive) == ["a", "b"]
    [_, version] = await posts.versions(archive.reader, current.id)
    assert version.post.pts == 9
    assert await problems(archive) == []
    await check_index(archive)


async def test_a_text_that_came_back_by_another_edit_is_another_version(archive: Archive) -> None:
    await apply(archive, state("a", 5, NOW))
    await apply(archive, state("b", 4, NOW - 1))
    await apply(archive, state("b", 9, NOW + 1))
    assert await seen_texts(archive) == ["a", "b", "b"]


async def test_an_edit_taken_back_is_a_version_of_its_own(archive: Archive) -> None:
    """The text is known, but it is a new state: further on in the log, or edited later."""
    await apply(archive, state("a", 1), state("b", 2))
    assert kinds(await apply(archive, state("a", 3))) == [EDITED]
    assert kinds(await apply(archive, state("b", 0, NOW))) == [EDITED]
    assert await seen_texts(archive) == ["a", "b", "a", "b"]


@pytest.mark.parametrize("edited_at", [None, NOW - 1, NOW + 1])
async def test_an_import_never_beats_what_the_watcher_saw(
    archive: Archive, edited_at: int | None
) -> None:
    watched, imported = state("seen", 3, NOW), state("read from a file", 0, edited_at)
    await apply(archive, watched)
    assert await apply(archive, imported, via=Via.IMPORT) == []
    assert (await kept(archive)).post == watched
    assert await seen_texts(archive) == ["seen", "read from a file"]


@pytest.mark.parametrize("edited_at", [None, NOW - 1, NOW + 1])
async def test_what_the_watcher_sees_replaces_an_import(
    archive: Archive, edited_at: int | None
) -> None:
    await apply(archive, state("read from a file", 0, NOW), via=Via.IMPORT)
    changes = await apply(archive, state("seen", 0, edited_at))
    assert kinds(changes) == [EDITED if edited_at == NOW + 1 else NEW]
    assert (await kept(archive)).via is Via.LIVE


async def test_an_import_the_watcher_confirms_is_the_watchers(archive: Archive) -> None:
    await apply(archive, replace(POST, pts=0), via=Via.IMPORT)
    assert kinds(await apply(archive, POST, via=Via.SWEEP)) == [NEW]
    assert kinds(await apply(archive, POST, via=Via.LIVE)) == []
    assert (await kept(archive)).via is Via.SWEEP
    assert await apply(archive, replace(POST, edited_at=NOW), via=Via.IMPORT) == []
    assert (await kept(archive)).post.edited_at is None


@pytest.mark.parametrize("via", [Via.BACKFILL, Via.AUDIT, Via.TOO_LONG])
async def test_looking_back_on_what_an_import_told_of_is_no_news(
    archive: Archive, via: Via
) -> None:
    """Thousands of old posts must not be alerted because an export knew less of their photos."""
    await apply(archive, state("read from a file", 0), via=Via.IMPORT)
    assert kinds(await apply(archive, state("seen", 3), via=via)) == []
    assert (await kept(archive)).post.text == "seen"


async def test_two_states_of_one_message_in_one_batch(archive: Archive) -> None:
    changes = await apply(archive, state("a", 1), state("c", 3), state("b", 2), state("a", 1))
    assert [(change.kind, change.version, change.post.text) for change in changes] == [
        (NEW, 1, "a"),
        (EDITED, 2, "c"),
    ]
    assert (await kept(archive)).post.text == "c"
    assert await seen_texts(archive) == ["a", "c", "b"]
    assert await problems(archive) == []


async def test_a_deletion_keeps_the_text_and_is_told_once(archive: Archive) -> None:
    await apply(archive, POST)
    [change] = await apply(archive, gone(), gone(), seen_at=NOW + 5)
    assert (change.kind, change.version, change.post) == (DELETED, 1, POST)
    current = await kept(archive)
    assert (current.deleted_at, current.absence) == (NOW + 5, Absence.NOTICE)
    assert current.post == POST
    assert await apply(archive, gone(), gone(RECHECK), seen_at=NOW + 6) == []
    assert await kept(archive) == current


async def test_a_notice_outweighs_a_recheck_without_being_told_again(archive: Archive) -> None:
    await apply(archive, POST)
    assert kinds(await apply(archive, gone(RECHECK))) == [DELETED]
    assert await apply(archive, gone(), seen_at=NOW + 5) == []
    current = await kept(archive)
    assert (current.deleted_at, current.absence) == (NOW, Absence.NOTICE)
    [(facts,)] = await archive.reader.execute_fetchall(
        "SELECT group_concat(absence, ' ') FROM deletions"
    )
    assert facts == "recheck notice"


async def test_the_deletion_of_a_message_never_seen_is_kept(archive: Archive) -> None:
    assert await apply(archive, gone(message_id=99), gone(message_id=99)) == []
    rows = await archive.reader.execute_fetchall("SELECT message_id, absence FROM deletions")
    assert [tuple(row) for row in rows] == [(99, "notice")]
    assert await problems(archive) == []


async def test_a_post_that_comes_after_its_deletion_is_deleted(archive: Archive) -> None:
    await apply(archive, gone(), seen_at=NOW + 1)
    assert kinds(await apply(archive, POST, seen_at=NOW + 2)) == [NEW, DELETED]
    current = await kept(archive)
    assert (current.deleted_at, current.absence) == (NOW + 1, Absence.NOTICE)


@pytest.mark.parametrize(
    ("recheck", "sight", "via", "alive"),
    [
        (5, 6, Via.SWEEP, True),
        (5, 5, Via.SWEEP, False),
        (5, 4, Via.LIVE, False),  # it was pushed before, and comes late
        (0, 4, Via.LIVE, True),  # nothing tells: seen afterwards
        (5, 0, Via.TOO_LONG, True),
        (0, 0, Via.IMPORT, False),  # a file tells nothing of today
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
async def test_a_post_seen_after_a_recheck_is_alive(
    archive: Archive, recheck: int, sight: int, via: Via, alive: bool, known: bool
) -> None:
    if known:
        await apply(archive, replace(POST, pts=1))
    await apply(archive, gone(RECHECK, recheck))
    await apply(archive, replace(POST, pts=sight), via=via)
    current = await kept(archive)
    assert (current.deleted_at is None) is (current.absence is None) is alive


async def test_nothing_is_alive_again_after_a_notice(archive: Archive) -> None:
    await apply(archive, POST, gone())
    assert kinds(await apply(archive, state("edited", 9, NOW + 9))) == [EDITED]
    current = await kept(archive)
    assert (current.post.text, current.absence) == ("edited", Absence.NOTICE)


async def test_a_post_can_be_absent_again(archive: Archive) -> None:
    """Each absence is an entry of its own, and news."""
    await apply(archive, POST)
    assert kinds(await apply(archive, gone(RECHECK, 2))) == [DELETED]
    [change] = await apply(archive, replace(POST, pts=3), seen_at=NOW + 5)
    assert (change.kind, change.version, change.gone_at) == (REVIVED, 1, NOW)
    assert (await kept(archive)).deleted_at is None
    assert await apply(archive, replace(POST, pts=3)) == []
    assert kinds(await apply(archive, gone(RECHECK, 4), gone(RECHECK, 6))) == [DELETED]
    await apply(archive, replace(POST, pts=5))
    assert (await kept(archive)).absence is RECHECK
    rows = await archive.reader.execute_fetchall("SELECT pts FROM deletions ORDER BY id")
    assert [row["pts"] for row in rows] == [2, 6]
    assert await problems(archive) == []


async def test_a_post_that_is_there_again_with_other_words_is_both(archive: Archive) -> None:
    await apply(archive, POST, gone(RECHECK, 2))
    assert kinds(await apply(archive, state("edited", 3, NOW + 9))) == [EDITED, REVIVED]
    assert len(await posts.versions(archive.reader, (await kept(archive)).id)) == 2


async def test_a_recheck_older_than_the_last_sight_says_nothing(archive: Archive) -> None:
    await apply(archive, replace(POST, pts=9))
    assert await apply(archive, gone(RECHECK, 8)) == []
    assert (await kept(archive)).deleted_at is None


async def test_the_cursor_moves_with_the_posts_or_not_at_all(archive: Archive) -> None:
    batch = Batch(Via.SWEEP, NOW, (POST,), cursor=Cursor(CHANNEL, pts=7, top_id=7))
    with pytest.raises(ZeroDivisionError):
        async with archive.transaction() as tx:
            await posts.apply(tx, batch)
            raise ZeroDivisionError
    assert await cursors(archive.reader) == {}
    async with archive.transaction() as tx:
        await posts.apply(tx, batch)
        await posts.apply(tx, Batch(Via.SWEEP, NOW, cursor=Cursor(CHANNEL, pts=9, top_id=6)))
    assert await cursors(archive.reader) == {CHANNEL: Cursor(CHANNEL, pts=9, top_id=7)}


async def test_a_post_of_a_channel_that_is_not_saved_is_a_mistake(archive: Archive) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await apply(archive, POST, replace(POST, channel_id=404))
    assert (await posts.counts(archive.reader)).posts == 0


async def test_ids_ascend_with_the_time_of_posting(archive: Archive) -> None:
    """Whatever the order of arrival, also for dates before the epoch of the ids."""
    times = [NOW, 0, NOW - 1_000, 1_400_000_000_000, NOW + 1_000, -1_000]
    await apply(archive, *(Post(CHANNEL, i, at, f"w{i}") for i, at in enumerate(times)))
    newest_first = [4, 0, 2, 3, 1, 5]
    kept = await posts.latest(archive.reader, None, 10, None)
    assert [each.post.message_id for each in kept] == newest_first
    assert await found(archive.reader, f"meta : c{CHANNEL}") == newest_first
    assert kept[0].id == rowids.first(NOW // 1000 + 1)
    await check_index(archive)


async def test_a_busy_second_spills_into_later_ones(archive: Archive) -> None:
    """Also where those have posts of their own, across batches and within one."""
    second = 1_000
    await apply(archive, Post(CHANNEL, 1_000, NOW + second, "later"))
    crowd = [Post(CHANNEL, i, NOW, f"w{i}") for i in range(300)]
    await apply(archive, *crowd[:40])
    await apply(archive, *crowd[40:], *(replace(p, message_id=2_000) for p in crowd[:1]))
    await apply(archive, Post(CHANNEL, 1_001, NOW + second, "later too"))
    ids = [(await kept(archive, i)).id for i in range(300)]
    assert ids == sorted(set(ids))
    assert ids[0] == rowids.first(NOW // 1000)
    assert ids[-1] == rowids.first(NOW // 1000) + 300
    assert (await posts.counts(archive.reader)).posts == 303
    assert (await kept(archive, 1_001)).id == rowids.first(NOW // 1000) + 302


async def test_a_busy_second_spills_past_the_posts_of_later_ones_in_its_batch(
    archive: Archive,
) -> None:
    crowd = [Post(CHANNEL, i, NOW + i // 100 * 1000, f"w{i}") for i in range(300)]
    await apply(archive, *crowd)
    ids = [(await kept(archive, i)).id for i in range(300)]
    assert len(set(ids)) == 300
    assert sorted(ids) == list(range(min(ids), min(ids) + 300))


async def test_a_second_may_spill_into_an_hour(archive: Archive) -> None:
    second, count = NOW // 1000, 3600 * rowids.SLOTS
    async with archive.transaction() as tx:
        before = tx.total_changes
        found = await rowids.allocate(tx, [second + 1, *[second] * count])
        assert tx.total_changes == before
    start = rowids.first(second)
    assert [*found[second], *found[second + 1]] == [
        *(start + slot for slot in range(count + 1) if slot != rowids.SLOTS),
        start + rowids.SLOTS,
    ]


async def test_a_replay_writes_nothing(archive: Archive) -> None:
    """The sweep brings again what was pushed: that must cost no writing."""
    batch = Batch(Via.SWEEP, NOW, (POST, state("edited", 2)), (gone(), gone(RECHECK)))
    async with archive.transaction() as tx:
        await posts.apply(tx, batch)
        before = tx.total_changes
        await posts.apply(tx, batch)
        assert tx.total_changes == before


async def test_batches_of_many_channels_are_kept_apart(archive: Archive) -> None:
    others = range(1, 6)
    await save_channels(archive, *others)
    batch = [replace(POST, channel_id=channel) for channel in others]
    assert kinds(await apply(archive, *batch)) == [NEW] * 5
    assert (
        kinds(await apply(archive, *(replace(p, pts=2, text="x") for p in batch[1:3])))
        == [EDITED] * 2
    )
    newest = await posts.latest(archive.reader, None, 9, None)
    assert sorted((each.post.channel_id, each.version) for each in newest) == [
        (1, 1),
        (2, 2),
        (3, 2),
        (4, 1),
        (5, 1),
    ]
