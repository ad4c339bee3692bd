"""Private chats and small groups, where everybody keeps a copy under a number of their own."""

from collections import defaultdict
from collections.abc import Iterable

from bot.sandbox.tl import T
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Account, Letter, Sent
from bot.sandbox.world.hearing import hears
from bot.sandbox.world.mailbox import Event, Kind, changed
from bot.sandbox.world.places import Chat
from bot.sandbox.world.world import World


def write_letter(world: World, author: Account, to: Account | Chat, draft: T.Message) -> Sent:
    """Give everybody in the conversation a copy, and tell everybody but the author."""
    if isinstance(to, Account) and to.is_bot:
        to.started.add(author.id)
    draft = changed(draft, from_id=T.PeerUser(author.id), date=draft.date or world.now())
    readers = _readers(world, author, to, draft)
    letter = Letter({reader.id: reader.mailbox.next_id() for reader in readers})
    for reader in readers[1:]:
        message, event = _deliver(world, reader, letter, draft, (author, to))
        seen = viewing.message(world, reader, reader.mailbox, message)
        update = T.UpdateNewMessage(seen, event.pts, event.count)
        viewing.push(world, reader, [update], [message])
    message, event = _deliver(world, author, letter, draft, (author, to))
    place = to.marked_id if isinstance(to, Chat) else to.id
    return Sent(place, message, event.pts)


def _readers(world: World, author: Account, to: Account | Chat, draft: T.Message) -> list[Account]:
    """Whoever gets a copy, the author first."""
    if isinstance(to, Account):
        return [author] if to is author else [author, to]
    others = [world.accounts[number] for number in sorted(to.members - {author.id})]
    return [author, *(one for one in others if hears(world, one, to, draft))]


def _deliver(
    world: World,
    reader: Account,
    letter: Letter,
    draft: T.Message,
    between: tuple[Account, Account | Chat],
) -> tuple[T.Message, Event]:
    author, to = between
    mine = reader is author
    number = letter.copies[reader.id]
    changes = {"id": number, "out": mine, "reply_to": _reply_as_known_to(reader, author, draft)}
    if isinstance(to, Chat):
        changes["peer_id"] = to.peer
    else:
        changes["peer_id"] = T.PeerUser(to.id if mine else author.id)
        if not mine:
            changes["from_id"] = None  # what comes in privately names its author by the peer
    message = changed(draft, **changes)
    reader.letters[number] = letter
    reader.mailbox.authors[number] = author.id
    return message, reader.mailbox.add(message, world.now())


def _reply_as_known_to(
    reader: Account, author: Account, draft: T.Message
) -> T.MessageReplyHeader | None:
    header = draft.reply_to
    if header is None or reader is author:
        return header
    original = author.letters.get(header.reply_to_msg_id)
    number = original.copies.get(reader.id) if original else None
    return T.MessageReplyHeader(reply_to_msg_id=number) if number else None


def edit_letter(
    world: World, account: Account, message_id: int, changes: dict[str, object]
) -> Sent:
    """Change every copy of a message; returns the one of `account`."""
    copies = account.letters[message_id].copies
    for reader_id, number in copies.items():
        reader = world.accounts[reader_id]
        if reader is account or number not in reader.mailbox.messages:
            continue
        message = changed(reader.mailbox.messages[number], **changes)
        event = reader.mailbox.replace(message, world.now())
        seen = viewing.message(world, reader, reader.mailbox, message)
        update = T.UpdateEditMessage(seen, event.pts, event.count)
        viewing.push(world, reader, [update], [message])
    message = changed(account.mailbox.messages[message_id], **changes)
    event = account.mailbox.replace(message, world.now())
    place = world.place(message.peer_id)
    assert isinstance(place, Account | Chat)
    return Sent(place.id if isinstance(place, Account) else place.marked_id, message, event.pts)


def delete_letters(world: World, account: Account, ids: Iterable[int], *, revoke: bool) -> Event:
    """Take away an account's copies and, with `revoke`, everybody else's too.

    Returns what happened in the account's own mailbox, which may be nothing at all.
    """
    theirs: dict[int, list[int]] = defaultdict(list)
    for number in ids:
        letter = account.letters.get(number)
        for reader_id, copy in letter.copies.items() if letter else ():
            if revoke or reader_id == account.id:
                theirs[reader_id].append(copy)
    own = account.mailbox.remove(theirs.pop(account.id, ()), world.now())
    for reader_id, numbers in theirs.items():
        reader = world.accounts[reader_id]
        event = reader.mailbox.remove(numbers, world.now())
        if event is not None:
            gone = T.UpdateDeleteMessages(list(event.ids), event.pts, event.count)
            viewing.push(world, reader, [gone])
    return own or Event(account.mailbox.pts, 0, Kind.DELETED, (), world.now())
