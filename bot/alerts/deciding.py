"""What changed posts call for: which subscribers are owed an alert, each rule and post once."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

import aiosqlite

from bot.alerts.awake import is_muted
from bot.alerts.holding import Hit, Holding
from bot.clock import Clock
from bot.query.languages import language_of
from bot.rulebook import Rulebook
from storage import joining, outbox, posts, rules, sleeps
from storage.merging import overtaken
from storage.outbox import Owed
from storage.records import Batch, Change, ChangeKind, Match, Post, Rule

ALBUM_MILLIS = 1000  # an album's parts arrive one by one: its alert waits for them


class Deciding:
    """Decides in the transaction that writes the posts, so that no crash can lose an alert."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rules = Rulebook()
        self._holding = Holding(clock)

    async def follow(
        self, tx: aiosqlite.Connection, batch: Batch, changes: Sequence[Change]
    ) -> Sequence[Owed]:
        """The alerts that these changes call for. History and imports call for none."""
        if not batch.via.alerts:
            return ()
        await self._rules.refresh(tx)
        return await self._holding.sift(tx, await self._hits(tx, changes))

    async def _hits(self, tx: aiosqlite.Connection, changes: Sequence[Change]) -> list[Hit]:
        """What rules hold for that is news to their subscribers, in the order of the changes."""
        said = [change for change in changes if change.kind.says]
        by_state = {(change.post_id, change.version): change for change in said}
        found = await rules.record(tx, list(self._matches(said)), self._clock.now())
        fresh = {(each.rule_id, each.post_id) for each in found}
        hits: list[Hit] = []
        for each in found:
            rule, change = self._rules[each.rule_id], by_state[each.post_id, each.version]
            if is_muted(rule, self._clock.now()) or await self._hit_before(tx, each, by_state):
                continue
            if not await _is_late_part(tx, rule, change):
                hits.append(Hit(rule, change, self._alert(rule, change)))
            elif not await _hit_album_before(tx, rule, change, fresh):
                fresh.remove((each.rule_id, each.post_id))  # the next part has it before
                hits.append(Hit(rule, change, self._part(rule, change)))
        return hits

    async def _hit_before(
        self, tx: aiosqlite.Connection, found: Match, by_state: Mapping[tuple[int, int], Change]
    ) -> bool:
        """Whether an edit only repeats what the post said before: as history, which is not
        recorded, or before the rule was made. What came after a newer state, or while the place of
        the rule was out of reach, was told to nobody.
        """
        if by_state[found.post_id, found.version].kind is not ChangeKind.EDITED:
            return False
        versions = await posts.versions(tx, found.post_id)
        heard = {each.number for each in versions if each.via.alerts}
        late = heard & overtaken(versions)
        before = {
            version.number
            for version in versions
            if version.number < found.version
            and version.number not in late
            and found.rule_id
            in self._rules.matching(_in_its_language(version.post), version.number)
        }
        if not before:
            return False
        return not before <= heard & await sleeps.missed(tx, found.rule_id, found.post_id)

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


def _in_its_language(post: Post) -> Post:
    """A state of a post with its language, which is kept of the current one alone."""
    return replace(post, language=language_of(post.text))


async def _is_late_part(tx: aiosqlite.Connection, rule: Rule, change: Change) -> bool:
    """Whether it belongs to an album that is in a composed alert already, which so lacks it."""
    if change.post.grouped_id is None or change.kind is ChangeKind.EDITED:
        return False
    if await outbox.is_composed(tx, rule.subscriber_id, "alert", change.post.story):
        return True
    return await joining.album_told(tx, rule.subscriber_id, change.post_id)


async def _hit_album_before(
    tx: aiosqlite.Connection, rule: Rule, change: Change, fresh: Set[tuple[int, int]]
) -> bool:
    """Whether the rule caught another part of the album; `fresh` are the (rule, post) of which
    nothing was told yet."""
    parts = await rules.parts_caught(tx, rule.id, change.post_id)
    return any((rule.id, part) not in fresh for part in parts)
