"""How soon the program sees what was posted while it was down: `python -m tests.benchmarks.start`.

The real program is started against the sandbox, with an empty archive and with one of N invented
posts, in turns: the seconds from the start of the process to the end of its first sweep, in which
every channel was compared with Telegram. Prints one JSON line; exit 1 over the bar of DESIGN
section 10.
"""

import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.clock import Clock
from bot.query.words import norm
from bot.sandbox.channels import Channel
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from storage import channels
from storage.db import open_archive
from storage.records import Channel as Known
from storage.records import ChannelState, Cursor
from tests.benchmarks.generating import Invention, write
from tests.program import Process, environment, settings_for, sign_in

CHANNELS = 20  # that are swept
ROUNDS = 5
BAR = 2.0  # times what it takes without posts
WITHIN = 120.0
FIRST_ID = 5_000_000  # of the swept channels


class Scene:
    """The sandbox with an account, and channels that it is in."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.watcher: User = telegram.user("Watcher", phone="380990000001")
        self.bot: Bot = telegram.bot("postwatch_bot", token="1000:sandbox-token")
        self.owner: Reader = telegram.reader("Anna")
        self.swept: list[Channel] = [
            telegram.channel(f"swept{number}", f"Swept {number}", id=FIRST_ID + number)
            for number in range(CHANNELS)
        ]
        for channel in self.swept:
            channel.admits(self.watcher)

    async def prepare(self, folder: Path) -> None:
        """A folder whose program watches the channels, whatever posts its archive has."""
        settings = settings_for(self.telegram, self.bot, self.owner, folder)
        sign_in(self.telegram, settings, self.watcher, self.bot)
        now = Clock().now()
        async with (
            open_archive(settings.archive, norm, now) as archive,
            archive.transaction() as tx,
        ):
            for invented in await channels.watched(tx):  # which no sweep can find
                await channels.set_state(tx, invented.id, ChannelState.IMPORTED)
            for each in self.swept:
                await channels.save(
                    tx, Known(each.id, each.title, each.username, ChannelState.JOINED)
                )
                key = self.telegram.world.access_hash(self.watcher.id, each.marked_id)
                await channels.remember_access(tx, self.watcher.id, each.id, key)
                await channels.move_cursor(tx, Cursor(each.id, each.pts, 0), now)

    async def seconds(self, folder: Path) -> float:
        """From the start of the program to the end of its first sweep."""
        program = Process(environment(self.telegram, self.bot, self.owner, folder), folder)
        since = Clock().now()
        began = time.perf_counter()
        await program.starts()
        try:
            await program.archive.until(
                "SELECT 1 WHERE (SELECT count(*) FROM cursors WHERE compared_at >= ?) = ?",
                since,
                CHANNELS,
                within=WITHIN,
            )
            return time.perf_counter() - began
        finally:
            await program.stops()


async def measure(
    folder: Path, invention: Invention, rounds: int, kept: Path | None
) -> dict[str, object]:
    empty, full = folder / "empty", folder / "full"
    full.mkdir()
    if kept is not None:
        shutil.copy(kept, full / "postwatch.sqlite3")
    else:
        await write(full / "postwatch.sqlite3", invention)
    taken: dict[Path, list[float]] = {empty: [], full: []}
    async with Telegram.running(seed=1) as telegram:
        scene = Scene(telegram)
        for each in taken:
            await scene.prepare(each)
        for _ in range(rounds):
            for each, seconds in taken.items():
                seconds.append(await scene.seconds(each))
    without, beside = (statistics.median(taken[each]) for each in (empty, full))
    return {
        "posts": invention.count,
        "rounds": rounds,
        "seconds_without_posts": round(without, 2),
        "seconds_with_posts": round(beside, 2),
        "ratio": round(beside / without, 2),
        "bar": BAR,
        "well": beside / without <= BAR,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--archive", type=Path, help="a copy of this one, kept by the search one")
    asked = parser.parse_args(arguments)
    invention = Invention(asked.seed, asked.posts)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), invention, asked.rounds, asked.archive))
    print(json.dumps(figures))
    return 0 if figures["well"] else 1


if __name__ == "__main__":
    sys.exit(main())
