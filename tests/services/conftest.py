"""Services over a real archive, with a clock that moves when one waits."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.query.words import norm
from storage import channels, rules, subscribers
from storage.db import Archive, open_archive
from storage.records import Asked, Batch, Channel, ChannelState, Post, Subscriber, Via
from tests.clocks import ManualClock

CHANNEL = Channel(77, "Сергій Гайдай", "luhanskaVTSA", ChannelState.JOINED)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def archive(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Archive]:
    async with open_archive(tmp_path / "a.sqlite3", norm, clock.now()) as archive:
        async with archive.transaction() as tx:
            await channels.save(tx, CHANNEL)
        yield archive


async def subscribe(archive: Archive, chat_id: int, *queries: str) -> Subscriber:
    """A chat with rules."""
    async with archive.transaction() as tx:
        subscriber = await subscribers.ensure(tx, Asked(chat_id, chat_id), "Europe/Kyiv", 0)
        for query in queries:
            await rules.add(tx, subscriber.id, query, 0)
    return subscriber


def post(message_id: int, text: str, **more: object) -> Post:
    values = {"posted_at": 1_663_600_000_000 + message_id * 1000, "pts": message_id}
    return Post(77, message_id, text=text, **{**values, **more})  # type: ignore[arg-type]  # a test's shorthand


def batch(*posts: Post, via: Via = Via.LIVE) -> Batch:
    return Batch(via, 1_663_600_000_000, posts)
