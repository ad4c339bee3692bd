"""Who is on the stage of the demo, and the program among them."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import seeds
from bot.app import run
from bot.clock import Clock
from bot.query.lexicon import Lexicon
from bot.sandbox.channels import Channel
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from config.settings import Settings, environment_name, load
from seeds import DemoDay

PACK = "story"  # its channels are watched from the start; the owner adds the others


class StageClock(Clock):
    """Goes as fast as the true time, but for the leaps from one event to the next."""

    def leap_to(self, at: int) -> None:
        """Let it be `at`, unless that has passed."""
        self._start += max(0, at - self.now())


@dataclass(frozen=True, slots=True)
class Stage:
    """Everybody the story is told with."""

    telegram: Telegram
    clock: StageClock
    channels: dict[str, Channel]  # by username
    readers: dict[str, Reader]  # by name; the first is the owner
    bot: Bot
    settings: Settings

    @property
    def owner(self) -> Reader:
        return next(iter(self.readers.values()))


@asynccontextmanager
async def set_up(day: DemoDay) -> AsyncIterator[Stage]:
    """Telegram on loopback with the people of the day, and the program running in it."""
    clock = StageClock(day.posts[0].at - 3_600_000)

    def now() -> datetime:
        return datetime.fromtimestamp(clock.now() / 1000, UTC)

    with tempfile.TemporaryDirectory(prefix="postwatch-demo-") as folder:
        async with Telegram.running(now, seed=19) as telegram:
            telegram.enforce_limits(True)
            stage = _people(telegram, clock, day, Path(folder))
            async with _program(stage):
                yield stage


def _people(telegram: Telegram, clock: StageClock, day: DemoDay, folder: Path) -> Stage:
    watcher = telegram.user("Watcher", phone="380990000001")
    bot = telegram.bot("postwatch_bot", token="1000:the-token-of-the-demo")  # noqa: S106 -- of the sandbox
    channels = {
        each.username: telegram.channel(each.username, each.title, verified=True)
        for each in day.channels
    }
    for channel in channels.values():
        channel.admits(watcher)
    readers = {
        each.name: telegram.reader(each.name, language=each.language) for each in day.subscribers
    }
    settings = _settings(telegram, bot, next(iter(readers.values())), folder)
    _sign_in(telegram, settings, watcher, bot)
    return Stage(telegram, clock, channels, readers, bot, settings)


def _settings(telegram: Telegram, bot: Bot, owner: Reader, folder: Path) -> Settings:
    written = {
        "telegram.api_id": "1",
        "telegram.api_hash": "0" * 32,
        "telegram.bot_token": bot.token,
        "telegram.owner": str(owner.id),
        "telegram.server.address": f"{telegram.host}:{telegram.port}",
        "telegram.server.public_key": telegram.public_key,
        "reading.zone": "Europe/Kyiv",
        "watch.packs": PACK,
        "data": str(folder),
    }
    return load(None, {environment_name(name): value for name, value in written.items()})


def _sign_in(telegram: Telegram, settings: Settings, watcher: User, bot: Bot) -> None:
    telegram.seed_session(settings.watcher_session, watcher)
    telegram.seed_session(settings.bot_session, bot)


@asynccontextmanager
async def _program(stage: Stage) -> AsyncIterator[None]:
    """The program, from its start until it has ended cleanly."""
    stop = asyncio.Event()
    lexicon = Lexicon(seeds.names(), stage.settings.query.dictionaries)
    async with asyncio.TaskGroup() as group:
        group.create_task(run(stage.settings, lexicon, stage.clock, stop), name="program")
        try:
            yield
        finally:
            stop.set()
