"""Saying things: messages, media, albums, forwards.

A random id says a thing once: repeated, it answers with the message of the first time.
https://core.telegram.org/api/updates
"""

from collections.abc import Callable

from bot.sandbox.errors import RpcError
from bot.sandbox.services import content, media, peers
from bot.sandbox.services.writing import may_write, reply_header
from bot.sandbox.table import Call, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Sent
from bot.sandbox.world.places import Channel
from bot.sandbox.world.sending import send
from bot.sandbox.world.world import Place

table = Table()
MAX_ALBUM = 10
MAX_FORWARDED = 100
Draft = Callable[[], T.Message]


@table.answers(F.messages.SendMessageRequest)
def send_message(call: Call, request: F.messages.SendMessageRequest) -> T.Updates:
    place = may_write(call, request.peer)

    def draft() -> T.Message:
        content.check_text(request.message)
        return _draft(call, place, request)

    return _say(call, place, {request.random_id: draft})


@table.answers(F.messages.SendMediaRequest)
def send_media(call: Call, request: F.messages.SendMediaRequest) -> T.Updates:
    place = may_write(call, request.peer)

    def draft() -> T.Message:
        content.check_caption(request.message)
        return _draft(call, place, request, media=media.taken(call, request.media))

    return _say(call, place, {request.random_id: draft})


@table.answers(F.messages.SendMultiMediaRequest)
def send_album(call: Call, request: F.messages.SendMultiMediaRequest) -> T.Updates:
    place = may_write(call, request.peer)
    if len(request.multi_media) > MAX_ALBUM:
        raise RpcError("MULTI_MEDIA_TOO_LONG")
    grouped_id = call.world.rnd.getrandbits(62)

    def draft(one: T.InputSingleMedia) -> T.Message:
        content.check_caption(one.message)
        return _draft(
            call,
            place,
            request,
            message=one.message,
            entities=content.checked_entities(one.message, one.entities),
            media=media.taken(call, one.media),
            grouped_id=grouped_id,
        )

    drafts = {one.random_id: _bound(draft, one) for one in request.multi_media}
    return _say(call, place, drafts)


@table.answers(F.messages.ForwardMessagesRequest)
def forward_messages(call: Call, request: F.messages.ForwardMessagesRequest) -> T.Updates:
    place = may_write(call, request.to_peer)
    origin = peers.place(call, request.from_peer)
    if isinstance(origin, Channel) and origin.noforwards:
        raise RpcError("CHAT_FORWARDS_RESTRICTED")
    if not 0 < len(request.id) <= MAX_FORWARDED or len(request.id) != len(request.random_id):
        raise RpcError("MESSAGE_IDS_EMPTY" if not request.id else "RANDOM_ID_INVALID")
    mailbox = origin.mailbox if isinstance(origin, Channel) else call.account.mailbox

    def draft(message_id: int) -> T.Message:
        original = mailbox.messages.get(message_id)
        if not isinstance(original, T.Message):
            raise RpcError("MESSAGE_ID_INVALID")
        return T.Message(
            id=0,
            peer_id=None,
            message=original.message,
            entities=original.entities,
            media=original.media,
            silent=request.silent,
            fwd_from=None if request.drop_author else forwarded(origin, original),
        )

    pairs = zip(request.random_id, request.id, strict=True)
    return _say(call, place, {random_id: _bound(draft, number) for random_id, number in pairs})


def forwarded(origin: Place, original: T.Message) -> T.MessageFwdHeader:
    """Where a forwarded message was first said."""
    if original.fwd_from is not None:
        return original.fwd_from
    if isinstance(origin, Channel) and origin.broadcast:
        return T.MessageFwdHeader(
            date=original.date,
            from_id=origin.peer,
            channel_post=original.id,
            post_author=original.post_author,
        )
    return T.MessageFwdHeader(date=original.date, from_id=original.from_id or original.peer_id)


def _bound(draft: Callable[..., T.Message], what: object) -> Draft:
    return lambda: draft(what)


def _draft(call: Call, place: Place, request: object, **fields: object) -> T.Message:
    """A message as the request wants it, all of it checked."""
    text = getattr(request, "message", "")
    markup = getattr(request, "reply_markup", None)
    content.check_markup(markup)
    fields.setdefault("message", text)
    fields.setdefault(
        "entities", content.checked_entities(text, getattr(request, "entities", None))
    )
    return T.Message(
        id=0,
        peer_id=None,
        reply_markup=markup,
        silent=getattr(request, "silent", None),
        noforwards=getattr(request, "noforwards", None),
        reply_to=reply_header(place, call.account, getattr(request, "reply_to", None)),
        **fields,
    )


def _say(call: Call, place: Place, drafts: dict[int, Draft]) -> T.Updates:
    """Send what was not sent before, all of it or nothing, and answer with everything."""
    if 0 in drafts:
        raise RpcError("RANDOM_ID_EMPTY")
    key = peers.marked(place)
    sent = call.account.sent
    fresh = {
        random_id: draft() for random_id, draft in drafts.items() if (key, random_id) not in sent
    }
    if fresh and call.account.is_bot:
        call.limits.spend(call.account.id, key, len(fresh))
    for random_id, message in fresh.items():
        sent[key, random_id] = send(call.world, call.account, place, message)
    answer = _answer(call, place, {one: sent[key, one] for one in drafts}, set(fresh))
    if fresh:
        call.own_push(answer)
    return answer


def _answer(call: Call, place: Place, sent: dict[int, Sent], fresh: set[int]) -> T.Updates:
    """What was sent; what had been sent before moves no event log: its count is 0."""
    mailbox = place.mailbox if isinstance(place, Channel) else call.account.mailbox
    kind = T.UpdateNewChannelMessage if isinstance(place, Channel) else T.UpdateNewMessage
    changes: list[object] = []
    for random_id, one in sent.items():
        seen = viewing.message(call.world, call.account, mailbox, one.message)
        changes.append(T.UpdateMessageID(seen.id, random_id))
        changes.append(kind(seen, one.pts, int(random_id in fresh)))
    about = [one.message for one in sent.values()]
    return viewing.updates(call.world, call.account, changes, about)
