"""Posts of an export -> the archive, in short transactions beside a running program.

Idempotent: what is known changes nothing. Nobody is alerted.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.clock import Clock
from bot.importing.calendar import Calendar
from bot.importing.convert import Converter
from bot.importing.report import Imported, Report
from bot.importing.sources import Source
from bot.importing.turns import Turns
from bot.importing.words import Chat, ExportError, Fields, Flaw, UnusableError
from bot.query.languages import language_of
from storage import channels, posts
from storage.db import Archive
from storage.records import Batch, ChangeKind, Channel, ChannelState, Post, Via

CHANNEL_KINDS = frozenset({"public_channel", "private_channel"})


class Importer:
    """One import."""

    def __init__(self, archive: Archive, clock: Clock, source: Source, zone: str) -> None:
        self._archive = archive
        self._clock = clock
        self._source = source
        self._calendar = Calendar(zone, clock.now())
        self._report = Report(source.name, source.form)
        self._channel: Imported | None = None  # the one whose messages are read
        self._converter: Converter | None = None
        self._posts: list[Post] = []
        self._turns = Turns(archive)

    async def run(self, wanted: Channel | None, progress: Callable[[], None]) -> Report:
        """Write all that can be. `wanted` is the channel asked for, None for every one.

        What is written before an exception stays: the import can be repeated. Raises
        ExportError where nobody says which channel it is, and ArchiveError.
        """
        for item in self._source.items:
            if isinstance(item, Chat):
                await self._write()
                await self._begin(item, wanted)
            elif isinstance(item, Flaw):
                self._report.flaw(item)
            else:
                self._take(item)
            if len(self._posts) >= self._turns.size:
                await self._write()
                progress()
        await self._write()
        progress()
        self._report.local_times = dict(self._calendar.read_as)
        self._report.odd_edits = self._calendar.odd_edits
        return self._report

    async def _begin(self, chat: Chat, wanted: Channel | None) -> None:
        self._channel = self._converter = None
        channel = self._channel_of(chat, wanted)
        if channel is None:
            return
        known = next((each for each in self._report.channels if each.id == channel.id), None)
        self._channel = known or Imported(channel.id, channel.title)
        if known is None:
            self._report.channels.append(self._channel)
        self._converter = Converter(channel.id, self._calendar, self._source.folder)
        async with self._archive.transaction() as tx:
            if await channels.get(tx, channel.id) is None:
                await channels.save(tx, channel)

    def _channel_of(self, chat: Chat, wanted: Channel | None) -> Channel | None:
        """The channel to import the chat as; None where it is left out, which is noted."""
        named = f"“{chat.title}”" if chat.title else "a chat without a name"
        channel_id = chat.id
        if channel_id is None and chat.alone and wanted is not None:
            channel_id = wanted.id
        if why := _why_not(chat, channel_id, wanted):
            self._report.other_chats.append(f"{named}: {why}")
        elif channel_id is not None:
            title = chat.title or f"Channel {channel_id}"
            added_at = self._clock.now()
            return Channel(channel_id, title, state=ChannelState.IMPORTED, added_at=added_at)
        elif chat.alone and not self._report.channels:
            raise ExportError(_WHICH.format(title=named))
        else:
            self._report.flaw(Flaw(named, "the export does not say which channel it is"))
        return None

    def _take(self, fields: Fields) -> None:
        if self._channel is None or self._converter is None:
            return
        self._channel.read += 1
        try:
            post = self._converter.post(fields)
            self._posts.append(replace(post, language=language_of(post.text)))
        except UnusableError as unusable:
            shown = f"message {self._channel.read}, id {fields.get('id')!r:.20}"
            self._channel.skip(str(unusable), shown)

    async def _write(self) -> None:
        if not self._posts or self._channel is None:
            return
        batch = Batch(Via.IMPORT, self._clock.now(), tuple(self._posts))
        self._posts = []
        changes = await self._turns.take(lambda tx: posts.apply(tx, batch), len(batch.posts))
        kinds = [change.kind for change in changes]
        self._channel.new += kinds.count(ChangeKind.NEW)
        self._channel.replaced += kinds.count(ChangeKind.EDITED)


def _why_not(chat: Chat, channel_id: int | None, wanted: Channel | None) -> str:
    """Why a chat is not to be imported; empty where it is."""
    if chat.kind and chat.kind not in CHANNEL_KINDS:
        return f"it is no channel ({chat.kind.replace('_', ' ')})"
    if wanted is not None and channel_id not in (None, wanted.id):
        return f"its id is {channel_id}, which is not the one asked for"
    return ""


_WHICH = (
    "This export does not say which channel it is of ({title}). Say it: "
    "--channel ID with the channel's number, or --channel @name of a channel that is in the "
    "archive."
)
