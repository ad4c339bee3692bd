"""/search: the archive, newest first."""

from dataclasses import dataclass
from functools import partial

from bot.alerts.presses import Verb, encode
from bot.commands.asking import meaning
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.coverage import covered
from bot.commands.listing import Marking, listed, stopped
from bot.commands.pages import Page, above, below, turning
from bot.commands.queries import explained, read_query
from bot.commands.readings import ignored_line, name_lines
from bot.commands.watch import propose
from bot.finding import COUNTED, Finding, finding
from bot.locales import Html, Say, deferred, joined, shortened
from bot.query.errors import QueryError
from bot.query.parse import parse
from bot.query.reading import Understood
from bot.query.rewriting import for_rule
from bot.query.syntax import Query
from bot.query.tree import All
from storage import channels, questions
from storage import search as archive_search
from storage.records import Button, Reply

IF_EMPTY = deferred("Write what to look for after the command: /search Білогорівка")
BEST = 5  # posts that are called the most relevant
NAME_UNITS = 100  # of the query, above what it found


@dataclass(frozen=True, slots=True)
class Search:
    """A search of this chat, read again."""

    query: Query
    question: int  # its number, for the buttons under its answer
    meant: Understood
    found: Finding


async def search(ctx: Context, request: Request) -> Reply:
    """The newest page of what is asked for."""
    query = read_query(request.args, IF_EMPTY)
    meant, found = await _finding(ctx, request, query, ctx.clock.now())
    one = Search(query, await remember(ctx, request, query.text), meant, found)
    return answer(*await _shown(ctx, request, one, await below(found.newest, None)))


async def older(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The page below a key, or the newest page for the key 0."""
    one = await _asked(ctx, request, numbers[0])
    page = await below(one.found.newest, numbers[1] or None)
    return replacement(*await _shown(ctx, request, one, page))


async def newer(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The page above a key."""
    one = await _asked(ctx, request, numbers[0])
    page = await above(one.found.newest, numbers[1])
    return replacement(*await _shown(ctx, request, one, page))


async def relevant(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The posts of the period that have most of what is looked for."""
    one = await _asked(ctx, request, numbers[0])
    if not _has_best(one):
        raise Stale
    best = await archive_search.most_relevant(ctx.archive.reader, one.found.search, BEST)
    page = Page(tuple((kept,) for kept in best), None, None)
    say, data = request.say, encode(Verb.SEARCH, request.here.id, one.question, 0)
    html = await _listing(
        ctx,
        request,
        one,
        page,
        say("<b>{name}</b>, most relevant", name=shortened(one.query.text, NAME_UNITS)),
    )
    return replacement(html, (Button(say.plain("Newest first"), data),))


async def watch_found(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """A rule that asks for the same, shown before it is kept."""
    one = await _asked(ctx, request, numbers[0])
    try:
        return await propose(ctx, request, for_rule(one.query))
    except UserError as error:  # longer than what fits over a button
        return answer(request.say(error.text, **error.values))


async def remember(ctx: Context, request: Request, text: str) -> int:
    """The number of a question, for the buttons under its answer."""
    async with ctx.archive.transaction() as tx:
        return await questions.ask(tx, request.asked.chat_id, text, ctx.clock.now())


async def _asked(ctx: Context, request: Request, number: int) -> Search:
    """A search made in this chat, with days as of then. Raises Stale where there is none."""
    question = await questions.get(ctx.archive.reader, number, request.asked.chat_id)
    if question is None:
        raise Stale
    try:
        query = parse(question.query)
        meant, found = await _finding(ctx, request, query, question.asked_at)
    except (QueryError, UserError) as error:
        raise Stale from error
    return Search(query, number, meant, found)


async def _finding(
    ctx: Context, request: Request, query: Query, asked_at: int
) -> tuple[Understood, Finding]:
    meant, conn = await meaning(ctx, query), ctx.archive.reader
    try:
        return meant, await finding(conn, query, meant.tree, asked_at, request.here.zone)
    except QueryError as error:
        raise explained(error) from error


async def _shown(
    ctx: Context, request: Request, one: Search, page: Page
) -> tuple[Html, tuple[Button, ...], tuple[Button, ...]]:
    say, here, found = request.say, request.here.id, one.found
    if page.next is None:  # or where it had to stop: what is below was not looked at
        page = Page(page.stories, page.start, found.looked_down_to)
    up = partial(encode, Verb.SEARCH_NEWER, here, one.question)
    down = partial(encode, Verb.SEARCH, here, one.question)
    if page.stories:
        head = say("<b>{name}</b>, newest first", name=shortened(one.query.text, NAME_UNITS))
        head = joined(" · ", (head, _counted(await _count(page, found), say)))
        html = await _listing(ctx, request, one, page, head)
    else:
        html = await _nothing(ctx, request, one)
    return html, turning(page, up, down, say), _more(here, one, page, say)


async def _nothing(ctx: Context, request: Request, one: Search) -> Html:
    say = request.say
    told = say("Nothing found for <b>{query}</b>.", query=shortened(one.query.text, NAME_UNITS))
    if isinstance(one.found.tree, All):
        told = joined(
            "\n", (told, say("All of this must be true of one post; ask for less to find more."))
        )
    foot = joined(" ", (stopped(one.found, say), await _complete(ctx, request)))
    return joined("\n\n", (told, _understood(one, say), foot))


def _understood(one: Search, say: Say) -> Html:
    """What else counts as a hit, and what does not count."""
    lines = (name_lines(one.meant.readings, say), ignored_line(one.query, say))
    return joined("\n", lines)


async def _listing(ctx: Context, request: Request, one: Search, page: Page, head: Html) -> Html:
    say, here, found = request.say, request.here, one.found
    shown = [kept for story in page.stories for kept in story]
    trees = () if found.tree is None else (found.tree,)
    marking = Marking(trees, await found.past(shown))
    posts = await listed(ctx.archive.reader, page, marking, here, say)
    times = say("Times: {place}.", place=say.place(here.zone))
    foot = joined(" ", (times, stopped(found, say), await _complete(ctx, request)))
    return joined("\n\n", (joined("\n", (head, _understood(one, say))), posts, foot))


async def _complete(ctx: Context, request: Request) -> Html:
    return await covered(ctx, request, await channels.starts(ctx.archive.reader))


async def _count(page: Page, found: Finding) -> int | None:
    """How many there are in all: known already where one page shows them."""
    if page.start is None and page.next is None:
        return len(page.stories)
    return await found.count()


def _counted(count: int | None, say: Say) -> Html:
    if count is None:
        return Html()
    if count >= COUNTED:
        return say("more than {count} posts", count=COUNTED - 1)
    return say.plural("{count} post", "{count} posts", count)


def _has_best(one: Search) -> bool:
    """Whether it can be told which posts are the most relevant: see `most_relevant`."""
    words = next(one.query.terms(), None)
    return one.found.search.since_at is not None and one.found.exact and words is not None


def _more(here: int, one: Search, page: Page, say: Say) -> tuple[Button, ...]:
    watch = Button(say.plain("Watch this"), encode(Verb.WATCH_FOUND, here, one.question))
    if not page.stories or not _has_best(one):
        return (watch,)
    return watch, Button(say.plain("Most relevant"), encode(Verb.RELEVANT, here, one.question))
