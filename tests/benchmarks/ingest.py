"""How fast live posts are taken in: `python -m tests.benchmarks.ingest --posts N --rules N`.

The sandbox publishes posts, one to a packet, as fast as it can: first to a process with a bare
Telethon handler that counts them, then to the real program, which stores, versions, indexes and
holds each against the rules. Prints one JSON line; exit 1 below the bar of DESIGN section 10.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.clock import Clock
from bot.query.lexicon import Lexicon
from bot.query.reading import Choices, Understood
from bot.query.words import norm
from bot.sandbox.channels import Channel
from bot.sandbox.people import User
from bot.sandbox.telegram import Telegram
from bot.understanding import stored
from seeds import names
from storage import joins, rules, subscribers
from storage.db import open_archive
from storage.records import Asked
from tests.benchmarks.generating import Invention
from tests.benchmarks.rules import Rule, Rules
from tests.program import ROOT, Process, environment, settings_for, sign_in

CHANNELS = 10
STEMS = 2_000
BAR = 0.25  # of the rate of a bare handler
WITHIN = 600.0
A_TICK = os.sysconf("SC_CLK_TCK")


async def bare(
    telegram: Telegram, watcher: User, texts: Sequence[str], folder: Path
) -> list[float]:
    """Seconds, and seconds of the processor, that a bare handler takes."""
    heard = _channels(telegram, watcher, "bare")
    session = telegram.seed_session(folder / "bare", watcher)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.bare", str(session), str(len(texts)),
        stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(WITHIN):
        await process.stdout.readline()
        await _publish(heard, texts)
        told = await process.stdout.readline()
        await process.wait()
    return [float(each) for each in told.split()]


async def whole(
    telegram: Telegram, watcher: User, texts: Sequence[str], made: Iterable[Rule], folder: Path
) -> list[float]:
    """The same of the program, with these rules."""
    heard = _channels(telegram, watcher, "whole")
    bot, owner = telegram.bot("postwatch_bot", token="1000:sandbox-token"), telegram.reader("Anna")
    variables = environment(telegram, bot, owner, folder)
    settings = settings_for(telegram, bot, owner, folder)
    sign_in(telegram, settings, watcher, bot)
    await _fill(settings.archive, heard, made)
    program = Process(variables, folder)
    await program.starts()
    try:
        await program.archive.until(
            "SELECT 1 WHERE (SELECT count(*) FROM cursors) = ?", CHANNELS, within=WITHIN
        )
        began, used = time.perf_counter(), _processor(program)
        await _publish(heard, texts)
        await program.archive.until(
            "SELECT 1 WHERE (SELECT count(*) FROM posts) >= ?", len(texts), within=WITHIN
        )
        took = [time.perf_counter() - began, _processor(program) - used]
    finally:
        await program.stops()
    assert program.archive.rows("SELECT count(*) FROM versions") == [(len(texts),)]
    return took


def _channels(telegram: Telegram, watcher: User, name: str) -> list[Channel]:
    made = [telegram.channel(f"{name}{number}", f"{name} {number}") for number in range(CHANNELS)]
    for channel in made:
        channel.admits(watcher)
    return made


async def _fill(path: Path, heard: Sequence[Channel], made: Iterable[Rule]) -> None:
    """The channels to watch, and rules: muted, since to tell of hits is another matter."""
    now = Clock().now()
    lexicon = Lexicon(names())
    async with open_archive(path, norm, now) as archive, archive.transaction() as tx:
        for channel in heard:
            await joins.ask(tx, str(channel.username), 0, now)
        here = await subscribers.ensure(tx, Asked(1, 1), "UTC", now)
        for number, rule in enumerate(made):
            kept = stored(Understood(rule.tree, ()), Choices(), lexicon)
            added = await rules.add(tx, here.id, f"rule {number}", now, kept)
            await rules.mute(tx, added.id, 2 * now)


async def _publish(heard: Sequence[Channel], texts: Sequence[str]) -> None:
    for number, text in enumerate(texts):
        await heard[number % len(heard)].posts(text)


def _processor(program: Process) -> float:
    """Seconds that the program's process has used of the processor."""
    fields = Path(f"/proc/{program.id}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / A_TICK


async def measure(
    folder: Path, invention: Invention, rule_count: int, seed: int
) -> dict[str, object]:
    count = invention.count
    texts = [post.text for post in invention.posts()]
    made = Rules(invention, seed).many(rule_count)
    async with Telegram.running(seed=seed) as telegram:
        watcher = telegram.user("Watcher", phone="380990000001")
        alone = await bare(telegram, watcher, texts, folder)
        ours = await whole(telegram, watcher, texts, made, folder)
    ratios = [round(one / other, 3) for one, other in zip(alone, ours, strict=True)]
    return {
        "posts": count,
        "rules": rule_count,
        "bare_per_second": round(count / alone[0]),
        "program_per_second": round(count / ours[0]),
        "bare_processor_microseconds": round(alone[1] / count * 1e6),
        "program_processor_microseconds": round(ours[1] / count * 1e6),
        "ratio": ratios[0],
        "processor_ratio": ratios[1],
        "bar": BAR,
        "well": ratios[0] >= BAR,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=4_000, help="fewer than wait to be written")
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        invention = Invention(asked.seed, asked.posts, STEMS)
        figures = asyncio.run(measure(Path(folder), invention, asked.rules, asked.seed))
    print(json.dumps(figures))
    return 0 if figures["well"] else 1


if __name__ == "__main__":
    sys.exit(main())
