"""The one write path: batch -> posts, versions, matches, outbox rows, cursor; one transaction.

Because the alert is a row written with the post, no crash can lose it; because every row is
unique by what it says, no replay can double it.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace

import aiosqlite

from bot.clock import Clock
from bot.query.languages import language_of
from bot.rulebook import Rulebook
from storage import channels, outbox, posts, rules
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Batch, Change, ChangeKind, Match, Rule

logger = logging.getLogger(__name__)

ALBUM_MILLIS = 1000  # an album's parts arrive one by one: its alert waits for them


# Writes what else belongs to a batch, in its transaction; what is owed for it.
Follow = Callable[[aiosqlite.Connection, Batch, Sequence[Change]], Awaitable[Sequence[Owed]]]


class Ingest:
    """Writes batches, and what they mean to subscribers, in the order they are given."""

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        wake_delivery: Callable[[], None],
        following: Sequence[Follow] = (),
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._wake_delivery = wake_delivery
        self._following = following
        self._rules = Rulebook()

    async def apply(self, batch: Batch) -> Sequence[Change]:
        """Write a batch whole, or not at all; what it changed. Safe to repeat."""
        async with self._archive.transaction() as tx:
            changes = await posts.apply(tx, _told(await self._of_watched(tx, batch)))
            owed = await self._owed(tx, changes) if batch.via.alerts else []
            for follow in self._following:
                owed += await follow(tx, batch, changes)
            await outbox.add(tx, self._archive.id, owed, self._clock.now())
        if changes:
            logger.debug("%s: %d changes, %d alerts", batch.via, len(changes), len(owed))
        if owed:
            self._wake_delivery()
        return changes

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

    async def _owed(self, tx: aiosqlite.Connection, changes: Sequence[Change]) -> list[Owed]:
        """The alerts that these changes call for, each rule and post only once ever."""
        await self._rules.refresh(tx)
        said = [change for change in changes if change.kind is not ChangeKind.DELETED]
        by_state = {(change.post_id, change.version): change for change in said}
        found = await rules.record(tx, list(self._matches(said)), self._clock.now())
        fresh = {(each.rule_id, each.post_id) for each in found}
        alerts: list[Owed] = []
        for each in found:
            rule, change = self._rules[each.rule_id], by_state[each.post_id, each.version]
            if self._muted(rule) or await self._hit_before(tx, each, by_state):
                continue
            if not await _is_late_part(tx, rule, change):
                alerts.append(self._alert(rule, change))
            elif not await _hit_album_before(tx, rule, change, fresh):
                fresh.remove((each.rule_id, each.post_id))  # the next part has it before
                alerts.append(self._part(rule, change))
        # Several rules of one subscriber that hit one post are one alert.
        return list({(alert.subscriber_id, alert.subject): alert for alert in alerts}.values())

    async def _hit_before(
        self, tx: aiosqlite.Connection, found: Match, by_state: Mapping[tuple[int, int], Change]
    ) -> bool:
        """Whether an edit only repeats what the post said before: as history, which is not
        recorded, or before the rule was made."""
        if by_state[found.post_id, found.version].kind is not ChangeKind.EDITED:
            return False
        return any(
            found.rule_id in self._rules.matching(version.post, version.number)
            for version in await posts.versions(tx, found.post_id)
            if version.number < found.version
        )

    def _muted(self, rule: Rule) -> bool:
        return rule.muted_until_at is not None and rule.muted_until_at > self._clock.now()

    def _matches(self, changes: Iterable[Change]) -> Iterable[Match]:
        for change in changes:
            for rule_id in self._rules.matching(change.post, change.version):
                yield Match(rule_id, change.post_id, change.version)

    def _alert(self, rule: Rule, change: Change) -> Owed:
        post, by_edit = change.post, change.kind is ChangeKind.EDITED
        album = post.grouped_id is not None and not by_edit
        return Owed(
            kind="edit" if by_edit else "alert",
            subscriber_id=rule.subscriber_id,
            # Parts of an album are edited one by one, and each has versions of its own.
            subject=f"{post.channel_id}/{post.message_id}/v{change.version}"
            if by_edit
            else post.story,
            post_id=change.post_id,
            version=change.version,
            due_at=self._clock.now() + (ALBUM_MILLIS if album else 0),
        )

    def _part(self, rule: Rule, change: Change) -> Owed:
        """An alert of its own, for what is not in the one of its album."""
        return replace(
            self._alert(rule, change),
            kind="part",
            subject=f"{change.post.story}/{change.post.message_id}",
            due_at=self._clock.now(),
        )


async def _is_late_part(tx: aiosqlite.Connection, rule: Rule, change: Change) -> bool:
    """Whether it belongs to an album whose alert is composed already, and so lacks it."""
    if change.post.grouped_id is None or change.kind is ChangeKind.EDITED:
        return False
    return await outbox.is_composed(tx, rule.subscriber_id, "alert", change.post.story)


async def _hit_album_before(
    tx: aiosqlite.Connection, rule: Rule, change: Change, fresh: Set[tuple[int, int]]
) -> bool:
    """Whether the rule caught another part of the album; `fresh` are the (rule, post) of which
    nothing was told yet."""
    parts = await rules.parts_caught(tx, rule.id, change.post_id)
    return any((rule.id, part) not in fresh for part in parts)


def _told(batch: Batch) -> Batch:
    """With the languages of its texts."""
    return replace(
        batch,
        posts=tuple(
            replace(post, language=post.language or language_of(post.text)) for post in batch.posts
        ),
    )
