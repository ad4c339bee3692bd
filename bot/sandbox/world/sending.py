"""Changing what is said, and telling whoever may see the change.

A message is handed in as a draft: a ``T.Message`` (or ``T.MessageService``) without id
and peer. Rights and limits are the business of the services; nothing is refused here.
"""

from collections.abc import Iterable
from datetime import timedelta

from bot.sandbox.tl import T
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Account, Sent
from bot.sandbox.world.hearing import hears
from bot.sandbox.world.letters import delete_letters, edit_letter, write_letter
from bot.sandbox.world.mailbox import Event, Kind, changed
from bot.sandbox.world.places import Channel
from bot.sandbox.world.world import Place, World

POLLED_FOR = timedelta(minutes=1)  # how long asking for a difference makes a non-member be told


def send(world: World, author: Account, place: Place, draft: T.Message) -> Sent:
    """Say something somewhere; everybody there but the author is told."""
    if isinstance(place, Channel):
        message, event = post(world, place, draft, author=author)
        return Sent(place.marked_id, message, event.pts)
    return write_letter(world, author, place, draft)


def post(
    world: World,
    channel: Channel,
    draft: T.Message,
    *,
    author: Account | None = None,
    copies: int = 1,
) -> tuple[T.Message, Event]:
    """Add a message to a channel. It is told `copies` times; 0 withholds it."""
    message = _stamped(world, channel, draft, author)
    if author is not None:
        channel.mailbox.authors[message.id] = author.id
    event = channel.mailbox.add(message, world.now())
    _tell(world, channel, message, event, copies)
    return message, event


def _stamped(world: World, channel: Channel, draft: T.Message, author: Account | None) -> T.Message:
    changes = {
        "id": draft.id or channel.mailbox.next_id(),
        "peer_id": channel.peer,
        "date": draft.date or world.now(),
        "post": channel.broadcast,
    }
    if channel.broadcast and isinstance(draft, T.Message):
        # The schema writes both counts or none.
        changes["views"] = 1 if draft.views is None else draft.views
        changes["forwards"] = draft.forwards or 0
    if not channel.broadcast and author is not None and draft.from_id is None:
        changes["from_id"] = T.PeerUser(author.id)
    return changed(draft, **changes)


def edit(
    world: World, channel: Channel, message_id: int, changes: dict[str, object], copies: int = 1
) -> tuple[T.Message, Event]:
    """Change a message of a channel."""
    message = changed(channel.mailbox.messages[message_id], **changes)
    event = channel.mailbox.replace(message, world.now())
    _tell(world, channel, message, event, copies)
    return message, event


def edit_anywhere(
    world: World, account: Account, place: Place, message_id: int, changes: dict[str, object]
) -> Sent:
    """Change a message that `account` names by the id it knows it by."""
    if isinstance(place, Channel):
        message, event = edit(world, place, message_id, changes)
        return Sent(place.marked_id, message, event.pts)
    return edit_letter(world, account, message_id, changes)


def delete(world: World, channel: Channel, ids: Iterable[int], copies: int = 1) -> Event | None:
    """Take messages away from a channel."""
    event = channel.mailbox.remove(ids, world.now())
    if event is None:
        return None
    update = T.UpdateDeleteChannelMessages(channel.id, list(event.ids), event.pts, event.count)
    for account in audience(world, channel):
        for _ in range(copies):
            viewing.push(world, account, [update], [_somewhere(channel)])
    return event


def delete_anywhere(world: World, account: Account, ids: Iterable[int], *, revoke: bool) -> Event:
    """Take messages out of an account's own mailbox and, with `revoke`, everybody's."""
    return delete_letters(world, account, ids, revoke=revoke)


def audience(world: World, channel: Channel) -> list[Account]:
    """Who is told what happens in a channel: members, and whoever polls it."""
    if channel.silent:
        return []
    polling = {one for one, until in channel.pollers.items() if until > world.now()}
    told = (channel.members | polling) - channel.banned
    return [world.accounts[number] for number in sorted(told)]


def _tell(world: World, channel: Channel, message: T.Message, event: Event, copies: int) -> None:
    new = event.kind is Kind.NEW
    author = channel.mailbox.authors.get(message.id) if new else None
    kind = T.UpdateNewChannelMessage if new else T.UpdateEditChannelMessage
    for account in audience(world, channel):
        if account.id == author or not hears(world, account, channel, message):
            continue
        seen = viewing.message(world, account, channel.mailbox, message)
        for _ in range(copies):
            viewing.push(world, account, [kind(seen, event.pts, event.count)], [message])


def _somewhere(channel: Channel) -> T.MessageEmpty:
    return T.MessageEmpty(0, peer_id=channel.peer)
