"""/add: a channel for the watchlist; looked at first, joined in its turn."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.coverage import LOST
from bot.commands.joins import waiting
from bot.commands.targets import parse_target
from bot.locales import Html, Say, bold, deferred, inline, joined, quote
from bot.locales.times import MINUTE
from bot.outcomes import Busy, Frozen, Gone, Refused, SignedOut
from storage import channels, joins, questions
from storage.records import Button, Channel, Reply

ABOUT_UNITS = 200

IF_EMPTY = deferred(
    "Write which channel after the command: its @name, a t.me link, or an invite link."
)
NO_SUCH = deferred("There is no channel {target}. Check the spelling of the name.")
NO_INVITE = deferred("This invite link does not work or no longer does. Ask for a new one.")
CLOSED = deferred("{target} is closed to the watcher’s account. An invite link may help.")
FROZEN = deferred(
    "Telegram has frozen the watcher’s account, so {target} cannot be looked up. Open Telegram "
    "with that account to see why and to appeal."
)
REASONS: Mapping[str, str] = {
    "USERNAME_NOT_OCCUPIED": NO_SUCH,
    "USERNAME_INVALID": NO_SUCH,
    "CHANNEL_PRIVATE": CLOSED,
    "CHANNEL_INVALID": CLOSED,
    "USER_BANNED_IN_CHANNEL": CLOSED,
    "FROZEN_PARTICIPANT_MISSING": FROZEN,
    "INVITE_HASH_EXPIRED": NO_INVITE,
    "INVITE_HASH_INVALID": NO_INVITE,
    "INVITE_HASH_EMPTY": NO_INVITE,
    "NOT_A_CHANNEL": deferred(
        "{target} is a person, a bot or a group. Only channels can be watched."
    ),
}
REFUSED = deferred("Telegram does not show {target}: {reason}")
BUSY = deferred("Telegram asks us to wait {span} before looking up another name. Try again then.")
SIGNED_OUT = deferred(
    "The watcher’s account is signed out, so nothing can be looked up. "
    "Sign in again with <code>postwatch login</code>."
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a button Add adds; kept as the text of a question."""

    target: str
    channel_id: int  # 0 where Telegram tells it to members only
    title: str


async def add(ctx: Context, request: Request) -> Reply:
    """Show the channel and ask."""
    if not request.args:
        raise UserError(IF_EMPTY)
    target = parse_target(request.args)
    found = await _look(ctx, request, target)
    await _check_new(ctx, request, target, found)
    proposal = Proposal(found.username or target, found.id, found.title)
    text = json.dumps(asdict(proposal))
    async with ctx.archive.transaction() as tx:
        question = await questions.ask(tx, request.asked.chat_id, text, ctx.clock.now())
    say, here = request.say, request.here.id
    return answer(
        joined("\n\n", (_described(found, say), say("Watch this channel?"))),
        (
            Button(say.plain("Add"), encode(Verb.ADD, here, question)),
            Button(say.plain("Cancel"), encode(Verb.CANCEL, here)),
        ),
    )


async def confirm(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Put the channel into the queue. Pressed twice it says the same."""
    proposal = await _proposal(ctx, request, numbers[0])
    async with ctx.archive.transaction() as tx:
        await joins.ask(tx, proposal.target, request.asked.user_id, ctx.clock.now())
    ctx.wake_joins()
    return replacement(await _queued(ctx, request, proposal))


async def cancel(_ctx: Context, request: Request, _numbers: tuple[int, ...]) -> Reply:
    """Nothing is changed."""
    return replacement(request.say("Cancelled; nothing was changed."))


async def _look(ctx: Context, request: Request, target: str) -> Channel:
    named = target if target.startswith("+") else f"@{target}"
    try:
        return await ctx.look(target)
    except Busy as busy:
        span = request.say.span(max(MINUTE, int(busy.seconds * 1000)))
        raise UserError(BUSY, span=span) from busy
    except Frozen as frozen:
        raise UserError(FROZEN, target=named) from frozen
    except SignedOut as lost:
        raise UserError(SIGNED_OUT) from lost
    except (Refused, Gone) as refused:
        reason = str(refused)
        raise UserError(REASONS.get(reason, REFUSED), target=named, reason=reason) from refused


async def _check_new(ctx: Context, request: Request, target: str, found: Channel) -> None:
    """Raises UserError where the channel is watched, or waits, already."""
    known = await channels.get(ctx.archive.reader, found.id)
    if known is not None and known.state not in (*channels.UNWATCHED, *LOST):
        raise UserError("<b>{title}</b> is watched already.", title=known.title)
    for each in await waiting(ctx):
        if each.asks_for(target) or each.asks_for(found.username or target):
            moment = request.say.moment(each.at, request.here.zone)
            raise UserError(
                "<b>{title}</b> waits to be joined already: about {moment}.",
                title=found.title,
                moment=moment,
            )


def _described(found: Channel, say: Say) -> Html:
    facts = [
        inline(f"@{found.username}") if found.username else Html(),
        say("id {number}", number=str(found.id)) if found.id else Html(),
        say.plural("{count} subscriber", "{count} subscribers", found.subscribers)
        if found.subscribers is not None
        else Html(),
        say("verified by Telegram") if found.verified else say("not verified by Telegram"),
    ]
    return joined(
        "\n", (bold(found.title), joined(" · ", facts), quote(inline(found.about, ABOUT_UNITS)))
    )


async def _proposal(ctx: Context, request: Request, question: int) -> Proposal:
    asked = await questions.get(ctx.archive.reader, question, request.asked.chat_id)
    if asked is None:
        raise Stale
    try:
        return Proposal(**json.loads(asked.query))
    except (ValueError, TypeError) as error:  # a question of another kind
        raise Stale from error


async def _queued(ctx: Context, request: Request, proposal: Proposal) -> Html:
    """When its turn will come; if it has none, it was joined before."""
    say, zone = request.say, request.here.zone
    turn = [each.at for each in await waiting(ctx) if each.asks_for(proposal.target)]
    if not turn:
        return say("<b>{title}</b> is watched already.", title=proposal.title)
    title = say("Added: <b>{title}</b>", title=proposal.title)
    if turn[0] <= ctx.clock.now():
        return joined("\n", (title, say("It will be joined now.")))
    moment = say.moment(turn[0], zone)
    when = say("It will be joined about {moment} ({place}).", moment=moment, place=say.place(zone))
    why = say("Channels are joined slowly, since fast joins get accounts banned.")
    return joined("\n", (title, when, why))
