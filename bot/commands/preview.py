"""What a rule would have caught: how many posts a week, and the newest of them."""

from dataclasses import replace

from bot.commands.bars import bars
from bot.commands.context import Context, Request
from bot.commands.listing import Marking, listed, stopped
from bot.commands.pages import below
from bot.finding import Finding, finding
from bot.locales import Html, Say, joined
from bot.locales.times import DAY
from bot.query.syntax import Query
from bot.query.tree import Tree
from storage import search

DAYS = 30
SHOWN = 3
PASSAGE_UNITS = 120
MOST = 1000  # posts that are counted in a week


async def preview(ctx: Context, request: Request, query: Query, tree: Tree) -> Html:
    """The last 30 days of the archive through the eyes of a rule."""
    say, here, now = request.say, request.here, ctx.clock.now()
    found = await finding(ctx.archive.reader, query, tree, now, here.zone)
    found.search = replace(found.search, since_at=now - DAYS * DAY)
    page = await below(found.newest, None, SHOWN)
    if not page.stories:
        nothing = say.plural(
            "Nothing in the last {count} day.", "Nothing in the last {count} days.", DAYS
        )
        return joined(" ", (nothing, stopped(found, say)))
    posts = await listed(ctx.archive.reader, page, Marking((tree,), size=PASSAGE_UNITS), here, say)
    return joined("\n\n", (await _counted(found, now, say), posts))


async def _counted(found: Finding, now: int, say: Say) -> Html:
    """Weeks end today; the first of 30 days is a short one."""
    if not found.exact:
        return say.plural(
            "The newest of the last {count} day:", "The newest of the last {count} days:", DAYS
        )
    boundaries = [now - DAYS * DAY, *(now - weeks * 7 * DAY for weeks in (4, 3, 2, 1, 0))]
    # A clock that is ahead of ours dates posts a little into the future.
    boundaries[-1] = search.END
    counts = await search.per_week(found.conn, found.search, boundaries, MOST)
    told = say.plural("{count} post", "{count} posts", sum(counts))
    if max(counts) >= MOST:
        told = say("more than {count} posts", count=sum(counts) - 1)
    return say(
        "In the last {days} days {posts}, by weeks: {bars}",
        days=DAYS,
        posts=told,
        bars=Html(bars(counts)),
    )
