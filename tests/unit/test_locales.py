"""The catalogues against the code, and what becomes of values on their way into a message."""

import ast
import re
import string
from collections.abc import Iterator, Sequence
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from bot import locales
from bot.locales import Html, anchor, bold, clean, inline, joined, shortened, speaker, units
from bot.locales.times import next_day

PROGRAM = Path(locales.__file__).parents[1]
TRANSLATED = [language for language in locales.LANGUAGES if language != "en"]

SAYING = {"say", "plain"}  # say(text), request.say(text), say.plain(text)
MARKING = {"deferred", "UserError"}
COUNTING = {"plural"}


class Said(NamedTuple):
    """A call that says something: the texts as in a catalogue, or None if they are not literals."""

    where: str
    texts: str | tuple[str, str] | None
    argument: ast.expr


def said() -> Iterator[Said]:
    for path in sorted(PROGRAM.rglob("*.py")):
        if path.is_relative_to(PROGRAM / "sandbox"):  # plays Telegram, and talks to nobody
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in SAYING | MARKING | COUNTING:
                    where = f"{path.relative_to(PROGRAM.parent)}:{node.lineno}"
                    yield Said(where, _texts(node.args, name), node.args[0])


def _texts(arguments: list[ast.expr], name: str) -> str | tuple[str, str] | None:
    values = [argument.value for argument in arguments if isinstance(argument, ast.Constant)]
    texts = [value for value in values if isinstance(value, str)]
    if name in COUNTING:
        return (texts[0], texts[1]) if len(texts) == 2 else None
    return texts[0] if texts and isinstance(arguments[0], ast.Constant) else None


def source() -> set[str | tuple[str, str]]:
    return {each.texts for each in said() if each.texts is not None}


def catalogue(language: str) -> Catalog:
    with (PROGRAM / "locales" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def entries(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(text: str | Sequence[str] | None) -> Sequence[str]:
    return (text,) if isinstance(text, str) else text or ()


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def tags(text: str) -> list[str]:
    return re.findall(r"</?(?:b|i|a|code|blockquote)>", text)


def test_what_is_said_is_a_literal_or_was_deferred() -> None:
    """A text that is put together at run time is in no catalogue."""
    looked_up = (ast.Constant, ast.Name, ast.Attribute, ast.Subscript)
    made = [
        each.where
        for each in said()
        if each.texts is None
        and not isinstance(each.argument, looked_up)
        and not _is_lookup(each.argument)
    ]
    assert made == []


def _is_lookup(argument: ast.expr) -> bool:
    """TABLE.get(key, DEFAULT), whose texts are deferred where the table is written."""
    return isinstance(argument, ast.Call) and getattr(argument.func, "attr", "") == "get"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_text_of_the_code_and_no_other(language: str) -> None:
    ids = {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in entries(language)
    }
    assert sorted(map(str, source() - ids)) == [], "missing"
    assert sorted(map(str, ids - source())) == [], "in no code"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_entry_is_translated_in_all_its_forms(language: str) -> None:
    count = catalogue(language).num_plurals
    for message in entries(language):
        assert not message.fuzzy, message.id
        translated = forms(message.string)
        assert len(translated) == (count if message.pluralizable else 1), message.id
        assert all(text.strip() for text in translated), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_entry_has_the_fields_and_the_markup_of_its_source(language: str) -> None:
    for message in entries(language):
        for text in forms(message.string):
            expected = forms(message.id)[-1]
            assert fields(text) == fields(expected), text
            assert tags(text) == tags(expected), text
            assert text.endswith("\n") == expected.endswith("\n"), text
            assert (text[:1] + text[-1:]).isspace() == (expected[:1] + expected[-1:]).isspace()


@pytest.mark.parametrize(
    ("language", "spoken"),
    [("uk", "uk"), ("uk-UA", "uk"), ("ru_RU", "ru"), ("RU", "ru"), ("pl", "en"), ("", "en")],
)
def test_a_language_we_do_not_speak_is_answered_in_english(language: str, spoken: str) -> None:
    assert speaker(language).language == spoken


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 1, "1 rule"),
        ("en", 2, "2 rules"),
        ("uk", 1, "1 правило"),
        ("uk", 3, "3 правила"),
        ("uk", 11, "11 правил"),
        ("uk", 21, "21 правило"),
        ("ru", 1, "1 правило"),
        ("ru", 4, "4 правила"),
        ("ru", 12, "12 правил"),
        ("ru", 1234, "1\xa0234 правила"),
    ],
)
def test_plurals_and_numbers_follow_the_language(language: str, count: int, expected: str) -> None:
    assert speaker(language).plural("{count} rule", "{count} rules", count) == expected


NINE_PM = 1_663_617_600_000  # 2022-09-19 20:00 UTC


@pytest.mark.parametrize(
    ("language", "zone", "moment", "place"),
    [
        ("en", "Europe/Kyiv", "19 Sep 2022, 23:00", "Kyiv"),
        ("uk", "Europe/Kyiv", "19 вер. 2022, 23:00", "Київ"),
        ("ru", "Europe/Kyiv", "19 сент. 2022, 23:00", "Киев"),
        ("uk", "America/New_York", "19 вер. 2022, 16:00", "Нью-Йорк"),
        ("en", "Asia/Kolkata", "20 Sep 2022, 01:30", "Kolkata"),
        ("en", "UTC", "19 Sep 2022, 20:00", "UTC"),
        ("en", "Etc/GMT+3", "19 Sep 2022, 17:00", "GMT-03:00"),
        ("en", "Europe/Atlantis", "19 Sep 2022, 20:00", "UTC"),
        ("en", "../../etc/passwd", "19 Sep 2022, 20:00", "UTC"),
        ("en", "Europe", "19 Sep 2022, 20:00", "UTC"),
        ("en", "", "19 Sep 2022, 20:00", "UTC"),
    ],
)
def test_times_are_told_in_a_zone_and_name_it(
    language: str, zone: str, moment: str, place: str
) -> None:
    """A zone that does not exist is UTC, and called so."""
    say = speaker(language)
    assert (say.moment(NINE_PM, zone), say.place(zone)) == (moment, place)


@pytest.mark.parametrize(
    ("language", "minutes", "expected"),
    [
        ("en", 0, "0 minutes"),
        ("en", 1, "1 minute"),
        ("en", 60, "1 hour"),
        ("en", 125, "2 hours 5 minutes"),
        ("en", 24 * 60 + 5, "1 day"),
        ("en", 50 * 60, "2 days 2 hours"),
        ("uk", 125, "2 години 5 хвилин"),
        ("ru", 21, "21 минута"),
    ],
)
def test_spans_are_told_in_their_two_largest_units(
    language: str, minutes: int, expected: str
) -> None:
    assert speaker(language).span(minutes * 60_000) == expected


def test_a_value_is_escaped_unless_it_is_html() -> None:
    say = speaker("en")
    hostile = '<a href="http://x">&amp;</a>'
    assert say("Removed: {query}", query=hostile) == (
        'Removed: &lt;a href="http://x"&gt;&amp;amp;&lt;/a&gt;'
    )
    assert say("Removed: {query}", query=Html("<b>x</b>")) == "Removed: <b>x</b>"
    assert isinstance(say("Removed: {query}", query=hostile), Html)


def test_braces_in_a_value_are_not_filled_in() -> None:
    assert speaker("en")("{query}", query="{query.__class__}") == "{query.__class__}"


def test_plain_text_is_not_escaped_and_takes_no_markup() -> None:
    say = speaker("en")
    assert say.plain("Removed: {query}", query="<b> & co") == "Removed: <b> & co"
    with pytest.raises(AssertionError):
        say.plain("Removed: {query}", query=bold("x"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc\u202edef", "abcdef"),
        ("\u2067abc\u2069", "abc"),
        ("one\ntwo\r\n three", "one two three"),
        ("\ud800x", "\ufffdx"),
        ("a\x00\x07b", "ab"),
        ("Z" + "\u0300" * 50, "Z" + "\u0300" * 4),
        ("\u05e9\u05dc\u05d5\u05dd", "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"),
        ("a" * 300, "a" * 199 + "…"),
        ("й" * 3, "й" * 3),
    ],
)
def test_what_others_wrote_cannot_disturb_a_line_of_ours(text: str, expected: str) -> None:
    """No direction is left open, no line is broken, no tower of marks, one bounded line."""
    assert inline(text) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("😀😀", 4, "😀😀"),
        ("😀😀", 3, "😀…"),
        ("ab e\u0301f", 5, "ab…"),
        ("ab cd", 4, "ab…"),
    ],
)
def test_shortening_counts_utf16_units_and_splits_no_character(
    text: str, limit: int, expected: str
) -> None:
    assert shortened(text, limit) == expected


@given(st.text(), st.integers(1, 30))
def test_a_shortened_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert units(shortened(text, limit)) <= limit


@given(st.text(st.characters()))
def test_cleaning_is_idempotent_and_its_result_can_be_sent(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode()


class Visible(HTMLParser):
    """What a reader sees of a fragment, and the tags that were in it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.opened.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(st.characters()))
def test_no_text_becomes_markup(text: str) -> None:
    page = Visible()
    page.feed(joined("", (bold(text), anchor(text, text), speaker("uk")("{query}", query=text))))
    page.close()
    assert page.opened == ["b", "a"]


@pytest.mark.parametrize(
    ("zone", "at", "ends"),
    [
        ("Europe/Kyiv", "2022-09-19T20:59:59", "2022-09-19T21:00:00"),
        ("Europe/Kyiv", "2022-10-29T21:00:00", "2022-10-30T22:00:00"),  # a day of 25 hours
        ("Asia/Beirut", "2022-03-26T12:00:00", "2022-03-26T22:00:00"),  # and no midnight behind
        ("no/zone", "2022-09-19T20:59:59", "2022-09-20T00:00:00"),
    ],
)
def test_a_day_ends_with_the_last_moment_of_its_date(zone: str, at: str, ends: str) -> None:
    def millis(moment: str) -> int:
        return round(datetime.fromisoformat(moment + "+00:00").timestamp() * 1000)

    end = next_day(millis(at), zone)
    assert end == millis(ends)
    say = speaker("en")
    assert say.date(end - 1, zone) == say.date(millis(at), zone) != say.date(end, zone)
