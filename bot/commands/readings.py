"""How the words of a query were understood, as lines of an answer."""

from collections.abc import Iterable, Mapping, Sequence

import aiosqlite

from bot.locales import Html, Say, deferred, fitting, inline, joined
from bot.query.reading import Joined, Reading, Understood
from bot.query.syntax import Query
from storage import channels

READINGS = 8  # words that are explained; a longer query is explained in part
NAMES = 5  # other names of one word
WORD_UNITS = 40
EXPLAINED_UNITS = 1300  # of all explanations together
NAMES_BESIDE_POSTS = 3
UNITS_BESIDE_POSTS = 200
IGNORED_UNITS = 60

_MISSING: Mapping[str, str] = {
    "uk": deferred("There is no Ukrainian dictionary here: Ukrainian words lack many forms."),
    "ru": deferred("There is no Russian dictionary here: Russian words lack many forms."),
    "en": deferred("There is no English dictionary here: English words lack many forms."),
}


def reading_lines(readings: Sequence[Reading], say: Say) -> Html:
    """For each word of a query what counts as it."""
    return _bounded([_line(reading, say) for reading in readings], EXPLAINED_UNITS, say)


def name_lines(readings: Sequence[Reading], say: Say) -> Html:
    """For the words that have other names which count too, these; short, to stand above posts."""
    lines = [
        say(
            "{word}: {meaning}",
            word=_word(reading),
            meaning=_also(reading.names, NAMES_BESIDE_POSTS, say),
        )
        for reading in readings
        if reading.names
    ]
    return _bounded(lines, UNITS_BESIDE_POSTS, say)


def missing_lines(understood: Understood, missing: Iterable[str], say: Say) -> Html:
    """The languages of which no dictionary is here; empty for a query without words."""
    if not understood.readings:
        return Html()
    return joined("\n", [say(_MISSING[language]) for language in missing])


def ignored_line(query: Query, say: Say) -> Html:
    """What stood in the query and asks for nothing; empty where all of it does."""
    if not query.ignored:
        return Html()
    return say("Not counted: {signs}", signs=inline(" ".join(query.ignored), IGNORED_UNITS))


async def renamed_lines(
    conn: aiosqlite.Connection, named: Iterable[tuple[str, int]], say: Say
) -> Html:
    """The channels (name, id) of a rule that have other names by now."""
    lines = []
    for name, number in sorted(named):
        channel = await channels.get(conn, number)
        if channel is not None and (channel.username or "").lower() != name:
            now = f"@{channel.username}" if channel.username else channel.title
            lines.append(
                say(
                    "<b>{name}</b>: the channel that is called {now} today",
                    name=f"@{name}",
                    now=inline(now, WORD_UNITS),
                )
            )
    return _bounded(lines, UNITS_BESIDE_POSTS, say)


def _bounded(lines: Sequence[Html], size: int, say: Say) -> Html:
    shown = fitting(lines[:READINGS], size)
    if more := len(lines) - len(shown):
        shown.append(say.plural("and {count} more word", "and {count} more words", more))
    return joined("\n", shown)


def _line(reading: Reading, say: Say) -> Html:
    forms = len(frozenset().union(*reading.row))
    counted = say.plural("{count} form", "{count} forms", forms)
    told = joined("; ", (counted, _also(reading.names, NAMES, say), _perhaps(reading, say)))
    return say("{word}: {meaning}", word=_word(reading), meaning=told)


def _perhaps(reading: Reading, say: Say) -> Html:
    names = joined(", ", [inline(text, WORD_UNITS) for text in reading.proposed[:NAMES]])
    return say("could be added: {names}", names=names) if names else Html()


def _word(reading: Reading) -> Html:
    return Html(f"<b>{inline(reading.text, WORD_UNITS)}</b>")


def _also(names: Iterable[Joined], most: int, say: Say) -> Html:
    texts = list(dict.fromkeys(name.text for name in names))
    shown = [inline(text, WORD_UNITS) for text in texts[:most]]
    if more := len(texts) - len(shown):
        shown.append(Html(f"+{say.number(more)}"))
    return say("also {names}", names=joined(", ", shown)) if shown else Html()
