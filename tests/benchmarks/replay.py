"""Real messages through the whole program: `python -m tests.benchmarks.replay FILE...`

Each file is a list of `message.to_dict()`, as people keep them. Each becomes a channel of the
sandbox: half of its messages are posted while the program watches, the other half while it is
down, and edited ones are first posted in another state and then edited. At the end the archive
is compared with the files, post by post. One line a file, then one JSON line; exit 1 on any
difference.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telethon.tl import types

from bot.clock import Clock
from bot.query.words import norm
from bot.sandbox.channels import Channel, Post
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.telegram import convert
from storage import posts
from storage.db import openers
from storage.records import Kept
from tests.benchmarks.dumps import build
from tests.program import Program, settings_for, sign_in

TOKEN = "1000:token-of-the-replay"
BEFORE = "… "  # what an edited message says first: this, and its beginning
WITHIN = 120.0


@dataclass(slots=True)
class Dump:
    """A file, as messages of a channel in the sandbox."""

    path: Path
    messages: list[Any]
    channel: Channel | None = None
    posted: dict[int, Post] = field(default_factory=dict)


def read(path: Path, channel_id: int) -> Dump:
    """The messages of a file, oldest first, all of one channel."""
    dumped = json.loads(path.read_text(encoding="utf-8"))
    messages = [build(each) for each in dumped]
    for message in messages:
        message.peer_id = types.PeerChannel(channel_id)
    return Dump(path, sorted(messages, key=lambda message: message.id))


async def replay(paths: list[Path], folder: Path) -> dict[str, object]:
    """Play all files; what was compared and what differs."""
    began = time.perf_counter()
    async with Telegram.running(seed=1) as telegram:
        watcher = telegram.user("Watcher", phone="380990000001")
        bot = telegram.bot("postwatch_bot", token=TOKEN)
        owner = telegram.reader("Owner")
        dumps = [read(path, 5_000 + number) for number, path in enumerate(paths)]
        for number, dump in enumerate(dumps):
            dump.channel = telegram.channel(f"channel_{number}", dump.path.stem, id=5_000 + number)
            dump.channel.admits(watcher)
        settings = settings_for(telegram, bot, owner, folder)
        sign_in(telegram, settings, watcher, bot)
        program = Program(settings, Clock(rate=5))
        await program.starts()
        await _watch(telegram, owner, dumps)
        await program.archive.until("SELECT 1 WHERE (SELECT count(*) FROM cursors) = ?", len(dumps))
        for dump in dumps:
            await _play(dump, dump.messages[::2])
        await program.stops()
        for dump in dumps:
            await _play(dump, dump.messages[1::2])
        await program.starts()
        await _caught_up(program, dumps)
        await program.stops()
        found = [await _compared(settings.archive, dump) for dump in dumps]
    differences = [line for report in found for line in report.pop("differences")]
    seconds = round(time.perf_counter() - began, 1)
    return {"files": found, "differences": differences, "seconds": seconds}


async def _watch(telegram: Telegram, owner: Reader, dumps: list[Dump]) -> None:
    await telegram.is_asked_for("bots.SetBotCommands", times=3)
    for dump in dumps:
        assert dump.channel is not None
        await owner.says(f"/add @{dump.channel.username}")
        await owner.presses("Add", on=await owner.receives("Watch this channel?", within=20))
        await owner.receives("Added", within=20)


async def _play(dump: Dump, messages: list[Any]) -> None:
    """Post; what was edited later is posted in an earlier state first."""
    assert dump.channel is not None
    for message in messages:
        text, edited_at = getattr(message, "message", ""), getattr(message, "edit_date", None)
        entities = getattr(message, "entities", None)
        if edited_at is not None and text:
            message.message, message.edit_date, message.entities = BEFORE + text[:40], None, None
        post = dump.posted[message.id] = await dump.channel.posts_raw(message)
        if edited_at is not None and text:
            await post.edits(text, entities or [])


async def _caught_up(program: Program, dumps: list[Dump]) -> None:
    expected = sum(len(dump.messages) for dump in dumps)
    await program.archive.until(
        "SELECT 1 WHERE (SELECT count(*) FROM posts) >= ?", expected, within=WITHIN
    )
    for dump in dumps:
        assert dump.channel is not None
        await program.archive.until(
            "SELECT 1 FROM cursors WHERE channel_id = ? AND pts >= ?",
            dump.channel.id,
            dump.channel.pts,
            within=WITHIN,
        )


async def _compared(archive: Path, dump: Dump) -> dict[str, Any]:
    """The archive's posts against the file's messages."""
    assert dump.channel is not None
    kinds: Counter[str] = Counter()
    differences = []
    async with openers(archive, norm).reader() as conn:
        for message in dump.channel.messages.values():
            kept = await posts.get(conn, dump.channel.id, message.id)
            differences += _differences(dump, message, kept)
            kinds.update(_kinds(message))
    return {
        "file": dump.path.name,
        "messages": len(dump.messages),
        **dict(sorted(kinds.items())),
        "differences": differences,
    }


def _differences(dump: Dump, message: Any, kept: Kept | None) -> list[str]:
    place = f"{dump.path.name}, message {message.id}"
    if kept is None:
        return [f"{place}: not saved"]
    wanted = convert.post(message)
    assert wanted is not None
    compared = (
        "posted_at", "text", "grouped_id", "reply_to", "author", "forward",
        "media", "service", "content", "has", "views", "forwards",
    )  # fmt: skip
    return [
        f"{place}: {name} is {getattr(kept.post, name)!r}, should be {getattr(wanted, name)!r}"
        for name in compared
        if getattr(kept.post, name) != getattr(wanted, name)
    ]


def _kinds(message: Any) -> list[str]:
    """What is special about a message, for the figures."""
    if isinstance(message, types.MessageService):
        return ["service"]
    told = {
        "album parts": message.grouped_id,
        "edited": message.edit_date,
        "replies": message.reply_to,
        "polls": isinstance(message.media, types.MessageMediaPoll),
        "media": message.media,
        "with entities": message.entities,
    }
    return [name for name, holds in told.items() if holds]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("files", nargs="+", type=Path, metavar="FILE")
    paths = arguments.parse_args().files
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(replay(paths, Path(folder)))
    for report in result["files"]:  # type: ignore[attr-defined]  # a list, see replay
        print(", ".join(f"{name}: {value}" for name, value in report.items()))
    for line in result["differences"]:  # type: ignore[attr-defined]  # a list, see replay
        print(line)
    print(json.dumps(result, ensure_ascii=False))
    return 1 if result["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
