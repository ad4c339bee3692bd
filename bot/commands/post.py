"""/post: all that is known of a post: its text and versions, what was told of it, its story."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from bot.alerts.about import origin_line
from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, Stale, answer, replacement
from bot.commands.listing import Marking, listed
from bot.commands.pages import Fetch, Page, above, below, turning
from bot.commands.postlinks import named_post, parts_of
from bot.locales import Html, Say, deferred, inline, joined
from storage import channels, joining, posts, stories
from storage.joining import State
from storage.records import Button, Kept, Reply, Version
from storage.withdrawing import Why

TEXT_UNITS = 1400  # of the post
STORY_UNITS = 120  # of each post of its story
REASON_UNITS = 60
NAMED = 5  # edits, and alerts

WITHDRAWN: Mapping[Why, str] = {
    Why.MUTED: deferred(
        "It was not told here: the rules that it hit were muted before the alert left."
    ),
    Why.REMOVED: deferred(
        "It was not told here: the rules that it hit were removed before the alert left."
    ),
}

IF_EMPTY = deferred("Write the link of a post after the command: /post https://t.me/name/123")


async def post(ctx: Context, request: Request) -> Reply:
    """The post, and the newest of its story."""
    _, kept = await named_post(ctx, request.args.strip(), IF_EMPTY)
    parts = await parts_of(ctx, kept)
    page = await below(await _fetch(ctx, parts), None)
    return answer(*await _shown(ctx, request, parts, page))


async def older(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The page of the story below a key."""
    parts = await _parts(ctx, numbers[0])
    page = await below(await _fetch(ctx, parts), numbers[1])
    return replacement(*await _shown(ctx, request, parts, page))


async def newer(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The page of the story above a key."""
    parts = await _parts(ctx, numbers[0])
    page = await above(await _fetch(ctx, parts), numbers[1])
    return replacement(*await _shown(ctx, request, parts, page))


async def _parts(ctx: Context, post_id: int) -> Sequence[Kept]:
    """The post of a button, or the album it is part of. Raises Stale where there is none."""
    for kept in await posts.by_ids(ctx.archive.reader, [post_id]):
        return await parts_of(ctx, kept)
    raise Stale


async def _fetch(ctx: Context, parts: Sequence[Kept]) -> Fetch:
    return partial(stories.posts_of, ctx.archive.reader, await _story_id(ctx, parts))


async def _story_id(ctx: Context, parts: Sequence[Kept]) -> int:
    return await stories.story_of(ctx.archive.reader, [kept.id for kept in parts])


async def _shown(
    ctx: Context, request: Request, parts: Sequence[Kept], page: Page
) -> tuple[Html, tuple[Button, ...]]:
    conn, here, say = ctx.archive.reader, request.here, request.say
    whole = Page((tuple(reversed(parts)),), None, None)
    told = await listed(conn, whole, Marking(size=TEXT_UNITS), here, say)
    facts = joined(
        "\n", [*await _history(ctx, request, parts), *await _alerts(ctx, request, parts)]
    )
    foot = say("Times: {place}.", place=say.place(here.zone))
    up = partial(encode, Verb.STORY_NEWER, here.id, parts[0].id)
    down = partial(encode, Verb.STORY, here.id, parts[0].id)
    story = await _story(ctx, request, parts, page)
    return joined("\n\n", (told, facts, story, foot)), turning(page, up, down, say)


async def _history(ctx: Context, request: Request, parts: Sequence[Kept]) -> Iterable[Html]:
    """Where it came from, when it was first seen, and how often it was edited."""
    conn, zone, say = ctx.archive.reader, request.here.zone, request.say
    first = parts[0]
    forward = first.post.forward
    known = forward.channel_id if forward else None
    origin = None if known is None else await channels.get(conn, known)
    versions = [each for kept in parts for each in await posts.versions(conn, kept.id)]
    edits = [each for each in versions if each.number > 1]
    return (
        origin_line(first.post, origin, zone, say),
        say("First seen on {moment}", moment=say.moment(first.first_seen_at, zone)),
        _edits(edits, zone, say),
    )


def _edits(edits: Sequence[Version], zone: str, say: Say) -> Html:
    if not edits:
        return say("No edit of it was seen.")
    moments = [inline(say.moment(each.post.edited_at or each.seen_at, zone)) for each in edits]
    more = [inline("…")] if len(edits) > NAMED else []
    return say.plural(
        "{count} edit: {moments}",
        "{count} edits: {moments}",
        len(edits),
        moments=joined("; ", [*moments[:NAMED], *more]),
    )


async def _alerts(ctx: Context, request: Request, parts: Sequence[Kept]) -> Iterable[Html]:
    """What became of telling this place."""
    say, zone = request.say, request.here.zone
    states = await joining.states(ctx.archive.reader, request.here.id, [kept.id for kept in parts])
    if not states:
        return [say("Nothing was told of it here; /why tells the reason.")]
    return [_state(state, zone, say) for state in states[-NAMED:]]


def _state(state: State, zone: str, say: Say) -> Html:
    if state.withdrawn is not None:
        return say(WITHDRAWN[state.withdrawn])
    if state.failed_at is not None:
        reason = inline(state.error or "", REASON_UNITS)
        return say("It could not be told here: {reason}", reason=reason)
    if state.sent_at is None:
        return say("It is still to be told here.")
    moment = say.moment(state.sent_at, zone)
    if state.joined:
        return say("Told here on {moment}, in the alert about its story", moment=moment)
    return say("Told here on {moment}", moment=moment)


async def _story(ctx: Context, request: Request, parts: Sequence[Kept], page: Page) -> Html:
    """Who else told it, and when; nothing where nobody did."""
    conn, say = ctx.archive.reader, request.say
    size = await stories.size(conn, await _story_id(ctx, parts))
    if size < 2:
        return Html()
    head = say.plural(
        "<b>The same story</b>, {count} post, newest first:",
        "<b>The same story</b>, {count} posts, newest first:",
        size,
    )
    listing = await listed(conn, page, Marking(size=STORY_UNITS), request.here, say)
    return joined("\n\n", (head, listing))
