"""An export brought into an archive, and what that came to."""

from pathlib import Path

from bot.clock import Clock
from bot.importing import sources
from bot.importing.importer import Importer
from bot.importing.report import Report
from storage import posts
from storage.db import Archive
from storage.records import Channel, Kept, Post
from tests.importing.desktop import AT, CHANNEL, chat, write_json, written

POST = Post(CHANNEL, 5, AT * 1000, text="Слово")


async def bring_in(
    archive: Archive, clock: Clock, path: Path, wanted: Channel | None = None, zone: str = "UTC"
) -> Report:
    with sources.opened(path) as source:
        return await Importer(archive, clock, source, zone).run(wanted, lambda: None)


async def bring(archive: Archive, clock: Clock, folder: Path, *messages: object) -> Report:
    """Import a JSON export of one channel."""
    return await bring_in(archive, clock, write_json(folder, written(chat(messages))))


async def kept(archive: Archive, message_id: int = 5) -> Kept:
    found = await posts.get(archive.reader, CHANNEL, message_id)
    assert found is not None
    return found


def counts(report: Report) -> tuple[int, int, int, int, int]:
    [one] = report.channels
    return one.read, one.new, one.known, one.replaced, one.left_out
