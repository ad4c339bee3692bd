"""Catching up: where an account's and a channel's event logs are, and what was missed.

https://core.telegram.org/api/updates
"""

from dataclasses import dataclass, field

from bot.sandbox.errors import RpcError
from bot.sandbox.services import peers
from bot.sandbox.services.dialogs import dialog
from bot.sandbox.table import Call, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.hearing import hears
from bot.sandbox.world.mailbox import Event, Kind, Mailbox
from bot.sandbox.world.places import Channel
from bot.sandbox.world.sending import POLLED_FOR

table = Table()
PAGE = 100
TIMEOUT = 30  # seconds after which a client polling a channel asks again


@table.answers(F.updates.GetStateRequest)
def get_state(call: Call, _request: F.updates.GetStateRequest) -> T.updates.State:
    return state(call)


def state(call: Call) -> T.updates.State:
    pts = call.account.mailbox.pts
    return T.updates.State(
        pts=pts, qts=len(call.account.placed), date=call.world.now(), seq=0, unread_count=0
    )


@dataclass(slots=True)
class _Missed:
    """What a stretch of an event log comes to for one account."""

    new: list[T.Message] = field(default_factory=list)
    other: list[object] = field(default_factory=list)


@table.answers(F.updates.GetDifferenceRequest)
def get_difference(call: Call, request: F.updates.GetDifferenceRequest) -> object:
    mailbox = call.account.mailbox
    events = mailbox.since(request.pts)
    page = events[:PAGE]
    missed = _missed_letters(call, page)
    moved = [] if len(page) < len(events) else _channels_moved_on(call, request)
    missed.other += [T.UpdateChannelTooLong(one.id, one.mailbox.pts) for one in moved]
    missed.other += call.account.placed[max(0, request.qts) :]
    if not missed.new and not missed.other:
        return T.updates.DifferenceEmpty(date=call.world.now(), seq=0)
    users, chats = viewing.peers(call.world, call.account, missed.new)
    kind, place = (
        (T.updates.DifferenceSlice, "intermediate_state")
        if len(page) < len(events)
        else (T.updates.Difference, "state")
    )
    after = state(call)
    after.pts = page[-1].pts if page else after.pts
    return kind(
        new_messages=missed.new,
        new_encrypted_messages=[],
        other_updates=missed.other,
        chats=[*chats, *peers.chats(call, moved)],
        users=users,
        **{place: after},
    )


def _channels_moved_on(call: Call, request: F.updates.GetDifferenceRequest) -> list[Channel]:
    """The account's channels in which something happened since the date it was up to.

    Dates are whole seconds, so one that moved within that second is told again.
    """
    return [
        channel
        for channel in call.world.channels.values()
        if call.account.id in channel.members - channel.banned
        and channel.mailbox.events
        and channel.mailbox.events[-1].at >= request.date
    ]


def _missed_letters(call: Call, events: list[Event]) -> _Missed:
    missed = _Missed()
    mailbox = call.account.mailbox
    for event in events:
        shown = _shown(call, mailbox, event)
        if event.kind is Kind.NEW:
            missed.new += shown
        elif event.kind is Kind.EDITED:
            missed.other += [T.UpdateEditMessage(one, event.pts, event.count) for one in shown]
        elif event.kind is Kind.DELETED:
            gone = list(event.ids)
            missed.other.append(T.UpdateDeleteMessages(gone, event.pts, event.count))
    return missed


def _shown(call: Call, mailbox: Mailbox, event: Event) -> list[T.Message]:
    """The messages of an event that still exist, in their present state."""
    there = (mailbox.messages[number] for number in event.ids if number in mailbox.messages)
    return [viewing.message(call.world, call.account, mailbox, one) for one in there]


@table.answers(F.updates.GetChannelDifferenceRequest)
def get_channel_difference(call: Call, request: F.updates.GetChannelDifferenceRequest) -> object:
    channel = peers.channel(call, request.channel)
    mailbox = channel.mailbox
    if request.pts < 1:
        raise RpcError("PERSISTENT_TIMESTAMP_EMPTY")
    if request.pts > mailbox.pts:
        raise RpcError("PERSISTENT_TIMESTAMP_INVALID")
    channel.pollers[call.account.id] = call.world.now() + POLLED_FOR
    events = mailbox.since(request.pts)
    if not events:
        return T.updates.ChannelDifferenceEmpty(pts=mailbox.pts, final=True, timeout=TIMEOUT)
    if len(events) > call.world.too_long_after:
        return _too_long(call, channel)
    return _difference(call, channel, events, min(request.limit, PAGE))


def _difference(call: Call, channel: Channel, events: list[Event], limit: int) -> object:
    page = events[:limit]
    missed = _missed_posts(call, channel, page)
    users, chats = viewing.peers(call.world, call.account, missed.new)
    return T.updates.ChannelDifference(
        pts=page[-1].pts,
        new_messages=missed.new,
        other_updates=missed.other,
        chats=chats or peers.chats(call, [channel]),
        users=users,
        final=len(page) == len(events),
        timeout=TIMEOUT,
    )


def _missed_posts(call: Call, channel: Channel, events: list[Event]) -> _Missed:
    missed = _Missed()
    for event in events:
        shown = [
            one
            for one in _shown(call, channel.mailbox, event)
            if hears(call.world, call.account, channel, one)
        ]
        if event.kind is Kind.NEW:
            missed.new += shown
        elif event.kind is Kind.EDITED:
            edits = [T.UpdateEditChannelMessage(one, event.pts, event.count) for one in shown]
            missed.other += edits
        elif event.kind is Kind.DELETED:
            gone = list(event.ids)
            missed.other.append(
                T.UpdateDeleteChannelMessages(channel.id, gone, event.pts, event.count)
            )
    return missed


def _too_long(call: Call, channel: Channel) -> T.updates.ChannelDifferenceTooLong:
    newest = [
        viewing.message(call.world, call.account, channel.mailbox, one)
        for one in [next(channel.mailbox.newest_first(), None)]
        if one is not None
    ]
    users, chats = viewing.peers(call.world, call.account, newest)
    return T.updates.ChannelDifferenceTooLong(
        dialog=dialog(call, channel),
        messages=newest,
        chats=chats or peers.chats(call, [channel]),
        users=users,
        final=True,
        timeout=TIMEOUT,
    )
