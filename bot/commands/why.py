"""/why: for each rule, why it caught a post, or why not."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.alerts.passage import link
from bot.commands.context import Context, Request, UserError, answer
from bot.commands.targets import HOSTS
from bot.commands.verdicts import judged, verdict
from bot.locales import Html, anchor, deferred, fitting, inline, joined
from storage import channels, posts, rules
from storage.records import Channel, Kept, Reply, Rule

EXPLAINED = 10  # rules; of more one is asked for by its number
UNITS = 3500  # of all explanations together
ID_DIGITS = 15  # of a channel, at most

IF_EMPTY = deferred("Write the link of a post after the command: /why https://t.me/name/123")
_MESSAGE = re.compile(r"[1-9][0-9]{0,9}")


async def why(ctx: Context, request: Request) -> Reply:
    """What each rule of this place, or the one whose number is given, says to a post."""
    target, *rest = request.args.split(maxsplit=1) or [""]
    channel, kept = await _post(ctx, target)
    every = list(enumerate(await rules.of(ctx.archive.reader, request.here.id), 1))
    if not every:
        raise UserError("Nothing is watched for here yet. Begin with /watch Білогорівка")
    chosen = [each for each in every if not rest or str(each[0]) == rest[0].strip()]
    if not chosen:
        raise UserError("There is no such rule here. /rules lists all with their numbers.")
    head = anchor(link(channel, kept.post.message_id), channel.title)
    if kept.post.service:
        told = request.say("This is an announcement of Telegram, which no rule looks at.")
        return answer(joined("\n\n", (head, told)))
    return answer(joined("\n\n", (head, *await _verdicts(ctx, request, kept, chosen))))


async def _verdicts(
    ctx: Context, request: Request, kept: Kept, chosen: Sequence[tuple[int, Rule]]
) -> list[Html]:
    """The rules that caught the post, then those that did not, as far as a message holds them."""
    say, parts = request.say, await _parts(ctx, kept)
    seen = await judged(ctx, parts, [rule for _, rule in chosen])
    ordered = sorted(chosen, key=lambda each: seen.hit(each[1]) is None)
    lines = [await verdict(ctx, place, rule, seen, say) for place, rule in ordered[:EXPLAINED]]
    shown = fitting(lines, UNITS)
    if more := len(ordered) - len(shown):
        shown.append(
            say.plural(
                "And {count} more rule; write its number behind the link to ask about it.",
                "And {count} more rules; write a number behind the link to ask about one.",
                more,
            )
        )
    return shown


async def _parts(ctx: Context, kept: Kept) -> Sequence[Kept]:
    """All parts of an album: the link of an alert is that of the first, whichever hit."""
    if kept.post.grouped_id is None:
        return [kept]
    return await posts.album(ctx.archive.reader, kept.post.channel_id, kept.post.grouped_id)


async def _post(ctx: Context, text: str) -> tuple[Channel, Kept]:
    """The post of the archive that a link leads to. Raises UserError."""
    name, message_id = read_link(text)
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


def read_link(text: str) -> tuple[str, int]:
    """The channel (its name, or its id) and the message of a link. Raises UserError."""
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
        host = (url.hostname or "").removeprefix("www.")
    except ValueError:
        raise UserError(IF_EMPTY) from None
    path = [part for part in url.path.split("/") if part and part not in ("s", "c")]
    if host not in HOSTS or len(path) < 2 or not _MESSAGE.fullmatch(path[-1]):
        raise UserError(IF_EMPTY)
    name = path[0].removeprefix("@")
    if name.isdecimal() and not (name.isascii() and len(name) <= ID_DIGITS):
        raise UserError(IF_EMPTY)
    return name, int(path[-1])
