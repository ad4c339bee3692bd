"""Who is in a group and who runs it, and the topics of forums."""

from bot.sandbox.errors import RpcError
from bot.sandbox.services import peers
from bot.sandbox.services.writing import topic_of
from bot.sandbox.table import Call, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.places import Channel, Chat, Topic

table = Table()
PAGE = 200


@table.answers(F.messages.GetFullChatRequest)
def get_full_chat(call: Call, request: F.messages.GetFullChatRequest) -> T.messages.ChatFull:
    chat = peers.small_group(call, request.chat_id)
    members = [call.world.accounts[number] for number in sorted(chat.members)]
    full = T.ChatFull(
        id=chat.id,
        about="",
        participants=T.ChatParticipants(chat.id, [_member(chat, one) for one in members], 1),
        notify_settings=T.PeerNotifySettings(),
    )
    chats = peers.chats(call, [chat])
    return T.messages.ChatFull(full_chat=full, chats=chats, users=peers.users(call, members))


def _member(chat: Chat, account: Account) -> T.TypeChatParticipant:
    if account.id in chat.admins:
        return T.ChatParticipantAdmin(account.id, inviter_id=account.id, date=chat.date)
    return T.ChatParticipant(account.id, inviter_id=account.id, date=chat.date)


@table.answers(F.channels.GetParticipantRequest)
def get_participant(
    call: Call, request: F.channels.GetParticipantRequest
) -> T.channels.ChannelParticipant:
    channel = peers.channel(call, request.channel)
    account = peers.user(call, request.participant)
    if account.id not in channel.members:
        raise RpcError("USER_NOT_PARTICIPANT")
    return T.channels.ChannelParticipant(
        participant=_participant(channel, account),
        chats=peers.chats(call, [channel]),
        users=peers.users(call, [account]),
    )


@table.answers(F.channels.GetParticipantsRequest)
def get_participants(
    call: Call, request: F.channels.GetParticipantsRequest
) -> T.channels.ChannelParticipants:
    """All members, or the admins alone; other filters are not played."""
    channel = peers.channel(call, request.channel)
    admins_only = isinstance(request.filter, T.ChannelParticipantsAdmins)
    if call.account.id not in channel.admins and channel.broadcast:
        raise RpcError("CHAT_ADMIN_REQUIRED")
    numbers = sorted(channel.admins if admins_only else channel.members)
    every = [call.world.accounts[number] for number in numbers]
    page = every[request.offset : request.offset + min(request.limit, PAGE)]
    return T.channels.ChannelParticipants(
        count=len(every),
        participants=[_participant(channel, one) for one in page],
        chats=[],
        users=peers.users(call, page),
    )


def _participant(channel: Channel, account: Account) -> T.TypeChannelParticipant:
    if account.id not in channel.admins:
        return T.ChannelParticipant(account.id, channel.date)
    rights = T.ChatAdminRights(**viewing.ADMIN_RIGHTS)
    return T.ChannelParticipantAdmin(account.id, account.id, channel.date, rights)


@table.answers(F.messages.GetForumTopicsRequest)
def get_topics(call: Call, request: F.messages.GetForumTopicsRequest) -> T.messages.ForumTopics:
    forum = _forum(call, request.peer)
    wanted = (request.q or "").lower()
    found = [one for one in (forum.topics or {}).values() if wanted in one.title.lower()]
    return _topics(call, forum, [one for one in found if not one.deleted][: request.limit])


@table.answers(F.messages.GetForumTopicsByIDRequest)
def get_topics_by_id(
    call: Call, request: F.messages.GetForumTopicsByIDRequest
) -> T.messages.ForumTopics:
    forum = _forum(call, request.peer)
    there = forum.topics or {}
    return _topics(call, forum, [there[number] for number in request.topics if number in there])


def _forum(call: Call, named: T.TypeInputPeer) -> Channel:
    forum = peers.channel(call, named)
    if forum.topics is None:
        raise RpcError("CHANNEL_FORUM_MISSING")
    return forum


def _topics(call: Call, forum: Channel, topics: list[Topic]) -> T.messages.ForumTopics:
    return T.messages.ForumTopics(
        count=len(topics),
        topics=[_topic(forum, one) for one in topics],
        messages=[],
        chats=peers.chats(call, [forum]),
        users=[],
        pts=forum.mailbox.pts,
    )


def _topic(forum: Channel, topic: Topic) -> T.TypeForumTopic:
    if topic.deleted:
        return T.ForumTopicDeleted(topic.id)
    newest = (one.id for one in forum.mailbox.newest_first() if topic_of(one) == topic.id)
    opener = forum.mailbox.messages[topic.id]
    return T.ForumTopic(
        id=topic.id,
        date=opener.date,
        peer=forum.peer,
        title=topic.title,
        icon_color=0,
        top_message=next(newest, topic.id),
        read_inbox_max_id=0,
        read_outbox_max_id=0,
        unread_count=0,
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        from_id=opener.from_id,
        notify_settings=T.PeerNotifySettings(),
        closed=topic.closed,
    )
