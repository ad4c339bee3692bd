"""What changed between two texts, word by word, whatever the texts are."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.extensions import html
from telethon.tl import types

from bot.alerts.difference import Sort, difference, pieces
from bot.locales import clean, units

WORDS = st.lists(
    st.sampled_from(
        ["ворог", "і", "на", "наступ", "שלום", "مرحبا", "👨‍👩‍👧", "e\u0301", "<b>", "&amp;"]
    ),
    max_size=30,
).map(" ".join)
ANYTHING = st.text(st.characters(), max_size=80)  # lone surrogates too
TEXTS = WORDS | ANYTHING


def shown(old: str, new: str, size: int = 2000) -> str:
    return str(difference(old, new, size))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("три танки", "п'ять танків", "<s>три танки</s> <u>п'ять танків</u>"),
        ("Було три удари", "Було п'ять ударів", "Було <s>три удари</s> <u>п'ять ударів</u>"),
        ("Загинули двоє людей", "Загинули троє людей", "Загинули <s>двоє</s> <u>троє</u> людей"),
        ("Місто наше", "Місто знову наше", "Місто <u>знову</u> наше"),
        ("Місто знову наше", "Місто наше", "Місто <s>знову</s> наше"),
        ("Місто", "Місто наше", "Місто <u>наше</u>"),
        ("Місто наше", "Місто", "Місто <s>наше</s>"),
        ("", "Місто", "<u>Місто</u>"),
        ("Місто", "", "<s>Місто</s>"),
        ("a < b", "a < <b>c</b>", "a &lt; <s>b</s> <u>&lt;b&gt;c&lt;/b&gt;</u>"),
        ("Рядок\nдругий", "Рядок\nтретій", "Рядок\n<s>другий</s> <u>третій</u>"),
        ("один  два", "один\nдва", ""),
        ("a\u202eb", "ab", ""),
        ("", "", ""),
    ],
)
def test_removed_words_are_struck_through_and_added_ones_underlined(
    old: str, new: str, expected: str
) -> None:
    assert shown(old, new) == expected


def test_what_stayed_is_told_only_near_a_change() -> None:
    old = " ".join(map(str, range(100)))
    new = old.replace("50", "x")
    assert shown(old, new) == "…44 45 46 47 48 49 <s>50</s> <u>x</u> 51 52 53 54 55 56…"


def test_words_that_happened_to_stay_inside_a_rewritten_sentence_are_part_of_the_change() -> None:
    """Else a rewritten text would be read as confetti."""
    old = "Ворог готує наступ на місто і збирає сили"
    new = "Окупанти втекли з села на схід і залишили техніку"
    assert shown(old, new) == f"<s>{old}</s> <u>{new}</u>"


@given(TEXTS, TEXTS)
def test_without_the_additions_it_is_the_old_text_and_without_the_removals_the_new_one(
    old: str, new: str
) -> None:
    found = pieces(old, new)
    for text, left_out in ((old, Sort.ADDED), (new, Sort.REMOVED)):
        kept = [piece.text for piece in found if piece.sort is not left_out]
        assert " ".join(kept).split() == clean(text).split()


@given(TEXTS, TEXTS)
def test_two_changes_of_one_sort_never_touch(old: str, new: str) -> None:
    sorts = [piece.sort for piece in pieces(old, new)]
    assert all(one is not other for one, other in pairwise(sorts))


@given(TEXTS, TEXTS, st.integers(1, 30), st.integers(40, 900))
def test_it_fits_is_well_formed_and_holds_nothing_that_cannot_be_sent(
    old: str, new: str, repeat: int, size: int
) -> None:
    text, entities = html.parse(shown(old * repeat, f"{new} x " * repeat, size))
    assert units(text) <= size
    assert len(entities) <= 60
    assert all(isinstance(each, types.MessageEntityStrike | types.MessageEntityUnderline)
               for each in entities)  # fmt: skip
    text.encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 2048, "a b " * 1024),
        ("a b c d " * 512, "d c b a " * 512),
        (" ".join(map(str, range(900))), " ".join(map(str, reversed(range(900))))),
        ("x" * 4096, "y" * 4096),
        ("e\u0300\u0301\u0302 " * 1024, "👨‍👩‍👧 " * 500),
    ],
)
def test_the_longest_and_oddest_texts_are_compared_at_once(old: str, new: str) -> None:
    """Worst cases of the usual algorithms, which take minutes; this is far below a second."""
    began = time.process_time()
    assert units(html.parse(shown(old, new, 1000))[0]) <= 1000
    assert time.process_time() - began < 2
