"""/digest: what is held for a place, when it comes, and when digests shall come."""

from dataclasses import replace

from bot.alerts.presses import Verb, encode
from bot.alerts.schedule import NEVER, ScheduleError, kept, next_digest, parse, written
from bot.commands.context import Context, Request, UserError, answer, replacement
from bot.commands.rights import must_manage
from bot.commands.wishing import schedule_shown, tell_now, wish
from bot.locales import Html, Say, deferred, joined
from storage import held
from storage.held import Waiting
from storage.records import Button, Reply

HOW = deferred(
    "Change it with <code>/digest 08:00, 20:00</code>, <code>/digest every 4 h</code>, "
    "<code>/digest mon 08:00</code> or <code>/digest off</code>."
)
NO_DIGESTS = deferred(
    "Without digests nothing waits for one: what rules leave to the digest, what comes soon after "
    "an alert and what is found late is told at once, without a sound. Only quiet hours hold "
    "posts back, until they end."
)

Row = tuple[Button, ...]


async def digest(ctx: Context, request: Request) -> Reply:
    """Show what is held; with a schedule, change when digests come."""
    if request.args:
        await must_manage(ctx, request)
        wishes = replace(request.here.wishes, digest=read_schedule(request.args))
        request = await wish(ctx, request, replace(request.here, wishes=wishes))
    return answer(*await _shown(ctx, request))


async def now(ctx: Context, request: Request, _numbers: tuple[int, ...]) -> Reply:
    """Have what is held told at once."""
    told = await tell_now(ctx, request)
    say = request.say
    toast = say.plain("It is on its way.") if told else say.plain("Nothing is held now.")
    return replacement(*await _shown(ctx, request), toast=toast)


def read_schedule(text: str) -> str:
    """A schedule as it is kept. Raises UserError."""
    try:
        return written(parse(text))
    except ScheduleError as error:
        raise UserError(error.text, **error.values) from error


async def _shown(ctx: Context, request: Request) -> tuple[Html, Row]:
    say, here = request.say, request.here
    waiting = await held.waiting(ctx.archive.reader, here.id)
    never = kept(here.wishes.digest) == NEVER
    head = say("<b>Digests:</b> {schedule}", schedule=schedule_shown(here.wishes.digest, say))
    html = joined(
        "\n\n",
        (
            joined("\n", (head, say(NO_DIGESTS) if never else Html())),
            _waiting(ctx, request, waiting),
            say(HOW),
        ),
    )
    return html, _buttons(here.id, waiting, say)


def _waiting(ctx: Context, request: Request, waiting: Waiting) -> Html:
    say, here = request.say, request.here
    due = waiting.due_at or next_digest(here.wishes, here.zone, ctx.clock.now())
    if waiting.hits:
        count = say.plural(
            "Held for it now: {count} hit.", "Held for it now: {count} hits.", waiting.hits
        )
    elif due is None:
        return Html()
    else:
        count = say("Nothing is held now; if that stays so, no digest comes.")
    moment = say(
        "The next is due on {moment} ({place}).",
        moment=say.moment(due or 0, here.zone),
        place=say.place(here.zone),
    )
    return joined("\n", (count, moment))


def _buttons(here: int, waiting: Waiting, say: Say) -> Row:
    if not waiting.hits:
        return ()
    return (Button(say.plain("Send it now"), encode(Verb.DIGEST_NOW, here)),)
