"""A mass deletion as the owner reads it."""

from bot.locales import Say
from storage.bursts import Burst
from storage.records import Channel, Message


def mass_deletion(burst: Burst, channel: Channel, zone: str, say: Say) -> Message:
    """How many posts went, from when to when; and that nothing of them is lost here."""
    return Message(
        say.plural(
            "<b>Mass deletion:</b> {count} post of <b>{title}</b> was deleted, noticed from "
            "{since} to {until} ({place}). Its text and all its versions stay in the archive.",
            "<b>Mass deletion:</b> {count} posts of <b>{title}</b> were deleted, noticed from "
            "{since} to {until} ({place}). Their texts and all their versions stay in the archive.",
            burst.posts,
            title=channel.title,
            since=say.moment(burst.since_at, zone),
            until=say.moment(burst.until_at, zone),
            place=say.place(zone),
        )
    )
