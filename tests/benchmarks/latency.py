"""From a post to the alert in the chat: `python -m tests.benchmarks.latency [--posts N]`

The whole program watches a channel of the sandbox, and posts are timed from being pushed to
being in the subscriber's chat. Beside it, in the same run and taking turns with it, the bare
round trip: a Telethon handler of one account hears the post, and another account's client sends
a message. Many subscribers take turns, so that nobody's sending limit is what is measured.
One JSON line; exit 1 where the median is more than ten times the bare one.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from telethon import TelegramClient, events
from telethon.tl import functions, types

from bot.clock import Clock
from bot.query.words import norm
from bot.sandbox.channels import Channel
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from config.settings import Settings
from storage import joins, rules, subscribers
from storage.db import open_archive
from storage.records import Asked
from tests.program import Program, settings_for, sign_in

BAR = 10.0
RATE = 20.0  # of the program's clock: no sending limit is met
WITHIN = 20.0
TURNS = 20  # subscribers that take turns

Trip = Callable[[int], Awaitable[float]]  # seconds that one post took


@dataclass(frozen=True, slots=True)
class Plan:
    posts: int = 300
    warm_up: int = 20
    seed: int = 1


async def measure(plan: Plan, folder: Path) -> dict[str, object]:
    """Time both ways, in turns; the figures."""
    async with Telegram.running(seed=plan.seed) as telegram, AsyncExitStack() as stack:
        alert = await stack.enter_async_context(_program(telegram, folder))
        bare = await stack.enter_async_context(_bare(telegram))
        taken: dict[str, list[float]] = {"alert": [], "bare": []}
        for number in range(plan.warm_up + plan.posts):
            for name, trip in (("alert", alert), ("bare", bare)):
                seconds = await trip(number)
                if number >= plan.warm_up:
                    taken[name].append(seconds)
    figures = {name: percentiles(seconds) for name, seconds in taken.items()}
    return {
        "benchmark": "latency",
        "posts": plan.posts,
        **figures,
        "ratio": round(figures["alert"]["median"] / figures["bare"]["median"], 2),
        "bar": BAR,
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile, in milliseconds."""
    cuts = quantiles(seconds, n=100, method="inclusive")
    named = {"median": cuts[49], "p95": cuts[94], "p99": cuts[98]}
    return {name: round(cut * 1000, 2) for name, cut in named.items()}


@asynccontextmanager
async def _program(telegram: Telegram, folder: Path) -> AsyncIterator[Trip]:
    """The program at work, with a rule for each subscriber."""
    watcher = telegram.user("Watcher", phone="380990000001")
    bot = telegram.bot("postwatch_bot", token="1000:sandbox-token")
    readers = [telegram.reader(f"Reader {number}") for number in range(TURNS)]
    channel = telegram.channel("watched", "Watched", verified=True)
    channel.admits(watcher)
    settings = settings_for(telegram, bot, readers[0], folder)
    sign_in(telegram, settings, watcher, bot)
    await _fill(telegram, settings, bot, readers)
    program = Program(settings, Clock(rate=RATE))
    await program.starts()
    await program.archive.until("SELECT 1 FROM cursors", within=WITHIN)
    await telegram.is_asked_for("bots.SetBotCommands", within=WITHIN)

    async def trip(number: int) -> float:
        reader = readers[number % TURNS]
        return await _timed(channel, reader, f"{_word(number % TURNS)} №{number}.")

    yield trip
    await program.stops()


async def _fill(
    telegram: Telegram, settings: Settings, bot: Bot, readers: Sequence[Reader]
) -> None:
    now = Clock().now()
    async with open_archive(settings.archive, norm, now) as archive, archive.transaction() as tx:
        await joins.ask(tx, "watched", 0, now)
        for number, reader in enumerate(readers):
            await reader.says("/start", to=bot)  # a bot cannot write first
            access_hash = telegram.world.access_hash(bot.id, reader.id)
            asked = Asked(reader.id, reader.id, chat_access_hash=access_hash)
            subscriber = await subscribers.ensure(tx, asked, "UTC", now)
            await rules.add(tx, subscriber.id, f"={_word(number)}", now)


def _word(number: int) -> str:
    """A word of its own for each subscriber."""
    return "слово" + "абвгдежзик"[number // 10] + "лмнопрстуф"[number % 10]


@asynccontextmanager
async def _bare(telegram: Telegram) -> AsyncIterator[Trip]:
    """What Telethon alone can do: a handler that sends."""
    user = telegram.user("Bare", phone="380990000002")
    bot = telegram.bot("bare_bot")
    reader = telegram.reader("Bare reader")
    channel = telegram.channel("bare", "Bare", verified=True)
    channel.admits(user)
    await reader.says("/start", to=bot)
    listening, speaking = [_client(telegram, account) for account in (user, bot)]
    await listening.connect()
    await speaking.connect()
    peer = types.InputPeerUser(reader.id, telegram.world.access_hash(bot.id, reader.id))

    async def hear(update: Any) -> None:
        await speaking(functions.messages.SendMessageRequest(peer, update.message.message))

    listening.add_event_handler(hear, events.Raw(types.UpdateNewChannelMessage))

    async def trip(number: int) -> float:
        return await _timed(channel, reader, f"слово №{number}.")

    yield trip
    await listening.disconnect()
    await speaking.disconnect()


def _client(telegram: Telegram, account: User | Bot) -> TelegramClient:
    return TelegramClient(telegram.seed_session(None, account), 1, "hash")


async def _timed(channel: Channel, reader: Reader, text: str) -> float:
    """Seconds from publishing a text until somebody reads it."""
    began = time.perf_counter()
    await channel.posts(text)
    await reader.receives(text.rsplit(maxsplit=1)[-1], within=WITHIN)
    return time.perf_counter() - began


def main() -> int:
    usual = Plan()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--posts", type=int, default=usual.posts)
    parser.add_argument("--seed", type=int, default=usual.seed)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Plan(given.posts, seed=given.seed), Path(folder)))
    print(json.dumps(figures))
    ratio = figures["ratio"]
    assert isinstance(ratio, float)
    return int(ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
