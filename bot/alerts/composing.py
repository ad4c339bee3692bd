"""A row of the outbox -> its message: gathers the facts, as they are at the first attempt."""

from collections.abc import Sequence
from dataclasses import replace

from bot.alerts import merge
from bot.alerts.aftermath import Aftermath
from bot.alerts.awake import naming
from bot.alerts.bundling import bundle
from bot.alerts.compose import Facts, alert
from bot.alerts.digest import digest
from bot.alerts.pictures import Pictures
from bot.clock import Clock
from bot.locales import Html, bare, speaker, units
from bot.query.tree import Tree, loads
from storage import channels, posts, profiles, rules, told
from storage.db import Archive
from storage.held import KIND
from storage.records import CAPTION_UNITS, TEXT_UNITS, Channel, Due, Kept, Message, Rule


def limit(due: Due) -> int:
    """How many UTF-16 units the text of what is due may have, if it shows no picture."""
    return CAPTION_UNITS if due.target_has_media else TEXT_UNITS


def showing(picture: bytes | None, message: Message) -> Message:
    """A message with its picture, if what is said is short enough for a caption."""
    if units(bare(Html(message.html))) > CAPTION_UNITS:
        return message
    return replace(message, picture=picture)


class Composer:
    """Composes what the outbox owes, from the archive."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self._pictures = Pictures(archive, clock)
        self._aftermath = Aftermath(archive, clock)

    async def compose(self, due: Due) -> Message | None:
        """The message for a row that has none yet; None where nothing is left to tell."""
        message = await self._composed(due)
        if message is None:
            return None
        return replace(message, silent=message.silent or due.silent)

    async def _composed(self, due: Due) -> Message | None:
        if follow_up := self._aftermath.kinds.get(due.kind):
            return await follow_up(due)
        if due.kind == KIND:
            bundled = await bundle(self._archive.outbox_reader, due, self._clock.now())
            return digest(bundled, speaker(due.subscriber.language)) if bundled else None
        return await self._alert(due)

    async def _alert(self, due: Due) -> Message:
        assert due.post_id is not None, "rows without a post carry their message"
        conn = self._archive.outbox_reader
        telling = await merge.telling(conn, due)
        due = telling.due
        [hit_post] = await posts.by_ids(conn, [due.post_id or 0])
        parts, changed_at = await self._as_matched(due, await self._parts(due, hit_post))
        channel = await channels.get(conn, hit_post.post.channel_id)
        assert channel is not None, "posts belong to a channel"
        now = self._clock.now()
        hit = await self._hit(due, parts, now)
        picture = None if telling.at else await self._pictures.of(due)
        facts = Facts(
            subscriber=due.subscriber,
            channel=channel,
            office=await profiles.office(conn, channel.id, hit_post.post.posted_at),
            posts=parts,
            rules=tuple(hit),
            trees=await self._trees(hit),
            by_edit=due.kind == "edit",
            later_part=due.kind == "part",
            now=telling.at or now,
            changed_at=changed_at,
            origin=await self._origin(hit_post),
            also=await merge.also(conn, telling, hit, now),
            limit=limit(due) if picture is None else CAPTION_UNITS,
        )
        return showing(picture, alert(facts, speaker(due.subscriber.language)))

    async def _hit(self, due: Due, parts: Sequence[Kept], now: int) -> Sequence[Rule]:
        """In whose name it is told. What an edit made a rule hit that is muted since, leaves for
        those that follow the album of the post."""
        conn = self._archive.outbox_reader
        hit = await naming(conn, due, [part.id for part in parts], now)
        return hit or await naming(conn, due, await posts.parts(conn, parts[0].id), now)

    async def _trees(self, hit: Sequence[Rule]) -> tuple[Tree, ...]:
        kept = await rules.stored(self._archive.outbox_reader, [rule.id for rule in hit])
        return tuple(loads(kept[rule.id].tree) for rule in hit if rule.id in kept)

    async def _parts(self, due: Due, hit: Kept) -> Sequence[Kept]:
        """All parts of an album; a single post, or one part that is told alone."""
        if hit.post.grouped_id is None or due.kind != "alert":
            return (hit,)
        conn = self._archive.outbox_reader
        return await posts.album(conn, hit.post.channel_id, hit.post.grouped_id)

    async def _as_matched(
        self, due: Due, parts: Sequence[Kept]
    ) -> tuple[tuple[Kept, ...], int | None]:
        """The posts in the versions that matched, and when one was edited after that."""
        conn, ids = self._archive.outbox_reader, [part.id for part in parts]
        caught = await told.versions_caught(conn, due.subscriber.id, ids)
        if due.post_id is not None and due.version is not None:
            caught[due.post_id] = due.version
        found: list[Kept] = []
        edits: list[int] = []
        for part in parts:
            if caught.get(part.id, part.version) == part.version:
                found.append(part)
                continue
            versions = await posts.versions(conn, part.id)
            matched = next(each for each in versions if each.number == caught[part.id])
            found.append(replace(part, post=matched.post, version=matched.number))
            edits.append(part.post.edited_at or versions[-1].seen_at)
        return tuple(found), max(edits, default=None)

    async def _origin(self, hit: Kept) -> Channel | None:
        forward = hit.post.forward
        if forward is None or forward.channel_id is None:
            return None
        return await channels.get(self._archive.outbox_reader, forward.channel_id)
