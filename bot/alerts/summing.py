"""What goes, or comes back, together: one summary of a burst tells it, and then the next."""

from collections.abc import Collection
from dataclasses import dataclass, field

from storage import summaries, turns
from storage.db import Connection
from storage.records import Change
from storage.summaries import Summary
from storage.told import Told

LONGEST = 10 * 60_000  # ms; a burst that goes on for longer is summed up before it ends, and again


@dataclass(slots=True)
class Lot:
    """What went, or came back, of one subscriber's alerts in one burst."""

    posts: list[int] = field(default_factory=list)
    # By the post, or the album: the first of it here.
    stories: dict[str, tuple[Told, Change]] = field(default_factory=dict)
    summed: bool = False  # some of it was told in a summary before

    def add(self, each: Told, change: Change) -> None:
        """A post, as its subscriber was alerted to it."""
        self.posts.append(change.post_id)
        self.stories.setdefault(change.post.story, (each, change))


async def extended(
    tx: Connection, before: Summary | None, post_ids: Collection[int], now: int
) -> bool:
    """Have a summary that waits tell of these posts as well; whether it does.

    It does not where that would hold it up, since they are told of only later, and it has waited
    long enough.
    """
    if before is None or not before.waiting:
        return False
    rank = await turns.rank_after(tx, before.subscriber_id, post_ids, before.id)
    if rank > before.rank and now >= before.since_at + LONGEST:
        return False
    await summaries.extend(tx, before, post_ids, rank)
    return True
