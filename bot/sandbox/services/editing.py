"""Changing and taking back what was said."""

from bot.sandbox.errors import RpcError
from bot.sandbox.services import content, media, peers
from bot.sandbox.table import Call, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.places import Channel
from bot.sandbox.world.sending import delete, delete_anywhere, edit_anywhere
from bot.sandbox.world.world import Place

table = Table()


@table.answers(F.messages.EditMessageRequest)
def edit_message(call: Call, request: F.messages.EditMessageRequest) -> T.Updates:
    place = peers.place(call, request.peer)
    mailbox = place.mailbox if isinstance(place, Channel) else call.account.mailbox
    message = mailbox.messages.get(request.id)
    if not isinstance(message, T.Message):
        raise RpcError("MESSAGE_ID_INVALID")
    _may_edit(call, place, request.id)
    changes = _changes(call, message, request)
    if all(_same(getattr(message, name), value) for name, value in changes.items()):
        raise RpcError("MESSAGE_NOT_MODIFIED")
    changes["edit_date"] = call.world.now()
    sent = edit_anywhere(call.world, call.account, place, request.id, changes)
    seen = viewing.message(call.world, call.account, mailbox, sent.message)
    kind = T.UpdateEditChannelMessage if isinstance(place, Channel) else T.UpdateEditMessage
    answer = viewing.updates(call.world, call.account, [kind(seen, sent.pts, 1)], [seen])
    call.own_push(answer)
    return answer


def _may_edit(call: Call, place: Place, message_id: int) -> None:
    mailbox = place.mailbox if isinstance(place, Channel) else call.account.mailbox
    if mailbox.authors.get(message_id) == call.account.id:
        return
    if isinstance(place, Channel) and place.broadcast and call.account.id in place.admins:
        return
    raise RpcError("MESSAGE_AUTHOR_REQUIRED")


def _changes(
    call: Call, message: T.Message, request: F.messages.EditMessageRequest
) -> dict[str, object]:
    """The fields the request wants to be so; buttons not given again are taken away."""
    content.check_markup(request.reply_markup)
    changes: dict[str, object] = {"reply_markup": request.reply_markup}
    if request.media is not None and not isinstance(request.media, T.InputMediaEmpty):
        changes["media"] = media.taken(call, request.media)
    if request.message is not None:
        captioned = bool(message.media or changes.get("media"))
        check = content.check_caption if captioned else content.check_text
        check(request.message)
        changes["message"] = request.message
        changes["entities"] = content.checked_entities(request.message, request.entities)
    return changes


def _same(one: object, other: object) -> bool:
    # The schema writes a missing and an empty list of entities alike.
    return (one or None) == (other or None)


@table.answers(F.messages.DeleteMessagesRequest)
def delete_messages(
    call: Call, request: F.messages.DeleteMessagesRequest
) -> T.messages.AffectedMessages:
    revoke = bool(request.revoke) or call.account.is_bot
    event = delete_anywhere(call.world, call.account, request.id, revoke=revoke)
    if event.count:
        gone = T.UpdateDeleteMessages(list(event.ids), event.pts, event.count)
        call.own_push(viewing.updates(call.world, call.account, [gone]))
    return T.messages.AffectedMessages(pts=event.pts, pts_count=event.count)


@table.answers(F.channels.DeleteMessagesRequest)
def delete_channel_messages(
    call: Call, request: F.channels.DeleteMessagesRequest
) -> T.messages.AffectedMessages:
    channel = peers.channel(call, request.channel)
    mine = (channel.mailbox.authors.get(number) == call.account.id for number in request.id)
    if call.account.id not in channel.admins and not all(mine):
        raise RpcError("MESSAGE_DELETE_FORBIDDEN")
    event = delete(call.world, channel, request.id)
    count = event.count if event else 0
    return T.messages.AffectedMessages(pts=channel.mailbox.pts, pts_count=count)
