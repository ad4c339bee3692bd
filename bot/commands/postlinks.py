"""Links of posts, as people copy them from Telegram, and the posts of the archive behind them."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.commands.context import Context, UserError
from bot.commands.targets import HOSTS
from bot.locales import Html, inline
from storage import channels, posts
from storage.records import Channel, Kept

ID_DIGITS = 15  # of a channel, at most
_MESSAGE = re.compile(r"[1-9][0-9]{0,9}")


async def named_post(ctx: Context, text: str, otherwise: str) -> tuple[Channel, Kept]:
    """The post of the archive that a link leads to. Raises UserError, with the text `otherwise`
    where it is no such link.
    """
    name, message_id = read_link(text, otherwise)
    conn = ctx.archive.reader
    by_id = name.isdecimal()
    channel = await channels.get(conn, int(name)) if by_id else await channels.named(conn, name)
    if channel is None:
        raise UserError("“{name}” is not watched. /channels lists what is.", name=name)
    kept = await posts.get(conn, channel.id, message_id)
    if kept is None:
        raise UserError(
            "Post {number} of {channel} is not in the archive. /coverage tells what is.",
            number=Html(message_id),
            channel=inline(channel.title),
        )
    return channel, kept


async def parts_of(ctx: Context, kept: Kept) -> Sequence[Kept]:
    """All parts of an album: the link of an alert is that of the first, whichever hit."""
    if kept.post.grouped_id is None:
        return [kept]
    return await posts.album(ctx.archive.reader, kept.post.channel_id, kept.post.grouped_id)


def read_link(text: str, otherwise: str) -> tuple[str, int]:
    """The channel (its name, or its id) and the message of a link. Raises UserError."""
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
        host = (url.hostname or "").removeprefix("www.")
    except ValueError:
        raise UserError(otherwise) from None
    path = [part for part in url.path.split("/") if part and part not in ("s", "c")]
    if host not in HOSTS or len(path) < 2 or not _MESSAGE.fullmatch(path[-1]):
        raise UserError(otherwise)
    name = path[0].removeprefix("@")
    if name.isdecimal() and not (name.isascii() and len(name) <= ID_DIGITS):
        raise UserError(otherwise)
    return name, int(path[-1])
