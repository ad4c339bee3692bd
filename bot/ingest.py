"""The one write path: batch -> posts, versions, matches, outbox rows, cursor; one transaction.

Because the alert is a row written with the post, no crash can lose it; because every row is
unique by what it says, no replay can double it.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import aiosqlite

from bot.clock import Clock
from bot.query.cleaning import whole
from bot.query.languages import language_of
from storage import channels, outbox, posts
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Batch, Change, Post

logger = logging.getLogger(__name__)

# Writes what else belongs to a batch, in its transaction; what is owed for it.
Follow = Callable[[aiosqlite.Connection, Batch, Sequence[Change]], Awaitable[Sequence[Owed]]]


class Ingest:
    """Writes batches, and what they mean to subscribers, in the order they are given."""

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        wake_delivery: Callable[[], None],
        following: Sequence[Follow],
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._wake_delivery = wake_delivery
        self._following = following

    async def apply(self, batch: Batch) -> Sequence[Change]:
        """Write a batch whole, or not at all; what it changed. Safe to repeat."""
        async with self._archive.transaction() as tx:
            changes = await posts.apply(tx, _told(await self._of_watched(tx, batch)))
            owed = [await self._owe(tx, follow, batch, changes) for follow in self._following]
        if changes:
            logger.debug("%s: %d changes, %d owed", batch.via, len(changes), sum(owed))
        if any(owed):
            self._wake_delivery()
        return changes

    async def _owe(
        self, tx: aiosqlite.Connection, follow: Follow, batch: Batch, changes: Sequence[Change]
    ) -> int:
        """Write what one of them owes, so that those after it find it; how much it is."""
        owed = await follow(tx, batch, changes)
        await outbox.add(tx, self._archive.id, owed, self._clock.now())
        return len(owed)

    @staticmethod
    async def _of_watched(tx: aiosqlite.Connection, batch: Batch) -> Batch:
        """The account may follow more channels than the archive does."""
        heard = {post.channel_id for post in batch.posts}
        heard |= {gone.channel_id for gone in batch.deletions}
        heard |= {place.channel_id for place in (batch.cursor, batch.reached) if place}
        watched = await channels.among(tx, heard)
        if watched == heard:
            return batch
        return replace(
            batch,
            posts=tuple(post for post in batch.posts if post.channel_id in watched),
            deletions=tuple(gone for gone in batch.deletions if gone.channel_id in watched),
            cursor=batch.cursor if batch.cursor and batch.cursor.channel_id in watched else None,
            reached=batch.reached
            if batch.reached and batch.reached.channel_id in watched
            else None,
        )


def _told(batch: Batch) -> Batch:
    """With texts that can be stored, and their languages."""
    return replace(batch, posts=tuple(map(_told_post, batch.posts)))


def _told_post(post: Post) -> Post:
    text, author = whole(post.text), post.author and whole(post.author)
    language = post.language or language_of(text)
    return replace(post, text=text, author=author, language=language)
