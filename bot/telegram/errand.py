"""Work that a signed-in account does again and again, whenever somebody asks for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.outcomes import Busy, Gone, Refused, SignedOut
from bot.telegram.client import Account

logger = logging.getLogger(__name__)


class Errand:
    """Does its work at every nudge and after every (re)connection of the account.

    The work may raise any Outcome: Busy means that it is done again after that time, the
    others that it waits for the next nudge.
    """

    def __init__(
        self, name: str, account: Account, work: Callable[[], Awaitable[None]], clock: Clock
    ) -> None:
        self._name = name
        self._account = account
        self._work = work
        self._clock = clock
        self._nudged = asyncio.Event()
        account.on_ready.append(self.nudge)

    def nudge(self) -> None:
        """Do it now, or once more after what is going on."""
        self._nudged.set()

    async def run(self) -> None:
        """Wait for nudges until cancelled."""
        while True:
            await self._nudged.wait()
            await self._account.ready.wait()
            self._nudged.clear()
            try:
                await self._work()
            except Busy as busy:
                logger.info("%s must wait %.0f s", self._name, busy.seconds)
                await self._clock.pass_by(busy.seconds)
                self.nudge()
            except SignedOut as lost:
                logger.warning("%s stops: %s", self._name, lost.reason)
            except (Gone, Refused) as refused:
                logger.warning("%s was refused: %s", self._name, refused)
