"""The archives that benchmarks are run on are indexed like any other."""

from pathlib import Path

from bot.query.words import norm
from storage import posts, reindex, search
from storage.db import open_archive
from storage.search import Search
from tests.benchmarks.generating import Invention, write


async def test_an_invented_archive_is_the_same_for_a_seed_and_sound(tmp_path: Path) -> None:
    texts = []
    for name in ("a.sqlite3", "b.sqlite3"):
        await write(tmp_path / name, Invention(5, 300, stems=200))
        async with open_archive(tmp_path / name, norm, 1) as archive:
            async with archive.transaction() as tx:
                assert await reindex.damaged(tx) == []
            assert (await posts.counts(archive.reader)).posts == 300
            assert await search.count(archive.reader, Search("meta : edited"), 300) > 0
            kept = await search.newest(archive.reader, Search(), 300, None)
            texts.append([each.post.text for each in kept])
    assert texts[0] == texts[1]
