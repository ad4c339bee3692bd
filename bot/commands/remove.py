"""/remove: a channel leaves the watchlist; its archive stays."""

from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.joins import Waiting, waiting
from bot.commands.latest import watched_by_name
from bot.commands.targets import parse_target
from bot.locales import Html, deferred
from storage import channels, joins
from storage.records import Button, ChannelState, Reply

IF_EMPTY = deferred("Write which channel after the command, by its @name or its id.")


async def remove(ctx: Context, request: Request) -> Reply:
    """Ask whether to stop watching, or to take it out of the queue."""
    if not request.args:
        raise UserError(IF_EMPTY)
    say = request.say
    queued = await _queued(ctx, request.args)
    if queued is not None:
        asking = say("Take <b>{name}</b> out of the queue?", name=queued.name)
        return _asked(request, asking, Verb.UNQUEUE, queued.join.id)
    channel = await watched_by_name(ctx, request.args)
    if channel.state is ChannelState.REMOVED:
        raise UserError("<b>{title}</b> is not watched any more.", title=channel.title)
    asking = say("Stop watching <b>{title}</b>? What is archived stays.", title=channel.title)
    return _asked(request, asking, Verb.REMOVE, channel.id)


async def confirm(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Stop watching. Pressed twice it says the same."""
    channel = await channels.get(ctx.archive.reader, numbers[0])
    if channel is None:
        raise Stale
    async with ctx.archive.transaction() as tx:
        await channels.set_state(tx, channel.id, ChannelState.REMOVED)
    return replacement(
        request.say("No longer watched: <b>{title}</b>. The archive stays.", title=channel.title)
    )


async def unqueue(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Take a channel out of the queue. Raises Stale where it does not wait any more."""
    found = [each for each in await waiting(ctx) if each.join.id == numbers[0]]
    if not found:
        raise Stale
    async with ctx.archive.transaction() as tx:
        await joins.withdraw(tx, found[0].join.id, ctx.clock.now())
    return replacement(request.say("<b>{name}</b> will not be joined.", name=found[0].name))


async def _queued(ctx: Context, text: str) -> Waiting | None:
    if text.isdecimal():
        return None
    target = parse_target(text)
    return next((each for each in await waiting(ctx) if each.asks_for(target)), None)


def _asked(request: Request, html: Html, verb: Verb, subject: int) -> Reply:
    say, here = request.say, request.here.id
    return answer(
        html,
        (
            Button(say.plain("Remove"), encode(verb, here, subject)),
            Button(say.plain("Cancel"), encode(Verb.CANCEL, here)),
        ),
    )
