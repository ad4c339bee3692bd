"""/backfill: more of a channel's history, and how far fetching it has come."""

import re
from datetime import date, datetime, time

from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.latest import watched_by_name
from bot.locales import Html, Say, deferred, joined
from bot.locales.times import DAY, zone_of
from storage import channels, histories, outbox
from storage.outbox import Owed
from storage.records import Button, Channel, ChannelState, History, Message, Reply

CHOICES = (30, 90, 0)  # days; 0 is all
MOST_DAYS = 36_500

IF_EMPTY = deferred("Write which channel after the command, and how far back: /backfill @name 90d")
NO_SPAN = deferred(
    "“{text}” does not say how far back. Write a number of days such as 90d, a day such as "
    "2022-09-01, or all."
)
NOT_YET = deferred("“{text}” has not been yet. Write a day that has passed.")
NOT_WATCHED = deferred(
    "<b>{title}</b> is not watched now, so its history cannot be fetched. /channels says why."
)
ALL = frozenset({"all", "усе", "все", "всё"})


async def backfill(ctx: Context, request: Request) -> Reply:
    """Ask for history, or show how far it goes."""
    name, _, span = request.args.partition(" ")
    if not name:
        raise UserError(IF_EMPTY)
    channel = await watched_by_name(ctx, name)
    if span.strip():
        goal_at = _goal(span.strip(), request.here.zone, ctx.clock.now())
        if await _want(ctx, request, channel, goal_at):
            return Reply()  # the message that shows how it goes is the answer
    return answer(*await _state(ctx, request, channel.id))


async def want(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Ask for so many days, or all, by a button."""
    channel = await channels.get(ctx.archive.reader, numbers[0])
    days = numbers[1]
    if channel is None or days not in CHOICES:
        raise Stale
    goal_at = ctx.clock.now() - days * DAY if days else 0
    if await _want(ctx, request, channel, goal_at):
        return Reply(toast=request.say.plain("It is being fetched."))
    return replacement(*await _state(ctx, request, channel.id))


def _goal(span: str, zone: str, now: int) -> int:
    """The time (ms) back to which `span` asks, 0 for all. Raises UserError."""
    if span.lower() in ALL:
        return 0
    days = re.fullmatch(r"([0-9]{1,5})\s*[dд]?", span, re.IGNORECASE)
    if days and 0 < int(days[1]) <= MOST_DAYS:
        return now - int(days[1]) * DAY
    try:
        day = datetime.combine(date.fromisoformat(span), time(), zone_of(zone))
    except ValueError as error:
        raise UserError(NO_SPAN, text=span) from error
    at = int(day.timestamp() * 1000)
    if at > now:
        raise UserError(NOT_YET, text=span)
    return max(at, 1)


async def _want(ctx: Context, request: Request, channel: Channel, goal_at: int) -> bool:
    """Make a wish; whether there is something to be fetched, of which a message then tells."""
    readable = (ChannelState.JOINED, ChannelState.POLLED, ChannelState.RESTRICTED)
    wanted, here, now = None, request.here, ctx.clock.now()
    async with ctx.archive.transaction() as tx:
        if channel.state in readable:
            wanted = await histories.want(tx, channel.id, goal_at, now, here.id)
        if wanted is None:
            raise UserError(NOT_WATCHED, title=channel.title)
        if wanted.wanted:
            subject = f"{channel.id}/{here.id}/{now}"
            message = Message(shown(channel, wanted, here.zone, request.say))
            owed = Owed(histories.PROGRESS, here.id, subject, due_at=now, message=message)
            await outbox.add(tx, ctx.archive.id, [owed], now)
            await histories.show(tx, channel.id, subject)
    ctx.wake_backfill()
    return wanted.wanted


async def _state(
    ctx: Context, request: Request, channel_id: int
) -> tuple[Html, tuple[Button, ...]]:
    """How far the archive of a channel goes, and buttons for more of it."""
    say, zone, here = request.say, request.here.zone, request.here.id
    channel = await channels.get(ctx.archive.reader, channel_id)
    history = await histories.get(ctx.archive.reader, channel_id)
    if channel is None or history is None:
        raise UserError(NOT_WATCHED, title="" if channel is None else channel.title)
    html = shown(channel, history, zone, say)
    if history.wanted or history.whole:
        return html, ()
    labels = {30: say.plain("30 days"), 90: say.plain("90 days"), 0: say.plain("All of it")}
    return html, tuple(
        Button(labels[days], encode(Verb.HISTORY, here, channel.id, days))
        for days in CHOICES
        if not days or ctx.clock.now() - days * DAY < (channel.archive_from_at or 0)
    )


def shown(channel: Channel, history: History, zone: str, say: Say) -> Html:
    """How far the archive of a channel goes, and how fetching more of it goes."""
    return joined("\n", (_start(channel, history, zone, say), progress(history, zone, say)))


def _start(channel: Channel, history: History, zone: str, say: Say) -> Html:
    """From when on the channel is in the archive."""
    if channel.archive_from_at is None:
        return say("<b>{title}</b>: nothing is archived yet.", title=channel.title)
    start = say.date(channel.archive_from_at, zone)
    if history.whole:
        return say("<b>{title}</b>: all of its history is in the archive.", title=channel.title)
    return say("<b>{title}</b>: the archive starts on {date}.", title=channel.title, date=start)


def progress(history: History, zone: str, say: Say) -> Html:
    """How fetching goes, or went; nothing where nothing was asked for."""
    if history.goal_at is None:
        return Html()
    count = say.plural("{count} post fetched", "{count} posts fetched", history.fetched)
    if history.error is not None:
        why = say("Telegram refuses the rest: {reason}", reason=history.error)
        return joined(". ", (count, why))
    if not history.wanted:
        return count if history.fetched else Html()
    if history.goal_at == 0:
        return say("Fetching all of its history: {posts}.", posts=count)
    goal = say.date(history.goal_at, zone)
    return say("Fetching its history back to {date}: {posts}.", date=goal, posts=count)
