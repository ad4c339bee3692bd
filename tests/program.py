"""The real program, started and stopped by tests and benchmarks against the sandbox."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import seeds
from bot.app import run
from bot.clock import Clock
from bot.query.lexicon import Lexicon
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from config.settings import Settings, environment_name, load

API_HASH = "0123456789abcdef0123456789abcdef"
ROOT = Path(__file__).parent.parent


def environment(
    telegram: Telegram, bot: Bot, owner: Reader, folder: Path, **more: str
) -> dict[str, str]:
    """The POSTWATCH_* variables that point the program at the sandbox."""
    values = {
        "telegram.api_id": "1",
        "telegram.api_hash": API_HASH,
        "telegram.bot_token": bot.token,
        "telegram.owner": str(owner.id),
        "telegram.server.address": f"{telegram.host}:{telegram.port}",
        "telegram.server.public_key": telegram.public_key,
        "telegram.server.dc_id": str(telegram.dc_id),
        "reading.zone": "Europe/Kyiv",
        "data": str(folder),
    }
    return {environment_name(name): value for name, value in (values | more).items()}


def settings_for(
    telegram: Telegram, bot: Bot, owner: Reader, folder: Path, **more: str
) -> Settings:
    """Settings that point the program at the sandbox."""
    return load(None, environment(telegram, bot, owner, folder, **more))


def sign_in(telegram: Telegram, settings: Settings, watcher: User, bot: Bot) -> None:
    """Session files of accounts that have signed in before."""
    settings.data.mkdir(parents=True, exist_ok=True)
    telegram.seed_session(settings.watcher_session, watcher)
    telegram.seed_session(settings.bot_session, bot)


@cache
def _lexicon(languages: tuple[str, ...]) -> Lexicon:
    """One for all programs of this process, read before the first begins: that takes seconds on a
    busy machine, for which no test has the time.
    """
    lexicon = Lexicon(seeds.names(), languages)
    lexicon.load()
    return lexicon


class Archive:
    """What the program wrote, read beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        if not self.path.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as conn:
            try:
                return conn.execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    raise
                return []  # not made yet

    def change(self, sql: str, *rows: Sequence[Any]) -> None:
        """Write into the archive of a program that is stopped, once for each row of values."""
        with closing(sqlite3.connect(self.path)) as conn, conn:
            conn.executemany(sql, rows or [()])

    async def until(self, sql: str, *values: Any, within: float = 10) -> list[tuple[Any, ...]]:
        """Wait until a query has rows, looking again and again: another process may write."""
        async with asyncio.timeout(within):
            while not (found := self.rows(sql, *values)):
                await Clock().pass_by(0.01)
        return found


class Program:
    """The program in this process."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.archive = Archive(settings.archive)
        self._clock = clock
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def starts(self) -> None:
        self._stop = asyncio.Event()
        lexicon = _lexicon(self.settings.query.dictionaries)
        self._task = asyncio.create_task(run(self.settings, lexicon, self._clock, self._stop))

    async def stops(self) -> None:
        """As SIGTERM does; raises what the program ended with."""
        self._stop.set()
        await self.ends()

    async def ends(self) -> None:
        """Wait until it ends by itself; raises what it ended with."""
        if self._task is not None:
            task, self._task = self._task, None
            async with asyncio.timeout(20):
                await task

    async def restarts(self) -> None:
        await self.stops()
        await self.starts()


class Process:
    """The program as a process of its own, to be killed."""

    def __init__(self, variables: Mapping[str, str], folder: Path) -> None:
        self.archive = Archive(folder / "postwatch.sqlite3")
        self._variables = dict(variables)
        self._process: asyncio.subprocess.Process | None = None

    async def starts(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env={**os.environ, **self._variables}, cwd=ROOT
        )

    @property
    def id(self) -> int:
        """The process id of the program that runs."""
        assert self._process is not None, "it was not started"
        return self._process.pid

    @property
    def ended(self) -> int | None:
        """The exit status, where it was started and has ended by itself."""
        return None if self._process is None else self._process.returncode

    async def dies(self) -> None:
        """kill -9."""
        await self._signalled(signal.SIGKILL)

    async def stops(self) -> int:
        """SIGTERM, if it still runs; the exit status."""
        return await self._signalled(signal.SIGTERM)

    async def _signalled(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        if process.returncode is None:
            process.send_signal(number)
        async with asyncio.timeout(20):
            return await process.wait()
