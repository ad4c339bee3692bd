"""What a channel said before and after a post: from under an alert."""

from collections.abc import Sequence

from bot.commands.context import Context, Request, Stale, answer
from bot.commands.listing import Marking, listed
from bot.commands.pages import Page, Story
from bot.locales import Html, inline, joined
from storage import channels, posts
from storage.records import Kept, Reply

NEAR = 3  # posts on either side
ROWS = 30  # read for them: an album is one post, announcements of Telegram are none
MARKING = Marking(size=150)  # seven entries are one message, whatever they hold


async def around(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Three posts before it, the post, three after it. Raises Stale where there is none."""
    conn, say = ctx.archive.reader, request.say
    whole = await posts.by_ids(conn, await posts.parts(conn, numbers[0]))
    if not whole:
        raise Stale
    first, last = whole[0].post, whole[-1].post
    channel = await channels.get(conn, first.channel_id)
    assert channel is not None, "posts belong to a channel"
    before = await posts.before(conn, first.channel_id, first.message_id, ROWS)
    after = await posts.after(conn, last.channel_id, last.message_id, ROWS)
    parts = (
        say("<b>{name}</b>, before and after a post", name=channel.title),
        await _section(ctx, request, say("Before:"), _stories(before)[:NEAR][::-1]),
        await _section(ctx, request, say("The post:"), [tuple(whole[::-1])]),
        await _section(ctx, request, say("After:"), _stories(after)[:NEAR]),
        say("Times: {place}.", place=say.place(request.here.zone)),
    )
    return answer(joined("\n\n", parts))


async def _section(ctx: Context, request: Request, head: Html, stories: Sequence[Story]) -> Html:
    if not stories:
        return joined(" ", (head, request.say("nothing that the archive has")))
    page = Page(tuple(stories), None, None)
    shown = await listed(ctx.archive.reader, page, MARKING, request.here, request.say)
    return joined("\n", (inline(head), shown))


def _stories(found: Sequence[Kept]) -> list[Story]:
    """The posts in the order given; of an album the newest part first."""
    stories: dict[str, list[Kept]] = {}
    for kept in found:
        if not kept.post.service:
            stories.setdefault(kept.post.story, []).append(kept)
    return [
        tuple(sorted(parts, key=lambda kept: kept.id, reverse=True)) for parts in stories.values()
    ]
