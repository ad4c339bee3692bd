"""A rule as it is shown: how it was understood, what it would have caught, and its buttons."""

from collections.abc import Sequence

from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request
from bot.commands.held import Held
from bot.commands.preview import preview
from bot.locales import Html, Say, bold, inline, joined
from bot.query.reading import Reading
from storage import channels
from storage.records import Button

READINGS = 8  # words that are explained; a longer query is explained in part
NAMES = 5  # other names of one word
WORD_UNITS = 40

Row = tuple[Button, ...]


async def card(ctx: Context, request: Request, one: Held) -> tuple[Html, Sequence[Row]]:
    """The rule and what can be done with it."""
    say = request.say
    count = len(await channels.watched(ctx.archive.reader))
    parts = (
        _head(one, say),
        reading_lines(one.meant.readings, say),
        _ignored(one, say),
        await preview(ctx, request, one.query, one.tree),
        _where(count, say),
    )
    return joined("\n\n", parts), _buttons(ctx, request, one)


def _head(one: Held, say: Say) -> Html:
    rule = one.rule
    if rule.pending:
        return say("New rule, <b>not kept yet</b>: {query}", query=rule.query)
    query = Html() if rule.title is None else inline(rule.query)
    return joined("\n", (bold(rule.name), query))


def reading_lines(readings: Sequence[Reading], say: Say) -> Html:
    """For each word of a query what counts as it."""
    lines = [_line(reading, say) for reading in readings[:READINGS]]
    more = len(readings) - READINGS
    if more > 0:
        lines.append(say.plural("and {count} more word", "and {count} more words", more))
    return joined("\n", lines)


def _line(reading: Reading, say: Say) -> Html:
    forms = sum(map(len, reading.row))
    said = say.plural(
        "{word}: {count} form",
        "{word}: {count} forms",
        forms,
        word=inline(reading.text, WORD_UNITS),
    )
    names = [inline(name.text, WORD_UNITS) for name in reading.names[:NAMES]]
    more = len(reading.names) - len(names)
    also = joined(", ", (*names, Html(f"+{more}") if more > 0 else Html()))
    return joined("; ", (said, say("also {names}", names=also) if also else Html()))


def _ignored(one: Held, say: Say) -> Html:
    if not one.query.ignored:
        return Html()
    return say("Not counted: {signs}", signs=" ".join(one.query.ignored))


def _where(count: int, say: Say) -> Html:
    if not count:
        return say("No channel is watched yet; the rule waits for the first.")
    return say.plural(
        "{count} channel is watched. Alerts come to this chat.",
        "{count} channels are watched. Alerts come to this chat.",
        count,
    )


def _buttons(ctx: Context, request: Request, one: Held) -> Sequence[Row]:
    say, here, rule = request.say, request.here.id, one.rule
    correcting = (
        Button(say.plain("Words…"), encode(Verb.WORDS, here, rule.id, 0)),
        Button(say.plain("Channels…"), encode(Verb.NARROW, here, rule.id, 0)),
    )
    if rule.pending:
        deciding = (
            Button(say.plain("Keep"), encode(Verb.KEEP, here, rule.id)),
            Button(say.plain("Cancel"), encode(Verb.DROP, here, rule.id)),
        )
        return deciding, correcting
    muted = rule.muted_until_at is not None and rule.muted_until_at > ctx.clock.now()
    return correcting, _kept_buttons(here, one, muted, say)


def _kept_buttons(here: int, one: Held, muted: bool, say: Say) -> Row:
    rule_id = one.rule.id
    hours = (
        (Button(say.plain("Unmute"), encode(Verb.CARD_MUTE, here, rule_id, 0)),)
        if muted
        else (
            Button(say.plain("Mute 1 h"), encode(Verb.CARD_MUTE, here, rule_id, 1)),
            Button(say.plain("24 h"), encode(Verb.CARD_MUTE, here, rule_id, 24)),
        )
    )
    return (
        *hours,
        Button(say.plain("Remove"), encode(Verb.DROP, here, rule_id)),
        Button(say.plain("All rules"), encode(Verb.RULES, here, 0)),
    )
