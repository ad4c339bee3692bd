"""Work that a signed-in account does again and again, whenever somebody asks for it."""

import logging
from collections.abc import Awaitable, Callable

from bot.bell import Bell
from bot.clock import Clock
from bot.outcomes import Busy, Gone, Refused, SignedOut
from bot.telegram.client import Account

logger = logging.getLogger(__name__)


class Errand:
    """Does its work at every ring of its bell and after every (re)connection of the account.

    The work may raise any Outcome: Busy means that it is done again after that time, the
    others that it waits for the next ring.
    """

    def __init__(
        self, name: str, account: Account, work: Callable[[], Awaitable[None]], clock: Clock
    ) -> None:
        self._name = name
        self._account = account
        self._work = work
        self._clock = clock
        self.bell = Bell(clock)
        account.on_ready.append(self.bell.ring)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.bell.heard()
            if not self._account.ready.is_set():
                continue  # it rings when it is
            try:
                await self._work()
            except Busy as busy:
                logger.info("%s must wait %.0f s", self._name, busy.seconds)
                await self._clock.pass_by(busy.seconds)
                self.bell.ring()
            except SignedOut as lost:
                logger.warning("%s stops: %s", self._name, lost.reason)
            except (Gone, Refused) as refused:
                logger.warning("%s was refused: %s", self._name, refused)
