"""A Telegram of one's own for each test, and bare Telethon clients to talk to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from io import BytesIO
from typing import Any

import pytest
from telethon import TelegramClient, events

from bot.sandbox.channels import Channel
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram

Connect = Callable[..., Awaitable[TelegramClient]]
Listen = Callable[..., "asyncio.Queue[Any]"]


def named(data: bytes, name: str) -> BytesIO:
    """A file to upload; Telethon tells a photo from a document by the name."""
    file = BytesIO(data)
    file.name = name
    return file


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with Telegram.running() as telegram:
        yield telegram


@pytest.fixture
async def connected(telegram: Telegram) -> AsyncIterator[Connect]:
    """Connects a client that is signed in as an account, and disconnects it at the end."""
    async with AsyncExitStack() as stack:

        async def connect(account: User | Bot, **settings: object) -> TelegramClient:
            settings = {"retry_delay": 0.05, "flood_sleep_threshold": 0, **settings}
            session = telegram.seed_session(None, account)
            client = TelegramClient(session, 1, "hash", **settings)
            stack.push_async_callback(client.disconnect)
            await client.connect()
            return client

        yield connect


@pytest.fixture
def listen() -> Listen:
    """Puts every raw update of some kinds that a client dispatches into a queue."""

    def listen(client: TelegramClient, *kinds: type) -> "asyncio.Queue[Any]":
        queue: asyncio.Queue[Any] = asyncio.Queue()

        async def take(update: object) -> None:
            queue.put_nowait(update)

        client.add_event_handler(take, events.Raw(kinds or None))
        return queue

    return listen


@pytest.fixture
def watcher(telegram: Telegram) -> User:
    return telegram.user("Watcher", phone="380990000001")


@pytest.fixture
def bot(telegram: Telegram) -> Bot:
    return telegram.bot("postwatch_bot")


@pytest.fixture
async def client(connected: Connect, bot: Bot) -> TelegramClient:
    """The bot's; a test of what the watcher sees has one of its own."""
    return await connected(bot)


@pytest.fixture
async def anna(telegram: Telegram, client: TelegramClient) -> Reader:
    """Somebody who has started the bot."""
    anna = telegram.reader("Anna")
    await anna.says("/start")
    return anna


@pytest.fixture
def haidai(telegram: Telegram, watcher: User) -> Channel:
    """A channel with the watcher in it."""
    channel = telegram.channel("luhanskaVTSA", "Haidai")
    channel.admits(watcher)
    return channel
