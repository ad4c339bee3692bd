"""Which hits are told at once and which are held for a digest, by what their readers want."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import aiosqlite

from bot.alerts.merge import Merging
from bot.alerts.schedule import next_digest, quiet_until
from bot.clock import Clock
from storage import alerted, held, joining, outbox, subscribers
from storage.outbox import Owed
from storage.records import Change, ChangeKind, Hold, Mode, Reason, Rule, Subscriber


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds for what changed, and the alert that would tell it."""

    rule: Rule
    change: Change
    owed: Owed


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a hit: it is held for a reason, or told, with or without a sound."""

    reason: Reason | None = None
    due_at: int = 0
    silent: bool = False


def fate(hit: Hit, reader: Subscriber, alerted_at: int | None, now: int) -> Fate:
    """What becomes of a hit. `alerted_at` is when its rule last alerted.

    Who wants no digests is told at once what would wait for one, without a sound. Quiet hours
    hold back whatever it is, and end with a digest of their own.
    """
    quiet = quiet_until(reader.wishes.quiet, reader.zone, now)
    reason = _waits_for_digest(hit, now)
    if reason is None and quiet is not None:
        return Fate(Reason.QUIET, quiet)
    if reason is None and _cools_down(hit.rule, alerted_at, now):
        reason = Reason.COOLDOWN
    if reason is None:
        return Fate(silent=hit.rule.handling.mode is Mode.SILENT)
    due = next_digest(reader.wishes, reader.zone, now)
    if due is not None:
        return Fate(reason, due)
    return Fate(silent=True) if quiet is None else Fate(Reason.QUIET, quiet)


def _waits_for_digest(hit: Hit, now: int) -> Reason | None:
    post, handling = hit.change.post, hit.rule.handling
    said_at = post.posted_at
    if hit.change.kind is ChangeKind.EDITED:
        said_at = post.edited_at or now  # without a date it may just have been said
    if now - said_at > handling.late_after:
        return Reason.LATE
    return Reason.DIGEST if handling.mode is Mode.DIGEST else None


def _cools_down(rule: Rule, alerted_at: int | None, now: int) -> bool:
    return alerted_at is not None and now - alerted_at < rule.handling.cooldown


class Holding:
    """Holds back, in the transaction that writes the posts, what is not to be told at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def sift(self, tx: aiosqlite.Connection, hits: Sequence[Hit]) -> list[Owed]:
        """What is owed for those hits that are told now; the others are held.

        Of several rules of one subscriber that hit the same thing the most urgent decides: one
        alert names them all, loud if one of them is. What joins an alert makes no message, so that
        no cooldown holds it back, and none begins.
        """
        if not hits:
            return []
        now, groups = self._clock.now(), _by_subject(hits)
        readers = await subscribers.among(tx, {hit.rule.subscriber_id for hit in hits})
        pausing = {hit.rule.id for hit in hits if hit.rule.handling.cooldown}
        last = await alerted.last_at(tx, pausing) if pausing else {}
        merging = await Merging.of(tx, [group[-1].owed for group in groups], now)
        for group in groups:
            reader = readers[group[0].rule.subscriber_id]
            fates = [fate(hit, reader, last.get(hit.rule.id), now) for hit in group]
            reasons = {each.reason for each in fates}
            alert = _alert(group, fates)
            if not reasons.isdisjoint({None, Reason.COOLDOWN}) and merging.join(alert):
                await _release(tx, alert, group)
            elif None in reasons:
                merging.add(alert)
                await _release(tx, alert, group)
                last |= {hit.rule.id: now for hit in group}
            elif not await _is_about_to_be_told(tx, group[0]):
                await held.hold(tx, [_hold(*pair) for pair in zip(group, fates, strict=True)], now)
        return await merging.write(tx)


def _alert(group: Sequence[Hit], fates: Iterable[Fate]) -> Owed:
    loud = any(each.reason is None and not each.silent for each in fates)
    told = tuple((hit.rule.id, hit.change.post_id) for hit in group)
    return replace(group[-1].owed, silent=not loud, hits=told)


async def _release(tx: aiosqlite.Connection, alert: Owed, group: Sequence[Hit]) -> None:
    """An alert tells of a whole album, and of all rules that hit a part."""
    post_id = group[0].change.post_id
    if group[0].change.post.grouped_id is not None and alert.kind == "alert":
        await held.release(tx, alert.subscriber_id, post_id)


async def _is_about_to_be_told(tx: aiosqlite.Connection, hit: Hit) -> bool:
    """Whether what tells of the same album is still to be composed: it names this rule, too."""
    owed = hit.owed
    if hit.change.post.grouped_id is None:
        return False
    if await outbox.is_awaited(tx, owed.subscriber_id, owed.kind, owed.subject):
        return True
    if owed.kind != "alert":  # what an edit made news joins nothing
        return False
    return await joining.album_awaited(tx, owed.subscriber_id, hit.change.post_id)


def _hold(hit: Hit, its: Fate) -> Hold:
    assert its.reason is not None, "what is told is not held"
    rule, change = hit.rule, hit.change
    return Hold(rule.subscriber_id, rule.id, change.post_id, change.version, its.reason, its.due_at)


def _by_subject(hits: Iterable[Hit]) -> Sequence[Sequence[Hit]]:
    groups: Mapping[tuple[int, str, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[hit.owed.subscriber_id, hit.owed.kind, hit.owed.subject].append(hit)
    return list(groups.values())
