"""The nightly account of every message id: a post, a deletion, or never ours.

The sweep follows the event log; this does not trust it. What no post and no deletion speaks
for is asked for by its id, once: what is found is kept, what is absent is not asked again.
"""

import logging
from collections.abc import Iterator, Sequence

from bot.clock import Clock
from bot.outcomes import Gone, Refused
from bot.telegram import unreadable
from bot.telegram.client import Account
from bot.telegram.errand import Errand
from bot.telegram.live import Apply
from bot.telegram.watchlist import Ledger
from storage.records import Batch, Place, Stretch, Via

logger = logging.getLogger(__name__)

HUNDRED = 100  # ids a request
REQUEST_SECONDS = 10.0  # between two of them: nobody waits for this


class Audit:
    """Accounts for the ids of every channel that is due."""

    def __init__(self, account: Account, ledger: Ledger, apply: Apply, clock: Clock) -> None:
        self._account = account
        self._ledger = ledger
        self._apply = apply
        self._clock = clock
        errand = Errand("the audit", account, self._audit, clock)
        self.nudge = errand.nudge
        self.run = errand.run

    async def _audit(self) -> None:
        """Account for the channels that are due. Interrupted, it goes on where it was."""
        for place in await self._ledger.audits_due(self._account.id):
            try:
                await self._account_for(place)
            except (Gone, Refused) as refused:
                logger.warning("channel %d could not be audited: %s", place.channel_id, refused)
            await self._ledger.audited(place.channel_id)

    async def _account_for(self, place: Place) -> None:
        """Ask for what is missing; how far it came is kept with every answer."""
        whole, gaps = await self._ledger.gaps(place.channel_id)
        if whole is None:
            return
        found = 0
        for ids in _hundreds(gaps):
            found += await self._ask(place, ids)
            await self._ledger.account(place.channel_id, Stretch(whole.first, ids[-1]))
            await self._clock.pass_by(REQUEST_SECONDS)
        await self._ledger.account(place.channel_id, whole)
        if found:
            logger.warning("channel %d: %d posts had been missed", place.channel_id, found)

    async def _ask(self, place: Place, ids: Sequence[int]) -> int:
        """Keep those of `ids` that exist; how many do."""
        posts = (await unreadable.by_ids(self._account, place, ids)).posts
        await self._apply(Batch(Via.AUDIT, self._clock.now(), posts))
        return len(posts)


def _hundreds(gaps: Sequence[Stretch]) -> Iterator[list[int]]:
    """The ids of the gaps, ascending, a hundred at a time."""
    ids: list[int] = []
    for gap in gaps:
        for number in range(gap.first, gap.last + 1):
            ids.append(number)
            if len(ids) == HUNDRED:
                yield ids
                ids = []
    if ids:
        yield ids
