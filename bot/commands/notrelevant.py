"""Hits that are not what somebody wants to read: from under an alert."""

from collections.abc import Mapping

from bot.commands.context import Context, Request, Stale
from bot.locales import deferred
from storage import posts, verdicts
from storage.records import Reply
from storage.verdicts import Giver, Outcome

TOASTS: Mapping[Outcome, str] = {
    Outcome.COUNTED: deferred("Not relevant: counted in /rules. Press again to undo."),
    Outcome.ALREADY: deferred("Somebody here said so before: it is counted in /rules."),
    Outcome.TAKEN_BACK: deferred("Undone: this hit is relevant."),
}


async def judge(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Count the hits as not relevant; pressed again by the same person, take that back. The
    alert stays as it is.
    """
    giver = Giver(request.asked.user_id, ctx.clock.now())
    async with ctx.archive.transaction() as tx:
        parts = await posts.parts(tx, numbers[0])
        judged = await verdicts.toggle(tx, request.here.id, parts, giver)
    if judged is None:
        raise Stale
    return Reply(toast=request.say.plain(TOASTS[judged]))
