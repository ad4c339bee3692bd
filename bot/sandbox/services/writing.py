"""Whether an account may write in a place, and where in it a message hangs."""

from bot.sandbox.errors import RpcError
from bot.sandbox.services import peers
from bot.sandbox.table import Call
from bot.sandbox.tl import T
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.places import Channel, Chat, Topic
from bot.sandbox.world.world import Place


def may_write(call: Call, named: T.TypeInputPeer) -> Place:
    """The place a client wants to write in. Raises RpcError where it may not."""
    place = peers.place(call, named)
    match place:
        case Account():
            _may_write_to(call.account, place)
        case Chat() if place.upgraded_to is not None:
            raise RpcError("CHAT_ID_INVALID")
        case Channel():
            _may_write_in(call.account, place)
    return place


def _may_write_to(me: Account, person: Account) -> None:
    if person.deleted:
        raise RpcError("INPUT_USER_DEACTIVATED")
    if me.is_bot and person.is_bot:
        raise RpcError("USER_IS_BOT")
    if me.is_bot and person.id not in me.started:
        raise RpcError("PEER_ID_INVALID")  # a bot can not write to a person first
    if me.id in person.blocked:
        raise RpcError("USER_IS_BLOCKED")


def _may_write_in(me: Account, channel: Channel) -> None:
    if channel.broadcast and me.id not in channel.admins:
        raise RpcError("CHAT_ADMIN_REQUIRED")
    if me.id not in channel.members:
        raise RpcError("CHAT_GUEST_SEND_FORBIDDEN")
    if me.id in channel.muted:
        raise RpcError("CHAT_WRITE_FORBIDDEN")


def reply_header(
    place: Place, me: Account, named: T.TypeInputReplyTo | None
) -> T.MessageReplyHeader | None:
    """How a stored message says what it answers, and in which topic it is.

    What is answered may have been deleted meanwhile: then it is sent all the same.
    """
    if not isinstance(named, T.InputReplyToMessage):
        return None
    mailbox = place.mailbox if isinstance(place, Channel) else me.mailbox
    answered = named.reply_to_msg_id if named.reply_to_msg_id in mailbox.messages else None
    if not isinstance(place, Channel) or place.topics is None:
        return T.MessageReplyHeader(reply_to_msg_id=answered) if answered else None
    return _in_topic(place, named, answered)


def _in_topic(
    place: Channel, named: T.InputReplyToMessage, answered: int | None
) -> T.MessageReplyHeader | None:
    topic = _topic(place, named, answered)
    if topic is None:
        return T.MessageReplyHeader(reply_to_msg_id=answered) if answered else None
    if topic.deleted:
        raise RpcError("TOPIC_DELETED")
    if topic.closed:
        raise RpcError("TOPIC_CLOSED")
    if answered in (None, topic.id):
        return T.MessageReplyHeader(forum_topic=True, reply_to_msg_id=topic.id)
    return T.MessageReplyHeader(
        forum_topic=True, reply_to_msg_id=answered, reply_to_top_id=topic.id
    )


def _topic(place: Channel, named: T.InputReplyToMessage, answered: int | None) -> Topic | None:
    """The topic that is named, or the one that what is answered is in; None for General."""
    assert place.topics is not None
    for number in (named.top_msg_id, named.reply_to_msg_id):  # a deleted one is still named
        if number in place.topics:
            return place.topics[number]
    if answered is None:
        return None
    return place.topics.get(topic_of(place.mailbox.messages[answered]))


def topic_of(message: T.Message) -> int:
    """The id of the topic a message is in; 0 outside topics and in General."""
    header = message.reply_to
    if header is None or not header.forum_topic:
        return 0
    return header.reply_to_top_id or header.reply_to_msg_id or 0
