"""A row of the outbox -> what its digest tells, gathered from the archive."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import aiosqlite

from bot.alerts.digest import NEWEST, RULES, WEEK, Digest, Entry, Part
from bot.alerts.schedule import kept, last_due
from bot.locales.times import DAY
from storage import channels, held, posts
from storage.held import Told
from storage.records import Channel, Due, Kept, Subscriber

Stories = Mapping[int, Sequence[Told]]  # by rule: one hit of each story, newest first


async def bundle(conn: aiosqlite.Connection, due: Due, now: int) -> Digest | None:
    """The facts of a digest as they are now; None where it has nothing to tell, since another one
    tells it. Of thousands of posts only the newest are read.
    """
    told = await held.told_in(conn, due.id)
    if not told:
        return None
    due_at = int(due.subject.rpartition("/")[2])
    facts = Digest(
        subscriber=due.subscriber,
        since_at=_since(due.subscriber, told, due_at),
        due_at=due_at,
        now=now,
        count=len({each.story for each in told}),
        parts=(),
    )
    return replace(facts, parts=await _parts(conn, facts, _by_rule(told)))


def _by_rule(told: Sequence[Told]) -> Stories:
    stories: dict[int, dict[str, Told]] = defaultdict(dict)
    for each in told:
        stories[each.rule_id].setdefault(each.story, each)
    return {rule_id: list(found.values()) for rule_id, found in stories.items()}


def _since(reader: Subscriber, told: Sequence[Told], due_at: int) -> int:
    """The digest before this one, or the first hit that was held, if that came earlier."""
    before = last_due(kept(reader.wishes.digest), reader.zone, due_at) or due_at - DAY
    return min(before, *(each.held_at for each in told))


async def _parts(conn: aiosqlite.Connection, facts: Digest, stories: Stories) -> list[Part]:
    names = await held.names(conn, list(stories))
    shown = dict(list(stories.items())[:RULES])
    entries = await _entries(conn, shown)
    parts: list[Part] = []
    for rule_id, hits in stories.items():
        name, query = names[rule_id]
        part = Part(rule_id, name, query, len(hits))
        if rule_id in shown:
            shift = facts.weeks * WEEK
            caught = await held.caught(conn, rule_id, (facts.since_at, facts.due_at), shift)
            part = replace(
                part, entries=entries[rule_id], caught=caught.now, caught_before=caught.before
            )
        parts.append(part)
    return parts


async def _entries(conn: aiosqlite.Connection, stories: Stories) -> Mapping[int, list[Entry]]:
    """The newest posts of these rules together."""
    every = [hit for hits in stories.values() for hit in hits]
    newest = sorted(every, key=lambda hit: -hit.post_id)[:NEWEST]
    found = {
        each.id: each for each in await posts.by_ids(conn, list({hit.post_id for hit in newest}))
    }
    places = await _channels(conn, found.values())
    entries: dict[int, list[Entry]] = {rule_id: [] for rule_id in stories}
    for hit in newest:
        now = found[hit.post_id]
        then = await _as_caught(conn, now, hit.version)
        changed = then is not now
        entries[hit.rule_id].append(Entry(places[hit.channel_id], then, hit.reason, changed))
    return entries


async def _as_caught(conn: aiosqlite.Connection, now: Kept, version: int) -> Kept:
    """A post in the state that hit, whatever became of it since."""
    if now.version == version:
        return now
    states = await posts.versions(conn, now.id)
    caught = next(each for each in states if each.number == version)
    return replace(now, post=caught.post, version=version)


async def _channels(conn: aiosqlite.Connection, told: Iterable[Kept]) -> Mapping[int, Channel]:
    ids = {each.post.channel_id for each in told}
    found = [await channels.get(conn, channel_id) for channel_id in ids]
    return {channel.id: channel for channel in found if channel is not None}
