"""From a request to the handler that answers it.

To add a request: write a function in the module of `services` it belongs to, and put
``@table.answers(F.that.Request)`` over it. A new module's table is listed here.
"""

from bot.sandbox.errors import NotKnown, RpcError
from bot.sandbox.services import (
    auth,
    bots,
    channels,
    dialogs,
    editing,
    groups,
    history,
    media,
    messages,
    settings,
    updates,
    users,
)
from bot.sandbox.table import Call, Rights, Route
from bot.sandbox.tl import F, TLObject

_TABLES = (
    auth.table,
    bots.table,
    channels.table,
    dialogs.table,
    editing.table,
    groups.table,
    history.table,
    media.table,
    messages.table,
    settings.table,
    updates.table,
    users.table,
)
ROUTES: dict[type, Route] = {
    request: route for table in _TABLES for request, route in table.items()
}

_WRAPPERS = (
    F.InvokeWithLayerRequest,
    F.InitConnectionRequest,
    F.InvokeWithoutUpdatesRequest,
    F.InvokeAfterMsgRequest,
    F.InvokeAfterMsgsRequest,
)
_NOT_WHILE_FROZEN = (
    F.channels.JoinChannelRequest,
    F.messages.ImportChatInviteRequest,
    F.messages.SendMessageRequest,
    F.messages.SendMediaRequest,
)
# What makes a key useless even for what may be asked without signing in.
_EVERYTHING = ("AUTH_KEY_DUPLICATED",)


def unwrapped(request: TLObject) -> tuple[TLObject, bool]:
    """The request inside its wrappers, and whether its connection wants to be pushed to."""
    wants_updates = True
    while isinstance(request, _WRAPPERS):
        wants_updates &= not isinstance(request, F.InvokeWithoutUpdatesRequest)
        request = request.query
    return request, wants_updates


def is_for_anybody(request: TLObject) -> bool:
    """Whether it may be asked before signing in, and so does not show who is there."""
    route = ROUTES.get(type(request))
    return route is not None and route.rights is Rights.ANYBODY


def answer(call: Call, request: TLObject) -> object:
    """Do what is asked; the result may have to be awaited.

    Raises RpcError for what Telegram refuses and NotKnown for what the sandbox cannot do.
    """
    route = ROUTES.get(type(request))
    if route is None:
        raise NotKnown
    _check_rights(call, route.rights)
    if call.signed_in and call.signed_in.frozen and isinstance(request, _NOT_WHILE_FROZEN):
        raise RpcError("FROZEN_METHOD_INVALID")
    return route.handler(call, request)


def _check_rights(call: Call, rights: Rights) -> None:
    known = call.signed_in
    refusal = known.refusal if known else None
    if refusal is not None and (rights is not Rights.ANYBODY or refusal.name in _EVERYTHING):
        raise refusal
    if rights is Rights.ANYBODY:
        return
    account = call.account
    if rights is Rights.PEOPLE and account.is_bot:
        raise RpcError("BOT_METHOD_INVALID")
    if rights is Rights.BOTS and not account.is_bot:
        raise RpcError("USER_BOT_REQUIRED")
