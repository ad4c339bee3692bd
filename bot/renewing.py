"""Rules that were understood with other dictionaries, understood anew while the program runs."""

import asyncio

from bot.clock import Clock
from bot.query.lexicon import Lexicon
from bot.understanding import renew
from storage.db import Archive

PAUSE_SECONDS = 0.2  # between two steps, about as long as one takes


class Renewing:
    """Goes through all rules once, some at a time; until its turn a rule goes on as it was."""

    def __init__(self, archive: Archive, lexicon: Lexicon, clock: Clock) -> None:
        self._archive = archive
        self._lexicon = lexicon
        self._clock = clock

    async def run(self) -> None:
        """Work until cancelled; the dictionaries change with the program only."""
        last = await renew(self._archive, self._lexicon)
        while last is not None:
            await self._clock.pass_by(PAUSE_SECONDS)
            last = await renew(self._archive, self._lexicon, last)
        await asyncio.Event().wait()
