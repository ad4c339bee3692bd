"""Many posts of a channel deleted at once: one event, told once, however it was found."""

from collections import defaultdict
from collections.abc import Sequence

from bot.clock import Clock
from storage import bursts, subscribers
from storage.db import Connection
from storage.outbox import Owed
from storage.records import Batch, Change, ChangeKind

MANY = 50  # posts
MINUTE = 60_000


class MassDeletions:
    """Owes the owner word of every burst of deletions, once."""

    def __init__(self, clock: Clock, owner: int) -> None:
        self._clock = clock
        self._owner = owner

    async def follow(
        self, tx: Connection, batch: Batch, changes: Sequence[Change]
    ) -> Sequence[Owed]:
        """Count what was deleted just now, channel by channel.

        What is owed is due after a minute, and composed then: so it tells the whole number.
        """
        gone: dict[int, set[int]] = defaultdict(set)
        for change in changes:
            if change.kind is ChangeKind.DELETED:
                gone[change.post.channel_id].add(change.post_id)
        if not gone or not batch.via.alerts:
            return ()
        now = self._clock.now()
        noted = [await bursts.note(tx, channel, posts, now) for channel, posts in gone.items()]
        large = [burst for burst in noted if burst.posts >= MANY]
        owner = await subscribers.find(tx, self._owner, 0) if large else None
        if owner is None:
            return ()
        return [
            Owed("burst", owner.id, f"burst/{burst.id}", due_at=now + MINUTE) for burst in large
        ]
