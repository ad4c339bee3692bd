"""A row of the outbox -> its message: gathers the facts, as they are at the first attempt."""

from collections.abc import Sequence
from dataclasses import replace

from bot.alerts.burst import mass_deletion
from bot.alerts.compose import Facts, alert
from bot.alerts.pictures import Pictures
from bot.clock import Clock
from bot.locales import Html, bare, speaker, units
from bot.query.tree import Tree, loads
from storage import bursts, channels, posts, profiles, rules
from storage.db import Archive
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

    async def compose(self, due: Due) -> Message:
        """The message for a row that has none yet."""
        if due.kind == "burst":
            return await self._mass_deletion(due)
        assert due.post_id is not None, "rows without a post carry their message"
        conn = self._archive.outbox_reader
        [told] = await posts.by_ids(conn, [due.post_id])
        parts = await self._parts(due, told)
        channel = await channels.get(conn, told.post.channel_id)
        assert channel is not None, "posts belong to a channel"
        hit = await rules.that_matched(conn, due.subscriber.id, [part.id for part in parts])
        picture = await self._pictures.of(due)
        facts = Facts(
            subscriber=due.subscriber,
            channel=channel,
            office=await profiles.office(conn, channel.id, told.post.posted_at),
            posts=parts,
            rules=tuple(hit),
            trees=await self._trees(hit),
            by_edit=due.kind == "edit",
            later_part=due.kind == "part",
            now=self._clock.now(),
            origin=await self._origin(told),
            limit=limit(due) if picture is None else CAPTION_UNITS,
        )
        return showing(picture, alert(facts, speaker(due.subscriber.language)))

    async def _trees(self, hit: Sequence[Rule]) -> tuple[Tree, ...]:
        kept = await rules.stored(self._archive.outbox_reader, [rule.id for rule in hit])
        return tuple(loads(kept[rule.id].tree) for rule in hit if rule.id in kept)

    async def _mass_deletion(self, due: Due) -> Message:
        conn = self._archive.outbox_reader
        burst = await bursts.get(conn, int(due.subject.removeprefix("burst/")))
        assert burst is not None, "bursts are never removed"
        channel = await channels.get(conn, burst.channel_id)
        assert channel is not None, "bursts belong to a channel"
        reader = due.subscriber
        return mass_deletion(burst, channel, reader.zone, speaker(reader.language))

    async def _parts(self, due: Due, told: Kept) -> tuple[Kept, ...]:
        """All parts of an album; of a single post, or of one part, the version that matched."""
        conn = self._archive.outbox_reader
        if told.post.grouped_id is not None and due.kind == "alert":
            return tuple(await posts.album(conn, told.post.channel_id, told.post.grouped_id))
        if due.version in (None, told.version):
            return (told,)
        versions = await posts.versions(conn, told.id)
        matched = next(each for each in versions if each.number == due.version)
        return (replace(told, post=matched.post, version=matched.number),)

    async def _origin(self, told: Kept) -> Channel | None:
        forward = told.post.forward
        if forward is None or forward.channel_id is None:
            return None
        return await channels.get(self._archive.outbox_reader, forward.channel_id)
