"""/latest: the newest posts, of one channel or of all."""

from functools import partial

from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.coverage import covered
from bot.commands.listing import Marking, listed
from bot.commands.pages import Fetch, Page, above, below, turning
from bot.commands.targets import parse_target
from bot.locales import Html, inline, joined
from storage import channels, posts
from storage.records import Button, Channel, Reply

ALL = 0  # in a button, where a channel's id stands otherwise


async def latest(ctx: Context, request: Request) -> Reply:
    """The newest page."""
    channel = await watched_by_name(ctx, request.args) if request.args else None
    page = await below(_fetch(ctx, channel), None)
    return answer(*await _shown(ctx, request, channel, page))


async def older(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The page below a key."""
    channel, before = await _channel(ctx, numbers[0]), numbers[1]
    page = await below(_fetch(ctx, channel), before)
    return replacement(*await _shown(ctx, request, channel, page))


async def newer(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The page above a key."""
    channel, before = await _channel(ctx, numbers[0]), numbers[1]
    page = await above(_fetch(ctx, channel), before)
    return replacement(*await _shown(ctx, request, channel, page))


async def watched_by_name(ctx: Context, text: str) -> Channel:
    """The channel of the archive that `text` names, or its id. Raises UserError."""
    conn = ctx.archive.reader
    if text.isascii() and text.isdecimal() and len(text) < 19:
        found = await channels.get(conn, int(text))
    else:
        found = await channels.named(conn, parse_target(text))
    if found is None:
        raise UserError("“{name}” is not watched. /channels lists what is.", name=text)
    return found


async def _channel(ctx: Context, channel_id: int) -> Channel | None:
    """The channel of a button, None for all of them. Raises Stale where there is none."""
    if channel_id == ALL:
        return None
    found = await channels.get(ctx.archive.reader, channel_id)
    if found is None:
        raise Stale
    return found


def _fetch(ctx: Context, channel: Channel | None) -> Fetch:
    return partial(posts.latest, ctx.archive.reader, channel.id if channel else None)


async def _shown(
    ctx: Context, request: Request, channel: Channel | None, page: Page
) -> tuple[Html, tuple[Button, ...]]:
    say, zone = request.say, request.here.zone
    covering = [channel] if channel else await channels.starts(ctx.archive.reader)
    complete = await covered(ctx, request, covering)
    if not page.stories:
        return joined("\n", (say("No posts yet."), complete)), ()
    up = partial(encode, Verb.LATEST_NEWER, request.here.id, channel.id if channel else ALL)
    down = partial(encode, Verb.LATEST, request.here.id, channel.id if channel else ALL)
    name = inline(channel.title) if channel else say("All channels")
    head = say("<b>{name}</b>, newest first", name=name)
    listing = await listed(ctx.archive.reader, page, Marking(), request.here, say)
    foot = joined(" ", (say("Times: {place}.", place=say.place(zone)), complete))
    return joined("\n\n", (head, listing, foot)), turning(page, up, down, say)
