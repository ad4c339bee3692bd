"""Narrowing a rule to a pack or channel, and back to all."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple
from zlib import crc32

from bot.alerts.presses import Verb, encode
from bot.commands.card import card
from bot.commands.choosing import done
from bot.commands.context import Context, Request, Stale, replacement
from bot.commands.held import changed, held
from bot.commands.pages import paged
from bot.commands.queries import read_query
from bot.commands.watch import IF_EMPTY
from bot.locales import shortened
from bot.query.reading import Choices
from bot.query.rewriting import is_narrowed, narrowed
from storage import channels, profiles
from storage.records import Button, Reply

SIZE = 20  # buttons on a page
IN_ROW = 2
LABEL_UNITS = 32
EVERYWHERE = 0
FROM = "from:@"


class Scope(NamedTuple):
    """Where a rule can look."""

    label: str
    filter: str  # as it is typed


async def narrow(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The packs and channels to which a rule can be narrowed."""
    one = await held(ctx, request, numbers[0])
    say, here, rule_id = request.say, request.here.id, one.rule.id
    buttons = [
        Button(shortened(scope.label, LABEL_UNITS), encode(Verb.NARROW_TO, here, rule_id, number))
        for number, scope in (await _scopes(ctx)).items()
    ]
    if is_narrowed(one.query):
        everywhere = encode(Verb.NARROW_TO, here, rule_id, EVERYWHERE)
        buttons.insert(0, Button(say.plain("All channels"), everywhere))
    head = say(
        "Choose the pack or channel in which to watch for this:\n{query}", query=one.rule.query
    )
    turn = partial(encode, Verb.NARROW, here, rule_id)
    rows = paged(buttons, (SIZE, IN_ROW, numbers[1]), turn, say)
    return replacement(head, *rows, done(here, rule_id, say))


async def narrow_to(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """One of them, or all channels again."""
    rule_id, number = numbers
    one = await held(ctx, request, rule_id)
    scopes = await _scopes(ctx)
    if number != EVERYWHERE and number not in scopes:
        raise Stale
    scope = scopes[number] if number != EVERYWHERE else Scope("", "")
    query = read_query(narrowed(one.query, scope.filter), IF_EMPTY, rule=True)
    choices = _meaning_it(one.choices, scope, number)
    html, rows = await card(ctx, request, await changed(ctx, one.rule, query, choices))
    return replacement(html, *rows)


def _meaning_it(choices: Choices, scope: Scope, number: int) -> Choices:
    """The name of a channel that is chosen means this one, whichever it meant in this rule."""
    if number <= EVERYWHERE:
        return choices
    name = scope.filter.removeprefix(FROM).lower()
    return replace(choices, channels=frozenset({**dict(choices.channels), name: number}.items()))


async def _scopes(ctx: Context) -> dict[int, Scope]:
    """By number, packs first; numbers of packs are negative."""
    conn = ctx.archive.reader
    packs = {
        -crc32(label.encode()): Scope(label, f"in:{label}")
        for label, members in (await profiles.labels(conn)).items()
        if members
    }
    named = {
        channel.id: Scope(channel.title, FROM + channel.username)
        for channel in await channels.watched(conn)
        if channel.username
    }
    return packs | named
