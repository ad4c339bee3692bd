"""Rows of the outbox that follow an alert -> their messages, from what the archive has by then."""

from collections.abc import Sequence
from dataclasses import replace

from bot.alerts import merge
from bot.alerts.awake import naming
from bot.alerts.burst import Lost, mass_deletion, purge, there_again
from bot.alerts.following import CHANGED, GONE
from bot.alerts.followups import Back, Changed, Gone, back, changed, gone, is_same
from bot.alerts.returning import BACK
from bot.clock import Clock
from bot.locales import speaker
from bot.query.tree import Tree, loads
from storage import absences, bursts, channels, posts, rules, summaries, told
from storage.db import Archive
from storage.records import Channel, Due, Kept, Message, Mode, Rule
from storage.summaries import PURGE, RETURN

OWNERS = "burst"  # a mass deletion as the owner is told of it


class Aftermath:
    """Composes what became of posts. None: there is nothing left to tell."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self.kinds = {
            CHANGED: self._changed,
            GONE: self._gone,
            PURGE: self._purge,
            BACK: self._back,
            RETURN: self._return,
            OWNERS: self._mass_deletion,
        }

    async def _changed(self, due: Due) -> Message | None:
        """From the version that was told last to the newest that this row is to tell."""
        conn = self._archive.outbox_reader
        until = await told.version_of(conn, due.id)
        if until is None or due.post_id is None:
            return None
        first = int(due.subject.rpartition("/v")[2])
        since = await told.version_before(conn, due.id) or first - 1
        states = {each.number: each for each in await posts.versions(conn, due.post_id)}
        if since not in states or is_same(states[since].post, states[until].post):
            return None
        new = states[until]
        facts = Changed(
            due.subscriber,
            await self._channel(new.post.channel_id),
            due.post_id,
            states[since],
            new,
            await self._joined(due, due.post_id),
        )
        message = changed(facts, speaker(due.subscriber.language))
        return replace(message, silent=_quiet(await self._hit(due, [due.post_id])))

    async def _gone(self, due: Due) -> Message | None:
        """The post, or what went of its album since the deletion that made this row."""
        conn = self._archive.outbox_reader
        if due.post_id is None or await told.version_of(conn, due.id) is None:
            return None
        since = int(due.subject.rpartition("/")[2])
        whole = await posts.by_ids(conn, await posts.parts(conn, due.post_id))
        gone_since = [kept for kept in whole if (kept.deleted_at or 0) >= since]
        parts = tuple(await absences.news(conn, due.subscriber.id, gone_since))
        if not parts:
            return None
        hit = await self._hit(due, [kept.id for kept in whole])
        channel = await self._channel(parts[0].post.channel_id)
        trees, joined = await self._trees(hit), await self._joined(due, due.post_id)
        facts = Gone(due.subscriber, channel, parts, len(whole), trees, joined)
        message = gone(facts, speaker(due.subscriber.language))
        return replace(message, silent=_quiet(hit), tells=_ids(parts))

    async def _joined(self, due: Due, post_id: int) -> bool:
        """Whether the post is told as one that joined the alert which is answered."""
        if due.target_id is None:
            return False
        conn = self._archive.outbox_reader
        return await merge.headed(conn, due.target_id) not in await posts.parts(conn, post_id)

    async def _purge(self, due: Due) -> Message | None:
        """Every post that went in the burst, that the subscriber was alerted to, and of which
        nothing else has told that it went."""
        reader = due.subscriber
        followed = await self._followed(due, gone=True)
        news = await absences.news(self._archive.outbox_reader, reader.id, followed)
        if not news:
            return None
        message = purge(await self._lost(due, news), speaker(reader.language))
        return replace(message, tells=_ids(news))

    async def _back(self, due: Due) -> Message | None:
        """The post, or what is there of its album, unless all that came back went again."""
        conn = self._archive.outbox_reader
        if due.post_id is None or await told.version_of(conn, due.id) is None:
            return None
        whole = await posts.by_ids(conn, await posts.parts(conn, due.post_id))
        there = tuple(kept for kept in whole if kept.deleted_at is None)
        returned = await absences.over(conn, due.subscriber.id, there)
        if not returned:
            return None
        channel = await self._channel(there[0].post.channel_id)
        gone_at = int(due.subject.rpartition("/")[2])
        facts = Back(due.subscriber, channel, there, len(whole), gone_at, due.created_at)
        hit = await self._hit(due, [kept.id for kept in whole])
        message = back(facts, speaker(due.subscriber.language))
        return replace(message, silent=_quiet(hit), tells=_ids(returned))

    async def _return(self, due: Due) -> Message | None:
        """How many posts of the burst are there again that the subscriber believes to be gone."""
        reader = due.subscriber
        followed = await self._followed(due, gone=False)
        returned = await absences.over(self._archive.outbox_reader, reader.id, followed)
        if not returned:
            return None
        message = there_again(await self._lost(due, returned), speaker(reader.language))
        return replace(message, tells=_ids(returned))

    async def _followed(self, due: Due, *, gone: bool) -> Sequence[Kept]:
        """The posts of a summary that are gone, or that are there, and are still followed."""
        conn, reader = self._archive.outbox_reader, due.subscriber
        summed = await summaries.summed(conn, reader.id, due.subject, gone=gone)
        followed = await told.followed(conn, summed, self._clock.now(), reader.id)
        return await posts.by_ids(conn, [each.post_id for each in followed])

    async def _mass_deletion(self, due: Due) -> Message:
        conn = self._archive.outbox_reader
        taken = await bursts.taken(conn, _burst_id(due))
        lost = await self._lost(due, await posts.by_ids(conn, taken))
        return mass_deletion(lost, speaker(due.subscriber.language))

    async def _lost(self, due: Due, gone: Sequence[Kept]) -> Lost:
        burst = await bursts.get(self._archive.outbox_reader, _burst_id(due))
        assert burst is not None, "bursts are never removed"
        return Lost(burst, await self._channel(burst.channel_id), gone, due.subscriber.zone)

    async def _channel(self, channel_id: int) -> Channel:
        channel = await channels.get(self._archive.outbox_reader, channel_id)
        assert channel is not None, "posts belong to a channel"
        return channel

    async def _hit(self, due: Due, post_ids: Sequence[int]) -> Sequence[Rule]:
        return await naming(self._archive.outbox_reader, due, post_ids, self._clock.now())

    async def _trees(self, hit: Sequence[Rule]) -> tuple[Tree, ...]:
        kept = await rules.stored(self._archive.outbox_reader, [rule.id for rule in hit])
        return tuple(loads(each.tree) for each in kept.values())


def _quiet(hit: Sequence[Rule]) -> bool:
    """Whether every rule that hit is told without a sound."""
    return bool(hit) and all(rule.handling.mode is Mode.SILENT for rule in hit)


def _ids(told_of: Sequence[Kept]) -> tuple[int, ...]:
    return tuple(kept.id for kept in told_of)


def _burst_id(due: Due) -> int:
    return summaries.burst_of(due.subject)
