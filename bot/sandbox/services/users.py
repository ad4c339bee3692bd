"""Looking people up, and how an account is set up."""

from bot.sandbox.errors import RpcError
from bot.sandbox.services import peers
from bot.sandbox.table import Call, Rights, Table
from bot.sandbox.tl import F, T

table = Table()


@table.answers(F.users.GetUsersRequest)
def get_users(call: Call, request: F.users.GetUsersRequest) -> list[T.User]:
    return peers.users(call, (peers.user(call, named) for named in request.id))


@table.answers(F.users.GetFullUserRequest)
def get_full_user(call: Call, request: F.users.GetFullUserRequest) -> T.users.UserFull:
    account = peers.user(call, request.id)
    full = T.UserFull(
        id=account.id,
        settings=T.PeerSettings(),
        notify_settings=call.account.notify.get(account.id) or T.PeerNotifySettings(),
        common_chats_count=0,
        blocked=account.id in call.account.blocked,
    )
    return T.users.UserFull(full_user=full, chats=[], users=peers.users(call, [account]))


@table.answers(F.account.UpdateStatusRequest, rights=Rights.PEOPLE)
def update_status(_call: Call, _request: F.account.UpdateStatusRequest) -> bool:
    return True


@table.answers(F.account.UpdateNotifySettingsRequest, rights=Rights.PEOPLE)
def update_notify_settings(call: Call, request: F.account.UpdateNotifySettingsRequest) -> bool:
    if not isinstance(request.peer, T.InputNotifyPeer):
        raise RpcError("PEER_ID_INVALID")
    place = peers.place(call, request.peer.peer)
    asked = request.settings
    call.account.notify[peers.marked(place)] = T.PeerNotifySettings(
        show_previews=asked.show_previews, silent=asked.silent, mute_until=asked.mute_until
    )
    return True
