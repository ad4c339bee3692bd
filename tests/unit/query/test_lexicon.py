"""Names: which entries some words are, and when what was stored must be made anew."""

import threading

import pytest

from bot.query.lexicon import Lexicon
from bot.query.reading import Name
from tests.unit.query.lexicons import NAMES, lexicon


def found(*typed: str) -> list[str]:
    return [next(iter(name.spellings["uk"])) for name in lexicon().names_of(typed)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["Білогорівка"], ["Білогорівка"]),
        (["білогорівка"], ["Білогорівка"]),
        (["Bilohorivka"], ["Білогорівка"]),
        (["Белогоровка"], ["Білогорівка"]),
        (["наступу"], ["наступ"]),
        (["наступления"], ["наступ"]),
        (["offensives"], ["наступ"]),
        (["ДРОНИ"], ["дрон"]),
        (["DRONES"], ["дрон"]),
        (["Гайдаєм"], ["Гайдай"]),
        (["Кривий", "Ріг"], ["Кривий Ріг"]),
        (["Кривого", "Рогу"], ["Кривий Ріг"]),
        (["Krivoy", "Rog"], ["Кривий Ріг"]),
        (["Верховної", "Ради"], ["Верховна Рада"]),
        (["Івано", "Франківська"], ["Івано-Франківськ"]),
        (["Ріг", "Кривий"], []),
        (["Ріг"], []),
        (["Білогородка"], []),
        ([], []),
        ([""], []),
    ],
)
def test_an_entry_is_found_by_any_spelling_in_any_form(
    typed: list[str], expected: list[str]
) -> None:
    assert found(*typed) == expected


def test_a_common_word_in_small_letters_is_no_place() -> None:
    assert found("Щастя") == ["Щастя"]
    assert found("щастя") == []
    assert found("наступ") == ["наступ"]  # a term is common


def test_a_common_word_in_small_letters_is_no_thing_that_is_called_so_either() -> None:
    assert found("Ураган") == found("Ураганами") == ["РСЗВ Ураган", "ураган"]
    assert found("ураган") == found("ураганами") == found("hurricane") == ["ураган"]
    assert found("Uragan") == found("uragan") == ["РСЗВ Ураган"]


@pytest.mark.parametrize("typed", ["Зеленська", "Зеленської", "Буданова", "Навальна"])
def test_a_woman_is_not_taken_for_the_man_of_her_surname(typed: str) -> None:
    assert found(typed) == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Зеленського", "Зеленський"),
        ("Буданову", "Буданов"),
        ("Будановым", "Буданов"),
        ("Навального", "Навальний"),
        ("Захарової", "Захарова"),
        ("Шаптали", "Шаптала"),
    ],
)
def test_a_person_is_found_by_the_other_forms_of_the_surname(typed: str, expected: str) -> None:
    assert found(typed) == [expected]


def test_the_version_tells_apart_whatever_gives_words_another_meaning() -> None:
    versions = [
        Lexicon(NAMES).version,
        Lexicon(NAMES[1:]).version,
        Lexicon().version,
        Lexicon(NAMES, ("uk", "ru")).version,
        Lexicon((Name("place", {"uk": ("Білогорівка",)}), *NAMES)).version,
    ]
    assert len(set(versions)) == len(versions)
    assert Lexicon(list(NAMES), ["en", "ru", "uk"]).version == versions[0]


def test_a_language_that_there_is_no_dictionary_of_is_refused() -> None:
    with pytest.raises(ValueError, match="de"):
        Lexicon(languages=("uk", "de"))


def test_nothing_is_missing_by_default_and_everything_can_be() -> None:
    assert Lexicon().missing == ()
    bare = Lexicon(NAMES, ())
    assert bare.missing == ("uk", "ru", "en")
    assert bare.names_of(["Bilohorivka"])
    assert "херсоном" in bare.forms("Херсон")


def test_several_threads_can_ask_at_once() -> None:
    fresh = Lexicon(NAMES)
    answers: list[object] = []

    def ask() -> None:
        answers.append((fresh.forms("дитина"), fresh.names_of(["Кривого", "Рогу"])))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)
