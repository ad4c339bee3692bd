"""Words: what posts contain, and what of it is compared."""

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.query.words import (
    NORM_VERSION,
    _norm,
    fold,
    in_either_case,
    look_alikes,
    norm,
    shown,
    spelling,
    tokens,
    words,
)

# Characters that have met in one word of a real post, and those that go wrong together.
TROUBLE = (
    "абвгґеєёжиіїйкмнорстухяьъыэАВЕНРІЇ"
    "aceiopxyABCEHIKMOPTXYsS"
    "'`´ʼ’‘′ʹ\"＇"
    "\u0300\u0301\u0306\u0308\u0323\u00ad\u200b\u200d\u2060\ufeff\ufe0f\u3164\u115f\uffa0"
    "0129٣２𝟗²½Ⅷ①"
    "#_@/.:-– \u00a0\n＃"
    "𝐁ａＫ\u212aİıßςΣŉﬁǅᾈㅏᄀ각"
    "\ud800\udfff\x00"
)
EVERY_CHARACTER = st.characters()
ANY_TEXT = st.one_of(
    st.text(st.sampled_from(TROUBLE), max_size=40),
    st.text(EVERY_CHARACTER, max_size=40),
    st.text(st.one_of(st.sampled_from(TROUBLE), EVERY_CHARACTER), max_size=20),
    st.text(
        st.sampled_from("USitЙШіiЇ1Ɐ.. '’\u0301\u0306s#-"), max_size=20
    ),  # dots between letters
)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("сім'я сім’я сімʼя сім`я сім´я сім′я сім‘я сім＇я", "сімя " * 8),
        ('об"єкт під"їзд', "обєкт підізд"),
        ('сказав "є" і пішов', "сказав є і пішов"),
        ("rock'n'roll don’t", "rocknroll dont"),
        ("the ministry's soldiers' city’s", "the ministry soldiers city"),
        ("О'Ніл", "оніл"),
    ],
)
def test_apostrophes_of_every_kind_are_part_of_the_word_and_not_compared(
    written: str, expected: str
) -> None:
    assert norm(written) == expected.strip()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("за́мок", "замок"),
        ("бóльшая", "большая"),  # the stress is a Latin ó
        ("пере\u00adпра\u200bва\u2060", "переправа"),
        ("\ufeffслово", "слово"),
        ("слово\u3164інше", "слово інше"),  # the Hangul filler is a blank
        ("10\u2060000", "10000"),
        ("Ёлка ґанок Їжак йод", "елка ганок іжак йод"),
        ("при\u0306шов", "прйшов"),  # the breve is what makes й of и
        ("café Łódź", "cafe łodz"),
        ("1\ufe0f\u20e32\ufe0f\u20e3", "1 2"),  # keycaps are two numbers
    ],
)
def test_marks_and_invisible_characters_are_not_compared(written: str, expected: str) -> None:
    assert norm(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Дeнь CША Мрiя пeрeмoгa", "день сша мрія перемога"),
        ("Xepcoнy", "херсону"),  # more Latin letters than Cyrillic, and yet
        ("Bаkhmut", "bakhmut"),  # one Cyrillic letter in an English word
        ("Kупʼянcьк", "купянськ"),
        ("прочиталиReuters", "прочитали reuters"),
        ("ДайджестInform", "дайджест inform"),
        ("HIMARSами", "himars ами"),
        ("ГосVPN", "гос vpn"),
    ],
)
def test_look_alikes_give_one_word_only_where_they_explain_every_letter(
    written: str, expected: str
) -> None:
    assert norm(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("вступ до HATO", "вступ до нато"),
        ("members of HATO", "members of hato"),
        ("ракета X-101, ракета Х-101, X 101", "ракета х 101 ракета х 101 х 101"),
        ("X-101", "х 101"),
        ("NATO і США", "nato і сша"),
    ],
)
def test_latin_capitals_are_cyrillic_where_their_surroundings_are(
    written: str, expected: str
) -> None:
    assert norm(written) == expected


def test_capitals_read_as_cyrillic_keep_their_place_in_the_text() -> None:
    token = tokens("вступ до HATO")[-1]
    assert (token.start, token.end, token.raw, token.word) == (9, 13, "НАТО", "нато")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("#КривийРіг", "кривий ріг"),
        ("#Луганська_область", "луганська область"),
        ("#Луганська_ОбластьСьогодні", "луганська область сьогодні"),
        ("#КупʼянськСьогодні", "купянськ сьогодні"),
        ("#ДайджестInform", "дайджест inform"),
        ("#новостиReuters", "новости reuters"),
        ("КривийРіг", "кривийріг"),  # a slip of the pen is one word
        ("Су-34 Су34 су 34", "су 34 су 34 су 34"),
        ("200м²", "200 м"),
    ],
)
def test_hashtags_and_numbers_fall_into_their_words(written: str, expected: str) -> None:
    assert norm(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("the U.K. and the E.U., U.N.-led N.B.A’s", "the uk and the eu un led nba"),
        ("in the U.K. The army", "in the uk the army"),  # the end of a sentence as well
        ("the U.S.A.This is", "the usa this is"),
        ("a.k.a. Wagner", "aka wagner"),
        ("С.Ш.А. і C.Ш.A. Т.В.О. т.в.о. Т.в.о", "сша і сша тво тво тво"),
        ("т.в.о.начальника, с.м.т. Золоте", "тво начальника смт золоте"),
        ("Й.Ї.Ґ. И\u0306.І\u0308.Ґ.", "йіг йіг"),
    ],
)
def test_single_letters_with_dots_between_are_a_word(written: str, expected: str) -> None:
    assert norm(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("В.Зеленський В.О.Зеленський В.О. Сальдо", "в зеленський в о зеленський в о сальдо"),
        ("V. Zelensky, V.Zelensky", "v zelensky v zelensky"),
        ("в.о. голови, м.Київ, о 5 a.m. (e.g. i.e.)", "в о голови м киів о 5 a m e g i e"),
        ("1.2 v.1.2 F.16 A.B.1 1A.B.", "1 2 v 1 2 f 16 a b 1 1 a b"),
        ("a.b.c.html F.B.txt example.org", "a b c html f b txt example org"),
        ("Це я. І він.", "це я і він"),
    ],
)
def test_other_single_letters_with_dots_stay_apart(written: str, expected: str) -> None:
    assert norm(written) == expected


def test_a_surname_behind_initials_is_a_word() -> None:
    for written in ("В.Зеленський", "В.О.Зеленський", "В.О. Зеленський", "А.Б.В.Зеленський"):
        assert tokens(written)[-1].word == "зеленський"
    assert tokens("J.K.Rowling")[-1].word == "rowling"


def test_an_abbreviation_covers_its_dots() -> None:
    text = "🔥 The U.S.’s army, U.K."
    found = [text[token.start : token.end] for token in tokens(text)]
    assert found == ["The", "U.S.’s", "army", "U.K."]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("US U.S. U.S.’s US's", "ᴜꜱ " * 4),
        ("told us, Us", "told us us"),
        ("WHO says it, who says IT", "ᴡʜᴏ says it who says ɪᴛ"),
        ("USA ITS", "usa its"),
        ("ІТ IT у місті", "іт іт у місті"),  # Cyrillic, as HATO is
    ],
)
def test_abbreviations_in_capitals_are_not_the_words_in_small_letters(
    written: str, expected: str
) -> None:
    assert norm(written) == expected.strip()


def test_small_capitals_are_shown_as_they_are_written() -> None:
    assert in_either_case("us") == {"us", norm("US")}
    assert in_either_case(norm("US")) == {norm("US")}
    assert in_either_case("наступ") == {"наступ"}
    assert [shown(word) for word in words("US us наступ")] == ["US", "us", "наступ"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("дивіться https://example.org/Новини?x=1 тут", "дивіться тут"),
        ("tg://resolve?domain=name t.me/name/12 WWW.example.org/а", ""),
        ("пише @some_channel про це", "пише про це"),
        ("пошта press.office@example.gov.ua, телефон", "пошта телефон"),
        ("та/або 07.09.2022/08.09 ціна @ 5", "та або 07 09 2022 08 09 ціна 5"),
        ("сайт example.org працює", "сайт example org працює"),  # a name, not an address
    ],
)
def test_links_mentions_and_addresses_are_no_words(written: str, expected: str) -> None:
    assert norm(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("𝐁𝐨𝐥𝐝 𝟐𝟎𝟐𝟐 ＦＵＬＬ２", "bold 2022 full 2"),
        ("ПЕРЕМОГА Перемога", "перемога перемога"),
        ("🔥перемога💥", "перемога"),
        ("İstanbul", "istanbul"),
        ("ΟΔΟΣ οδος", "οδοσ οδοσ"),
        ("\ud83dперемога\udd25\x00", "перемога"),
        ("", ""),
        ("!!! … 🇺🇦", ""),
    ],
)
def test_letters_have_one_case_and_one_shape(written: str, expected: str) -> None:
    assert norm(written) == expected


def test_offsets_are_those_of_the_original_text() -> None:
    text = "🔥 У Купʼя́нську https://example.org — #ТихоСьогодні"
    assert [text[token.start : token.end] for token in tokens(text)] == [
        "У",
        "Купʼя́нську",
        "Тихо",
        "Сьогодні",
    ]


@given(ANY_TEXT)
@example("жⅣb")
@example("жȾ")
@example("X\u212a1")
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert norm(norm(text)) == norm(text)


@given(ANY_TEXT)
@example('під"їзд')
@example("#аЙ")
@example("#aᾈB")
@example("їa@b.ua")
@example("İa@b.ua")
@example("΅@abc")
@example("@Ù")
@example("a@b.uaÙ")
def test_composed_and_decomposed_spellings_are_one(text: str) -> None:
    assert norm(decomposed(text)) == norm(composed(text))


@given(ANY_TEXT)
def test_tokens_are_valid_ascending_and_apart(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        end = token.end


@given(ANY_TEXT)
def test_a_token_folds_to_its_word_and_the_words_are_those_of_norm(text: str) -> None:
    found = tokens(text)
    assert [fold(token.raw) for token in found] == [token.word for token in found] == words(text)
    assert " ".join(words(text)) == norm(text)


@given(ANY_TEXT)
def test_a_word_is_all_letters_or_all_digits(text: str) -> None:
    for word in words(text):
        assert word.isalpha() or word.isdecimal()
        assert word == word.lower()


@given(ANY_TEXT)
@example("AъʹS")
@example("Jъ")
@example("ac\u0483")
def test_fold_takes_any_string_and_settles_at_once(raw: str) -> None:
    assert fold(fold(raw)) == fold(raw)


def test_every_letter_outside_the_large_blocks_is_stable_beside_both_scripts() -> None:
    """The chance that hypothesis finds one odd letter among 140,000 is small: try them all."""
    odd = []
    for code in (*range(0x3100), *range(0xA640, 0xAC00), *range(0xF900, 0x10000)):
        around = f"ж{chr(code)}b {chr(code)} ж{chr(code)} b{chr(code)}"
        normal = _norm.__wrapped__(around)
        if _norm.__wrapped__(normal) != normal:
            odd.append(hex(code))
        if _norm.__wrapped__(decomposed(around)) != _norm.__wrapped__(composed(around)):
            odd.append(hex(code))
    assert odd == []


@pytest.mark.parametrize(
    "text",
    [
        "a" * 50_000,
        "a." * 25_000,
        "a@" * 25_000,
        "а\u0301" * 25_000,
        "а" + "\u0301" * 50_000,
        "а'" * 25_000,
        "1\u200b" * 25_000,
        "HATO " * 10_000 + "а",
        "жb" * 25_000,
        "/" * 50_000,
        "A." * 25_000,
        "a." * 25_000 + "5",
        "а\u0301." * 25_000,
    ],
    ids=lambda text: repr(text[:4] + text[-1]),
)
def test_long_runs_take_linear_time(text: str) -> None:
    """The timeout of the suite is the assertion: quadratic time would take minutes."""
    tokens(text * 2)


def test_the_version_names_the_unicode_tables_the_words_depend_on() -> None:
    assert NORM_VERSION.endswith(unicodedata.unidata_version)
    assert sys.maxunicode == 0x10FFFF


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Куп’янськ", "куп'янськ"),
        ("Мiй\u0301", "мій"),
        ("ҐАНОК", "ґанок"),
        ("підїзд", "підїзд"),
        ("ребе\u0308нок", "ребёнок"),
        ("Зеленськии\u0306", "зеленський"),
        ("Xepcoн", "херсон"),
        ("city's", "city"),
        ("‘city's’", "city"),
        ("‘слово’", "слово"),
        ("2022", "2022"),
    ],
)
def test_a_token_can_be_spelled_as_dictionaries_do(written: str, expected: str) -> None:
    assert spelling(written) == expected


@given(ANY_TEXT)
@example("AʹSʹ")
@example("A'S\u0300")
@example("A'S'S")
def test_a_spelling_has_the_normal_form_of_the_token(text: str) -> None:
    for token in tokens(text):
        assert fold(spelling(token.raw)) == token.word


@pytest.mark.parametrize(
    ("typed", "expected"), [("HATO", ("НАТО",)), ("НАТО", ("HATO",)), ("США", ()), ("нато", ())]
)
def test_capitals_of_the_other_script_are_known(typed: str, expected: tuple[str, ...]) -> None:
    assert look_alikes(typed) == expected
