"""Whoever speaks is taken for who they are, with no more rights and no more room than they have."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import types as t

from bot.telegram.client import Account, Login
from bot.telegram.listening import Listening, _author
from bot.telegram.sending import Sending
from bot.telegram.uploads import Uploads
from storage.records import Asked
from tests.clocks import ManualClock
from tests.running import running

GROUP = -1_000_000_000_500


def said(from_id: Any, peer: Any) -> t.Message:
    return t.Message(id=1, peer_id=peer, from_id=from_id, date=datetime(2022, 9, 19, tzinfo=UTC))


@pytest.mark.parametrize(
    ("from_id", "peer", "chat_id", "author"),
    [
        (t.PeerUser(999), t.PeerChannel(500), GROUP, 999),
        (None, t.PeerUser(999), 999, 999),
        (t.PeerChannel(500), t.PeerChannel(500), GROUP, 0),  # an anonymous admin
        (None, t.PeerChannel(500), GROUP, 0),
        (t.PeerChannel(555), t.PeerChannel(500), GROUP, -1_000_000_000_555),  # as a channel
    ],
)
def test_only_the_group_itself_is_an_anonymous_admin(
    from_id: Any, peer: Any, chat_id: int, author: int
) -> None:
    assert _author(said(from_id, peer), chat_id) == author


@pytest.fixture
def answered() -> asyncio.Queue[Asked]:
    """What reached the one who answers."""
    return asyncio.Queue()


@pytest.fixture
def listening(tmp_path: Path, answered: asyncio.Queue[Asked]) -> Listening:
    """Answers nothing; not connected."""
    clock = ManualClock()
    login = Login("bot", tmp_path / "bot.session", 1, "x", bot_token="1000:x")
    account = Account(login, clock, lambda _state, _reason: None)

    async def turn(_chat_id: int) -> None:
        raise AssertionError("nothing is answered")

    sending = Sending(account, Uploads(account, lambda _sha256: tmp_path))
    return Listening(account, sending, answered.put, turn, clock)


async def test_one_persons_presses_leave_room_for_the_questions_of_others(
    listening: Listening, answered: asyncio.Queue[Asked]
) -> None:
    stranger = [Asked(GROUP, 999, message_id=1, press_id=n) for n in range(1, 101)]
    member = [Asked(GROUP, 5, message_id=n) for n in range(5)]
    alone = [Asked(999, 999, message_id=n) for n in range(100)]
    for asked in [*stranger, *member, *alone]:
        listening._take(asked)
    async with running(listening.run()), asyncio.timeout(5):
        heard = [await answered.get() for _ in range(10 + 5 + 50)]
    assert [each for each in heard if each.press_id] == stranger[:10]
    assert [each for each in heard if each.user_id == 5] == member
    assert [each for each in heard if each.private] == alone[:50]
