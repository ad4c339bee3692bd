"""Taking turns with the other programs that write to the archive.

SQLite has no queue. A program that finds the archive held looks again: every 25 ms at the latest
in the first tenth of a second, every 100 ms later on; after five seconds it gives up, and a
watcher that gives up ends. A writer that takes batch after batch would hardly ever be caught in
between. So every now and then the archive is left alone for longer than those 100 ms, which lets
everybody in. And for a minute after somebody else has written, each batch takes less than that
tenth of a second and is followed by a rest of more than 25 ms (in which the next one is read),
which lets nearly everybody in at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage import neighbours
from storage.db import Archive, Connection
from storage.errors import ArchiveLocked

logger = logging.getLogger(__name__)

HOLD = 0.2  # seconds that a batch should take
SHARED_HOLD = 0.08  # and where the archive is shared
SHARED_REST = 0.026  # seconds between two batches then
SHARED = 60.0  # seconds for which it counts as shared after somebody else has written
LONG_REST = 0.105
LONG_REST_EVERY = 1.5
FEWEST, FIRST, MOST = 100, 250, 600  # posts of a batch
MEMORY = 0.7  # how much of the measured pace the last batch leaves as it was
PATIENCE = 12  # attempts of five seconds each, while another program holds the archive

Result = TypeVar("Result")


class Turns:
    """The writing of one program, a batch at a time. Made inside of the loop that writes."""

    def __init__(self, archive: Archive) -> None:
        self.size = FIRST  # of the next batch
        self._archive = archive
        self._pace = SHARED_HOLD / FIRST  # seconds a post
        self._commits: int | None = None  # of others
        now = asyncio.get_running_loop().time()
        self._shared_until = now
        self._free_at = now  # when the archive was left alone for long enough
        self._long_rest_at = now + LONG_REST_EVERY

    async def take(self, write: Callable[[Connection], Awaitable[Result]], count: int) -> Result:
        """Write a batch of `count` posts in a transaction of its own.

        Raises ArchiveLocked where another program holds the archive for a minute.
        """
        rest = self._free_at - asyncio.get_running_loop().time()
        if rest > 0:
            await asyncio.sleep(rest)
        for _ in range(PATIENCE - 1):
            try:
                return await self._write(write, count)
            except ArchiveLocked:
                logger.warning("another program holds the archive: trying again")
        return await self._write(write, count)

    async def _write(self, write: Callable[[Connection], Awaitable[Result]], count: int) -> Result:
        loop = asyncio.get_running_loop()
        async with self._archive.transaction() as tx:
            began = loop.time()
            self._look_round(await neighbours.commits(tx), began)
            result = await write(tx)
        now = loop.time()
        shared = now < self._shared_until
        self.note(now - began, count, SHARED_HOLD if shared else HOLD)
        if now >= self._long_rest_at:
            self._free_at, self._long_rest_at = now + LONG_REST, now + LONG_REST_EVERY
        elif shared:
            self._free_at = now + SHARED_REST
        return result

    def _look_round(self, commits: int, now: float) -> None:
        if self._commits not in (None, commits):
            self._shared_until = now + SHARED
        self._commits = commits

    def note(self, seconds: float, count: int, hold: float) -> None:
        """A batch of `count` posts took so long: the next one shall take about `hold` seconds."""
        self._pace = MEMORY * self._pace + (1 - MEMORY) * seconds / count
        self.size = max(FEWEST, min(int(hold / max(self._pace, hold / MOST)), MOST))
