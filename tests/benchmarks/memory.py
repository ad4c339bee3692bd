"""How much memory the program holds: `python -m tests.benchmarks.memory --channels N --rules N`.

A process of its own builds what a program at rest has: everything imported, the dictionaries and
names read, an archive of so many channels open, the rules of all subscribers held. What each step
adds is told, in megabytes of resident memory. Prints one JSON line; exit 1 over the bar of DESIGN
section 10.
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import seeds
from bot import app as program
from bot.query.lexicon import Lexicon
from bot.query.reading import Choices, Understood
from bot.query.words import norm
from bot.rulebook import Rulebook
from bot.understanding import stored
from storage import channels, rules, subscribers
from storage.db import Archive, open_archive
from storage.records import Asked
from tests.benchmarks.generating import Invention, channel
from tests.benchmarks.rules import Rule, Rules

BAR = 250  # megabytes
A_CHAT = 100  # rules of one chat
PAGE = os.sysconf("SC_PAGE_SIZE")


async def fill(path: Path, channel_count: int, made: Iterable[Rule]) -> None:
    """An archive with channels and rules, as subscribers made them."""
    lexicon = Lexicon(seeds.names())
    async with open_archive(path, norm, 1) as archive, archive.transaction() as tx:
        for number in range(1, channel_count + 1):
            await channels.save(tx, channel(number))
        for number, rule in enumerate(made):
            chat = number // A_CHAT + 1
            here = await subscribers.ensure(tx, Asked(chat, chat), "UTC", 1)
            kept = stored(Understood(rule.tree, ()), Choices(), lexicon)
            await rules.add(tx, here.id, f"rule {number}", 1, kept)


async def measure(path: Path) -> dict[str, float]:
    """What a program over this archive takes, step by step, in megabytes."""
    assert program.__file__, "all that the program consists of is imported"
    held = {"imports": resident()}
    lexicon = Lexicon(seeds.names())
    lexicon.load()
    held["dictionaries"] = resident()
    async with open_archive(path, norm, 1) as archive:
        rulebook = await _rulebook(archive)
        watched = await channels.watched(archive.reader)
        held["channels and rules"] = resident()
        del rulebook, watched
    return held


async def _rulebook(archive: Archive) -> Rulebook:
    rulebook = Rulebook()
    async with archive.transaction() as tx:
        await rulebook.refresh(tx)
    return rulebook


def resident() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return round(pages * PAGE / 1e6, 1)


def in_a_process_of_its_own(path: Path) -> dict[str, float]:
    """`measure`, without what filling the archive left behind."""
    done = subprocess.run(  # noqa: S603 -- this very program
        [sys.executable, "-m", __spec__.name, "--measure", path],
        check=True,
        capture_output=True,
    )
    held: dict[str, float] = json.loads(done.stdout)
    return held


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=1_000)
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.measure is not None:
        print(json.dumps(asyncio.run(measure(asked.measure))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite3"
        made = Rules(Invention(1, 1), 1).many(asked.rules)
        asyncio.run(fill(path, asked.channels, made))
        held = in_a_process_of_its_own(path)
    whole = max(held.values())
    told = {"channels": asked.channels, "rules": asked.rules, "resident_megabytes": held}
    print(json.dumps({**told, "bar": BAR, "well": whole < BAR}))
    return 0 if whole < BAR else 1


if __name__ == "__main__":
    sys.exit(main())
