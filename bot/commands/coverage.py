"""From when the archive runs, in a line, so that an answer says where it is incomplete. Pure."""

from collections.abc import Sequence

from bot.locales import Html, Say, joined
from storage.records import Channel


def coverage(channels: Sequence[Channel], zone: str, say: Say) -> Html:
    """The earliest start, and for how many of `channels` it is later than that."""
    if not channels:
        return say("No channel is watched yet.")
    starts = [each.archive_from_at for each in channels if each.archive_from_at is not None]
    if not starts:
        return say("Posts are kept from the day a channel was added.")
    first = say.date(min(starts), zone)
    later = len(channels) - sum(say.date(start, zone) == first for start in starts)
    whole = say("The archive starts on {date}.", date=first)
    part = say.plural(
        "For {count} channel it starts later.", "For {count} channels it starts later.", later
    )
    return joined(" ", (whole, part if later else Html()))
