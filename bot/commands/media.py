"""/media: which files of posts are stored, for all channels or for one."""

from collections.abc import Mapping

from bot.alerts.presses import Verb
from bot.commands.context import Context, Request, UserError, answer, replacement
from bot.commands.latest import watched_by_name
from bot.commands.pages import leafing, numbered
from bot.locales import Html, Say, deferred, inline, joined, shortened
from storage import channels
from storage import media as attachments
from storage.records import Button, Keep, Reply

SIZE = 20
TITLE_UNITS = 64
MEGABYTE = 1_000_000
DEFAULT = "default"
WORDS: Mapping[Keep, str] = {
    Keep.NONE: deferred("no files"),
    Keep.PHOTOS: deferred("photos"),
    Keep.ALL: deferred("photos and all other files"),
}
NO_CHOICE = deferred(
    "Write what to store after the channel: none, photos, all, or default for what the settings "
    "say. For example: /media {name} photos"
)


async def media(ctx: Context, request: Request) -> Reply:
    """Show what is stored, or choose it for a channel."""
    name, _, choice = request.args.partition(" ")
    if not name:
        return answer(*await _shown(ctx, request, 0))
    channel = await watched_by_name(ctx, name)
    keep = _keep(name, choice.strip().lower())
    async with ctx.archive.transaction() as tx:
        await attachments.choose(tx, channel.id, keep)
    say = request.say
    return answer(
        say(
            "Stored with new posts of <b>{title}</b>: {what}.",
            title=channel.title,
            what=say(WORDS[keep or ctx.keep]),
        )
    )


async def page(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Another page of what was chosen."""
    return replacement(*await _shown(ctx, request, numbers[0]))


def _keep(name: str, choice: str) -> Keep | None:
    if choice == DEFAULT:
        return None
    try:
        return Keep(choice)
    except ValueError:
        raise UserError(NO_CHOICE, name=name) from None


async def _shown(ctx: Context, request: Request, number: int) -> tuple[Html, tuple[Button, ...]]:
    say, conn = request.say, ctx.archive.reader
    chosen = await attachments.choices(conn)
    known = {channel.id: channel for channel in await channels.watched(conn)}
    own = [(known[each], keep) for each, keep in chosen.items() if each in known]
    number, pages = numbered(len(own), SIZE, number)
    lines = [
        joined(": ", (inline(shortened(channel.title, TITLE_UNITS)), say(WORDS[keep])))
        for channel, keep in own[number * SIZE : (number + 1) * SIZE]
    ]
    usual = say("Stored with new posts: {what}.", what=say(WORDS[ctx.keep]))
    hint = say("For one channel: <code>/media @name photos</code>, all, none or default.")
    html = joined("\n\n", (usual, joined("\n", lines), await _counted(ctx, say), hint))
    return html, leafing(Verb.MEDIA, request.here.id, number, pages, say)


async def _counted(ctx: Context, say: Say) -> Html:
    counts = await attachments.counts(ctx.archive.reader)
    size = say.number(round(counts.stored_bytes / MEGABYTE))
    stored = say.plural("{count} file stored", "{count} files stored", counts.stored)
    return joined(
        " · ",
        (
            say("{files}, {size} MB", files=stored, size=size),
            say("{count} waiting", count=counts.waiting) if counts.waiting else Html(),
            say("{count} left out", count=counts.skipped) if counts.skipped else Html(),
        ),
    )
