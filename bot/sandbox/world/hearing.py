"""What a bot is told in a group: https://core.telegram.org/bots/features#privacy-mode"""

from bot.sandbox.tl import T
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.places import Channel, Chat
from bot.sandbox.world.world import World


def hears(world: World, listener: Account, place: Channel | Chat, message: T.Message) -> bool:
    """Whether `listener` is told of a message at all.

    People are, bots without privacy mode and admins too; the others hear commands not
    meant for another bot, mentions, replies to what they said, and service messages.
    """
    if not listener.is_bot or not listener.privacy or listener.id in place.admins:
        return True
    if isinstance(place, Channel) and place.broadcast:
        return True
    if not isinstance(message, T.Message):
        return True
    return _addressed(listener, message.message) or _answered(world, listener, place, message)


def _addressed(listener: Account, text: str) -> bool:
    name = f"@{listener.username}".lower()
    command, _, _ = text.lower().partition(" ")
    if command.startswith("/") and (command.endswith(name) or "@" not in command):
        return True
    return name in text.lower()


def _answered(world: World, listener: Account, place: Channel | Chat, message: T.Message) -> bool:
    if message.reply_to is None:
        return False
    mailbox = place.mailbox if isinstance(place, Channel) else None
    if mailbox is None:  # a small group: the reply is known by the author's own numbering
        author = world.accounts[message.from_id.user_id]
        original = author.mailbox.authors.get(message.reply_to.reply_to_msg_id)
    else:
        original = mailbox.authors.get(message.reply_to.reply_to_msg_id)
    return original == listener.id
