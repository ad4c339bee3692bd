"""The list of an account's conversations."""

from datetime import UTC, datetime

from telethon.utils import get_peer_id

from bot.sandbox.errors import RpcError
from bot.sandbox.services import peers
from bot.sandbox.table import Call, Rights, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.mailbox import Mailbox
from bot.sandbox.world.places import Channel
from bot.sandbox.world.world import Place

table = Table()
PAGE = 100
LONG_AGO = datetime.fromtimestamp(0, UTC)


def dialog(call: Call, place: Place) -> T.Dialog:
    """A conversation as the account has it."""
    top = _top(call, place)
    marked = peers.marked(place)
    read = call.account.read.get(marked, 0)
    return T.Dialog(
        peer=T.PeerUser(place.id) if isinstance(place, Account) else place.peer,
        top_message=top.id if top else 0,
        read_inbox_max_id=read,
        read_outbox_max_id=0,
        unread_count=_unread(call, place, read),
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        notify_settings=call.account.notify.get(marked) or T.PeerNotifySettings(),
        pts=place.mailbox.pts if isinstance(place, Channel) else None,
        folder_id=call.account.folders.get(marked),
    )


@table.answers(F.messages.GetDialogsRequest, rights=Rights.PEOPLE)
def get_dialogs(call: Call, request: F.messages.GetDialogsRequest) -> object:
    every = [place for place in _newest_first(call) if _in_folder(call, place, request.folder_id)]
    start = 0
    if not isinstance(request.offset_peer, T.InputPeerEmpty):
        after = get_peer_id(request.offset_peer)
        known = [peers.marked(place) for place in every]
        start = known.index(after) + 1 if after in known else len(known)
    page = every[start : start + min(request.limit or PAGE, PAGE)]
    parts = _with_messages(call, page)
    if len(page) == len(every):
        return T.messages.Dialogs(**parts)
    return T.messages.DialogsSlice(count=len(every), **parts)


@table.answers(F.messages.GetPeerDialogsRequest, rights=Rights.PEOPLE)
def get_peer_dialogs(
    call: Call, request: F.messages.GetPeerDialogsRequest
) -> T.messages.PeerDialogs:
    """One peer that cannot be seen refuses them all, as Telegram does."""
    if len(request.peers) > PAGE:
        raise RpcError("LIMIT_INVALID")
    places = [peers.place(call, named.peer) for named in request.peers]
    return T.messages.PeerDialogs(**_with_messages(call, places), state=_state(call))


@table.answers(F.folders.EditPeerFoldersRequest, rights=Rights.PEOPLE)
def edit_peer_folders(call: Call, request: F.folders.EditPeerFoldersRequest) -> T.Updates:
    """Archive (folder 1) or take out of the archive (folder 0)."""
    moved = []
    for one in request.folder_peers:
        if one.folder_id not in (0, 1):
            raise RpcError("FOLDER_ID_INVALID")
        place = peers.place(call, one.peer)
        call.account.folders[peers.marked(place)] = one.folder_id
        peer = T.PeerUser(place.id) if isinstance(place, Account) else place.peer
        moved.append(T.FolderPeer(peer, one.folder_id))
    update = T.UpdateFolderPeers(moved, call.account.mailbox.pts, 0)
    return viewing.updates(call.world, call.account, [update])


def _state(call: Call) -> T.updates.State:
    return T.updates.State(call.account.mailbox.pts, 0, call.world.now(), 0, 0)


def _with_messages(call: Call, places: list[Place]) -> dict[str, object]:
    tops = []
    for place in places:
        top = _top(call, place)
        if top is not None:
            tops.append(viewing.message(call.world, call.account, _mailbox(call, place), top))
    return {
        "dialogs": [dialog(call, place) for place in places],
        "messages": tops,
        "chats": peers.chats(call, (one for one in places if not isinstance(one, Account))),
        "users": peers.users(call, (one for one in places if isinstance(one, Account))),
    }


def _newest_first(call: Call) -> list[Place]:
    me, world = call.account, call.world
    places: list[Place] = [one for one in world.channels.values() if me.id in one.members]
    places += [one for one in world.chats.values() if me.id in one.members]
    partners = {get_peer_id(one.peer_id) for one in me.mailbox.messages.values()}
    places += [world.accounts[number] for number in sorted(partners) if number > 0]
    return sorted(places, key=lambda place: (_date(call, place), peers.marked(place)), reverse=True)


def _in_folder(call: Call, place: Place, folder: int | None) -> bool:
    return folder is None or call.account.folders.get(peers.marked(place), 0) == folder


def _date(call: Call, place: Place) -> datetime:
    top = _top(call, place)
    return top.date if top is not None else LONG_AGO


def _top(call: Call, place: Place) -> T.Message | None:
    if isinstance(place, Channel):
        return next(place.mailbox.newest_first(), None)
    marked = peers.marked(place)
    newest = call.account.mailbox.newest_first()
    return next((one for one in newest if get_peer_id(one.peer_id) == marked), None)


def _unread(call: Call, place: Place, read: int) -> int:
    count = 0
    for message in _mailbox(call, place).newest_first():
        if message.id <= read:
            break
        count += isinstance(place, Channel) or get_peer_id(message.peer_id) == peers.marked(place)
    return count


def _mailbox(call: Call, place: Place) -> Mailbox:
    return place.mailbox if isinstance(place, Channel) else call.account.mailbox
