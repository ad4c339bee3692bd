"""Telegram on loopback with the people of the stories, and the program among them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.sandbox.channels import Channel
from bot.sandbox.inbox import Received
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from config.settings import Settings
from tests.program import Program, environment, settings_for, sign_in

MORNING = 1_663_567_200_000  # 19 September 2022, 06:00 UTC


@pytest.fixture
def clock() -> Clock:
    """The day of the stories, on which time passes ten times as fast."""
    return Clock(MORNING, rate=10)


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[Telegram]:
    def now() -> datetime:
        return datetime.fromtimestamp(clock.now() / 1000, UTC)

    async with Telegram.running(now, seed=1) as telegram:
        yield telegram


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is there before a story begins."""

    telegram: Telegram
    watcher: User
    bot: Bot
    anna: Reader  # the owner
    haidai: Channel  # followed by the watcher, and watched

    def environment(self, folder: Path) -> dict[str, str]:
        """What points a program of its own process at this Telegram."""
        return environment(self.telegram, self.bot, self.anna, folder)

    def settings(self, folder: Path, **more: str) -> Settings:
        """What points the program at this Telegram."""
        return settings_for(self.telegram, self.bot, self.anna, folder, **more)

    def signed_in(self, folder: Path, **more: str) -> Settings:
        """As `settings`, where both accounts have signed in before."""
        settings = self.settings(folder, **more)
        sign_in(self.telegram, settings, self.watcher, self.bot)
        return settings


@pytest.fixture
def cast(telegram: Telegram) -> Cast:
    watcher = telegram.user("Watcher", phone="380990000001")
    bot = telegram.bot("postwatch_bot", token="1000:sandbox-token")
    anna = telegram.reader("Anna", username="anna", language="en")
    haidai = telegram.channel("luhanskaVTSA", "Сергій Гайдай", verified=True)
    haidai.admits(watcher)
    return Cast(telegram, watcher, bot, anna, haidai)


@pytest.fixture
async def program(cast: Cast, clock: Clock, tmp_path: Path) -> AsyncIterator[Program]:
    """Running, its owner known to the bot, the channel of the story watched."""
    program = Program(cast.signed_in(tmp_path), clock)
    await program.starts()
    await cast.telegram.is_asked_for("bots.SetBotCommands", times=3)
    await cast.anna.says("/start")
    await cast.anna.receives("")
    await cast.anna.says("/add @luhanskaVTSA")
    question = await cast.anna.receives("Watch this channel?")
    await cast.anna.presses("Add", on=question)
    await cast.anna.receives("Added")
    await program.archive.until("SELECT 1 FROM channels WHERE state = 'joined'")
    yield program
    await program.stops()


async def ask(who: Reader, command: str) -> Received:
    """Say something, and take the next answer."""
    await who.says(command)
    return await who.receives()


async def invitation(cast: Cast) -> str:
    """The token of one by the owner."""
    return (await ask(cast.anna, "/invite")).text.rpartition("start=")[2].split()[0]


async def invited(cast: Cast, name: str) -> Reader:
    """Somebody whom the owner let in."""
    reader = cast.telegram.reader(name, language="en")
    await ask(reader, f"/start {await invitation(cast)}")
    return reader


async def watch(who: Reader, query: str) -> None:
    """Keep a rule."""
    proposed = await ask(who, f"/watch {query}")
    await who.presses("Keep", on=proposed)
    await who.receives(query)


@pytest.fixture
def anna(cast: Cast) -> Reader:
    return cast.anna


@pytest.fixture
def haidai(cast: Cast) -> Channel:
    return cast.haidai
