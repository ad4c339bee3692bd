"""Pressing a button under a bot's message."""

from collections.abc import Callable

from bot.sandbox.errors import RpcError
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.places import Channel
from bot.sandbox.world.queries import Query
from bot.sandbox.world.world import Place, World

Answered = Callable[[F.messages.SetBotCallbackAnswerRequest], None]


def press(
    world: World, person: Account, place: Place, button: tuple[int, bytes], answered: Answered
) -> int:
    """Tell the bot behind a message that a button (message id, data) was pressed.

    `answered` is called once with the bot's answer. Returns the query's id. The data is
    passed on as it is, whether or not a button has it: clients are not to be trusted.
    """
    message_id, data = button
    bot, known_to_bot = _bot_behind(world, person, place, message_id)
    query_id = world.queries.ask(Query(bot.id, answered))
    update = T.UpdateBotCallbackQuery(
        query_id=query_id,
        user_id=person.id,
        peer=place.peer if not isinstance(place, Account) else T.PeerUser(person.id),
        msg_id=known_to_bot,
        chat_instance=world.access_hash(0, person.id),
        data=data,
    )
    about = T.MessageEmpty(0, peer_id=update.peer)
    about.from_id = T.PeerUser(person.id)
    viewing.push(world, bot, [update], [about])
    return query_id


def _bot_behind(
    world: World, person: Account, place: Place, message_id: int
) -> tuple[Account, int]:
    """The bot that wrote a message, and the id by which it knows it."""
    mailbox = place.mailbox if isinstance(place, Channel) else person.mailbox
    author = world.accounts.get(mailbox.authors.get(message_id, 0))
    if author is None or not author.is_bot or message_id not in mailbox.messages:
        raise RpcError("MESSAGE_ID_INVALID")
    if isinstance(place, Channel):
        return author, message_id
    return author, person.letters[message_id].copies[author.id]
