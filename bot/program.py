"""The parts of the program, and how they hang together."""

import random
from collections.abc import Mapping, Sequence

import seeds
from bot.alerts import stories
from bot.alerts.attempts import Desk
from bot.alerts.composing import Composer
from bot.alerts.deciding import Deciding
from bot.alerts.delivery import Delivery
from bot.alerts.following import Following
from bot.alerts.pace import Pace
from bot.alerts.pictures import Pictures
from bot.alerts.places import Places
from bot.alerts.sleepers import Sleepers
from bot.alerts.timetable import Timetable
from bot.bell import Bell
from bot.clock import Clock
from bot.commands import table
from bot.commands.context import Context, Starter
from bot.commands.router import Router
from bot.configured import join_pace, keeping, login_of
from bot.errors import OperatorError
from bot.ingest import Follow, Ingest
from bot.owner.anchors import Anchors
from bot.owner.changes import Changes
from bot.owner.massdeletions import MassDeletions
from bot.owner.notices import Notices
from bot.progress import Progress
from bot.query.lexicon import Lexicon
from bot.renewing import Renewing
from bot.supervise import Service
from bot.telegram.admins import Admins
from bot.telegram.audit import Audit
from bot.telegram.backfill import Backfill
from bot.telegram.client import Account, AccountState
from bot.telegram.differences import Differences
from bot.telegram.downloads import Downloads
from bot.telegram.hot import Hot
from bot.telegram.joining import Joining
from bot.telegram.listening import Listening
from bot.telegram.live import Live
from bot.telegram.menu import keep_menu
from bot.telegram.positions import Positions
from bot.telegram.readings import Readings
from bot.telegram.sending import Sending
from bot.telegram.sweep import Sweep
from bot.telegram.uploads import Uploads
from bot.telegram.whereabouts import Whereabouts
from bot.watching.ledger import ArchiveLedger
from bot.watching.register import ArchiveRegister
from bot.watching.reindexing import Reindexing
from bot.watching.shelf import ArchiveShelf
from bot.watching.watchlist import ArchiveWatchlist, Plan
from config.settings import Settings
from storage.db import Archive
from storage.files import Files
from storage.records import Asked, Keep, Reply

JOIN_SECONDS = 60.0
LOOK_SECONDS = 30.0
NIGHT_SECONDS = 300.0  # how often to look whether the night's work is due
FORGET_SECONDS = 3600.0
SLEEPERS_SECONDS = 3600.0  # how often to look whether those out of reach are back
ANCHOR_SECONDS = 60.0  # how often to look whether a day has passed

Bells = Mapping[Bell, float]  # every how many seconds each is rung


class BotRefusedError(OperatorError):
    """Telegram refuses the bot, so nobody could be told anything."""


class Talking:
    """The bot's side: what people are sent, and how fast."""

    def __init__(self, settings: Settings, archive: Archive, clock: Clock) -> None:
        self._clock = clock
        due = Bell(clock)  # something may be
        self.pace = Pace(clock)
        self.bot = Account(login_of(settings, "bot"), clock, _end_if_refused)
        self.sending = Sending(self.bot, Uploads(self.bot, Files(settings.media_folder).path))
        self.admins = Admins(self.bot, clock)
        self.pictures = Pictures(archive, clock)
        self.places = Places(archive, clock, settings.owner, due.ring)
        self.whereabouts = Whereabouts(self.bot, self.places.hear)
        self.sleepers = Sleepers(archive, clock, self.places, self.pace)
        self.bot.on_ready.append(self.sleepers.bell.ring)  # what happened meanwhile was not heard
        self.delivery = Delivery(
            Desk(
                archive=archive,
                compose=Composer(archive, clock).compose,
                voice=self.sending,
                places=self.places,
                pace=self.pace,
                clock=clock,
                awaited=self.pictures.awaited,
            ),
            due,
        )
        self.notices = Notices(archive, clock, settings.owner, due.ring)
        self.anchors = Anchors(archive, clock, settings.owner, due.ring)
        self.timetable = Timetable(archive, clock, due.ring)
        self.progress = Progress(archive, clock, self.sending.edit, self.pace.turn)

    def services(self) -> Mapping[str, Service]:
        return {
            "bot": self.bot.run,
            "whereabouts": self.whereabouts.run,
            "sleepers": self.sleepers.run,
            "delivery": self.delivery.run,
            "notices": self.notices.run,
            "anchors": self.anchors.run,
            "timetable": self.timetable.run,
            "progress": self.progress.run,
            "menu": self._menu,
        }

    def bells(self) -> Bells:
        return {
            self.delivery.bell: LOOK_SECONDS,
            self.progress.bell: LOOK_SECONDS,
            self.anchors.bell: ANCHOR_SECONDS,
            self.timetable.bell: LOOK_SECONDS,
            self.sleepers.bell: SLEEPERS_SECONDS,
        }

    async def _menu(self) -> None:
        await keep_menu(self.bot, self.sending, table.menu(), self._clock)


class Watching:
    """The watcher's side: what is heard, found and fetched, and where it is written down."""

    def __init__(
        self, settings: Settings, archive: Archive, clock: Clock, talking: Talking
    ) -> None:
        watch, owner, zone = settings.watch, settings.owner, settings.reading.zone
        self._settings, self._talking = settings, talking
        notices, wake = talking.notices, talking.delivery.bell.ring
        self.watcher = watcher = Account(login_of(settings, "watcher"), clock, self._state)

        files = Files(settings.media_folder)
        shelf = ArchiveShelf(archive, files, keeping(settings), clock, notices)
        apply = Ingest(archive, clock, wake, following(clock, owner, shelf)).apply
        plan = Plan(join_pace(settings), watch.history_days, watch.hot)
        watchlist = ArchiveWatchlist(archive, clock, plan, notices, random.Random())
        changes = Changes(archive.id, clock, owner, wake)
        register = ArchiveRegister(archive, clock, zone, changes)
        ledger = ArchiveLedger(archive, clock, zone, watchlist)

        differences = Differences(watcher, watchlist, register, apply, clock)
        positions = Positions(watcher, register, watch.pts_source)
        self.sweep = Sweep(watcher, watchlist, positions, differences, clock)
        self.live = Live(watcher, apply, clock, self.sweep.bell.ring)
        self.hot = Hot(watcher, watchlist, differences, clock, watch.hot)
        self.backfill = Backfill(watcher, watchlist, apply, clock, self._history_moved)
        self.joining = Joining(watcher, watchlist, clock, self.backfill.bell.ring)
        self.audit = Audit(watcher, ledger, apply, clock)
        self.readings = Readings(watcher, register, clock, self.sweep.bell.ring)
        self.downloads = Downloads(watcher, shelf, clock)
        talking.pictures.on_wanted = self.downloads.bell.ring
        self.reindexing = Reindexing(archive, clock, zone)
        self.forgetting = stories.Forgetting(archive, clock)

    def services(self) -> Mapping[str, Service]:
        always = {
            "watcher": self.watcher.run,
            "live": self.live.run,
            "sweep": self.sweep.run,
            "joining": self.joining.run,
            "backfill": self.backfill.run,
            "audit": self.audit.run,
            "readings": self.readings.run,
            "downloads": self.downloads.run,
            "reindexing": self.reindexing.run,
            "forgetting": self.forgetting.run,
        }
        return always | {"hot": self.hot.run} if self._settings.watch.hot else always

    def bells(self) -> Bells:
        return {
            self.sweep.bell: self._settings.watch.sweep_seconds,
            self.joining.bell: JOIN_SECONDS,
            self.backfill.bell: LOOK_SECONDS,
            self.audit.bell: NIGHT_SECONDS,
            self.readings.bell: NIGHT_SECONDS,
            self.forgetting.bell: FORGET_SECONDS,
            self.reindexing.bell: NIGHT_SECONDS,
        }

    def history_wanted(self) -> None:
        """Somebody asked for the history of a channel."""
        self._talking.delivery.bell.ring()  # the message that shows how it goes
        self.backfill.bell.ring()

    async def _history_moved(self) -> None:
        self._talking.progress.bell.ring()
        await self._talking.notices.histories_done()

    def _state(self, state: AccountState, reason: str) -> None:
        if state is AccountState.SIGNED_OUT:
            self._talking.notices.watcher_signed_out(reason)
        elif state is AccountState.FROZEN:
            self._talking.notices.watcher_frozen()
        elif state is AccountState.CONNECTED:
            self._talking.notices.watcher_connected()


class Program:
    """Both sides, and the conversation between people and the archive."""

    def __init__(
        self, settings: Settings, archive: Archive, clock: Clock, lexicon: Lexicon
    ) -> None:
        self.talking = talking = Talking(settings, archive, clock)
        self.watching = watching = Watching(settings, archive, clock, talking)
        starters = tuple(Starter(rule.titles, rule.query) for rule in seeds.starter_rules())
        ctx = Context(
            archive=archive,
            clock=clock,
            owner=settings.owner,
            zone=settings.reading.zone,
            language=settings.reading.language,
            bot_name=lambda: talking.bot.username,
            look=watching.joining.look,
            wake_joins=watching.joining.bell.ring,
            wake_backfill=watching.history_wanted,
            wake_delivery=talking.delivery.bell.ring,
            is_admin=talking.admins.is_admin,
            sweep=watching.sweep.by_hand,
            pace=join_pace(settings),
            lexicon=lexicon,
            keep=Keep(settings.media.keep),
            starters=starters,
        )
        self._router = Router(ctx)
        self.renewing = Renewing(archive, lexicon, clock)
        self.listening = Listening(
            talking.bot, talking.sending, self._answer, talking.pace.turn, clock
        )

    def services(self) -> Mapping[str, Service]:
        """What runs until the program is stopped."""
        own = {"listening": self.listening.run, "renewing": self.renewing.run}
        return {**self.watching.services(), **self.talking.services(), **own}

    async def _answer(self, asked: Asked) -> Reply | None:
        await self.talking.places.back(asked.chat_id, asked.topic_id)
        return await self._router.answer(asked)

    def bells(self) -> Bells:
        """What the schedule rings, and every how many seconds."""
        return {**self.watching.bells(), **self.talking.bells()}


def following(clock: Clock, owner: int, shelf: ArchiveShelf) -> Sequence[Follow]:
    """What else is written with a batch, in this order: an alert joins the one of its story."""
    return (
        stories.follow,
        Deciding(clock).follow,
        shelf.follow,
        MassDeletions(clock, owner).follow,
        Following(clock).follow,
    )


def _end_if_refused(state: AccountState, reason: str) -> None:
    if state is AccountState.SIGNED_OUT:
        raise BotRefusedError(
            f"Telegram refuses the bot ({reason}), so nobody could be told anything. Copy its "
            "token once more from @BotFather into telegram.bot_token; `postwatch doctor` checks it."
        )
