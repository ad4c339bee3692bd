"""Photos and files of posts: stored once, in the background, whatever comes between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.configured import keeping, login_of
from bot.operator.verifying import examine
from bot.owner.notices import Notices
from bot.query.words import norm
from bot.sandbox.channels import Channel, Post
from bot.sandbox.drafts import picture
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.telegram.client import Account
from bot.telegram.downloads import PART, Downloads
from bot.watching.shelf import GIGABYTE, ArchiveShelf
from config.settings import Media
from storage.db import open_archive
from storage.files import Files
from tests.e2e.conftest import Cast, ask
from tests.program import Program

FILM = bytes(range(256)) * 1200  # three parts, the last one short


@pytest.fixture
async def keeping_all(program: Program, anna: Reader) -> Program:
    answer = await ask(anna, "/media @luhanskaVTSA all")
    assert "photos and all other files" in answer.text
    return program


def path_of(program: Program, data: bytes) -> Path:
    return Files(program.settings.media_folder).path(sha256(data).digest())


async def stored(program: Program, count: int = 1) -> None:
    await program.archive.until(
        "SELECT 1 FROM attachments WHERE state = 'stored' GROUP BY 1 HAVING count(*) = ?", count
    )


async def sound(program: Program) -> bool:
    settings = program.settings
    return await examine(settings.archive, settings.media_folder, (), as_json=False) == 0


async def test_files_are_stored_once_and_vouched_for(
    keeping_all: Program, anna: Reader, haidai: Channel
) -> None:
    await haidai.posts("Мапа", photo=picture(1))
    await haidai.posts("Та сама мапа", photo=picture(1))
    await haidai.posts("Наказ", document=("наказ.pdf", b"%PDF of a kind"))
    await stored(keeping_all, 3)
    files = [path for path in keeping_all.settings.media_folder.rglob("*") if path.is_file()]
    assert sorted(files) == sorted(
        path_of(keeping_all, data) for data in (picture(1), b"%PDF of a kind")
    )
    assert path_of(keeping_all, picture(1)).read_bytes() == picture(1)
    assert keeping_all.archive.rows(
        "SELECT name, mime FROM attachments WHERE kind = 'document'"
    ) == [("наказ.pdf", "application/octet-stream")]
    assert await sound(keeping_all)
    assert "3 files stored" in (await ask(anna, "/media")).text


async def test_nothing_is_stored_unless_it_is_asked_for(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await haidai.posts("Мапа", photo=picture(1))
    await program.archive.until("SELECT 1 FROM posts")
    assert "photos" in (await ask(anna, "/media @luhanskaVTSA photos")).text
    await haidai.posts("Наказ", document=("наказ.pdf", b"%PDF"))
    await haidai.posts("Мапа", photo=picture(2))
    await stored(program)
    assert program.archive.rows("SELECT kind FROM attachments") == [("photo",)]
    assert "none, photos" in (await ask(anna, "/media @luhanskaVTSA some")).text
    assert "no files" in (await ask(anna, "/media @luhanskaVTSA default")).text


@asynccontextmanager
async def half_a_film(telegram: Telegram, channel: Channel) -> AsyncIterator[Post]:
    """Within, the first part of a post's file has come, and the second is being waited for."""
    first, second = asyncio.Event(), asyncio.Event()
    telegram.faults.delay("upload.GetFile", first)
    post = await channel.posts("Фільм", video=FILM)
    await telegram.is_asked_for("upload.GetFile")
    telegram.faults.delay("upload.GetFile", second)
    first.set()
    await telegram.is_asked_for("upload.GetFile", 2)
    yield post
    telegram.faults.delay("upload.GetFile", None)
    second.set()


def offsets(telegram: Telegram) -> list[int]:
    return [
        request.offset
        for _, request in telegram.requests
        if type(request).__name__ == "GetFileRequest"
    ]


async def test_text_does_not_wait_for_files(
    keeping_all: Program, haidai: Channel, cast: Cast
) -> None:
    async with half_a_film(cast.telegram, haidai):
        await haidai.posts("Білогорівка")
        await keeping_all.archive.until("SELECT 1 FROM posts WHERE text = 'Білогорівка'")
        assert not keeping_all.archive.rows("SELECT 1 FROM attachments WHERE state = 'stored'")
    await stored(keeping_all)


async def test_a_download_goes_on_after_a_restart_where_it_ended(
    keeping_all: Program, haidai: Channel, cast: Cast
) -> None:
    async with half_a_film(cast.telegram, haidai):
        await keeping_all.stops()
    await keeping_all.starts()
    await stored(keeping_all)
    assert offsets(cast.telegram) == [0, PART, PART, 2 * PART]
    assert path_of(keeping_all, FILM).read_bytes() == FILM


async def test_an_expired_file_reference_is_refreshed(
    keeping_all: Program, haidai: Channel, cast: Cast
) -> None:
    async with half_a_film(cast.telegram, haidai):
        cast.telegram.faults.expire_file_references()
    await stored(keeping_all)
    assert path_of(keeping_all, FILM).read_bytes() == FILM
    assert offsets(cast.telegram) == [0, PART, 2 * PART, 2 * PART]


async def test_a_flood_wait_is_waited_for(
    keeping_all: Program, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.flood("upload.GetFile", 5)
    await haidai.posts("Мапа", photo=picture(1))
    await stored(keeping_all)
    assert keeping_all.archive.rows("SELECT attempts FROM attachments") == [(0,)]


async def test_a_file_over_the_limit_is_left_out_with_the_reason(
    keeping_all: Program, haidai: Channel, clock: Clock
) -> None:
    await keeping_all.stops()
    careful = Program(replace(keeping_all.settings, media=Media("none", 1, 0)), clock)
    await careful.starts()
    await haidai.posts("Фільм", video=FILM * 4)
    [(reason,)] = await careful.archive.until(
        "SELECT reason FROM attachments WHERE state = 'skipped'"
    )
    assert reason == "too large: 1.2 MB, and 1 MB is the most"
    await careful.stops()


async def test_the_file_of_a_deleted_post_stays(keeping_all: Program, haidai: Channel) -> None:
    post = await haidai.posts("Мапа", photo=picture(1))
    await stored(keeping_all)
    await post.deletes()
    await keeping_all.archive.until("SELECT 1 FROM posts WHERE absence = 'notice'")
    assert path_of(keeping_all, picture(1)).exists()
    assert await sound(keeping_all)


async def test_a_file_that_went_before_it_was_fetched_is_told_so(
    keeping_all: Program, haidai: Channel, cast: Cast
) -> None:
    async with half_a_film(cast.telegram, haidai) as post:
        await post.deletes()
        cast.telegram.faults.expire_file_references()
    [(reason,)] = await keeping_all.archive.until(
        "SELECT reason FROM attachments WHERE state = 'skipped'"
    )
    assert reason == "gone from Telegram before it was fetched"
    assert not list(keeping_all.settings.media_folder.rglob("video-*"))


@pytest.fixture
async def waiting(keeping_all: Program, haidai: Channel, cast: Cast) -> Program:
    """Stopped, with a file that is still to be fetched."""
    cast.telegram.faults.delay("upload.GetFile", asyncio.Event())
    await haidai.posts("Мапа", photo=picture(1))
    await keeping_all.archive.until("SELECT 1 FROM attachments")
    await keeping_all.stops()
    cast.telegram.faults.delay("upload.GetFile", None)
    return keeping_all


@asynccontextmanager
async def downloading(
    program: Program, clock: Clock, free: Callable[[Path], int]
) -> AsyncIterator[None]:
    """The service alone, on a disk of our own making."""
    settings = program.settings
    async with open_archive(settings.archive, norm, clock.now()) as archive:
        watcher = Account(login_of(settings, "watcher"), clock, lambda *_: None)
        notices = Notices(archive, clock, settings.owner, lambda: None)
        files = Files(settings.media_folder, free)
        shelf = ArchiveShelf(archive, files, keeping(settings), clock, notices)
        services = (watcher.run, Downloads(watcher, shelf, clock).run, notices.run)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(service()) for service in services]
            yield
            for task in tasks:
                task.cancel()


async def test_a_full_disk_is_told_once_and_waited_for(waiting: Program, clock: Clock) -> None:
    """Nothing is begun that the disk has no room for; and it goes on when there is room."""
    looked = asyncio.Queue[int]()
    room = [GIGABYTE]

    def free(_folder: Path) -> int:
        looked.put_nowait(room[0])
        return room[0]

    quick = Clock(clock.now(), rate=600)  # it looks every minute
    async with downloading(waiting, quick, free):
        for _ in range(3):
            await looked.get()
        told = "SELECT message FROM outbox WHERE message LIKE '%not stored for now%'"
        [(message,)] = await waiting.archive.until(told)
        assert "1.0 GB left" in message
        assert not waiting.archive.rows("SELECT 1 FROM attachments WHERE state <> 'waiting'")
        room[0] = 2 * GIGABYTE
        await stored(waiting)
    assert len(waiting.archive.rows(told)) == 1


async def test_a_folder_that_cannot_be_written_stops_nothing_else(
    waiting: Program, clock: Clock
) -> None:
    (waiting.settings.data / "media").write_text("in the way")
    quick = Clock(clock.now(), rate=600)
    async with downloading(waiting, quick, lambda _: GIGABYTE * 9):
        await waiting.archive.until("SELECT 1 FROM outbox WHERE message LIKE '%cannot be stored%'")
    assert waiting.archive.rows("SELECT state, attempts FROM attachments") == [("waiting", 0)]
