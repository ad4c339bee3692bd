"""A desk whose rows leave as the program's do, one attempt after another, at a manual clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.alerts import stories
from bot.alerts.attempts import Attempts, Desk
from bot.alerts.composing import Composer
from bot.alerts.deciding import Deciding
from bot.alerts.following import Following
from bot.alerts.pace import Pace
from bot.alerts.places import Places
from bot.ingest import Ingest
from bot.owner.massdeletions import MassDeletions
from storage import queues
from storage.db import Archive
from storage.records import Batch, Due
from tests.clocks import ManualClock
from tests.services.merging import watch_all
from tests.services.telegram import Telegram, no_picture

OWNER = 1000


@dataclass
class Outgoing:
    """What writes into the archive, and what tells what is owed."""

    archive: Archive
    clock: ManualClock
    telegram: Telegram = field(default_factory=Telegram)
    places: Places = field(init=False)
    ingest: Ingest = field(init=False)
    attempts: Attempts = field(init=False)

    def __post_init__(self) -> None:
        following = (
            stories.follow,
            Deciding(self.clock).follow,
            MassDeletions(self.clock, OWNER).follow,
            Following(self.clock).follow,
        )
        self.ingest = Ingest(self.archive, self.clock, lambda: None, following)
        self.places = Places(self.archive, self.clock, OWNER, lambda: None)
        desk = Desk(
            archive=self.archive,
            compose=Composer(self.archive, self.clock).compose,
            voice=self.telegram,
            places=self.places,
            pace=Pace(self.clock),
            clock=self.clock,
            awaited=no_picture,
        )
        self.attempts = Attempts(desk)

    async def hears(self, *batches: Batch) -> None:
        for each in batches:
            await self.ingest.apply(each)

    async def watches(self) -> None:
        await watch_all(self.archive)

    async def due(self, seconds: float = 0) -> Sequence[Due]:
        """What delivery would take up then."""
        self.clock.forward(seconds)
        return await queues.due(self.archive.reader, self.clock.now(), 100)

    async def tells(self, seconds: float = 3) -> list[str]:
        """What is said within so many seconds."""
        before = len(self.telegram.received)
        while rows := await self.due(seconds):
            seconds = 0
            for each in rows:
                await self.attempts.make(each)
        return [text for _, text in self.telegram.received[before:]]
