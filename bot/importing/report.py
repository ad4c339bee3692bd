"""What came of an import: counted, with the reasons, and what such an export never has."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from bot.importing.words import Flaw

FLAWS_KEPT = 20  # shown one by one; all are counted

LACKS = (
    "views and forwards counts",
    "earlier versions of edited posts",
    "posts that were deleted before the export",
    "which posts make an album (they are kept one by one)",
    "ids of photos and files, so the watcher's own states of such posts replace them",
    "the origin message of a forward",
    "formatting inside of other formatting, link previews, and whether a poll is a quiz",
)
LACKS_MORE: Mapping[str, tuple[str, ...]] = {
    "json": (
        "when the origin of a forward was posted",
        "whether what is dated as an edit was one: a reaction sets that date, too",
    ),
    "html": (
        "the channel's id",
        "whether and when a post was edited",
        "the time of service messages (they have that of the message before them)",
        "exact sizes of files that were not exported",
    ),
}


@dataclass(slots=True)
class Skipped:
    """Messages that were left out for the same reason."""

    why: str
    first: str  # where the first of them is
    count: int = 0


@dataclass(slots=True)
class Imported:
    """What came of one channel."""

    id: int
    title: str
    read: int = 0
    new: int = 0
    replaced: int = 0  # an older imported state of a post gave way to this one
    skipped: dict[str, Skipped] = field(default_factory=dict)

    @property
    def known(self) -> int:
        """Posts that were in the archive already."""
        return self.read - self.new - self.replaced - self.left_out

    @property
    def left_out(self) -> int:
        return sum(each.count for each in self.skipped.values())

    def skip(self, why: str, where: str) -> None:
        self.skipped.setdefault(why, Skipped(why, where)).count += 1


@dataclass(slots=True)
class Report:
    """What came of an import."""

    source: str
    form: str  # "json" or "html"
    channels: list[Imported] = field(default_factory=list)
    other_chats: list[str] = field(default_factory=list)  # that were left out, and why
    flaws: list[Flaw] = field(default_factory=list)
    flaws_found: int = 0
    local_times: dict[str, int] = field(default_factory=dict)  # a zone -> times read in it
    odd_edits: int = 0

    def flaw(self, flaw: Flaw) -> None:
        self.flaws_found += 1
        if len(self.flaws) < FLAWS_KEPT:
            self.flaws.append(flaw)

    @property
    def complete(self) -> bool:
        """Whether all that the export has of channels is in the archive."""
        left_out = any(channel.left_out for channel in self.channels)
        return bool(self.channels) and not left_out and not self.flaws_found

    @property
    def lacks(self) -> tuple[str, ...]:
        return LACKS + LACKS_MORE[self.form]

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {
            "source": self.source,
            "format": self.form,
            "complete": self.complete,
            "channels": [_plain(channel) for channel in self.channels],
            "other_chats": self.other_chats,
            "damage": [asdict(flaw) for flaw in self.flaws],
            "damage_found": self.flaws_found,
            "local_times": self.local_times,
            "edit_dates_left_out": self.odd_edits,
            "lacks": list(self.lacks),
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        for channel in self.channels:
            yield from _told(channel)
        if not self.channels:
            yield "Nothing was imported: there is no channel in this export."
        for chat in self.other_chats:
            yield f"Left out: {chat}"
        for flaw in self.flaws:
            yield f"Damaged: {flaw.where}: {flaw.why}."
        if self.flaws_found > len(self.flaws):
            yield f"Damaged: {self.flaws_found - len(self.flaws)} more places."
        if self.odd_edits:
            yield f"Left out: {self.odd_edits} dates of edits that cannot be."
        yield from (_zone(zone, count) for zone, count in self.local_times.items())
        yield "An export of this kind never has:"
        yield from (f"  - {each}" for each in self.lacks)


def _plain(channel: Imported) -> dict[str, object]:
    skipped = [asdict(each) for each in channel.skipped.values()]
    return {
        "id": channel.id,
        "title": channel.title,
        "read": channel.read,
        "new": channel.new,
        "replaced": channel.replaced,
        "known": channel.known,
        "skipped": skipped,
    }


def _told(channel: Imported) -> Iterator[str]:
    yield f"{channel.title} (id {channel.id}): {channel.read} messages read"
    yield f"  {channel.new} new"
    yield f"  {channel.known} known already"
    if channel.replaced:
        yield f"  {channel.replaced} in another state than they were imported before"
    for each in channel.skipped.values():
        first = f"first: {each.first}" if each.count > 1 else each.first
        yield f"  {each.count} not imported: {each.why} ({first})"


def _zone(zone: str, count: int) -> str:
    if zone.startswith("UTC"):
        return (
            f"Times: {count} local times were read as {zone} all the year round. An export made "
            "in a zone with summer time is an hour late in summer unless --zone says the zone."
        )
    return f"Times: {count} local times were read as {zone}; --zone says another one."
