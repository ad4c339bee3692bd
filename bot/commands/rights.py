"""Who may ask."""

from bot.commands.context import Context, Right
from storage import people, subscribers
from storage.records import Asked


async def right_of(ctx: Context, asked: Asked) -> Right:
    """The right of whoever asks.

    An anonymous admin speaks for the group: the group counts as a member once a member has
    used the bot there.
    """
    conn = ctx.archive.reader
    if asked.user_id == 0:
        known = await subscribers.find(conn, asked.chat_id, asked.topic_id)
        known = known or await subscribers.find(conn, asked.chat_id, 0)
        return Right.EVERYONE if known is None else Right.MEMBER
    if asked.user_id == ctx.owner:
        return Right.OWNER
    return Right.MEMBER if await people.known(conn, asked.user_id) else Right.EVERYONE
