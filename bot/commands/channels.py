"""/channels: what is watched, since when, and what waits to be joined."""

from collections.abc import Mapping, Sequence

from bot.alerts.presses import Verb
from bot.commands.context import Context, Request, answer, replacement
from bot.commands.coverage import covered
from bot.commands.joins import Waiting, waiting
from bot.commands.pages import leafing, numbered
from bot.locales import Html, Say, anchor, deferred, inline, joined, shortened
from storage import channels as channel_table
from storage.records import Button, Channel, ChannelState, Reply

SIZE = 10
QUEUE_SHOWN = 5
TITLE_UNITS = 64

STATES: Mapping[ChannelState, str] = {
    ChannelState.QUEUED: deferred("waits to be joined"),
    ChannelState.JOINED: deferred("watched"),
    ChannelState.POLLED: deferred("watched without joining"),
    ChannelState.PRIVATE: deferred("closed to us"),
    ChannelState.BANNED: deferred("our account is banned there"),
    ChannelState.RESTRICTED: deferred("blocked in our account’s region"),
    ChannelState.GONE: deferred("does not exist any more"),
    ChannelState.IMPORTED: deferred("imported, not watched"),
    ChannelState.REMOVED: deferred("no longer watched"),
}


async def channels(ctx: Context, request: Request) -> Reply:
    """The first page."""
    return answer(*await _listed(ctx, request, 0))


async def page(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Another page."""
    return replacement(*await _listed(ctx, request, numbers[0]))


async def _listed(ctx: Context, request: Request, number: int) -> tuple[Html, tuple[Button, ...]]:
    say, zone = request.say, request.here.zone
    known = await channel_table.watched(ctx.archive.reader)
    queue = await waiting(ctx)
    number, pages = numbered(len(known), SIZE, number)
    shown = known[number * SIZE : (number + 1) * SIZE]
    count = say.plural("{count} channel", "{count} channels", len(known))
    head = Html(f"<b>{count}</b>") if known else Html()
    lines = joined("\n", [_line(channel, zone, say) for channel in shown])
    times = say("Times: {place}.", place=say.place(zone)) if known or queue else Html()
    foot = joined(" ", (times, await covered(ctx, request, known)))
    html = joined("\n\n", (head, lines, _queue(queue, zone, say), foot))
    return html, leafing(Verb.CHANNELS, request.here.id, number, pages, say)


def _line(channel: Channel, zone: str, say: Say) -> Html:
    title = shortened(channel.title, TITLE_UNITS)
    name = channel.username
    since = channel.archive_from_at
    return joined(
        " · ",
        (
            anchor(f"https://t.me/{name}", title) if name else inline(title),
            say(STATES[channel.state]),
            say("from {date}", date=say.date(since, zone)) if since is not None else Html(),
        ),
    )


def _queue(queue: Sequence[Waiting], zone: str, say: Say) -> Html:
    """The next to be joined, and when the last of them will be."""
    if not queue:
        return Html()
    head = say.plural(
        "{count} channel waits to be joined, in about this order:",
        "{count} channels wait to be joined, in about this order:",
        len(queue),
    )
    lines = [
        joined(" · ", (inline(each.name), inline(say.moment(each.at, zone))))
        for each in queue[:QUEUE_SHOWN]
    ]
    rest = Html()
    if len(queue) > QUEUE_SHOWN:
        rest = say("… the last one {moment}", moment=say.moment(queue[-1].at, zone))
    return joined("\n", (head, *lines, rest))
