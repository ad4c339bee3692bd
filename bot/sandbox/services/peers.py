"""From the peers a client names to what they stand for, checking that it may name them."""

from collections.abc import Iterable

from telethon.utils import get_peer_id

from bot.sandbox.errors import RpcError
from bot.sandbox.table import Call
from bot.sandbox.tl import T, TLObject
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.places import Channel, Chat
from bot.sandbox.world.world import Place


def user(call: Call, named: T.TypeInputUser) -> Account:
    """The person or bot a client names. Raises RpcError where it does not know them."""
    if isinstance(named, T.InputUserSelf | T.InputPeerSelf):
        return call.account
    found = call.world.accounts.get(getattr(named, "user_id", 0))
    if found is None or not _knows(call, found.id, getattr(named, "access_hash", 0)):
        raise RpcError("PEER_ID_INVALID")
    return found


def channel(call: Call, named: T.TypeInputChannel | T.TypeInputPeer) -> Channel:
    """The channel a client names, which it must be able to look into."""
    found = call.world.channels.get(getattr(named, "channel_id", 0))
    if found is None or not _knows(call, found.marked_id, named.access_hash):
        raise RpcError("CHANNEL_INVALID")
    if call.account.frozen and call.account.id not in found.members:
        raise RpcError("FROZEN_PARTICIPANT_MISSING")
    if not found.may_see(call.account.id):
        raise RpcError("CHANNEL_PRIVATE")
    if call.account.is_bot and call.account.id not in found.members:
        raise RpcError("CHANNEL_PRIVATE")
    return found


def any_channel(call: Call, named: T.TypeInputChannel) -> Channel:
    """The channel a client names, whether or not it may look into it."""
    found = call.world.channels.get(getattr(named, "channel_id", 0))
    if found is None or not _knows(call, found.marked_id, named.access_hash):
        raise RpcError("CHANNEL_INVALID")
    return found


def small_group(call: Call, chat_id: int) -> Chat:
    found = call.world.chats.get(chat_id)
    if found is None or call.account.id not in found.members:
        raise RpcError("CHAT_ID_INVALID")
    return found


def place(call: Call, named: T.TypeInputPeer) -> Place:
    """What a client names as the place to read or write in."""
    match named:
        case T.InputPeerChannel():
            return channel(call, named)
        case T.InputPeerChat():
            return small_group(call, named.chat_id)
        case T.InputPeerUser() | T.InputPeerSelf():
            return user(call, named)
    raise RpcError("PEER_ID_INVALID")


def _knows(call: Call, place_id: int, access_hash: int) -> bool:
    if call.account.is_bot and access_hash == 0:
        return place_id in call.account.met
    return access_hash == call.world.access_hash(call.account.id, place_id)


def place_id(request: TLObject) -> int | None:
    """The marked id of the place a request is about, where it is about one."""
    for name in ("peer", "channel", "to_peer"):
        named = getattr(request, name, None)
        if isinstance(named, T.InputPeerUser | T.InputPeerChat | T.InputPeerChannel):
            return int(get_peer_id(named))
        if isinstance(named, T.InputChannel):
            return int(get_peer_id(T.PeerChannel(named.channel_id)))
    return None


def marked(place: Place) -> int:
    """The id of a place as the Bot API writes it."""
    return place.id if isinstance(place, Account) else place.marked_id


def chats(call: Call, places: Iterable[Channel | Chat]) -> list[T.TypeChat]:
    return [viewing.chat(call.world, call.account, one) for one in places]


def users(call: Call, accounts: Iterable[Account]) -> list[T.User]:
    return [viewing.user(call.world, call.account, one) for one in accounts]
