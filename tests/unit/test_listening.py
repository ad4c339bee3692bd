"""Whoever speaks in a group is taken for who they are, and for nobody with more rights."""

from datetime import UTC, datetime
from typing import Any

import pytest
from telethon.tl import types as t

from bot.telegram.listening import _author

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
