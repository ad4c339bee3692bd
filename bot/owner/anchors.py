"""The daily anchor: the journal's head is sent to the owner, and so kept outside the archive.

Whoever can write the archive could rewrite its whole journal; but not what was sent before.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from bot.bell import Bell
from bot.clock import Clock
from bot.locales import Html, inline, joined, speaker
from storage import anchors, journal, outbox, subscribers
from storage.db import Archive
from storage.journal import Head
from storage.outbox import Owed
from storage.records import Message, Subscriber

logger = logging.getLogger(__name__)

EVERY = 24 * 3_600_000  # ms


class Anchors:
    """Owes the owner an anchor once a day has passed since the last one, or since the archive
    was made.
    """

    def __init__(
        self, archive: Archive, clock: Clock, owner: int, wake_delivery: Callable[[], None]
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._owner = owner
        self._wake_delivery = wake_delivery
        self.bell = Bell(clock)

    async def run(self) -> None:
        """Look at every ring until cancelled."""
        while True:
            await self.bell.heard()
            await self._anchor()

    async def _anchor(self) -> None:
        now = self._clock.now()
        owner = await subscribers.find(self._archive.reader, self._owner, 0)
        if owner is None or now - await anchors.last_at(self._archive.reader) < EVERY:
            return
        async with self._archive.transaction() as tx:
            head = await journal.head(tx)
            if head.seq == 0:
                return  # nothing was written yet
            day = datetime.fromtimestamp(now / 1000, UTC).date().isoformat()
            message = Message(self._told(owner, head, now), silent=True)
            owed = Owed("anchor", owner.id, day, due_at=now, message=message)
            await anchors.add(tx, head, now)
            await outbox.add(tx, self._archive.id, [owed], now)
        logger.info("the journal is anchored at entry %d", head.seq)
        self._wake_delivery()

    def _told(self, owner: Subscriber, head: Head, now: int) -> Html:
        say = speaker(owner.language)
        anchor = Html(f"<code>{head.seq}:{head.hash.hex()}</code>")
        title = say(
            "<b>Anchor of the archive</b>, {moment} {place}",
            moment=say.moment(now, owner.zone),
            place=say.place(owner.zone),
        )
        size = say.plural("{count} entry", "{count} entries", head.seq)
        advice = say(
            "Keep this message. <code>postwatch verify --anchor</code> with the line above "
            "shows later whether anything written before it was altered, removed or put in "
            "another order."
        )
        name = say("Archive {id}", id=inline(self._archive.id.hex()))
        return joined("\n\n", (title, joined("\n", (size, anchor, name)), advice))
