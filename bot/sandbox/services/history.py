"""Reading what was said."""

from collections.abc import Iterable

from telethon.utils import get_peer_id

from bot.sandbox.services import peers
from bot.sandbox.table import Call, Rights, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.mailbox import Mailbox
from bot.sandbox.world.places import Channel
from bot.sandbox.world.world import Place

table = Table()
PAGE = 100
MOST_IDS = 200


@table.answers(F.messages.GetHistoryRequest, rights=Rights.PEOPLE)
def get_history(call: Call, request: F.messages.GetHistoryRequest) -> object:
    place = peers.place(call, request.peer)
    return _page(call, place, _said(call, place), request)


@table.answers(F.messages.SearchRequest, rights=Rights.PEOPLE)
def search(call: Call, request: F.messages.SearchRequest) -> object:
    """A plain search for a text; filters by kind of media are not played."""
    place = peers.place(call, request.peer)
    wanted = request.q.lower()
    found = [one for one in _said(call, place) if wanted in (one.message or "").lower()]
    return _page(call, place, found, request)


@table.answers(F.channels.GetMessagesRequest)
def get_channel_messages(call: Call, request: F.channels.GetMessagesRequest) -> object:
    channel = peers.channel(call, request.channel)
    wanted = [named.id for named in request.id[:MOST_IDS]]
    there = channel.mailbox.messages
    found = [there.get(number) or T.MessageEmpty(number, channel.peer) for number in wanted]
    return _shown(call, channel, found, len(found))


@table.answers(F.messages.GetMessagesRequest)
def get_messages(call: Call, request: F.messages.GetMessagesRequest) -> object:
    there = call.account.mailbox.messages
    wanted = [named.id for named in request.id[:MOST_IDS]]
    found = [there.get(number) or T.MessageEmpty(number, None) for number in wanted]
    return _shown(call, call.account, found, len(found))


@table.answers(F.messages.GetMessagesViewsRequest, rights=Rights.PEOPLE)
def get_views(call: Call, request: F.messages.GetMessagesViewsRequest) -> T.messages.MessageViews:
    channel = peers.channel(call, request.peer)
    there = (channel.mailbox.messages.get(number) for number in request.id)
    views = [
        T.MessageViews(views=one.views, forwards=one.forwards) if one else T.MessageViews()
        for one in there
    ]
    return T.messages.MessageViews(views=views, chats=[], users=[])


@table.answers(F.channels.ReadHistoryRequest, rights=Rights.PEOPLE)
def read_channel_history(call: Call, request: F.channels.ReadHistoryRequest) -> bool:
    channel = peers.channel(call, request.channel)
    call.account.read[channel.marked_id] = request.max_id or channel.mailbox.top_id
    return True


@table.answers(F.messages.ReadHistoryRequest, rights=Rights.PEOPLE)
def read_history(call: Call, request: F.messages.ReadHistoryRequest) -> T.messages.AffectedMessages:
    place = peers.place(call, request.peer)
    mailbox = call.account.mailbox
    call.account.read[peers.marked(place)] = request.max_id or mailbox.top_id
    return T.messages.AffectedMessages(pts=mailbox.pts, pts_count=0)


def _said(call: Call, place: Place) -> list[T.Message]:
    """Everything said in a place, newest first."""
    if isinstance(place, Channel):
        return list(place.mailbox.newest_first())
    marked = peers.marked(place)
    newest = call.account.mailbox.newest_first()
    return [one for one in newest if get_peer_id(one.peer_id) == marked]


def _page(
    call: Call,
    place: Place,
    said: list[T.Message],
    asked: F.messages.GetHistoryRequest | F.messages.SearchRequest,
) -> object:
    """The part asked for: https://core.telegram.org/api/offsets"""
    offset_date = getattr(asked, "offset_date", None) or getattr(asked, "max_date", None)
    start = 0
    if asked.offset_id:
        start = sum(one.id >= asked.offset_id for one in said)
    elif offset_date is not None and offset_date.timestamp() > 0:
        start = sum(one.date >= offset_date for one in said)
    start += asked.add_offset
    page = said[max(0, start) : max(0, start + min(asked.limit, PAGE))]
    page = [one for one in page if not asked.max_id or one.id < asked.max_id]
    page = [one for one in page if not asked.min_id or one.id > asked.min_id]
    return _shown(call, place, page, len(said))


def _shown(call: Call, place: Place, found: Iterable[T.Message], count: int) -> object:
    world, me = call.world, call.account
    mailbox: Mailbox = place.mailbox if isinstance(place, Channel) else me.mailbox
    seen = [viewing.message(world, me, mailbox, one) for one in found]
    users, chats = viewing.peers(world, me, seen)
    if isinstance(place, Channel):
        return T.messages.ChannelMessages(
            pts=mailbox.pts, count=count, messages=seen, topics=[], chats=chats, users=users
        )
    return T.messages.MessagesSlice(count=count, messages=seen, topics=[], chats=chats, users=users)
