"""Which files of posts are wanted, and where they are put (the shape is bot.telegram.downloads').

What is wanted is written with the post, in its transaction; so no crash can forget it.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.owner.notices import Notices
from storage import media
from storage.db import Archive, Connection
from storage.files import Files
from storage.media import Carried
from storage.outbox import Owed
from storage.records import Batch, Change, Keep, StoredFile, Via, Wanted

logger = logging.getLogger(__name__)

MEGABYTE = 1_000_000
GIGABYTE = 1_000 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the settings say about files."""

    keep: Keep  # of channels for which nothing else was chosen
    max_megabytes: int  # of one file
    min_free_gigabytes: int  # on the disk


class ArchiveShelf:
    """Files in a folder, what is known of them in the archive."""

    def __init__(
        self, archive: Archive, files: Files, keeping: Keeping, clock: Clock, notices: Notices
    ) -> None:
        self._archive = archive
        self._files = files
        self._keeping = keeping
        self._clock = clock
        self._notices = notices
        self._troubled = False  # the owner knows

    async def follow(
        self, tx: Connection, batch: Batch, changes: Sequence[Change]
    ) -> Sequence[Owed]:
        """Want the files of posts that were written just now; nothing is owed for that."""
        carried = [(change.post.channel_id, _carried(change)) for change in changes]
        files = [(channel_id, file) for channel_id, file in carried if file is not None]
        if not files or batch.via is Via.IMPORT:
            return ()
        chosen = await media.choices(tx)
        wanted = [
            file
            for channel_id, file in files
            if self._wants(chosen.get(channel_id, self._keeping.keep), file)
        ]
        await media.want(tx, wanted, self._clock.now())
        return ()

    @staticmethod
    def _wants(keep: Keep, file: Carried) -> bool:
        return keep is Keep.ALL or (keep is Keep.PHOTOS and file.kind == "photo")

    async def next(self, account_id: int) -> Wanted | None:
        while True:
            wanted = await media.due(self._archive.reader, account_id, self._clock.now())
            same = None if wanted is None else await media.known(self._archive.reader, wanted)
            if wanted is None or same is None:
                return wanted
            await self._store(wanted, same)

    def too_large(self, size: int) -> str | None:
        limit = self._keeping.max_megabytes
        if size <= limit * MEGABYTE:
            return None
        return f"too large: {size / MEGABYTE:.1f} MB, and {limit} MB is the most"

    async def has_room(self, size: int) -> bool:
        free = await asyncio.to_thread(self._files.free)
        least = self._keeping.min_free_gigabytes
        if free - size >= least * GIGABYTE:
            return True
        if not self._troubled:
            self._notices.files_need_room(free / GIGABYTE, least)
        self._troubled = True
        return False

    async def is_outrun(self, wanted: Wanted) -> bool:
        return await media.is_awaited(self._archive.reader, wanted.id, self._clock.now())

    async def begun(self, wanted: Wanted, unit: int) -> int:
        return await asyncio.to_thread(self._files.begun, _name(wanted), unit)

    async def append(self, wanted: Wanted, data: bytes) -> None:
        await asyncio.to_thread(self._files.append, _name(wanted), data)

    async def finish(self, wanted: Wanted, mime: str | None, name: str | None) -> None:
        sha256, size = await asyncio.to_thread(self._files.finish, _name(wanted))
        await self._store(wanted, StoredFile(sha256, size, mime, name))
        self._troubled = False

    async def postpone(
        self, wanted: Wanted, seconds: float, reason: str, *, counted: bool, anew: bool = False
    ) -> None:
        if anew:
            await asyncio.to_thread(self._files.discard, _name(wanted))
        until = self._clock.now() + int(seconds * 1000)
        async with self._archive.transaction() as tx:
            await media.postpone(tx, wanted.id, until, reason, counted=counted)

    async def skip(self, wanted: Wanted, reason: str) -> None:
        await asyncio.to_thread(self._files.discard, _name(wanted))
        async with self._archive.transaction() as tx:
            await media.skip(tx, wanted.id, reason, self._clock.now())
        self._notices.wake()  # an alert may have waited for it

    def trouble(self, reason: str) -> None:
        logger.warning("no file can be stored: %s", reason)
        if not self._troubled:
            self._notices.files_failed(reason)
        self._troubled = True

    async def _store(self, wanted: Wanted, file: StoredFile) -> None:
        async with self._archive.transaction() as tx:
            await media.store(tx, wanted, file, self._clock.now())
        self._notices.wake()  # an alert may have waited for it


def _carried(change: Change) -> Carried | None:
    """The photo or document of a post that is new or was edited."""
    post = change.post
    facts = post.content.get("media")
    number = facts.get("id") if isinstance(facts, Mapping) else None
    if not change.kind.says or post.media is None or not isinstance(number, int):
        return None
    return Carried(change.post_id, change.version, number, post.media)


def _name(wanted: Wanted) -> str:
    return f"{wanted.kind}-{wanted.media_id}"
