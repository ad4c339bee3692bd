"""The state as one account sees it: its own hashes, its own file references, its own `out`."""

import copy
from collections.abc import Iterable, Iterator

from telethon.utils import get_peer_id

from bot.sandbox.tl import T
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.mailbox import Mailbox, changed
from bot.sandbox.world.places import Channel, Chat
from bot.sandbox.world.world import World

ADMIN_RIGHTS = {
    "post_messages": True,
    "edit_messages": True,
    "delete_messages": True,
    "pin_messages": True,
    "other": True,
}


def push(
    world: World, viewer: Account, changes: list[object], about: Iterable[T.Message] = ()
) -> None:
    """Tell an account what changed."""
    world.on_push(viewer.id, updates(world, viewer, changes, about))


def updates(
    world: World, viewer: Account, changes: list[object], about: Iterable[T.Message] = ()
) -> T.Updates:
    """What changed, together with everybody the messages it is about speak of."""
    users, chats = peers(world, viewer, about)
    return T.Updates(changes, users, chats, world.now(), 0)


def message(world: World, viewer: Account, mailbox: Mailbox, stored: T.Message) -> T.Message:
    """A stored message as `viewer` gets it; the stored one itself where nothing differs."""
    changes: dict[str, object] = {}
    if mailbox.authors.get(stored.id) == viewer.id and not stored.out:
        changes["out"] = True
    seen = media(world, viewer, stored.media)
    if seen is not stored.media:
        changes["media"] = seen
    return changed(stored, **changes) if changes else stored


def media(world: World, viewer: Account, kept: T.TypeMessageMedia) -> T.TypeMessageMedia:
    """Media with its file known to `viewer` by its own hash and reference."""
    match kept:
        case T.MessageMediaPhoto(photo=T.Photo() as photo):
            return _replaced(kept, photo=_file(world, viewer, photo))
        case T.MessageMediaDocument(document=T.Document() as document):
            return _replaced(kept, document=_file(world, viewer, document))
    return kept


def _file(world: World, viewer: Account, file: T.Photo | T.Document) -> T.Photo | T.Document:
    return _replaced(
        file,
        access_hash=world.files.access_hash(viewer.id, file.id),
        file_reference=world.files.reference(viewer.id, file.id),
    )


def _replaced(tl_object: T.TypeMessageMedia, /, **changes: object) -> T.TypeMessageMedia:
    different = copy.copy(tl_object)
    vars(different).update(changes)
    return different


def peers(
    world: World, viewer: Account, messages: Iterable[T.Message]
) -> tuple[list[T.User], list[T.TypeChat]]:
    """The people and places that messages speak of."""
    users: list[T.User] = []
    chats: list[T.TypeChat] = []
    for marked_id in dict.fromkeys(
        mentioned for stored in messages for mentioned in _mentioned(stored)
    ):
        match world.place(marked_id):
            case Account() as account:
                users.append(user(world, viewer, account))
            case Channel() | Chat() as place:
                chats.append(chat(world, viewer, place))
    return users, chats


def _mentioned(stored: T.Message) -> Iterator[int]:
    for peer in (stored.peer_id, stored.from_id):
        if peer is not None:
            yield get_peer_id(peer)
    forward = stored.fwd_from
    if forward is not None and forward.from_id is not None:
        yield get_peer_id(forward.from_id)
    for entity in stored.entities or ():
        if isinstance(entity, T.MessageEntityMentionName):
            yield entity.user_id


def user(world: World, viewer: Account, account: Account) -> T.User:
    """An account as `viewer` may know it. A bot may from now on name it without a hash."""
    viewer.met.add(account.id)
    access_hash = world.access_hash(viewer.id, account.id)
    if account.deleted:
        return T.User(id=account.id, deleted=True, access_hash=access_hash)
    mine = viewer is account
    return T.User(
        id=account.id,
        is_self=mine,
        min=account.known_in_part,
        bot=account.is_bot,
        bot_chat_history=account.is_bot and not account.privacy,
        bot_info_version=1 if account.is_bot else None,
        first_name=account.first_name,
        username=account.username,
        phone=account.phone if mine else None,
        lang_code=account.language if viewer.is_bot else None,
        access_hash=access_hash,
    )


def chat(world: World, viewer: Account, place: Channel | Chat) -> T.TypeChat:
    """A place as `viewer` may know it."""
    viewer.met.add(place.marked_id)
    if isinstance(place, Chat):
        return _small_group(world, viewer, place)
    access_hash = world.access_hash(viewer.id, place.marked_id)
    if not place.may_see(viewer.id):
        return T.ChannelForbidden(
            place.id,
            access_hash,
            place.title,
            broadcast=place.broadcast,
            megagroup=not place.broadcast,
        )
    return _channel(viewer, place, access_hash)


def _channel(viewer: Account, channel: Channel, access_hash: int) -> T.Channel:
    reasons = [T.RestrictionReason("all", "misc", channel.restricted)]
    admin = viewer.id in channel.admins
    return T.Channel(
        id=channel.id,
        title=channel.title,
        photo=T.ChatPhotoEmpty(),
        date=channel.date,
        broadcast=channel.broadcast,
        megagroup=not channel.broadcast,
        forum=channel.topics is not None,
        left=viewer.id not in channel.members,
        verified=channel.verified,
        noforwards=channel.noforwards,
        signatures=channel.signatures,
        restricted=channel.restricted is not None,
        restriction_reason=reasons if channel.restricted is not None else None,
        access_hash=access_hash,
        username=channel.username,
        participants_count=subscribers(channel),
        admin_rights=T.ChatAdminRights(**ADMIN_RIGHTS) if admin else None,
    )


def _small_group(world: World, viewer: Account, place: Chat) -> T.Chat:
    upgraded = place.upgraded_to
    return T.Chat(
        id=place.id,
        title=place.title,
        photo=T.ChatPhotoEmpty(),
        participants_count=len(place.members),
        date=place.date,
        version=1,
        left=viewer.id not in place.members,
        deactivated=upgraded is not None,
        admin_rights=T.ChatAdminRights(**ADMIN_RIGHTS) if viewer.id in place.admins else None,
        migrated_to=T.InputChannel(
            upgraded, world.access_hash(viewer.id, world.channels[upgraded].marked_id)
        )
        if upgraded is not None
        else None,
    )


def subscribers(channel: Channel) -> int:
    """How many follow a channel, as it shows itself."""
    return len(channel.members) if channel.subscribers is None else channel.subscribers
