"""Services over a real archive, with a clock that moves when one waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.alerts.deciding import Deciding
from bot.clock import Clock
from bot.ingest import Ingest
from bot.query.lexicon import Lexicon
from bot.query.parse import parse
from bot.query.reading import Choices, Name
from bot.query.words import norm
from bot.sandbox.people import Bot, User
from bot.sandbox.telegram import Telegram
from bot.telegram.client import Account, Login, Server
from bot.understanding import stored, understood
from storage import channels, rules, subscribers
from storage.db import Archive
from storage.records import Asked, Batch, Channel, ChannelState, Post, Subscriber, Via
from storage.rules import Stored
from tests.clocks import ManualClock
from tests.fresh import fresh
from tests.running import running

CHANNEL = Channel(77, "Сергій Гайдай", "luhanskaVTSA", ChannelState.JOINED)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def archive(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Archive]:
    async with fresh(tmp_path / "a.sqlite3", norm, clock.now()) as archive:
        async with archive.transaction() as tx:
            await channels.save(tx, CHANNEL)
        yield archive


@pytest.fixture
def ingest(archive: Archive, clock: Clock) -> Ingest:
    """Takes posts in, and decides who is told of them."""
    return Ingest(archive, clock, lambda: None, [Deciding(clock).follow])


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with Telegram.running(seed=1) as telegram:
        yield telegram


@pytest.fixture
def watcher(telegram: Telegram) -> User:
    return telegram.user("Watcher", phone="380990000001")


@pytest.fixture
def bot(telegram: Telegram) -> Bot:
    return telegram.bot("postwatch_bot", token="1000:sandbox-token")


def signed_in(telegram: Telegram, who: User | Bot, session: Path) -> Account:
    """The watcher's or the bot's account, not connected yet."""
    server = Server(telegram.host, telegram.port, telegram.dc_id, telegram.public_key)
    token = who.token if isinstance(who, Bot) else ""
    login = Login(session.stem, telegram.seed_session(session, who), 1, "x", token, server)
    return Account(login, Clock(), lambda _state, _reason: None)


@asynccontextmanager
async def connected(telegram: Telegram, who: User | Bot, session: Path) -> AsyncIterator[Account]:
    """The account of one of them, connected until the end."""
    account = signed_in(telegram, who, session)
    async with running(account.run()):
        async with asyncio.timeout(15):
            await account.ready.wait()
        yield account


@pytest.fixture
async def account(telegram: Telegram, bot: Bot, tmp_path: Path) -> AsyncIterator[Account]:
    """The bot's, connected."""
    async with connected(telegram, bot, tmp_path / "bot.session") as account:
        yield account


LEXICON = Lexicon(
    [Name("place", {"uk": ("Білогорівка",), "ru": ("Белогоровка",), "en": ("Bilohorivka",)})]
)


async def subscribe(archive: Archive, chat_id: int, *queries: str) -> Subscriber:
    """A chat with rules."""
    made = [await meant(archive, query) for query in queries]
    async with archive.transaction() as tx:
        subscriber = await subscribers.ensure(tx, Asked(chat_id, chat_id), "Europe/Kyiv", 0)
        for query, kept in zip(queries, made, strict=True):
            await rules.add(tx, subscriber.id, query, 0, kept)
    return subscriber


async def meant(archive: Archive, query: str, choices: Choices = Choices()) -> Stored:  # noqa: B008 -- Choices are frozen: one default cannot be changed by a call
    """How a rule is kept."""
    found = await understood(archive.reader, LEXICON, parse(query, rule=True), choices)
    return stored(found, choices, LEXICON)


def post(message_id: int, text: str, **more: object) -> Post:
    values = {"posted_at": 1_663_600_000_000 + message_id * 1000, "pts": message_id}
    return Post(77, message_id, text=text, **{**values, **more})  # type: ignore[arg-type]  # a test's shorthand


def batch(*posts: Post, via: Via = Via.LIVE) -> Batch:
    return Batch(via, 1_663_600_000_000, posts)
