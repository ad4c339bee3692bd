"""How fast a full outbox leaves: `python -m tests.benchmarks.delivery [--alerts N] [--rate N]`

Alerts are queued for private chats, supergroups and small groups; the real delivery sends them
through the real client to the sandbox, which enforces Telegram's limits on a clock that runs
faster than real time. What arrived is compared with what was owed, chat by chat. Beside the
time it took is the least it can take under these limits. One JSON line; exit 1 where anything was
lost, doubled or out of order, or a FLOOD_WAIT was provoked.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.alerts.attempts import Desk
from bot.alerts.delivery import Delivery
from bot.alerts.pace import Pace
from bot.alerts.places import Places
from bot.bell import Bell
from bot.clock import Clock
from bot.query.words import norm
from bot.sandbox.groups import Group, Kind
from bot.sandbox.people import Bot
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from bot.telegram.client import Account, Login, Server
from bot.telegram.sending import Sending
from bot.telegram.uploads import Uploads
from storage import outbox, subscribers
from storage.db import Archive, open_archive
from storage.files import Files
from storage.outbox import Owed
from storage.records import Asked, Due, Message

START = 1_663_567_200_000
LOOK_SECONDS = 0.1
GIVE_UP = 4.0  # times the least it can take

OVERALL = (30, 1.0)  # the limits, as the sandbox enforces them: messages, seconds
CHAT = (5, 5.0)
GROUP = (20, 60.0)


@dataclass(frozen=True, slots=True)
class Plan:
    alerts: int = 10_000
    chats: int = 200
    rate: float = 2.0  # of the clock
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Chat:
    """Where alerts go, and the person through whose eyes it is seen."""

    to: Reader | Group
    reader: Reader

    def received(self, bot: Bot) -> list[str]:
        place = bot.id if isinstance(self.to, Reader) else self.to.id
        return [each.text for each in self.reader.inbox if each.place == place]


async def deliver(plan: Plan, folder: Path) -> dict[str, object]:
    """Queue, send, compare; the figures."""
    clock = Clock(START, plan.rate)

    def now() -> datetime:
        return datetime.fromtimestamp(clock.now() / 1000, UTC)

    async with Telegram.running(now, seed=plan.seed) as telegram:
        bot = telegram.bot("postwatch_bot", token="1000:sandbox-token")
        chats = await _chats(telegram, bot, plan.chats)
        async with (
            open_archive(folder / "a.sqlite3", norm, clock.now()) as archive,
            _account(telegram, bot, clock, folder) as account,
        ):
            owed = await _queue(plan, telegram, bot, chats, archive)
            await telegram.settled()
            telegram.enforce_limits(True)
            least = least_seconds(chats, owed)
            began, real = clock.now(), time.perf_counter()
            await _send(archive, account, clock, least * GIVE_UP)
            took = (clock.now() - began) / 1000
            counts = await outbox.counts(archive.reader)
        return {
            "benchmark": "delivery",
            "alerts": plan.alerts,
            "chats": plan.chats,
            "rate": plan.rate,
            "seconds": round(took, 1),
            "least_seconds": round(least, 1),
            "ratio": round(took / least, 3) if least else None,
            "real_seconds": round(time.perf_counter() - real, 1),
            "sent": counts.sent,
            "requests": telegram.counts["messages.SendMessage"],
            "provoked_floods": telegram.provoked_floods,
            "differences": differences(bot, chats, owed),
        }


def least_seconds(chats: Sequence[Chat], owed: Mapping[int, Sequence[str]]) -> float:
    """The least time that everything can take under the limits."""
    spans = [_least(sum(map(len, owed.values())), OVERALL)]
    for number, texts in owed.items():
        spans.append(_least(len(texts), CHAT))
        if isinstance(chats[number].to, Group):
            spans.append(_least(len(texts), GROUP))
    return max(spans)


def _least(messages: int, limit: tuple[int, float]) -> float:
    count, seconds = limit
    return max(0, messages - 1) // count * seconds


def differences(
    bot: Bot, chats: Sequence[Chat], owed: Mapping[int, Sequence[str]]
) -> dict[str, int]:
    """How many alerts were lost, doubled, or came out of order."""
    found = {"lost": 0, "doubled": 0, "out_of_order": 0}
    for number, texts in owed.items():
        received = chats[number].received(bot)
        found["lost"] += len(set(texts) - set(received))
        found["doubled"] += len(received) - len(set(received))
        kept = [text for text in texts if text in set(received)]
        found["out_of_order"] += list(dict.fromkeys(received)) != kept
    return found


async def _chats(telegram: Telegram, bot: Bot, count: int) -> list[Chat]:
    """Half of them private, a third supergroups, the rest small groups."""
    chats = []
    for number in range(count):
        reader = telegram.reader(f"Reader {number}")
        if number % 6 < 3:
            await reader.says("/start")
            chats.append(Chat(reader, reader))
            continue
        kind: Kind = "basic" if number % 6 == 5 else "supergroup"
        chats.append(Chat(telegram.group(f"Desk {number}", [reader, bot], kind=kind), reader))
    return chats


async def _queue(
    plan: Plan, telegram: Telegram, bot: Bot, chats: Sequence[Chat], archive: Archive
) -> dict[int, list[str]]:
    """Owe the alerts, mixed; what each chat must read, in its order."""
    rnd = random.Random(plan.seed)
    order = [number % len(chats) for number in range(plan.alerts)]
    rnd.shuffle(order)
    owed: dict[int, list[str]] = defaultdict(list)
    rows = []
    async with archive.transaction() as tx:
        ids = []
        for chat in chats:
            marked = chat.to.marked_id
            access_hash = telegram.world.access_hash(bot.id, marked)
            asked = Asked(marked, chat.reader.id, chat_access_hash=access_hash)
            ids.append((await subscribers.ensure(tx, asked, "UTC", START)).id)
        for serial, number in enumerate(order):
            text = f"alert {serial}"
            owed[number].append(text)
            rows.append(Owed("alert", ids[number], text, message=Message(text)))
        await outbox.add(tx, archive.id, rows, START)
    return owed


@asynccontextmanager
async def _account(
    telegram: Telegram, bot: Bot, clock: Clock, folder: Path
) -> AsyncIterator[Account]:
    session = telegram.seed_session(folder / "bot.session", bot)
    server = Server(telegram.host, telegram.port, telegram.dc_id, telegram.public_key)
    login = Login("bot", session, 1, "x", bot_token=bot.token, server=server)
    account = Account(login, clock, lambda _state, _reason: None)
    running = asyncio.create_task(account.run())
    await account.ready.wait()
    yield account
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def _send(archive: Archive, account: Account, clock: Clock, within: float) -> None:
    """Let the delivery run until nothing is owed, at most some seconds of the clock."""
    sending = Sending(account, Uploads(account, Files(Path("nowhere")).path))
    bell = Bell(clock)
    places = Places(archive, clock, 0, bell.ring)
    desk = Desk(archive, _composed, sending, places, Pace(clock), clock, _no_picture)
    delivery = Delivery(desk, bell)
    running = asyncio.create_task(delivery.run())
    until, real = clock.now() + within * 1000, Clock()
    while (await outbox.counts(archive.reader)).open and clock.now() < until:
        await real.pass_by(LOOK_SECONDS)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def _composed(_due: Due) -> Message:
    raise AssertionError("every row has its message")


async def _no_picture(_due: Due) -> bool:
    return False


def failed(figures: Mapping[str, object]) -> bool:
    """Whether the bar is missed."""
    found = figures["differences"]
    assert isinstance(found, dict)
    return bool(figures["provoked_floods"]) or any(found.values())


def main() -> int:
    usual = Plan()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--alerts", type=int, default=usual.alerts)
    parser.add_argument("--chats", type=int, default=usual.chats)
    parser.add_argument("--rate", type=float, default=usual.rate, help="how fast the clock runs")
    parser.add_argument("--seed", type=int, default=usual.seed)
    given = parser.parse_args()
    plan = Plan(given.alerts, given.chats, given.rate, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(deliver(plan, Path(folder)))
    print(json.dumps(figures))
    return int(failed(figures))


if __name__ == "__main__":
    sys.exit(main())
