"""A post as it is shown: what `verify` holds against its versions and deletions."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.db import Archive
from storage.flaws import Flaw, Problem
from storage.records import Absence, Deletion, Forward, Post, Via
from tests.fresh import fresh
from tests.storage.archives import (
    CHANNEL,
    NOW,
    POST,
    apply,
    gone,
    norm,
    problems,
    save_channels,
    state,
    tamper,
)

PHOTO = replace(state("edited", 5, NOW), has=frozenset({"photo"}), forward=Forward(NOW))


async def fill(archive: Archive) -> None:
    """Message 7: imported, edited live, gone, back, gone again; message 8: live and alive."""
    await apply(archive, POST, via=Via.IMPORT, seen_at=NOW)
    await apply(archive, PHOTO, seen_at=NOW + 1)
    await apply(archive, gone(Absence.RECHECK, 6), via=Via.AUDIT, seen_at=NOW + 2)
    await apply(archive, replace(PHOTO, pts=7), seen_at=NOW + 3)
    await apply(archive, gone(Absence.RECHECK, 8), via=Via.AUDIT, seen_at=NOW + 4)
    await apply(archive, gone(), seen_at=NOW + 5)
    await apply(archive, replace(POST, message_id=8, posted_at=NOW + 1000), seen_at=NOW + 6)


async def shown(archive: Archive, statement: str) -> list[tuple[Flaw, str]]:
    await fill(archive)
    assert await problems(archive) == []
    await tamper(archive, statement)
    return [(each.flaw, each.kind) for each in await problems(archive)]


@pytest.mark.parametrize(
    "change",
    [
        "meta = replace(meta, 'hasphoto', 'hasvideo')",
        "meta = replace(meta, ' hasphoto', '')",
        "meta = replace(meta, ' deleted', '')",
        "meta = replace(meta, ' edited', '')",
        "meta = replace(meta, ' fwd', '')",
        "meta = replace(meta, 'c1111', 'c1112')",
        "meta = ''",
        "language = 'uk'",  # without its word in meta
        "via = 'import'",
        "via = 'sweep'",
        "via = 'pigeon'",
        "first_seen_at = first_seen_at + 1",
        "edited_at = NULL",
        "edited_at = edited_at - 1",
        "pts = 4",  # before the version that is shown
        "deleted_at = deleted_at + 9",
        "deleted_at = 1",
        "deleted_at = first_seen_at + 2",  # it came back from this one
        "deleted_at = NULL, absence = NULL, meta = replace(meta, ' deleted', '')",
        "absence = 'recheck'",
        "grouped_id = 5",
    ],
)
async def test_a_post_shown_otherwise_is_found_once(archive: Archive, change: str) -> None:
    statement = f"UPDATE posts SET {change} WHERE message_id = 7"  # noqa: S608 -- from above
    assert await shown(archive, statement) == [(Flaw.SHOWN, "post")]


async def test_the_time_of_the_notice_or_of_the_recheck_before_it_is_as_good(
    archive: Archive,
) -> None:
    """Whether the post was seen alive between them leaves no entry."""
    statement = "UPDATE posts SET deleted_at = deleted_at + 1 WHERE message_id = 7"
    assert await shown(archive, statement) == []


@pytest.mark.parametrize(
    "change",
    ["deleted_at = 1, absence = 'recheck', meta = meta || ' deleted'", "id = id - 128"],
)
async def test_a_post_that_is_alive_is_held_against_what_is_known_as_well(
    archive: Archive, change: str
) -> None:
    await fill(archive)
    await tamper(
        archive,
        "PRAGMA defer_foreign_keys = ON",
        f"UPDATE posts SET {change} WHERE message_id = 8",  # noqa: S608 -- from above
        "UPDATE versions SET post_id = (SELECT id FROM posts WHERE message_id = 8)"
        " WHERE text LIKE 'Б%' AND number = 1 AND via = 'live'",
    )
    assert [each.flaw for each in await problems(archive)] == [Flaw.SHOWN]


async def test_a_post_without_any_version_is_found(archive: Archive) -> None:
    await fill(archive)
    await tamper(archive, "DELETE FROM versions WHERE number = 1 AND via = 'live'")
    found = await problems(archive)
    assert Problem(Flaw.ROW, "version", 3, 6) in found
    assert [each.kind for each in found if each.flaw is Flaw.SHOWN] == ["post"]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(Via),
        st.builds(
            Post,
            st.just(CHANNEL),
            st.just(POST.message_id),
            st.integers(NOW, NOW + 1),
            st.sampled_from(["перший", "другий"]),
            edited_at=st.none() | st.integers(NOW, NOW + 3),
            pts=st.integers(0, 6),
            has=st.sampled_from([frozenset[str](), frozenset({"photo"})]),
        )
        | st.builds(
            Deletion,
            st.just(CHANNEL),
            st.just(POST.message_id),
            st.sampled_from(Absence),
            st.integers(0, 6),
        ),
    ),
    max_size=10,
)


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_whatever_arrives_by_whatever_road_the_archive_is_sound(
    events: list[tuple[Via, Post | Deletion]],
) -> None:
    """Places in the log that are unknown, and files, included."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder) / "archive.sqlite3", events))


async def play(path: Path, events: list[tuple[Via, Post | Deletion]]) -> None:
    async with fresh(path, norm, NOW) as archive:
        await save_channels(archive, CHANNEL)
        for at, (via, event) in enumerate(events):
            by_file = via is Via.IMPORT  # which tells of no place in the log
            known = replace(event, pts=0) if by_file else event
            await apply(archive, known, via=via, seen_at=NOW + at)
        assert await problems(archive) == []
