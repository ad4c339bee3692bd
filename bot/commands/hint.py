"""Answers to what is no command: how to make one of it."""

from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, answer
from bot.commands.search import remember
from bot.query.parse import QueryError, parse
from storage.records import Button, Reply


async def hint(ctx: Context, request: Request, name: str) -> Reply:
    """For an unknown command `name` the list; for plain text (no name) a button that finds it."""
    say = request.say
    if name:
        return answer(say("There is no command /{name}. /help lists what there is.", name=name))
    try:
        query = parse(request.asked.text)
    except QueryError:
        return answer(say("To look for something write /search and the words. More: /help"))
    question = await remember(ctx, request, query.text)
    data = encode(Verb.SEARCH, request.here.id, question, 0)
    return answer(
        say("To be told of new posts with these words write /watch before them. More: /help"),
        (Button(say.plain("Search for “{query}”", query=query.text[:40]), data),),
    )
