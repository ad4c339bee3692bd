"""What an update says of the bot's place in a chat."""

import pytest
from telethon.tl import types as t

from bot.telegram.whereabouts import news_of
from storage.records import News, Turn

BOT = 1000


@pytest.mark.parametrize(
    ("peer", "chat_id"), [(t.PeerChannel(500), -1_000_000_000_500), (t.PeerChat(500), -500)]
)
def test_a_group_whose_members_may_write_again_is_back(peer: object, chat_id: int) -> None:
    allowed, forbidden = [
        t.UpdateChatDefaultBannedRights(peer, t.ChatBannedRights(None, send_messages=taken), 2)
        for taken in (None, True)
    ]
    assert news_of(allowed, BOT) == News(Turn.BACK, chat_id)
    assert news_of(forbidden, BOT) is None
