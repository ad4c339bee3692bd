"""How complete an answer is, in a line or two."""

from collections.abc import Sequence

from bot.commands.context import Context, Request
from bot.locales import Html, Say, joined
from bot.locales.times import MINUTE, next_day
from storage.coverage import Shortfall, shortfall
from storage.records import Channel, ChannelState, Start

LOST = (ChannelState.PRIVATE, ChannelState.BANNED, ChannelState.GONE)
BEHIND = 10 * MINUTE  # without a sweep for so long, something is wrong


async def covered(ctx: Context, request: Request, channels: Sequence[Channel | Start]) -> Html:
    """From when the archive of `channels` runs, and what it is known to lack."""
    say, zone = request.say, request.here.zone
    known = await shortfall(ctx.archive.reader, [each.id for each in channels])
    lacking = _lacking(channels, known, say)
    since = known.compared_at
    if since is not None and ctx.clock.now() - since > BEHIND:
        moment = say.moment(since, zone)
        stale = say("Not compared with Telegram since {moment}.", moment=moment)
        lacking = joined(" ", (lacking, stale))
    return joined(" ", (coverage(channels, zone, say), lacking))


def coverage(channels: Sequence[Channel | Start], zone: str, say: Say) -> Html:
    """The earliest start, and for how many of `channels` it is later than that. Pure."""
    if not channels:
        return say("No channel is watched yet.")
    starts = [each.archive_from_at for each in channels if each.archive_from_at is not None]
    if not starts:
        return say("Posts are kept from the day a channel was added.")
    first = min(starts)
    behind = next_day(first, zone)
    later = len(channels) - sum(start < behind for start in starts)
    whole = say("The archive starts on {date}.", date=say.date(first, zone))
    part = say.plural(
        "For {count} channel it starts later.", "For {count} channels it starts later.", later
    )
    return joined(" ", (whole, part if later else Html()))


def _lacking(channels: Sequence[Channel | Start], known: Shortfall, say: Say) -> Html:
    lost = sum(channel.state in LOST for channel in channels)
    fetching = say.plural(
        "The history of {count} channel is still being fetched.",
        "The history of {count} channels is still being fetched.",
        known.fetching,
    )
    closed = say.plural(
        "{count} channel cannot be read any more.",
        "{count} channels cannot be read any more.",
        lost,
    )
    return joined(" ", (fetching if known.fetching else Html(), closed if lost else Html()))
