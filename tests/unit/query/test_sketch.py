"""Reposts are the same story, templates with other numbers or names are not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.agreement import is_misspelling
from bot.query.sketch import (
    SHARED_HASHES,
    footprint,
    last_lines,
    same_story,
    without_footer,
    wording,
)
from bot.query.words import norm

NEWS = (
    "Сергій Гайдай: Білогорівка повністю під контролем наших захисників. За кожен сантиметр "
    "іде запекла боротьба, ворог готує оборону і підтягує нові підрозділи з півночі області."
)
TEMPLATES = [
    ("Курс доллара на торгах Мосбиржи составил {} рублей", ("107", "108")),
    (
        "Курс доллара на торгах Мосбиржи составил {} рублей",
        ("107", "108 рублей против 107"),
    ),
    ("Над областю за минулу добу силами ППО збито {} ворожих безпілотників", ("5", "6")),
    (
        "Над областю за ніч збито {}, інформація щодо наслідків уточнюється, усім дякуємо",
        ("12 дронів", "12 дронів і 3 ракети"),
    ),
    ("Станом на {} ранку в області зафіксовано обстріли чотирьох громад", ("6:00", "7:00")),
    ("Оперативна інформація на {} вересня щодо російського вторгнення", ("19", "20")),
    ("Оперативна інформація на 19 {} щодо російського вторгнення в Україну", ("вересня", "жовтня")),
    (
        "Внаслідок обстрілу міста {}, рятувальні роботи на місці тривають",
        ("2 загиблих, 5 поранених", "5 загиблих, 2 поранених"),
    ),
    (
        "Унаслідок удару по місту {} внаслідок удару авіації",
        ("загинули 5 поранені 3", "поранені 5 загинули 3"),
    ),
    ("Загальні бойові втрати противника орієнтовно склали танків {}", ("2200 +7", "2207 +7")),
    ("Евро на открытии торгов подорожал до {} рубля впервые за месяц", ("60,36", "36,60")),
    (
        "Увага! Повітряна тривога оголошена в {} області, пройдіть в укриття",
        ("Луганській", "Донецькій"),
    ),
    (
        "Увага! Оголошено повітряну тривогу в {} області! Просимо всіх пройти до найближчого "
        "укриття та не ігнорувати сигнали",
        ("Харківській", "Сумській"),
    ),
    ("Digest of the day: {} posts about the referendum were published", ("15", "150")),
]


def told(text: str) -> object:
    return wording(norm(text))


def alike(one: str, other: str) -> bool:
    found = same_story(wording(norm(one)), wording(norm(other)))
    assert found is same_story(wording(norm(other)), wording(norm(one)))
    return found


@pytest.mark.parametrize(("template", "values"), TEMPLATES, ids=lambda value: str(value)[:30])
def test_templates_with_other_numbers_or_names_are_different_news(
    template: str, values: tuple[str, str]
) -> None:
    one, other = (template.format(value) for value in values)
    assert not alike(one, other)
    assert not alike(f"{one}\n\nПідписатися на канал новин", other)
    assert alike(one, one)


@pytest.mark.parametrize(
    "repost",
    [
        NEWS.upper(),
        NEWS.replace("ї", "ї").replace("'", "’"),
        f"⚡️⚡️ {NEWS}",
        f"Увага, важливе!\n\n{NEWS}\n\nПідписатися | Надіслати новину",
        NEWS.replace("захисників", "захісників"),
        NEWS.partition(", ворог")[0],
        NEWS.partition(" За кожен")[0] + NEWS.partition("оборону")[2],
        f"{NEWS} Детальніше читайте за посиланням https://example.org/news/12345",
    ],
    ids=str,
)
def test_a_repost_is_the_same_story(repost: str) -> None:
    assert alike(NEWS, repost)


LOSSES = (
    "За минулу добу внаслідок російських обстрілів у {} загинули двоє людей, ще п’ятеро поранені. "
    "Пошкоджено житлові будинки, школу та лінію електропередач. Рятувальники працюють на місці."
)
MINISTER = (
    "Министр обороны заявил, что войска {} населённый пункт Белогоровка. По его словам, операция "
    "прошла успешно, потери противника составили до двух рот, взяты пленные и трофейная техника."
)
TALKS = (
    "Ukraine will {} the talks on the grain corridor this week, the minister told reporters "
    "in Odesa on Monday evening, adding that all partners had been informed in advance."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LOSSES.format("Бахмуті"), LOSSES.format("Лимані")),
        (LOSSES.format("Бахмуті"), LOSSES.format("Бахмуті та Лимані")),
        (LOSSES.format("Покровську"), LOSSES.format("Покровському")),
        (NEWS, NEWS.replace("повністю під", "повністю не під")),
        (NEWS, f"Спростування: {NEWS} Це фейк."),
        (NEWS, f"{NEWS} Центр протидії дезінформації просить не вірити цьому повідомленню."),
        (NEWS, f"{NEWS} Насправді це не так."),
        (NEWS, f"{NEWS} Це не відповідає дійсності, повідомив речник оборонного відомства"),
        (NEWS, NEWS.replace("запекла", "важка")),
        (MINISTER.format("взяли"), MINISTER.format("оставили")),
        (MINISTER.format("введены в"), MINISTER.format("выведены в")),
        (TALKS.format("continue"), TALKS.format("not continue")),
        (TALKS.format("continue"), f"FALSE: {TALKS.format('continue')}"),
    ],
    ids=str,
)
def test_another_name_and_the_contrary_are_other_news(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not alike(f"Терміново! {one}", f"{other} Підписатися на канал новин")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("захисників", "захисників", True),
        ("захисників", "захісників", True),
        ("захисників", "захиників", True),
        ("захисників", "захинкисів", False),
        ("захисників", "захиснкиів", True),
        ("захисників", "захисникам", False),
        ("введены", "выведены", False),
        ("взяли", "взяла", False),
        ("миколаївка", "михайлівка", False),
    ],
)
def test_a_misspelling_is_one_letter_within_a_long_word(one: str, other: str, same: bool) -> None:
    assert is_misspelling(one, other) is is_misspelling(other, one) is same


@given(st.text("аб", max_size=12), st.text("аб", max_size=12))
def test_misspelling_is_mutual(one: str, other: str) -> None:
    assert is_misspelling(one, other) is is_misspelling(other, one)


def test_another_story_of_the_same_words_is_another() -> None:
    words = norm(NEWS).split()
    random.Random(1).shuffle(words)
    assert not alike(NEWS, " ".join(words))


@pytest.mark.parametrize("one", ["Повітряна тривога!", "Відбій", "Вибухи в місті Нікополь зараз"])
def test_brief_texts_must_be_equal(one: str) -> None:
    assert alike(one, f"🔴 {one.upper()}")
    assert not alike(one, f"{one} знову")
    assert not alike(one, "")


def test_posts_without_words_tell_nothing() -> None:
    assert not alike("🔥🔥", "👍")
    assert footprint("") == []


def test_footers_are_the_lines_at_the_end_but_never_the_first() -> None:
    text = "Новина дня\n\nПодробиці\nt.me/name\n👉 Підписатися\nНадіслати НОВИНУ"
    assert last_lines(text) == ["надіслати новину", "підписатися", "подробиці"]
    assert last_lines("Повітряна тривога!") == []
    assert last_lines("Повітряна тривога!\nt.me/name") == []
    assert last_lines("Новина\n" + "дуже довгий рядок " * 20 + "\nПідписатися") == ["підписатися"]
    assert last_lines("") == []


def test_a_footer_is_cut_as_far_as_it_is_known() -> None:
    text = "Новина дня\nПодробиці\nПідписатися\nНадіслати новину"
    known = {"надіслати новину", "підписатися"}
    assert without_footer(text, known) == "новина дня подробиці"
    assert without_footer(text, {"підписатися"}) == norm(text)
    assert without_footer(text, set(last_lines(text))) == "новина дня"


def test_the_numbers_are_the_same_in_every_run() -> None:
    assert footprint("один два три") == [761545698, 4274763721, 5479534078]


WORDS = st.lists(
    st.sampled_from(["а", "б", "в", "г", "д", "е", "є", "ж", "1", "2", "30", "404"]), max_size=40
)
LETTERS = [a + b for a in "абвгдежзик" for b in "лмнопрстуфхцчшщ"]
LONG = st.lists(
    st.sampled_from(LETTERS).map(lambda pair: pair * 4), min_size=24, max_size=80, unique=True
)


@given(WORDS, WORDS)
def test_telling_the_same_is_symmetrical_and_keeps_the_numbers(
    one: list[str], other: list[str]
) -> None:
    a, b = wording(" ".join(one)), wording(" ".join(other))
    assert same_story(a, b) is same_story(b, a)
    if same_story(a, b):
        assert a.numbers == b.numbers
    assert same_story(a, a) is bool(one)


@given(WORDS, st.integers(0, 39), st.sampled_from(["7", "08", "999"]))
def test_a_changed_number_is_never_the_same_story(words: list[str], at: int, new: str) -> None:
    places = [place for place, word in enumerate(words) if word.isdecimal()]
    if places:
        changed = list(words)
        changed[places[at % len(places)]] = new
        assert not same_story(wording(" ".join(words)), wording(" ".join(changed)))


@given(LONG, st.integers(0, 23))
def test_what_tells_the_same_is_found_by_its_footprint(words: list[str], at: int) -> None:
    mended = [*words[:at], words[at][:4] + words[at][5:], *words[at + 1 :]]
    one, other = " ".join(words), " ".join(mended)
    assert same_story(wording(one), wording(other))
    assert len(set(footprint(one)) & set(footprint(other))) >= SHARED_HASHES


@given(WORDS, WORDS)
def test_forms_that_are_filled_in_with_other_numbers_are_not_looked_at(
    one: list[str], other: list[str]
) -> None:
    a, b = (set(footprint(" ".join([*words, "1", *LETTERS]))) for words in (one, other))
    same = [word for word in one if word.isdecimal()] == [w for w in other if w.isdecimal()]
    assert same is not a.isdisjoint(b)


@given(st.text(max_size=300), st.booleans())
def test_any_text_has_a_wording(text: str, cut: bool) -> None:
    words = without_footer(text, set(last_lines(text)) if cut else set())
    assert norm(text).startswith(words)
    assert bool(words) is bool(norm(text))
    assert all(0 <= number < 2**63 for number in footprint(words))
    assert same_story(wording(words), wording(words)) is bool(words)
