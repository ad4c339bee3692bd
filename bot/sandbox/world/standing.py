"""Telling a bot what became of its own place in a chat: stopped, brought in, thrown out, muted.

The Bot API calls this `my_chat_member`. These changes have an event log of their own, `qts`.
"""

from bot.sandbox.tl import T
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.places import Channel, Chat
from bot.sandbox.world.world import World


def tell_stopped(world: World, bot: Account, person: Account, *, stopped: bool) -> None:
    """A person blocked a bot, or no longer does."""
    update = T.UpdateBotStopped(person.id, world.now(), stopped, _next(bot))
    _tell(world, bot, update, T.PeerUser(person.id))


def tell_standing(world: World, bot: Account, place: Channel | Chat, by: Account) -> None:
    """Somebody changed what a bot is in a group or channel."""
    now = standing(place, bot, by)
    date, qts = world.now(), _next(bot)
    if isinstance(place, Chat):
        update = T.UpdateChatParticipant(place.id, date, by.id, bot.id, qts, new_participant=now)
    else:
        update = T.UpdateChannelParticipant(place.id, date, by.id, bot.id, qts, new_participant=now)
    _tell(world, bot, update, place.peer)


def standing(place: Channel | Chat, account: Account, by: Account) -> T.TypeChannelParticipant:
    """What an account is in a place; None where it is not there."""
    if isinstance(place, Chat):
        if account.id not in place.members:
            return None
        kind = T.ChatParticipantAdmin if account.id in place.admins else T.ChatParticipant
        return kind(account.id, by.id, place.date)
    if account.id in place.muted or account.id in place.banned:
        left = account.id not in place.members
        rights = T.ChatBannedRights(None, view_messages=left, send_messages=True)
        return T.ChannelParticipantBanned(T.PeerUser(account.id), by.id, place.date, rights, left)
    if account.id not in place.members:
        return None
    if account.id in place.admins:
        rights = T.ChatAdminRights(**viewing.ADMIN_RIGHTS)
        return T.ChannelParticipantAdmin(account.id, by.id, place.date, rights)
    return T.ChannelParticipant(account.id, place.date)


def _next(bot: Account) -> int:
    return len(bot.placed) + 1


def _tell(world: World, bot: Account, update: object, about: T.TypePeer) -> None:
    bot.placed.append(update)
    viewing.push(world, bot, [update], [T.MessageEmpty(0, peer_id=about)])
