"""Keywords and all that they may look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import seeds
from bot.query.function_words import FUNCTION_WORDS
from bot.query.lexicon import Lexicon
from bot.query.reading import Name
from bot.query.words import fold, norm, tokens
from tests.unit.query.lexicons import lexicon

ANY_WORD = st.one_of(
    st.text(max_size=12),
    st.text(
        st.sampled_from("абвгдеєжиіїйклмнопрстуфхцчшщьюяыэъёґ'ʼ’АБВГІ\u0301\u200b"), max_size=12
    ),
    st.text(st.sampled_from("aeioutrsnlmhABCEHIKMOPTXYs'-"), max_size=10),
)


def has(keyword: str, found: str, missed: str = "") -> None:
    forms = lexicon().forms(keyword)
    assert set(norm(found).split()) <= forms
    assert not set(norm(missed).split()) & forms


@pytest.mark.parametrize(
    ("keyword", "found", "missed"),
    [
        ("Лисичанськ", "Лисичанська Лисичанську Лисичанськом Лисичанськові", "лисичанський"),
        ("дитина", "дітей дітям діти дитиною", "дитячий"),
        ("обстрел", "обстрела обстрелы обстрелов обстрелами", "обстрелян"),
        ("человек", "люди людей человека", "человечный"),
        ("Зеленський", "Зеленського Зеленському Зеленським Зеленськім", "зелений"),
        ("Попасная", "Попасной Попасную Попасною", "попасть"),
        ("Керч", "Керччю Керчі", ""),
        ("Захарова", "Захаровой Захарову Захаровою", "Захаров Захаровым"),
    ],
)
def test_a_word_that_is_listed_brings_its_inflections(
    keyword: str, found: str, missed: str
) -> None:
    has(keyword, found, missed)


def test_what_is_another_word_in_the_other_language_is_not_brought() -> None:
    has("мер", "мера меру мером мерів", "меры мерой")
    has("врода", "вроди вродою", "вроде")


@pytest.mark.parametrize(
    ("keyword", "found", "missed"),
    [
        ("посол", "посла послу послом", "после"),
        ("Мена", "Мени Мену Меною", "мене мені"),
        ("стан", "стану станом стані", "стане"),
        ("сталь", "сталі сталлю", "стали"),
        ("Уж", "Ужа Ужем", "уже"),
        ("HA", "HA", "has"),
        ("Будеї", "Будеї", "буде"),
        ("весь", "всього всем все", ""),
        ("стать", "стал станет стали", ""),
    ],
)
def test_no_word_brings_one_that_is_in_every_text_unless_it_is_itself_such_a_word(
    keyword: str, found: str, missed: str
) -> None:
    forms = lexicon().forms(keyword)
    assert set(norm(found).split()) <= forms
    assert not set(norm(missed).split()) & forms


def test_no_spelling_of_a_name_brings_a_word_that_is_in_every_text() -> None:
    raws = {token.raw for name in seeds.names() for each in spelled(name) for token in tokens(each)}
    brought = {raw: (lexicon().forms(raw) & FUNCTION_WORDS) - {fold(raw)} for raw in raws}
    assert not {raw: found for raw, found in brought.items() if found and not is_function(raw)}


def spelled(name: Name) -> list[str]:
    return [each for group in name.spellings.values() for each in group]


def is_function(raw: str) -> bool:
    return fold(raw) in FUNCTION_WORDS


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        ("взрывов", "взрыв взрывы взрывом"),
        ("ракетами", "ракета ракети ракеты"),
        ("загинули", "загинути загинув загине"),
        ("strikes", "strike struck striking"),
    ],
)
def test_an_inflected_keyword_stands_for_its_word(keyword: str, found: str) -> None:
    has(keyword, found)


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        ("Стремоусов", "Стремоусова Стремоусову Стремоусовим Стремоусовым"),
        ("Гладосово", "Гладосова Гладосову Гладосовом"),
        ("Ласточкіне", "Ласточкіного Ласточкіному Ласточкіним"),
        ("Залізнянськ", "Залізнянська Залізнянську Залізнянськом"),
        ("Драгунець", "Драгунця Драгунцю Драгунцем"),
        ("Верхнебугровка", "Верхнебугровки Верхнебугровке Верхнебугровкой"),
    ],
)
def test_a_name_that_no_dictionary_has_takes_the_endings_of_names(keyword: str, found: str) -> None:
    has(keyword, found)


@pytest.mark.parametrize(
    "name", ["Стрелков", "Листов", "Лугов", "Грибов", "Кулаков", "Шариков", "Моряков", "Долин"]
)
def test_a_surname_that_is_a_form_of_a_thing_is_inflected_as_surnames_are(name: str) -> None:
    has(name, f"{name} {name}а {name}у {name}ым {name}е {name}им {name}ові")
    assert fold(f"{name}ым") not in lexicon().forms(name.lower())


def test_a_name_of_a_thing_has_a_plural_where_that_is_no_other_word() -> None:
    has("Байрактар", "Байрактари Байрактарів Байрактары Байрактаров")
    has("Рим", "Риму", "")
    assert "риму" in lexicon().forms("Рим")


@pytest.mark.parametrize(
    ("keyword", "found", "missed"),
    [
        ("ЗСУ", "ЗСУ зсу", "зсув"),
        ("МО", "МО", "мои мое мої"),
        ("НАТО", "НАТО HATO", "натовп"),
        ("РЭБ", "РЭБ РЭБа РЭБом", "ребом"),
        ("МИД", "МИДа МИДом МИДу", "мідія"),
        ("ГУР", "ГУР ГУРом", "гуру"),
        ("UAV", "UAV UAVs", ""),
        ("НАСТУП", "наступу наступом", ""),
        ("ДРОНИ", "дрон дрону дронами", ""),
        ("ДРОНЫ", "дрон дрону дронами", ""),
        ("РАКЕТИ", "ракета ракетами", ""),
        ("DRONES", "drone drones", ""),
        ("HIMARS", "HIMARS", "himar"),
        ("МАГАТЭ", "МАГАТЭ", "магат"),
        ("ЮНЕСКО", "ЮНЕСКО", "юнески"),
    ],
)
def test_abbreviations_change_only_as_they_do_in_speech(
    keyword: str, found: str, missed: str
) -> None:
    has(keyword, found, missed)


def test_ukrainian_verbs_bring_their_adverbial_participles() -> None:
    has("захопити", "захопив захопивши захоплено", "захоплення")
    has("атакувати", "атакуючи атакуватимуть")
    has("здатися", "здався здавшись")


@pytest.mark.parametrize(
    ("keyword", "found", "missed"),
    [
        ("shoot", "shot shooting shoots", "shooter"),
        ("leave", "left leaving", "leaf"),
        ("bomb", "bombing bombed bombs", "bomber"),
        ("army", "armies", "armed"),
        ("serviceman", "servicemen", ""),
        ("Shaheds", "Shahed", ""),
        ("Bilohorivka", "Bilohorivka's", ""),
        ("red", "reds", "ring"),
        ("wed", "wedding wedded", "wing"),
        ("breed", "breeding bred", "bring"),
        ("feed", "feeding fed", ""),
        ("flee", "fleeing fled", "fling"),
        ("sled", "sledding", "sling"),
        ("led", "lead leading", "ling leadding"),
        ("die", "dying died dies", "dice"),
        ("annex", "annexed annexing annexes", ""),
        ("annexed", "annex annexing", ""),
        ("thank", "thanked thanking thanks", ""),
        ("denazified", "denazify denazifying denazifies", "denazifieds"),
        ("deoccupied", "deoccupy deoccupying", ""),
        ("redeploy", "redeployed redeploying", ""),
        ("split", "splitting", "spliting"),
        ("calves", "calf", "calve"),
        ("data", "datum", ""),
        ("bacterium", "bacteria", "bacteriaing"),
        ("slay", "slew slain slaying slays", "slaies"),
        ("develop", "developed developing", ""),
        ("travel", "travelled traveled travelling traveling", ""),
        ("car", "cars", "cared caring"),
        ("star", "starred starring", "stared staring"),
    ],
)
def test_english_words_bring_regular_and_irregular_forms(
    keyword: str, found: str, missed: str
) -> None:
    has(keyword, found, missed)


def test_letters_of_missiles_are_read_in_both_scripts() -> None:
    assert lexicon().forms("X") >= {"x", "х"}
    assert lexicon().forms("16") == {"16"}


@given(ANY_WORD)
def test_forms_of_any_token_are_normal_and_hold_the_token(text: str) -> None:
    assert lexicon().forms(text) is not None
    for token in tokens(text):
        forms = lexicon().forms(token.raw)
        assert token.word in forms
        assert all(form and fold(form) == form and norm(form) == form for form in forms)
        assert lexicon().forms(token.raw) == forms


@given(ANY_WORD)
def test_lemmas_and_names_of_any_text_can_be_asked_for(text: str) -> None:
    assert lexicon().names_of([text]) is not None
    assert lexicon().is_common(text) in {True, False}


@pytest.mark.parametrize("left_out", ["uk", "ru", "en"])
def test_without_a_dictionary_words_are_found_as_typed_and_with_endings_of_names(
    left_out: str,
) -> None:
    rest = [language for language in ("uk", "ru", "en") if language != left_out]
    partial = Lexicon(languages=rest)
    assert partial.missing == (left_out,)
    assert "обстріл" in partial.forms("обстріл")
    assert "обстрілом" in partial.forms("обстріл")
    assert "обстрелы" in partial.forms("обстрел")
    assert "strike" in partial.forms("strike")
    assert ("struck" in partial.forms("strike")) is (left_out != "en")
    assert ("дітей" in partial.forms("дитина")) is (left_out != "uk")


@pytest.mark.parametrize("word", ["H\U000175a2T", "нене" * 250, "НЕ" * 500, "псевдо" * 60])
def test_what_no_language_has_breaks_no_dictionary(word: str) -> None:
    """pymorphy3 asks for the names of letters that have none, and takes prefixes off one by one,
    each a call deeper."""
    for token in tokens(word):
        assert token.word in lexicon().forms(token.raw)
