"""/sweep: compare with Telegram now, and say what that found."""

from bot.commands.context import Context, Request, UserError, answer
from bot.locales import Html, deferred, joined
from bot.outcomes import Outcome
from storage.records import Reply

NOT_NOW = deferred(
    "The watcher could not compare with Telegram now: it is not connected, or has to wait. It "
    "does so by itself as soon as it can."
)


async def sweep(ctx: Context, request: Request) -> Reply:
    """Sweep, and wait for it."""
    try:
        found = await ctx.sweep()
    except Outcome as failed:
        raise UserError(NOT_NOW) from failed
    say = request.say
    compared = say.plural("{count} channel compared.", "{count} channels compared.", found.channels)
    behind = say.plural("{count} had something new", "{count} had something new", found.behind)
    changes = say.plural(
        "{count} post, edit or deletion was added",
        "{count} posts, edits and deletions were added",
        found.changes,
    )
    nothing = say("Nothing had been missed.")
    missed = Html(f"{behind}: {changes}.") if found.changes else nothing
    return answer(joined(" ", (compared, missed if found.channels else Html())))
