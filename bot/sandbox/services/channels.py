"""Finding channels, joining and leaving them, and what they say of themselves."""

import re

from bot.sandbox.errors import RpcError
from bot.sandbox.services import peers
from bot.sandbox.table import Call, Rights, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.places import Channel

table = Table()
USERNAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{2,31}")


@table.answers(F.contacts.ResolveUsernameRequest)
def resolve_username(
    call: Call, request: F.contacts.ResolveUsernameRequest
) -> T.contacts.ResolvedPeer:
    if not USERNAME.fullmatch(request.username):
        raise RpcError("USERNAME_INVALID")
    match call.world.named(request.username):
        case Channel() as channel:
            chats = peers.chats(call, [channel])
            return T.contacts.ResolvedPeer(peer=channel.peer, chats=chats, users=[])
        case Account() as account:
            users = peers.users(call, [account])
            return T.contacts.ResolvedPeer(peer=T.PeerUser(account.id), chats=[], users=users)
    raise RpcError("USERNAME_NOT_OCCUPIED")


@table.answers(F.channels.JoinChannelRequest, rights=Rights.PEOPLE)
def join_channel(
    call: Call, request: F.channels.JoinChannelRequest
) -> T.messages.ChatInviteJoinResultOk:
    channel = peers.channel(call, request.channel)
    return T.messages.ChatInviteJoinResultOk(_join(call, channel))


@table.answers(F.channels.LeaveChannelRequest)
def leave_channel(call: Call, request: F.channels.LeaveChannelRequest) -> T.Updates:
    channel = peers.channel(call, request.channel)
    if call.account.id not in channel.members:
        raise RpcError("USER_NOT_PARTICIPANT")
    channel.members.discard(call.account.id)
    channel.admins.discard(call.account.id)
    return _changed(call, channel)


@table.answers(F.messages.CheckChatInviteRequest, rights=Rights.PEOPLE)
def check_invite(call: Call, request: F.messages.CheckChatInviteRequest) -> object:
    channel = _invited(call, request.hash)
    if call.account.id in channel.members:
        return T.ChatInviteAlready(*peers.chats(call, [channel]))
    return T.ChatInvite(
        title=channel.title,
        photo=T.PhotoEmpty(0),
        participants_count=viewing.subscribers(channel),
        color=0,
        channel=True,
        broadcast=channel.broadcast,
        megagroup=not channel.broadcast,
        public=channel.username is not None,
        verified=channel.verified,
        about=channel.about or None,
    )


@table.answers(F.messages.ImportChatInviteRequest, rights=Rights.PEOPLE)
def import_invite(
    call: Call, request: F.messages.ImportChatInviteRequest
) -> T.messages.ChatInviteJoinResultOk:
    channel = _invited(call, request.hash)
    if call.account.id in channel.members:
        raise RpcError("USER_ALREADY_PARTICIPANT")
    return T.messages.ChatInviteJoinResultOk(_join(call, channel))


@table.answers(F.channels.GetFullChannelRequest)
def get_full_channel(call: Call, request: F.channels.GetFullChannelRequest) -> T.messages.ChatFull:
    channel = peers.channel(call, request.channel)
    read = call.account.read.get(channel.marked_id, 0)
    full = T.ChannelFull(
        id=channel.id,
        about=channel.about,
        read_inbox_max_id=read,
        read_outbox_max_id=0,
        unread_count=max(0, channel.mailbox.top_id - read),
        chat_photo=T.PhotoEmpty(0),
        notify_settings=call.account.notify.get(channel.marked_id) or T.PeerNotifySettings(),
        bot_info=[],
        pts=channel.mailbox.pts,
        participants_count=viewing.subscribers(channel),
    )
    return T.messages.ChatFull(full_chat=full, chats=peers.chats(call, [channel]), users=[])


@table.answers(F.channels.GetChannelsRequest)
def get_channels(call: Call, request: F.channels.GetChannelsRequest) -> T.messages.Chats:
    """Also channels that are closed to the account: they are shown as forbidden."""
    found = [peers.any_channel(call, named) for named in request.id]
    return T.messages.Chats(peers.chats(call, found))


@table.answers(F.messages.GetChatsRequest)
def get_chats(call: Call, request: F.messages.GetChatsRequest) -> T.messages.Chats:
    found = [peers.small_group(call, number) for number in request.id]
    return T.messages.Chats(peers.chats(call, found))


def _invited(call: Call, invite: str) -> Channel:
    if not invite:
        raise RpcError("INVITE_HASH_EMPTY")
    channel = call.world.invited(invite)
    if channel is None or call.account.id in channel.banned:
        raise RpcError("INVITE_HASH_EXPIRED")
    return channel


def _join(call: Call, channel: Channel) -> T.Updates:
    joined = sum(call.account.id in one.members for one in call.world.channels.values())
    if joined >= call.world.most_channels:
        raise RpcError("CHANNELS_TOO_MUCH")
    channel.members.add(call.account.id)
    return _changed(call, channel)


def _changed(call: Call, channel: Channel) -> T.Updates:
    about = [T.MessageEmpty(0, peer_id=channel.peer)]
    return viewing.updates(call.world, call.account, [T.UpdateChannel(channel.id)], about)
