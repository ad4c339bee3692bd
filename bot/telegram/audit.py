"""The nightly account of every message id: a post, a deletion, or never ours.

The sweep follows the event log; this does not trust it. What no post and no deletion speaks
for is asked for by its id, once: what is found is kept, what is absent is not asked again.
"""

import logging
from collections.abc import Iterator, Sequence, Set

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
        self.bell = errand.bell
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
        found, unread = 0, set[int]()
        for ids in _hundreds(gaps):
            kept, unreadable_ids = await self._ask(place, ids)
            found += kept
            unread |= unreadable_ids
            await self._note(place, Stretch(whole.first, ids[-1]), unread)
            await self._clock.pass_by(REQUEST_SECONDS)
        await self._note(place, whole, unread)
        if found:
            logger.warning("channel %d: %d posts had been missed", place.channel_id, found)

    async def _note(self, place: Place, whole: Stretch, unread: Set[int]) -> None:
        """All ids are accounted for but those that a newer version may be able to read."""
        for stretch in _without(whole, unread):
            await self._ledger.account(place.channel_id, stretch)

    async def _ask(self, place: Place, ids: Sequence[int]) -> tuple[int, set[int]]:
        """Keep those of `ids` that exist; how many do, and which could not be read."""
        answer = await unreadable.by_ids(self._account, place, ids)
        await self._apply(Batch(Via.AUDIT, self._clock.now(), answer.posts))
        known = {post.message_id for post in answer.posts} | answer.absent.keys()
        return len(answer.posts), set(ids) - known


def _without(whole: Stretch, holes: Set[int]) -> Iterator[Stretch]:
    """What is left of a stretch without some ids."""
    start = whole.first
    for hole in sorted(each for each in holes if whole.first <= each <= whole.last):
        if start < hole:
            yield Stretch(start, hole - 1)
        start = hole + 1
    if start <= whole.last:
        yield Stretch(start, whole.last)


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
