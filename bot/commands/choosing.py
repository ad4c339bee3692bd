"""Correcting how a rule was understood: which words count, and in which channels."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from bot.alerts.presses import Verb, encode
from bot.commands.asking import meaning
from bot.commands.card import card, reading_lines
from bot.commands.context import Context, Request, Stale, replacement
from bot.commands.held import Held, changed, held
from bot.commands.pages import numbered
from bot.commands.queries import read_query
from bot.locales import Say, joined, shortened
from bot.query.parse import parse
from bot.query.reading import Choices, Reading
from bot.query.syntax import Or, Query
from bot.query.words import norm
from storage import channels, profiles
from storage.records import Button, Reply

SIZE = 24  # buttons on a page
IN_ROW = 3
LABEL_UNITS = 32
EVERYWHERE = 0

# What `narrow_to` puts behind a query, and takes away again.
_NARROWED = re.compile(r"\s+(?:from|in):\S+$")

Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """Something that counts as a hit, or could."""

    key: str  # what it is, the same whenever the rule is read
    label: str
    chosen: bool
    switched: Choices  # with it the other way

    @property
    def number(self) -> int:
        """For a button; places would shift when the dictionaries change in between."""
        return crc32(self.key.encode(errors="replace"))


async def words(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The words and names that count as hits of a rule, to be switched."""
    one = await held(ctx, request, numbers[0])
    return await _words(ctx, request, one, numbers[1])


async def switch(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Leave one of them out, or take it back."""
    rule_id, number, page = numbers
    one = await held(ctx, request, rule_id)
    option = next((o for o in await _options(ctx, one) if o.number == number), None)
    if option is None:
        raise Stale
    one = await changed(ctx, one, one.query, option.switched)
    return await _words(ctx, request, one, page)


async def narrow(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The packs and channels to which a rule can be narrowed."""
    one = await held(ctx, request, numbers[0])
    say, here, rule_id = request.say, request.here.id, one.rule.id
    buttons = [
        Button(shortened(label, LABEL_UNITS), encode(Verb.NARROW_TO, here, rule_id, number))
        for number, (label, _) in (await _scopes(ctx)).items()
    ]
    if _NARROWED.search(one.query.text):
        everywhere = encode(Verb.NARROW_TO, here, rule_id, EVERYWHERE)
        buttons.insert(0, Button(say.plain("All channels"), everywhere))
    head = say("Where to look for <b>{query}</b>: one pack or channel.", query=one.query.text)
    rows = _paged(buttons, Verb.NARROW, (here, rule_id), numbers[1], say)
    return replacement(head, *rows, _back(here, rule_id, say))


async def narrow_to(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """One of them, or all channels again."""
    rule_id, number = numbers
    one = await held(ctx, request, rule_id)
    scopes = await _scopes(ctx)
    if number != EVERYWHERE and number not in scopes:
        raise Stale
    scope = scopes[number][1] if number != EVERYWHERE else ""
    query = read_query(_scoped(one.query, scope), "", rule=True)
    one = await changed(ctx, one, query, one.choices)
    html, rows = await card(ctx, request, one)
    return replacement(html, *rows)


async def back(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The rule itself."""
    html, rows = await card(ctx, request, await held(ctx, request, numbers[0]))
    return replacement(html, *rows)


async def _words(ctx: Context, request: Request, one: Held, page: int) -> Reply:
    say, here, rule_id = request.say, request.here.id, one.rule.id
    options = await _options(ctx, one)
    page, _ = numbered(len(options), SIZE, page)
    buttons = [
        Button(
            ("✓ " if option.chosen else "✗ ") + shortened(option.label, LABEL_UNITS),
            encode(Verb.SWITCH, here, rule_id, option.number, page),
        )
        for option in options
    ]
    told = say("What counts as a hit. Press a word to leave it out, or to take it back.")
    rows = _paged(buttons, Verb.WORDS, (here, rule_id), page, say)
    html = joined("\n\n", (told, reading_lines(one.meant.readings, say)))
    return replacement(html, *rows, _back(here, rule_id, say))


async def _options(ctx: Context, one: Held) -> list[Option]:
    whole = await meaning(ctx, one.query)  # with nothing left out
    return list(
        {o.key: o for reading in whole.readings for o in _of(reading, one.choices)}.values()
    )


def _of(reading: Reading, choices: Choices) -> Iterator[Option]:
    """Names, then spellings that could be names, then the forms of the word itself."""
    for name in reading.names:
        key = norm(name.text)
        switched = replace(choices, without_names=choices.without_names ^ {key})
        yield Option(f"name {key}", name.text, key not in choices.without_names, switched)
    word = norm(reading.text)
    for spelling in reading.proposed:
        added = (word, spelling)
        switched = replace(choices, with_spellings=choices.with_spellings ^ {added})
        key = f"spelling {word} {spelling}"
        yield Option(key, spelling, added in choices.with_spellings, switched)
    for form in sorted(frozenset().union(*reading.row)):
        switched = replace(choices, without_forms=choices.without_forms ^ {form})
        yield Option(f"form {form}", form, form not in choices.without_forms, switched)


async def _scopes(ctx: Context) -> dict[int, tuple[str, str]]:
    """By number: how a pack or channel is called, and the filter for it. Packs come first."""
    conn = ctx.archive.reader
    labels = await profiles.labels(conn)
    packs = {
        -crc32(label.encode()): (label, f"in:{label}")
        for label, members in labels.items()
        if members
    }
    named = {
        channel.id: (channel.title, f"from:@{channel.username}")
        for channel in await channels.watched(conn)
        if channel.username
    }
    return packs | named


def _scoped(query: Query, scope: str) -> str:
    """The query for this scope instead of the one it was given before."""
    base = _NARROWED.sub("", query.text)
    if not scope:
        return base
    whole = parse(base, rule=True).root
    return f"({base}) {scope}" if isinstance(whole, Or) else f"{base} {scope}"


def _paged(
    buttons: Sequence[Button], verb: Verb, of: tuple[int, int], page: int, say: Say
) -> Sequence[Row]:
    """A page of the buttons in rows, and the buttons that turn it."""
    page, pages = numbered(len(buttons), SIZE, page)
    shown = buttons[page * SIZE : (page + 1) * SIZE]
    rows = [tuple(shown[start : start + IN_ROW]) for start in range(0, len(shown), IN_ROW)]
    turning: list[Button] = []
    if page > 0:
        turning.append(Button(say.plain("‹ Back"), encode(verb, *of, page - 1)))
    if page + 1 < pages:
        turning.append(Button(say.plain("Next ›"), encode(verb, *of, page + 1)))
    return (*rows, tuple(turning))


def _back(here: int, rule_id: int, say: Say) -> Row:
    return (Button(say.plain("Done"), encode(Verb.CARD, here, rule_id)),)
