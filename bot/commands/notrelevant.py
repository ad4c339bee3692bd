"""Hits that are not what somebody wants to read: from under an alert."""

from bot.commands.context import Context, Request, Stale
from storage import posts, verdicts
from storage.records import Reply
from storage.verdicts import Giver


async def judge(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Count the hits as not relevant; pressed again, take that back. The alert stays as it is."""
    giver = Giver(request.asked.user_id, ctx.clock.now())
    async with ctx.archive.transaction() as tx:
        parts = await posts.parts(tx, numbers[0])
        judged = await verdicts.toggle(tx, request.here.id, parts, giver)
    if judged is None:
        raise Stale
    say = request.say
    if judged:
        return Reply(toast=say.plain("Not relevant: counted in /rules. Press again to undo."))
    return Reply(toast=say.plain("Undone: this hit is relevant."))
