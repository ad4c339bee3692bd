"""Who may ask, and who may change what belongs to a group."""

from bot.commands.context import Context, Request, Right, UserError
from bot.locales import deferred
from bot.outcomes import Outcome
from storage import people, subscribers
from storage.records import Asked

NOT_ADMIN = deferred(
    "Rules and settings of a group belong to it: only its admins may change them. /rules shows "
    "what is watched for here."
)
UNCERTAIN = deferred(
    "Telegram does not say now whether you are an admin here. Try again in a minute; if it stays "
    "so, make the bot an admin, too."
)


async def right_of(ctx: Context, asked: Asked) -> Right:
    """The right of whoever asks.

    A group counts as a member once a member has used the bot there. Its admins then have the
    rights of one; an anonymous admin speaks for the group itself.
    """
    conn = ctx.archive.reader
    if asked.user_id == ctx.owner:
        return Right.OWNER
    if asked.user_id and await people.known(conn, asked.user_id):
        return Right.MEMBER
    if asked.private or not await _is_known(ctx, asked):
        return Right.EVERYONE
    try:
        return Right.MEMBER if await _is_admin(ctx, asked) else Right.EVERYONE
    except Outcome:
        return Right.EVERYONE


async def must_manage(ctx: Context, request: Request) -> None:
    """Raises UserError where somebody may only look: in a group, who is none of its admins.

    In a private chat everybody manages what is theirs; the owner of the bot does everywhere.
    """
    if request.asked.private or request.right is Right.OWNER:
        return
    try:
        allowed = await _is_admin(ctx, request.asked)
    except Outcome as error:
        raise UserError(UNCERTAIN) from error
    if not allowed:
        raise UserError(NOT_ADMIN)


async def _is_known(ctx: Context, asked: Asked) -> bool:
    conn = ctx.archive.reader
    known = await subscribers.find(conn, asked.chat_id, asked.topic_id)
    return (known or await subscribers.find(conn, asked.chat_id, 0)) is not None


async def _is_admin(ctx: Context, asked: Asked) -> bool:
    """Only admins can speak in the name of the group. Raises Outcome."""
    if asked.user_id <= 0:
        return asked.user_id == 0
    return await ctx.is_admin(asked.chat_id, asked.chat_access_hash, asked.user_id)
