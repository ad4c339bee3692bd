"""The list of dialogs is read to its end, whoever stands where two pages meet."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from telethon import TelegramClient
from telethon.tl import types

from bot.sandbox.people import User
from bot.sandbox.telegram import Telegram
from bot.telegram import dialogs
from bot.telegram.client import Account
from tests.services.conftest import connected

CHANNELS = 150  # a page is a hundred conversations


@pytest.fixture
async def account(telegram: Telegram, watcher: User, tmp_path: Path) -> AsyncIterator[Account]:
    async with connected(telegram, watcher, tmp_path / "watcher.session") as account:
        yield account


async def _write(telegram: Telegram, writer: User, watcher: User) -> None:
    client = TelegramClient(telegram.seed_session(None, writer), 1, "hash")
    await client.connect()
    known = telegram.world.access_hash(writer.id, watcher.id)
    await client.send_message(types.InputPeerUser(watcher.id, known), "hello")
    await client.disconnect()


async def _channels(telegram: Telegram, watcher: User, count: int, hours: int = 0) -> None:
    """So many that the account follows, each with a post of so many hours from now."""
    at = datetime.now(UTC) + timedelta(hours=hours)
    for _ in range(count):
        channel = telegram.channel(None, "№")
        channel.admits(watcher)
        await channel.posts("Допис", at=at)


@pytest.mark.parametrize("known_in_part", [False, True])
async def test_a_page_may_end_with_a_person(
    telegram: Telegram, account: Account, watcher: User, known_in_part: bool
) -> None:
    await _channels(telegram, watcher, CHANNELS - 99, hours=-1)
    anna = telegram.user("Anna", phone="380990000002")
    anna.account.known_in_part = known_in_part
    await _write(telegram, anna, watcher)
    await _channels(telegram, watcher, 99, hours=1)
    before = telegram.counts.copy()
    pages = [page async for page in dialogs.pages(account)]
    assert isinstance(pages[0].dialogs[-1].peer, types.PeerUser)
    assert [len(page.dialogs) for page in pages] == [100, CHANNELS + 1 - 100]
    asked = {name: telegram.counts[name] for name in telegram.counts - before}
    assert asked == {"messages.GetDialogs": before["messages.GetDialogs"] + 2}


async def test_a_page_may_end_with_a_channel_that_has_said_nothing(
    telegram: Telegram, account: Account, watcher: User
) -> None:
    """Then the next page begins after the last one that has, and some are told twice."""
    await _channels(telegram, watcher, 98)
    for number in range(50):
        telegram.channel(f"quiet_{number}", "№").admits(watcher)
    found = [each.peer.channel_id async for page in dialogs.pages(account) for each in page.dialogs]
    assert len(set(found)) == 148
