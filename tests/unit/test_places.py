"""How places.tsv is made, on a few places as GeoNames has them."""

import pytest

from seeds.places.build import Place, build, incomplete, left_out
from seeds.places.spelled import Spelled, spelled
from seeds.places.vocabulary import Vocabulary


@pytest.fixture(name="vocabulary", scope="module")
def the_vocabulary() -> Vocabulary:
    return Vocabulary()


def place(country: str, name: str, *alternates: str, people: int = 1000, at: float = 49.0) -> Place:
    return Place(country, name, alternates, people, at, 36.0)


HUSARIVKA = place("UA", "Husarivka", "Gusarovka", "Gousarivka", "Гусарівка", "Гусаровка")


def test_the_names_are_told_apart_by_language() -> None:
    assert build([HUSARIVKA]) == ["UA\tГусарівка\tГусаровка\tHusarivka|Gusarovka"]


def test_other_languages_and_old_names_fall_away(vocabulary: Vocabulary) -> None:
    names = ["Chouhouïv", "Czuhujiw", "Чугуев", "Чугуєв", "Чугуїв", "Чугујив", "Змієве Місто"]
    assert spelled("UA", "Chuhuyiv", names, vocabulary) == Spelled(
        ("Чугуїв",), ("Чугуев",), ("Chuhuyiv", "Chuhuiv", "Chuguyev")
    )


def test_a_name_that_both_languages_write_alike_is_in_both(vocabulary: Vocabulary) -> None:
    found = spelled("UA", "Soledar", ["Soledar", "Соледар"], vocabulary)
    assert found == Spelled(("Соледар",), ("Соледар",), ("Soledar",))


@pytest.mark.parametrize(
    ("name", "alternates"),
    [
        ("Kamyanets-Podilskyi", ["Каменец-Подолски"]),
        ("Belhorod Dnestrovsky", ["Белгород Днестровски", "Белгород-Днестровский"]),
    ],
)
def test_what_nothing_calls_ukrainian_is_no_ukrainian_name(
    vocabulary: Vocabulary, name: str, alternates: list[str]
) -> None:
    assert spelled("UA", name, alternates, vocabulary) is None


def test_the_likeliest_russian_name_is_taken(vocabulary: Vocabulary) -> None:
    found = spelled("UA", "Vynohradiv", ["Виноградив", "Виноградов", "Виноградів"], vocabulary)
    assert found is not None
    assert found.ru == ("Виноградов",)


def test_ukrainian_in_russian_letters_is_no_russian_name(vocabulary: Vocabulary) -> None:
    found = spelled("UA", "Pivdenne", ["Пивдене", "Південне"], vocabulary)
    assert found is not None
    assert found.ru == ()


def test_large_places_of_ukraine_lack_no_language() -> None:
    rows = build([HUSARIVKA, place("UA", "Hoptivka", "Гоптівка")])
    assert incomplete(rows, [place("UA", "Hoptivka", "Гоптівка", people=9_000)]) == []
    large = place("UA", "Hoptivka", "Гоптівка", people=11_000)
    assert incomplete(rows, [HUSARIVKA._replace(population=11_000), large]) == [
        "UA\tГоптівка\t\tHoptivka"
    ]


def test_large_places_that_are_left_out_are_told_but_for_parts_of_larger_ones() -> None:
    word = place("UA", "Nove Zhyttya", "Нове Життя", "Новая Жизнь", people=11_000)
    assert left_out(build([word]), [word]) == ["Nove Zhyttya"]
    assert left_out(build([word]), [word._replace(population=9_000)]) == []
    assert left_out(build([word]), [word._replace(country="RU")]) == []
    by_hand = place("UA", "Shchastya", "Щастя", "Счастье", people=11_000)
    assert left_out([], [by_hand]) == []
    city = HUSARIVKA._replace(population=200_000)
    assert left_out(build([city, word]), [city, word]) == []
    far = word._replace(latitude=50.0)
    assert left_out(build([city, far]), [city, far]) == ["Nove Zhyttya"]


def test_no_russian_name_is_made_up(vocabulary: Vocabulary) -> None:
    found = spelled("UA", "Hoptivka", ["Гоптівка"], vocabulary)
    assert found is not None
    assert found.ru == ()


@pytest.mark.parametrize(
    "word",
    [
        place("UA", "Shchastia", "Щастя", "Счастье"),
        place("UA", "Nove Zhyttya", "Нове Життя", "Новая Жизнь"),
        place("UA", "Volodymyr", "Володимир", "Владимир"),
        place("UA", "Bar", "Бар", "Бар"),
    ],
    ids=lambda word: word.name,
)
def test_what_is_an_ordinary_word_or_a_first_name_is_left_out(word: Place) -> None:
    assert build([word]) == []


def test_what_is_written_by_hand_is_left_out() -> None:
    assert build([place("UA", "Lysychansk", "Лисичанськ", "Лисичанск")]) == []


def test_places_of_one_name_are_one_row_and_the_largest_counts() -> None:
    small = place("UA", "Husarivka", "Гусарівка", people=500)
    other = place("UA", "Husarivka", "Гусарівка", "Гусаревка", people=900)
    assert build([small, other, HUSARIVKA]) == build([HUSARIVKA])
    assert build([small, HUSARIVKA]) == build([HUSARIVKA])


def test_abroad_only_the_near_and_the_big_matter() -> None:
    near = place("RU", "Ussuriysk", "Уссурійськ", "Уссурийск", people=20_000, at=50.0)
    far = near._replace(latitude=56.0)
    big = far._replace(population=200_000)
    hamlet = near._replace(population=600)
    elsewhere = near._replace(country="DE")
    ours = build([HUSARIVKA])
    for other, counts in [(near, 1), (far, 0), (big, 1), (hamlet, 0), (elsewhere, 0)]:
        assert len(build([HUSARIVKA, other])) == len(ours) + counts, other


def test_the_same_data_give_the_same_rows_in_any_order() -> None:
    places = [HUSARIVKA, place("UA", "Khoruzhivka", "Хоружівка", "Хоружевка")]
    assert build(places) == build(places[::-1]) == sorted(build(places))
