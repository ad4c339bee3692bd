"""Which files are wanted, written in the transaction of their posts."""

from pathlib import Path

import pytest

from bot.ingest import Ingest
from bot.owner.notices import Notices
from bot.watching.shelf import ArchiveShelf, Keeping
from storage import media
from storage.db import Archive
from storage.files import Files
from storage.records import Keep, StoredFile, Via
from tests.clocks import ManualClock
from tests.services.conftest import CHANNEL, batch, post

SHA = bytes(32)


@pytest.fixture
def shelf(archive: Archive, clock: ManualClock, tmp_path: Path) -> ArchiveShelf:
    notices = Notices(archive, clock, 1001, lambda: None)
    return ArchiveShelf(archive, Files(tmp_path), Keeping(Keep.PHOTOS, 20, 1), clock, notices)


@pytest.fixture
def ingest(archive: Archive, clock: ManualClock, shelf: ArchiveShelf) -> Ingest:
    return Ingest(archive, clock, lambda: None, [shelf.follow])


def photo(number: int) -> dict[str, object]:
    return {"media": "photo", "content": {"media": {"id": number}}}


async def wanted(archive: Archive) -> list[tuple[int, int]]:
    rows = await archive.reader.execute_fetchall(
        "SELECT media_id, version FROM attachments ORDER BY id"
    )
    return [(row["media_id"], row["version"]) for row in rows]


async def test_a_photo_is_wanted_once_and_another_in_its_place_too(
    archive: Archive, ingest: Ingest
) -> None:
    for _ in range(3):
        await ingest.apply(batch(post(1, "", **photo(5))))
    await ingest.apply(batch(post(1, "", **photo(6) | {"pts": 9})))
    await ingest.apply(batch(post(1, "text alone changed", **photo(6) | {"pts": 10})))
    assert await wanted(archive) == [(5, 1), (6, 2)]


@pytest.mark.parametrize(
    ("keep", "kinds"),
    [(Keep.NONE, []), (Keep.PHOTOS, [1]), (Keep.ALL, [1, 2]), (None, [1])],
)
async def test_a_channel_goes_by_its_own_choice_or_the_settings(
    archive: Archive, ingest: Ingest, keep: Keep | None, kinds: list[int]
) -> None:
    async with archive.transaction() as tx:
        await media.choose(tx, CHANNEL.id, keep)
    video = {"media": "video", "content": {"media": {"id": 2}}}
    poll = {"media": "poll", "content": {"media": {"question": "?"}}}
    await ingest.apply(
        batch(post(1, "", **photo(1)), post(2, "", **video), post(3, "", **poll), post(4, "text"))
    )
    assert [number for number, _ in await wanted(archive)] == kinds


async def test_nothing_of_an_import_is_asked_of_telegram(archive: Archive, ingest: Ingest) -> None:
    await ingest.apply(batch(post(1, "", **photo(1)), via=Via.IMPORT))
    assert await wanted(archive) == []


async def test_a_file_that_another_post_brought_is_not_fetched_again(
    archive: Archive, clock: ManualClock, ingest: Ingest, shelf: ArchiveShelf
) -> None:
    await ingest.apply(batch(post(1, "", **photo(1))))
    first = await shelf.next(0)
    assert first is not None
    async with archive.transaction() as tx:
        await media.store(tx, first, StoredFile(SHA, 3), clock.now())
    await ingest.apply(batch(post(2, "forwarded", **photo(1))))
    assert await shelf.next(0) is None
    assert (await media.counts(archive.reader)).stored == 2


async def test_the_newest_post_comes_first_and_what_was_postponed_in_its_time(
    archive: Archive, clock: ManualClock, ingest: Ingest, shelf: ArchiveShelf
) -> None:
    await ingest.apply(batch(post(1, "", **photo(1)), post(2, "", **photo(2))))
    newest = await shelf.next(0)
    assert newest is not None and newest.message_id == 2
    await shelf.postpone(newest, 60, "FILE_ODD", counted=True)
    other = await shelf.next(0)
    assert other is not None and other.message_id == 1
    clock.forward(61)
    again = await shelf.next(0)
    assert again is not None and (again.message_id, again.attempts) == (2, 1)
