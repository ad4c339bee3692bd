"""An open archive with one channel."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.db import Archive
from tests.fresh import fresh
from tests.storage.archives import CHANNEL, NOW, norm, save_channels


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with fresh(tmp_path / "archive.sqlite3", norm, NOW) as opened:
        await save_channels(opened, CHANNEL)
        yield opened
