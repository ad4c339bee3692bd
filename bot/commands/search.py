"""/search: the archive, newest first."""

from functools import partial

from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, Stale, answer, replacement
from bot.commands.coverage import covered
from bot.commands.listing import listed
from bot.commands.pages import Fetch, Page, above, below, turning
from bot.commands.queries import read_query
from bot.locales import Html, Say, deferred, joined
from bot.query.match import to_fts
from bot.query.parse import Query, QueryError, parse
from storage import channels, questions
from storage import search as archive_search
from storage.records import Button, Reply

IF_EMPTY = deferred("Write what to look for after the command: /search Білогорівка")


async def search(ctx: Context, request: Request) -> Reply:
    """The newest page of what is asked for."""
    query = read_query(request.args, IF_EMPTY)
    page = await below(_fetch(ctx, query), None)
    question = await remember(ctx, request, query.text) if page.next is not None else 0
    return answer(*await _shown(ctx, request, query, question, page))


async def older(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The page below a key, or the newest page for the key 0."""
    question, before = numbers
    query = await _asked(ctx, request, question)
    page = await below(_fetch(ctx, query), before or None)
    return replacement(*await _shown(ctx, request, query, question, page))


async def newer(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The page above a key."""
    question, before = numbers
    query = await _asked(ctx, request, question)
    page = await above(_fetch(ctx, query), before)
    return replacement(*await _shown(ctx, request, query, question, page))


async def remember(ctx: Context, request: Request, text: str) -> int:
    """The number of a question, for the buttons under its answer."""
    async with ctx.archive.transaction() as tx:
        return await questions.ask(tx, request.asked.chat_id, text, ctx.clock.now())


async def _asked(ctx: Context, request: Request, question: int) -> Query:
    """A search made in this chat. Raises Stale where there is none of that number."""
    text = await questions.get(ctx.archive.reader, question, request.asked.chat_id)
    if text is None:
        raise Stale
    try:
        return parse(text)
    except QueryError as error:
        raise Stale from error


def _fetch(ctx: Context, query: Query) -> Fetch:
    wanted = archive_search.Search(to_fts(query))
    return partial(archive_search.newest, ctx.archive.reader, wanted)


async def _shown(
    ctx: Context, request: Request, query: Query, question: int, page: Page
) -> tuple[Html, tuple[Button, ...]]:
    say, zone = request.say, request.here.zone
    complete = await covered(ctx, request, await channels.watched(ctx.archive.reader))
    if not page.stories:
        nothing = say("Nothing found for <b>{query}</b>.", query=query.text)
        return joined("\n", (nothing, _advice(query, say), complete)), ()
    up = partial(encode, Verb.SEARCH_NEWER, request.here.id, question)
    down = partial(encode, Verb.SEARCH, request.here.id, question)
    head = say("<b>{name}</b>, newest first", name=query.text)
    posts = await listed(ctx.archive.reader, page, (query.text,), request.here, say)
    foot = joined(" ", (say("Times: {place}.", place=say.place(zone)), complete))
    return joined("\n\n", (head, posts, foot)), turning(page, up, down, say)


def _advice(query: Query, say: Say) -> Html:
    if len(query.words) == 1:
        return Html()
    return say("All of the words must occur in one post; fewer words find more.")
