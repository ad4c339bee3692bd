"""The archive's indexes, built anew in the background where another program wrote them."""

import asyncio

from bot.clock import Clock
from bot.query.languages import language_of
from storage import reindex
from storage.db import Archive

POSTS = 100  # a transaction: nobody waits longer than some hundredths of a second for it
PAUSE_SECONDS = 0.02  # between two, about as long as one takes: half of the time is others'


class Reindexing:
    """Goes through the posts that are not in the indexes yet, newest first, from wherever it was
    cut off.
    """

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock

    async def run(self) -> None:
        """Work until there is nothing to be done, then wait until cancelled."""
        while await self._step():
            await self._clock.pass_by(PAUSE_SECONDS)
        await asyncio.Event().wait()

    async def _step(self) -> bool:
        if await reindex.whole(self._archive.reader):
            return False
        async with self._archive.transaction() as tx:
            return await reindex.step(tx, language_of, POSTS)
