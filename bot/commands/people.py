"""/start and /invite: how people come in."""

import secrets
from collections.abc import Mapping

from bot.commands.context import Context, Request, Right, UserError, answer
from bot.commands.coverage import coverage
from bot.locales import Html, Say, deferred, joined
from bot.locales.times import HOUR
from storage import channels, people, subscribers
from storage.people import Acceptance
from storage.records import Reply, Subscriber

INVITATION_HOURS = 48
TOKEN_BYTES = 24

REFUSALS: Mapping[Acceptance, str] = {
    Acceptance.USED: deferred(
        "This invitation was used already; each works once. Ask for a new one."
    ),
    Acceptance.EXPIRED: deferred("This invitation has expired. Ask for a new one."),
    Acceptance.UNKNOWN: deferred(
        "This invitation is not known here. Open the link as you received it, or ask for a new one."
    ),
}
NOT_INVITED = deferred(
    "Hello. This bot is for people who were invited. If you were, open your invitation link."
)


async def start(ctx: Context, request: Request) -> Reply:
    """Welcome a member, let in somebody invited, refuse a stranger once."""
    if request.right is not Right.EVERYONE:
        return await _welcome(ctx, request, request.here)
    if not request.args:
        return await refusal(ctx, request)
    if request.asked.user_id <= 0:
        raise UserError("Open your invitation link in a private chat with this bot.")
    accepted = await _accept(ctx, request)
    if accepted is not Acceptance.ACCEPTED:
        async with ctx.archive.transaction() as tx:
            if not await people.refuse_once(tx, request.asked.user_id, ctx.clock.now()):
                return Reply()
        raise UserError(REFUSALS[accepted])
    async with ctx.archive.transaction() as tx:
        here = await subscribers.ensure(tx, request.asked, ctx.zone, ctx.clock.now())
    return await _welcome(ctx, request, here)


async def invite(ctx: Context, request: Request) -> Reply:
    """A link that lets one person in. Only its hash is kept."""
    if not request.asked.private:
        raise UserError("Ask for invitations in a private chat with this bot.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = ctx.clock.now()
    expires_at = now + INVITATION_HOURS * HOUR
    async with ctx.archive.transaction() as tx:
        await people.invite(tx, token, request.asked.user_id, now, expires_at)
    say, zone = request.say, request.here.zone
    return answer(
        say(
            "Pass this link on to one person. It works once, until {moment} ({place}).\n\n{link}",
            moment=say.moment(expires_at, zone),
            place=say.place(zone),
            link=f"https://t.me/{ctx.bot_name()}?start={token}",
        )
    )


async def refusal(ctx: Context, request: Request) -> Reply:
    """One polite refusal; silence (an empty reply) after that."""
    asked = request.asked
    async with ctx.archive.transaction() as tx:
        first = await people.refuse_once(tx, asked.user_id or asked.chat_id, ctx.clock.now())
    return answer(request.say(NOT_INVITED)) if first else Reply()


async def _accept(ctx: Context, request: Request) -> Acceptance:
    asked = request.asked
    if not request.args.isascii():  # no token of ours
        return Acceptance.UNKNOWN
    async with ctx.archive.transaction() as tx:
        return await people.accept(
            tx, request.args, asked.user_id, asked.user_name, ctx.clock.now()
        )


async def _welcome(ctx: Context, request: Request, here: Subscriber) -> Reply:
    say = request.say
    watched = await channels.watched(ctx.archive.reader)
    greeting = _greeting(len(watched), say)
    steps = _first_steps(request.right, bool(watched), say)
    zone = say("Times: {place}.", place=say.place(here.zone))
    covered = coverage(watched, here.zone, say) if watched else Html()
    return answer(joined("\n\n", (greeting, steps, joined(" ", (zone, covered)))))


def _greeting(count: int, say: Say) -> Html:
    if not count:
        return say("Welcome. This bot watches official channels; none has been added yet.")
    return say.plural(
        "Welcome. This bot watches {count} official channel, keeps every post with its edits "
        "and deletions, and tells you when your words appear.",
        "Welcome. This bot watches {count} official channels, keeps every post with its edits "
        "and deletions, and tells you when your words appear.",
        count,
    )


def _first_steps(right: Right, watched: bool, say: Say) -> Html:
    steps = [
        say("/watch Білогорівка – an alert for every new post with this word"),
        say("/search референдум – the same in the archive"),
        say("/channels – what is watched"),
        say("/help – everything else"),
    ]
    if right is Right.OWNER and not watched:
        steps.insert(0, say("/add @name – the first channel to watch"))
    return joined("\n", steps)
