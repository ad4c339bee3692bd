"""Queries: what is understood, and what is refused with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.parse import MAX_LENGTH, MAX_WORDS, QueryError, parse


def refusal(text: str) -> tuple[str, dict[str, int]]:
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value.code, caught.value.values


def test_a_query_holds_its_normalised_words_once_and_in_order() -> None:
    query = parse("Сім’я  і ЁЛКА, сім'я")
    assert query.text == "Сім’я і ЁЛКА, сім'я"
    assert query.words == ("сімя", "і", "елка")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  два\n\tслова ", "два слова"),
        ("\u202eназад\u2069", "назад"),
        ("ні\x00що\ud800", "ні що"),
    ],
)
def test_the_text_kept_can_be_stored_and_shown(typed: str, kept: str) -> None:
    assert parse(typed).text == kept


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200e", "\ud800", "\x00"])
def test_nothing_is_refused_as_empty(text: str) -> None:
    assert refusal(text) == ("empty", {})


@pytest.mark.parametrize("text", ["?!", "—", "🔥🔥", '""', "@channel", "https://example.org/a"])
def test_signs_and_links_alone_are_refused(text: str) -> None:
    assert refusal(text) == ("no_words", {})


def test_length_is_limited_before_anything_is_read() -> None:
    assert parse("а" * MAX_LENGTH).words == ("а" * MAX_LENGTH,)
    expected = ("too_long", {"limit": MAX_LENGTH, "length": 10_000})
    assert refusal("я " * 5_000) == expected


def test_the_number_of_different_words_is_limited() -> None:
    most = " ".join(str(number) for number in range(MAX_WORDS))
    assert len(parse(f"{most} 0 1 2").words) == MAX_WORDS
    assert refusal(f"{most} ще") == (
        "too_many_words",
        {"limit": MAX_WORDS, "count": MAX_WORDS + 1},
    )


@given(st.text(st.characters(), max_size=60))
def test_any_text_is_a_query_that_can_be_stored_or_is_refused(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert error.code in {"empty", "no_words", "too_long", "too_many_words"}
    else:
        query.text.encode()
        assert query.words
        assert parse(query.text) == query
