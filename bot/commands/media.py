"""/media: which files of posts are stored, for all channels or for one."""

from collections.abc import Mapping

from bot.commands.context import Context, Request, UserError, answer
from bot.commands.latest import watched_by_name
from bot.locales import Html, Say, deferred, inline, joined
from storage import channels
from storage import media as attachments
from storage.records import Keep, Reply

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
        return answer(await _shown(ctx, request.say))
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


def _keep(name: str, choice: str) -> Keep | None:
    if choice == DEFAULT:
        return None
    try:
        return Keep(choice)
    except ValueError:
        raise UserError(NO_CHOICE, name=name) from None


async def _shown(ctx: Context, say: Say) -> Html:
    conn = ctx.archive.reader
    chosen = await attachments.choices(conn)
    known = {channel.id: channel for channel in await channels.watched(conn)}
    lines = [
        joined(": ", (inline(known[number].title), say(WORDS[keep])))
        for number, keep in chosen.items()
        if number in known
    ]
    usual = say("Stored with new posts: {what}.", what=say(WORDS[ctx.keep]))
    hint = say("For one channel: <code>/media @name photos</code>, all, none or default.")
    return joined("\n\n", (usual, joined("\n", lines), await _counted(ctx, say), hint))


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
