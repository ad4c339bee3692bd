"""The indexes are built anew by a service, beside what is written and asked meanwhile."""

import asyncio
from pathlib import Path

from bot.alerts.deciding import Deciding
from bot.ingest import Ingest
from bot.query.words import norm
from bot.watching.reindexing import MOST_PIECES, POSTS, Reindexing
from storage import channels, reindex, search
from storage.db import Archive, open_archive
from storage.search import Search
from tests.clocks import ManualClock
from tests.running import running
from tests.services.conftest import CHANNEL, batch, post


class Older:
    """As an older program normalised."""

    version = "older"

    def __call__(self, text: str) -> str:
        return norm(text).removesuffix("и")


async def fill(path: Path, clock: ManualClock, count: int) -> None:
    async with open_archive(path, Older(), clock.now()) as archive:
        async with archive.transaction() as tx:
            await channels.save(tx, CHANNEL)
        ingest = Ingest(archive, clock, lambda: None, [Deciding(clock).follow])
        await ingest.apply(batch(*(post(i, f"Новини {i} і слова") for i in range(count))))


async def finished(archive: Archive, clock: ManualClock) -> None:
    reindexing = Reindexing(archive, clock, "Europe/Kyiv")
    async with running(reindexing.run()) as service, asyncio.timeout(30):
        while not await reindex.whole(archive.reader):
            assert not service.done()
            await asyncio.sleep(0)
    async with archive.transaction() as tx:
        assert await reindex.damaged(tx) == []


async def test_capture_and_search_go_on_meanwhile(tmp_path: Path, clock: ManualClock) -> None:
    path, count = tmp_path / "a.sqlite3", 5 * POSTS + 7
    await fill(path, clock, count)
    async with open_archive(path, norm, clock.now()) as archive:
        ingest = Ingest(archive, clock, lambda: None, [Deciding(clock).follow])
        seen = []
        async with running(Reindexing(archive, clock, "Europe/Kyiv").run()):
            for number in range(20):
                await ingest.apply(batch(post(count + number, "Ще новини")))
                seen.append(await search.count(archive.reader, Search("body : новини"), 10_000))
        assert seen == [count + number + 1 for number in range(20)]
        await finished(archive, clock)
        assert await search.count(archive.reader, Search("body : слова"), 10_000) == count


async def test_a_service_with_nothing_to_do_waits(archive: Archive, clock: ManualClock) -> None:
    async with running(Reindexing(archive, clock, "Europe/Kyiv").run()) as service:
        await finished(archive, clock)
        assert not service.done()


async def put_together(archive: Archive, service: asyncio.Task[None]) -> None:
    async with asyncio.timeout(20):
        while await reindex.pieces(archive.reader) > 1:
            assert not service.done()
            await asyncio.sleep(0)


async def test_pieces_are_put_together_once_a_night(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    for number in range(60):
        await ingest.apply(batch(post(number, f"Новини {number}")))
    scattered = await reindex.pieces(archive.reader)
    assert scattered > MOST_PIECES
    reindexing = Reindexing(archive, clock, "Europe/Kyiv")
    async with running(reindexing.run()) as service:
        reindexing.bell.ring()
        await put_together(archive, service)
        for number in range(60, 120):
            await ingest.apply(batch(post(number, f"Новини {number}")))
        assert await reindex.pieces(archive.reader) > MOST_PIECES
        reindexing.bell.ring()  # the same day
        clock.forward(24 * 3600)
        reindexing.bell.ring()
        await put_together(archive, service)
    async with archive.transaction() as tx:
        assert await reindex.damaged(tx) == []
    assert await search.count(archive.reader, Search("body : новини"), 1000) == 120
