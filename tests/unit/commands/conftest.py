"""A bot to talk to: the real commands over a real archive, on a clock of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands.context import Context, Starter
from bot.commands.router import Router
from bot.joinpace import JoinPace
from bot.locales import LANGUAGES
from bot.query.lexicon import Lexicon
from bot.query.words import norm
from storage.db import Archive
from tests.clocks import ManualClock
from tests.fresh import fresh
from tests.unit.commands.talk import NOW, OWNER, STARTER, Bot, Telegram
from tests.unit.query.lexicons import whole


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with fresh(tmp_path / "archive.sqlite3", norm, NOW) as opened:
        yield opened


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The dictionaries and names that the program has."""
    return whole()


@pytest.fixture
def bot(archive: Archive, lexicon: Lexicon) -> Bot:
    clock, telegram, woken = ManualClock(NOW), Telegram(), list[str]()
    context = Context(
        archive=archive,
        clock=clock,
        owner=OWNER,
        zone="Europe/Kyiv",
        bot_name=lambda: "postwatch_bot",
        look=telegram.look,
        wake_joins=lambda: woken.append("woken"),
        wake_backfill=lambda: woken.append("backfill"),
        wake_delivery=lambda: woken.append("delivery"),
        is_admin=telegram.is_admin,
        sweep=telegram.sweep,
        pace=JoinPace(minutes=10, a_day=3),
        lexicon=lexicon,
        language="en",
        starters=(Starter(dict.fromkeys(LANGUAGES, "Referendums"), STARTER),),
    )
    return Bot(archive, clock, telegram, woken, Router(context))
