"""An open archive, and a day on which its clock stands."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.query.words import norm
from storage.db import Archive
from tests.fresh import fresh
from tests.importing.desktop import NOW


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with fresh(tmp_path / "postwatch.sqlite3", norm, NOW) as opened:
        yield opened
