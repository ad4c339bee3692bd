"""Regular expressions of queries."""

import pytest

from bot.query import patterns
from bot.query.patterns import BadPattern


@pytest.mark.parametrize("source", [r"\bрф\b", r"рос\w+", r"\W", r"\\\B"])
def test_what_knows_latin_letters_only_is_refused_with_what_to_write(source: str) -> None:
    with pytest.raises(BadPattern, match="Latin letters only"):
        patterns.check(source)


@pytest.mark.parametrize("source", [r"\\b", r"рос\pL+", r"(^|\PL)рф", r"\d{3}"])
def test_others_are_taken(source: str) -> None:
    patterns.check(source)


@pytest.mark.parametrize("source", ["(", "a{1001}", "(a{900}){900}", "[", "*", "\ud800("])
def test_what_re2_does_not_take_is_refused(source: str) -> None:
    with pytest.raises(BadPattern):
        patterns.check(source)


def test_capitals_do_not_matter_and_places_are_characters() -> None:
    assert patterns.spans("рос.я|РФ", "😀 росія і рф \ud800 РОСІЯ") == [(2, 7), (10, 12), (15, 20)]
    assert patterns.spans("x*", "ааа") == []
    assert not patterns.found("сша", "рф")
