"""The composition root: everything is made here, once, and passed down."""

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping

import seeds
from bot import jobs
from bot.alerts.composing import Composer
from bot.alerts.delivery import Delivery
from bot.alerts.pace import Pace
from bot.anchors import Anchors
from bot.changes import Changes
from bot.clock import Clock
from bot.commands import context, table
from bot.commands.router import Router
from bot.ingest import Ingest
from bot.joinpace import JoinPace
from bot.ledger import ArchiveLedger
from bot.lock import only_one
from bot.massdeletions import MassDeletions
from bot.notices import Notices
from bot.progress import Progress
from bot.query.words import norm
from bot.register import ArchiveRegister
from bot.shelf import ArchiveShelf, Keeping
from bot.supervise import Service, supervise
from bot.telegram.audit import Audit
from bot.telegram.backfill import Backfill
from bot.telegram.client import Account, AccountState, Login, Server
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
from bot.watchlist import ArchiveWatchlist, Plan
from config.problems import Problem
from config.settings import Settings, SettingsError
from storage import joins, profiles
from storage.db import Archive, open_archive
from storage.files import Files
from storage.records import Keep

JOIN_SECONDS = 60.0
LOOK_SECONDS = 30.0
NIGHT_SECONDS = 300.0  # how often to look whether the night's work is due
ANCHOR_SECONDS = 60.0  # how often to look whether a day has passed


class BotRefusedError(Exception):
    """Telegram refuses the bot, so nobody could be told anything."""


async def run(settings: Settings, clock: Clock, stop: asyncio.Event) -> None:
    """Watch, alert and answer until `stop` is set."""
    with only_one(settings.data):
        async with open_archive(settings.archive, norm, clock.now()) as archive:
            await plant_seeds(archive, settings, clock)
            program = Program(settings, archive, clock)
            with jobs.schedule(program.bells(), clock):
                await supervise(program.services(), stop)


async def plant_seeds(archive: Archive, settings: Settings, clock: Clock) -> None:
    """Bring the archive to what the seeds say now, and queue the packs that are watched."""
    packs = seeds.packs()
    by_name = {pack.name: pack for pack in packs}
    if unknown := [name for name in settings.watch.packs if name not in by_name]:
        raise SettingsError([_no_such_pack(name, by_name) for name in unknown])
    wanted = [
        profile.username for name in settings.watch.packs for profile in by_name[name].profiles
    ]
    async with archive.transaction() as tx:
        await profiles.load(tx, packs)
        for username in wanted:
            await joins.ask(tx, username, asked_by=0, now=clock.now())


def _no_such_pack(name: str, packs: Iterable[str]) -> Problem:
    return Problem(
        "watch.packs", f"there is no pack {name!r}", f"Choose from: {', '.join(sorted(packs))}."
    )


def login_of(settings: Settings, who: str) -> Login:
    """What it takes to be the "watcher" or the "bot"."""
    telegram = settings.telegram
    of_bot = who == "bot"
    server = telegram.server
    return Login(
        name=who,
        session=settings.bot_session if of_bot else settings.watcher_session,
        api_id=telegram.api_id,
        api_hash=telegram.api_hash,
        bot_token=telegram.bot_token if of_bot else "",
        server=None
        if server is None
        else Server(server.host, server.port, server.dc_id, server.public_key),
    )


def keeping(settings: Settings) -> Keeping:
    """What the settings say about the files of posts."""
    media = settings.media
    return Keeping(Keep(media.keep), media.max_megabytes, media.min_free_gigabytes)


class Program:
    """The parts, and how they hang together. Nothing runs yet."""

    def __init__(self, settings: Settings, archive: Archive, clock: Clock) -> None:
        self._sweep_seconds = settings.watch.sweep_seconds
        self._hot = bool(settings.watch.hot)
        self._clock = clock
        pace = Pace(clock)
        join_pace = JoinPace(settings.watch.join_minutes, settings.watch.joins_a_day)

        self.bot = Account(login_of(settings, "bot"), clock, _end_if_refused)
        self.sending = Sending(self.bot)
        self.delivery = Delivery(
            archive, Composer(archive, clock).compose, self.sending.send, pace, clock
        )
        self.notices = Notices(archive, clock, settings.owner, self.delivery.wake)
        self.anchors = Anchors(archive, clock, settings.owner, self.delivery.wake)

        self.watcher = Account(login_of(settings, "watcher"), clock, self._watcher_state)
        shelf = ArchiveShelf(
            archive, Files(settings.media_folder), keeping(settings), clock, self.notices
        )
        self.downloads = Downloads(self.watcher, shelf, clock)
        following = (shelf.follow, MassDeletions(clock, settings.owner).follow)
        self.ingest = Ingest(archive, clock, self.delivery.wake, following)
        plan = Plan(join_pace, settings.watch.history_days)
        watchlist = ArchiveWatchlist(archive, clock, plan, self.notices, random.Random())
        register = ArchiveRegister(
            archive,
            clock,
            settings.reading.zone,
            Changes(archive.id, clock, settings.owner, self.delivery.wake),
        )
        differences = Differences(self.watcher, watchlist, register, self.ingest.apply, clock)
        positions = Positions(self.watcher, register, settings.watch.pts_source)
        self.sweep = Sweep(self.watcher, watchlist, positions, differences, clock)
        self.readings = Readings(self.watcher, register, clock, self.sweep.nudge)
        self.hot = Hot(self.watcher, watchlist, differences, clock, settings.watch.hot)
        ledger = ArchiveLedger(archive, clock, settings.reading.zone, watchlist)
        self.audit = Audit(self.watcher, ledger, self.ingest.apply, clock)
        self.live = Live(self.watcher, self.ingest.apply, clock, self.sweep.nudge)
        self.progress = Progress(archive, clock, self.sending.edit, pace.turn)
        self.backfill = Backfill(
            self.watcher, watchlist, self.ingest.apply, clock, self._history_moved
        )
        self.joining = Joining(self.watcher, watchlist, clock, self.backfill.nudge)

        ctx = context.Context(
            archive=archive,
            clock=clock,
            owner=settings.owner,
            zone=settings.reading.zone,
            language=settings.reading.language,
            bot_name=lambda: self.bot.username,
            look=self.joining.look,
            wake_joins=self.joining.nudge,
            wake_backfill=self._history_wanted,
            sweep=self.sweep.by_hand,
            pace=join_pace,
            keep=Keep(settings.media.keep),
            starters=tuple(
                context.Starter(rule.titles, rule.query) for rule in seeds.starter_rules()
            ),
        )
        self.listening = Listening(self.bot, self.sending, Router(ctx).answer, pace.turn, clock)

    def services(self) -> Mapping[str, Service]:
        """What runs until the program is stopped."""
        return {
            "watcher": self.watcher.run,
            "bot": self.bot.run,
            "live": self.live.run,
            "sweep": self.sweep.run,
            "joining": self.joining.run,
            "backfill": self.backfill.run,
            "progress": self.progress.run,
            "audit": self.audit.run,
            "readings": self.readings.run,
            "downloads": self.downloads.run,
            "delivery": self.delivery.run,
            "listening": self.listening.run,
            "notices": self.notices.run,
            "anchors": self.anchors.run,
            "menu": self._menu,
            **({"hot": self.hot.run} if self._hot else {}),
        }

    def bells(self) -> Mapping[Callable[[], None], float]:
        """What the schedule rings, and every how many seconds."""
        return {
            self.sweep.nudge: self._sweep_seconds,
            self.joining.nudge: JOIN_SECONDS,
            self.backfill.nudge: LOOK_SECONDS,
            self.progress.nudge: LOOK_SECONDS,
            self.audit.nudge: NIGHT_SECONDS,
            self.readings.nudge: NIGHT_SECONDS,
            self.delivery.wake: LOOK_SECONDS,
            self.anchors.nudge: ANCHOR_SECONDS,
        }

    def _history_wanted(self) -> None:
        self.delivery.wake()  # the message that shows how it goes
        self.backfill.nudge()

    async def _history_moved(self) -> None:
        self.progress.nudge()
        await self.notices.histories_done()

    async def _menu(self) -> None:
        await keep_menu(self.bot, self.sending, table.menu(), self._clock)

    def _watcher_state(self, state: AccountState, reason: str) -> None:
        if state is AccountState.SIGNED_OUT:
            self.notices.watcher_signed_out(reason)
        elif state is AccountState.CONNECTED:
            self.notices.watcher_connected()


def _end_if_refused(state: AccountState, reason: str) -> None:
    if state is AccountState.SIGNED_OUT:
        raise BotRefusedError(
            f"Telegram refuses the bot ({reason}), so nobody could be told anything. Copy its "
            "token once more from @BotFather into telegram.bot_token; `postwatch doctor` checks it."
        )
