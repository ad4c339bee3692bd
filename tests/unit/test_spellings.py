"""Spellings of surnames by rules of letters, against people whose three spellings are known."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.spellings import LONGEST, latin, proposals, russian, ukrainian
from bot.query.words import norm

PEOPLE = [
    line.split("\t")
    for line in (Path(__file__).parent / "politicians.tsv").read_text("utf-8").splitlines()
]
UK, RU, EN = 0, 1, 2


def found(given: str, wanted: str, spellings: list[str]) -> bool:
    """Whether it is proposed, or need not be since it is compared as the same word."""
    return norm(wanted) in {norm(given), *map(norm, spellings)}


def hits(source: int, target: int, limit: int = 6) -> int:
    return sum(
        found(person[source], person[target], proposals(person[source], limit)) for person in PEOPLE
    )


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(PEOPLE) >= 60
    assert all(len(person) == 3 for person in PEOPLE)
    assert len({person[UK] for person in PEOPLE}) == len(PEOPLE)


@pytest.mark.parametrize(
    ("source", "target", "share"),
    [
        (UK, RU, 0.98),
        (RU, UK, 0.95),
        (UK, EN, 0.94),
        (RU, EN, 0.90),
        (EN, UK, 0.93),
        (EN, RU, 0.92),
    ],
)
def test_the_right_spelling_is_nearly_always_among_six(
    source: int, target: int, share: float
) -> None:
    assert hits(source, target) >= share * len(PEOPLE)


def test_the_russian_spelling_is_among_three() -> None:
    right = [p for p in PEOPLE if norm(p[RU]) in map(norm, russian(p[UK].lower())[:3])]
    assert len(right) == len(PEOPLE)


def test_the_ukrainian_spelling_is_mostly_the_first() -> None:
    first = [p for p in PEOPLE if norm(ukrainian(p[RU].lower())[0]) == norm(p[UK])]
    assert len(first) >= 0.75 * len(PEOPLE)


def test_the_governor_of_the_story_is_found_however_he_is_spelled() -> None:
    assert {"Haidai", "Hayday", "Gaidai", "Gayday"} <= set(proposals("Гайдай"))
    for spelling in ("Haidai", "Hayday", "Gaidai", "Gayday"):
        assert proposals(spelling)[0] == "Гайдай"


def test_a_latin_spelling_keeps_to_one_way() -> None:
    assert "gaday" not in latin("гайдай", "uk")
    assert not {"haiday", "haydai"} & set(latin("гайдай", "uk"))


def test_capitals_are_kept() -> None:
    assert "Сырский" in proposals("Сирський")
    assert "сырский" in proposals("сирський")
    assert "Сырский" in proposals("СИРСЬКИЙ")


@pytest.mark.parametrize("apostrophe", "'’ʼ`´")
def test_every_apostrophe_is_one(apostrophe: str) -> None:
    assert "Лукьяненко" in proposals(f"Лук{apostrophe}яненко")


def test_stress_and_invisible_marks_do_not_matter() -> None:
    assert proposals("Гайда\u0301й") == proposals("Гай\u200bдай") == proposals("Гайдай")


@pytest.mark.parametrize(
    "word",
    ["", " ", "я", "Ан", "Су-34", "2022", "два слова", "東京", "Іван-Франко", "x" * 41, "\ud800"],
)
def test_nothing_is_proposed_for_what_is_no_surname(word: str) -> None:
    assert proposals(word) == []


@given(st.text(), st.integers(-1, 10))
def test_no_text_fails(word: str, limit: int) -> None:
    assert len(proposals(word, limit)) <= max(0, limit)


@given(
    st.one_of(
        st.text(alphabet="абвгґдеєёжзиіїйклмнопрстуфхцчшщъьыэюя'", max_size=LONGEST + 1),
        st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", max_size=LONGEST + 1),
    )
)
def test_proposals_differ_from_the_word_and_each_other(word: str) -> None:
    compared = [norm(word), *map(norm, proposals(word))]
    assert len(set(compared)) == len(compared)
    assert all(len(each.split()) == 1 for each in compared[1:])


@pytest.mark.parametrize("spelling", ["Zelensky", "Zelenskyi", "Zelenskyy", "Zelenskiy"])
def test_the_two_cyrillic_spellings_come_first(spelling: str) -> None:
    assert proposals(spelling)[:2] == ["Зеленський", "Зеленский"]
