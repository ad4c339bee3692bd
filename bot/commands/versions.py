"""All states that were seen of a post, and what changed from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.alerts.about import deletion_line, media_line
from bot.alerts.difference import difference
from bot.alerts.followups import besides
from bot.alerts.passage import link, passage
from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, Stale, answer, replacement
from bot.commands.pages import leafing_by, numbered
from bot.locales import Html, anchor, inline, joined, quote
from storage import channels, posts
from storage.records import Button, Channel, Kept, Reply, Version

SIZE = 3  # versions on a page, of
SHOWN_UNITS = 700  # at most
TITLE_UNITS = 80


@dataclass(frozen=True, slots=True)
class State:
    """A version of a post, and the one before it."""

    version: Version
    before: Version | None


async def versions(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The first page, under the alert."""
    html, row = await _page(ctx, request, numbers[0], 0)
    return answer(html, row)


async def page(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Another page, in the place of the one shown."""
    html, row = await _page(ctx, request, *numbers)
    return replacement(html, row)


async def _page(
    ctx: Context, request: Request, post_id: int, number: int
) -> tuple[Html, tuple[Button, ...]]:
    conn, say = ctx.archive.reader, request.say
    whole = await posts.by_ids(conn, await posts.parts(conn, post_id))
    if not whole:
        raise Stale
    channel = await channels.get(conn, whole[0].post.channel_id)
    assert channel is not None, "posts belong to a channel"
    states = await _states(ctx, whole)
    number, pages = numbered(len(states), SIZE, number)
    shown = states[number * SIZE : (number + 1) * SIZE]
    head = say.plural(
        "<b>{title}</b>: {count} version of this post",
        "<b>{title}</b>: {count} versions of this post",
        len(states),
        title=channel.title,
    )
    parts = (
        head,
        *(_shown(each, channel, request) for each in shown),
        deletion_line(whole[-1], request.here.zone, say),
        say("Times: {place}.", place=say.place(request.here.zone)),
    )
    turn = partial(encode, Verb.VERSIONS_PAGE, request.here.id, post_id)
    return joined("\n\n", parts), leafing_by(turn, number, pages, say)


async def _states(ctx: Context, whole: Sequence[Kept]) -> list[State]:
    """Every version; of the parts of an album that never changed only those with words."""
    found: list[State] = []
    for kept in whole:
        seen = await posts.versions(ctx.archive.reader, kept.id)
        if len(whole) > 1 and len(seen) == 1 and not kept.post.text.strip():
            continue
        found += map(State, seen, (None, *seen))
    return sorted(found, key=lambda state: state.version.seen_at)


def _shown(state: State, channel: Channel, request: Request) -> Html:
    """When it came to be, and its words; or, from the second on, what was changed."""
    say, zone, post = request.say, request.here.zone, state.version.post
    url = link(channel, post.message_id)
    moment = say.moment(post.edited_at or post.posted_at, zone)
    number = say("Version {number}", number=state.version.number)
    head = joined(" · ", (anchor(url, number), inline(moment)))
    if state.before is None:
        body = (quote(passage(post.text, (), SHOWN_UNITS)), media_line([post], say))
        return joined("\n", (head, *body))
    old = state.before.post
    told = difference(old.text, post.text, SHOWN_UNITS)
    return joined("\n", (head, quote(told), *besides(old, post, say, worded=bool(told))))
