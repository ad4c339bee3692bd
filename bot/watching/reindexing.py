"""The archive's indexes, kept fit in the background: built anew where another program wrote them,
and put together from their pieces every night.
"""

from bot.bell import Bell
from bot.clock import Clock
from bot.query.languages import language_of
from bot.watching.nights import last_night
from storage import reindex
from storage.db import Archive

POSTS = 50  # a transaction: nobody waits longer than some hundredths of a second for it
PAGES = 400  # of a former index, a transaction
PAUSE_SECONDS = 0.02  # between two, about as long as one takes: half of the time is others'
MOST_PIECES = 4  # more make searches slower by the piece


class Reindexing:
    """Goes through the posts that are not in the indexes yet, newest first, from wherever it was
    cut off; then looks at every ring of its bell whether a night has passed.
    """

    def __init__(self, archive: Archive, clock: Clock, zone: str) -> None:
        self._archive = archive
        self._clock = clock
        self._zone = zone
        self.bell = Bell(clock)
        self._tidied_at = 0

    async def run(self) -> None:
        """Work until cancelled."""
        while await self._step() or await self._empty():
            await self._clock.pass_by(PAUSE_SECONDS)
        while True:
            await self.bell.heard()
            if last_night(self._zone, self._clock.now()) > self._tidied_at:
                await self._tidy()

    async def _step(self) -> bool:
        if await reindex.whole(self._archive.reader):
            return False
        async with self._archive.transaction() as tx:
            return await reindex.step(tx, language_of, POSTS)

    async def _empty(self) -> bool:
        if await reindex.left_over(self._archive.reader) is None:
            return False
        async with self._archive.transaction() as tx:
            return await reindex.empty(tx, PAGES)

    async def _tidy(self) -> None:
        self._tidied_at = self._clock.now()
        if await reindex.pieces(self._archive.reader) <= MOST_PIECES:
            return
        anew = more = True
        while more:
            async with self._archive.transaction() as tx:
                more = await reindex.tidy(tx, anew=anew)
            anew = False
            await self._clock.pass_by(PAUSE_SECONDS)
