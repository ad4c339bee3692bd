"""Correcting how a rule was understood: which words count as hits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from zlib import crc32

from bot.alerts.presses import Verb, encode
from bot.commands.asking import meaning
from bot.commands.card import opened
from bot.commands.context import Context, Request, Stale, UserError, replacement
from bot.commands.held import Held, changed, held, own_rule
from bot.commands.pages import numbered, paged
from bot.commands.readings import reading_lines
from bot.locales import Say, deferred, joined, shortened
from bot.query.reading import Choices, Reading, Understood
from bot.query.tree import Forms
from bot.query.words import norm, shown
from storage.records import Button, Reply

SIZE = 24  # buttons on a page
IN_ROW = 3
LABEL_UNITS = 32

HOW = deferred(
    "✓ counts as a hit, ✗ does not, + is how the name could also be spelled. "
    "Press a word to change that."
)

Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """Something that counts as a hit, or could."""

    key: str  # what it is, the same whenever the rule is read
    label: str
    chosen: bool
    switched: Choices  # with it the other way
    proposed: bool = False  # counts only where somebody chose it

    @property
    def number(self) -> int:
        """For a button; places would shift when the dictionaries change in between."""
        return crc32(self.key.encode())

    @property
    def shown(self) -> str:
        """On its button."""
        sign = "✓" if self.chosen else "+" if self.proposed else "✗"
        return f"{sign} {shortened(self.label, LABEL_UNITS)}"


async def words(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The words and names that count as hits of a rule, to be switched."""
    one = await held(ctx, request, numbers[0])
    return await _words(ctx, request, one, numbers[1])


async def switch(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Leave one of them out, or take it back. Raises UserError for the last form of a word."""
    rule_id, number, page = numbers
    one = await held(ctx, request, rule_id)
    whole = await _whole(ctx, one)
    option = next((o for o in _options(whole, one.choices) if o.number == number), None)
    if option is None:
        raise Stale
    dropped = option.switched.without_forms
    if any(forms <= dropped for reading in whole.readings for forms in _droppable(reading)):
        raise UserError("One form of each word must stay. To leave out the word, change the query.")
    one = await changed(ctx, one.rule, one.query, option.switched)
    return await _words(ctx, request, one, page)


async def back(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The rule itself."""
    rule = await own_rule(ctx.archive.reader, request, numbers[0])
    html, rows = await opened(ctx, request, rule)
    return replacement(html, *rows)


async def _words(ctx: Context, request: Request, one: Held, page: int) -> Reply:
    say, here, rule_id = request.say, request.here.id, one.rule.id
    options = _options(await _whole(ctx, one), one.choices)
    page, _ = numbered(len(options), SIZE, page)
    buttons = [
        Button(option.shown, encode(Verb.SWITCH, here, rule_id, option.number, page))
        for option in options
    ]
    told = say(HOW) if options else say("Each word counts in exactly the form that was written.")
    rows = paged(buttons, (SIZE, IN_ROW, page), partial(encode, Verb.WORDS, here, rule_id), say)
    html = joined("\n\n", (reading_lines(one.meant.readings, say), told))
    return replacement(html, *rows, done(here, rule_id, say))


async def _whole(ctx: Context, one: Held) -> Understood:
    """The query as it is understood with nothing left out or added."""
    return await meaning(ctx, one.query, Choices(channels=one.choices.channels))


def _options(whole: Understood, choices: Choices) -> list[Option]:
    """Of a query as it is understood with nothing left out."""
    each = (option for reading in whole.readings for option in _of(reading, choices))
    return list({option.key: option for option in each}.values())


def _droppable(reading: Reading) -> list[Forms]:
    """The forms of each word that has several."""
    return [forms for forms in reading.row if len(forms) > 1]


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
        yield Option(key, spelling, added in choices.with_spellings, switched, proposed=True)
    for form in sorted(frozenset[str]().union(*_droppable(reading))):
        switched = replace(choices, without_forms=choices.without_forms ^ {form})
        yield Option(f"form {form}", shown(form), form not in choices.without_forms, switched)


def done(here: int, rule_id: int, say: Say) -> Row:
    """The row that leads back to the rule."""
    return (Button(say.plain("Done"), encode(Verb.CARD, here, rule_id)),)
