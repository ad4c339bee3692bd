"""The photos of posts, for those who want to see them with their alerts.

The watcher fetches a photo, since the bot may not see the channel; the bot uploads it again. An
alert waits for that a little, and goes without it rather than late.
"""

from collections.abc import Callable, Mapping, Sequence

from bot.clock import Clock
from storage import media, posts
from storage.db import Archive
from storage.media import Carried
from storage.records import Due, Kept

WAITS = 5_000  # ms, from the first alert on that wants the photo
LARGEST = 10_000_000  # bytes, what Telegram takes for a photo


class Pictures:
    """Finds them, and asks for those that are not there."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self.on_wanted: Callable[[], None] = lambda: None  # called when one is to be fetched
        self._archive = archive
        self._clock = clock

    async def awaited(self, due: Due) -> bool:
        """Whether an alert still waits for its photo. Asks for it where nobody has."""
        photo = await self._photo(due)
        if photo is None:
            return False
        conn, now = self._archive.outbox_reader, self._clock.now()
        until = await media.awaited_until(conn, photo.post_id, photo.media_id)
        if until is not None:
            return now < until
        async with self._archive.transaction() as tx:
            await media.hurry(tx, photo, now + WAITS, now)
        self.on_wanted()
        return True

    async def of(self, due: Due) -> bytes | None:
        """The SHA-256 of the photo that an alert is to show, if it is there."""
        photo = await self._photo(due)
        if photo is None:
            return None
        conn = self._archive.outbox_reader
        file = await media.stored(conn, photo.post_id, photo.media_id)
        return file.sha256 if file is not None and file.size <= LARGEST else None

    async def _photo(self, due: Due) -> Carried | None:
        if due.kind != "alert" or due.post_id is None or not due.subscriber.wishes.pictures:
            return None
        conn = self._archive.outbox_reader
        parts: Sequence[Kept] = await posts.by_ids(conn, [due.post_id])
        post = parts[0].post
        if post.grouped_id is not None:
            parts = await posts.album(conn, post.channel_id, post.grouped_id)
        return next((photo for photo in map(_carried, parts) if photo is not None), None)


def _carried(kept: Kept) -> Carried | None:
    """The photo of a post that has one and is there."""
    facts = kept.post.content.get("media")
    number = facts.get("id") if isinstance(facts, Mapping) else None
    if kept.post.media != "photo" or kept.deleted_at is not None or not isinstance(number, int):
        return None
    return Carried(kept.id, kept.version, number, "photo")
