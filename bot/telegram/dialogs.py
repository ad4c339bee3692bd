"""The list of an account's conversations, page by page."""

from collections.abc import AsyncIterator
from typing import Any

from telethon.tl import functions, types
from telethon.utils import get_peer_id

from bot.telegram.client import Account

PAGE = 100  # the most that getDialogs gives at once


async def pages(account: Account) -> AsyncIterator[Any]:
    """Telegram's answers, newest conversations first. Raises an Outcome.

    Where the next page begins is said by the last message of this one and by the peer as this
    page describes it: nothing else needs to be asked or remembered.
    """
    page = await account.ask(_after(None, types.InputPeerEmpty()))
    while page.dialogs:
        yield page
        if len(page.dialogs) < PAGE or (last := _last(page)) is None:
            break
        page = await account.ask(_after(last, _input_peer(last.peer_id, page)))


def _last(page: Any) -> Any:
    """The newest message of the last conversation that shows one; None where none does."""
    shown = {(get_peer_id(each.peer_id), each.id): each for each in page.messages}
    keys = ((get_peer_id(each.peer), each.top_message) for each in reversed(page.dialogs))
    return next((shown[key] for key in keys if key in shown), None)


def _input_peer(peer: Any, page: Any) -> Any:
    """A peer as requests name it. People may be described without their access hash."""
    described = {get_peer_id(each): each for each in [*page.chats, *page.users]}
    access_hash = getattr(described.get(get_peer_id(peer)), "access_hash", None) or 0
    match peer:
        case types.PeerChannel():
            return types.InputPeerChannel(peer.channel_id, access_hash)
        case types.PeerUser():
            return types.InputPeerUser(peer.user_id, access_hash)
    return types.InputPeerChat(peer.chat_id)


def _after(last: Any, peer: Any) -> Any:
    """The request for the page after a message, or for the first one."""
    return functions.messages.GetDialogsRequest(
        offset_date=last and last.date,
        offset_id=last.id if last else 0,
        offset_peer=peer,
        limit=PAGE,
        hash=0,
    )
