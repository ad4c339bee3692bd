"""Queries as they are decided, and what their words stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.compile import Directory, decider, understand
from bot.query.errors import QueryError
from bot.query.match import holds, spans
from bot.query.parse import parse
from bot.query.reading import Choices, Understood
from bot.query.syntax import And, Node, Not, Or, Phrase, Query, Word
from bot.query.tree import (
    All,
    AnyOf,
    Begins,
    Close,
    Document,
    Either,
    InRow,
    Marked,
    No,
    Regex,
    Tree,
    dumps,
    loads,
)
from bot.query.why import parts
from tests.unit.query.lexicons import lexicon

CHANNELS = Directory({"luhanskavtsa": 17}, ("ua-oblasts", "story"))


def meant(query: str, choices: Choices = Choices()) -> Understood:  # noqa: B008 -- Choices are frozen: one default cannot be changed by a call
    return understand(parse(query), lexicon(), choices, CHANNELS)


def tree(query: str) -> Tree:
    found = meant(query).tree
    assert found is not None
    return found


def finds(query: str, text: str, *marks: str) -> bool:
    return holds(tree(query), Document(text, frozenset(marks)))


def test_a_word_is_any_of_its_forms_and_exactly_one_if_so_typed() -> None:
    assert tree("обстріл") == AnyOf(lexicon().forms("обстріл"))
    assert tree("=Крим") == AnyOf(frozenset({"крим"}))
    assert meant("=Білогорівка").readings[0].names == ()


def test_a_name_brings_its_other_names_in_all_their_forms() -> None:
    assert finds("Білогорівка", "бої за Белогоровку")
    assert finds("Bilohorivka", "поблизу Білогорівки")
    assert finds("Верховна Рада", "the Rada voted")
    assert not finds("Білогорівка", "Білогородка")
    [reading] = meant("Bilohorivka").readings
    assert [(name.text, name.language) for name in reading.names] == [
        ("Білогорівка", "uk"),
        ("Белогоровка", "ru"),
    ]


def test_names_that_the_word_finds_anyway_are_not_listed() -> None:
    [reading] = meant("Гайдай").readings
    assert [name.text for name in reading.names] == ["Haidai", "Gaidai"]


def test_words_beside_each_other_that_are_a_name_are_read_as_one() -> None:
    found = meant("обстріл Кривий Ріг")
    assert [reading.text for reading in found.readings] == ["обстріл", "Кривий Ріг"]
    assert finds("обстріл Кривий Ріг", "обстріл: Кривий, потім Ріг")
    assert finds("обстріл Кривий Ріг", "обстріл Krivoy Rog")
    assert not finds("обстріл Кривий Ріг", "обстріл, Rog та Krivoy")
    assert not finds("обстріл Кривий Ріг", "Krivoy Rog")


@pytest.mark.parametrize("query", ["Кривий (Ріг)", "Кривий AND Ріг", "Кривий =Ріг", "Ріг Кривий"])
def test_words_that_something_parts_are_no_name(query: str) -> None:
    assert not finds(query, "Krivoy Rog")


def test_a_phrase_is_a_row_or_a_name() -> None:
    assert tree('"командний пункт"') == InRow(
        (lexicon().forms("командний"), lexicon().forms("пункт"))
    )
    assert finds('"Кривий Ріг"', "Krivoy Rog")
    assert finds("Івано-Франківськ", "в Ивано-Франковске")
    assert not finds('"Кривий Ріг"', "Ріг кривий")


@pytest.mark.parametrize(
    "query", ["Кривий Ріг", '"Кривий Ріг"', "Kryvyi Rih", "Кривого Рогу", "обстріл ~9 Кривий-Ріг"]
)
def test_a_name_of_several_words_is_found_as_a_hashtag_in_small_letters(query: str) -> None:
    for tag in ("кривийріг", "КРИВИЙРІГ", "кривойрог", "kryvyirih"):
        assert finds(query, f"Обстріл. #{tag}"), tag
    assert finds(query, "Обстріл. #КривийРіг")
    assert not finds(query, "Обстріл. #кривий #ріжок")


def test_a_hashtag_is_found_no_more_than_its_name() -> None:
    assert not finds('="Кривий Ріг"', "#кривийріг")
    assert not finds("Кривий", "#кривийріг")
    assert not finds('"командний пункт"', "#команднийпункт")  # no name
    fewer = meant("Кривий Ріг", Choices(without_names=frozenset({"kryvyi rih"}))).tree
    assert fewer is not None
    assert not holds(fewer, Document("#kryvyirih"))
    assert holds(fewer, Document("#krivoyrog"))
    assert spans("Нове: #кривийріг", [tree("Кривий Ріг")]) == [(7, 16)]


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("ленд-ліз", "ленд-лізу ленд-лізом ленд–лізові ленд-лиза Lend-Lease"),
        ("ленд-лизом", "ленд-лиза ленд-лиз ленд-лізу"),
        ("плей-оф", "плей-офу плей-офі"),
        ("шар-пей", "шар-пеєві шар-пея"),
        ("піт-буль", "піт-булями"),
        ("спин-офф", "спин-оффа спин-оффами"),
        ("хелп-деск", "хелп-деску хелп-дески"),
        ("ПВО-шник", "ПВО-шника ПВО-шники"),
        ("Шах-Деніз", "Шах-Денізу"),
        ("буд-во", "буд-ва"),
        ("прес-секретар", "прес-секретаря прес-секретарями"),
        ("генерал-майор", "генерал-майора генералом-майором"),
        ("тред-юнион", "тред-юнионов"),
    ],
)
def test_words_that_a_hyphen_joins_are_inflected_as_the_one_that_they_are(
    query: str, texts: str
) -> None:
    assert not [text for text in texts.split() if not finds(query, f"про {text}, учора")]


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("93-тя", "93-я 93-ї 93-ю 93-й 93‑й"),
        ("3-й", "3-го 3-му 3-ім"),
        ("25-го", "25-й 25-му"),
        ("1-я", "1-й 1-ю 1-ая"),
        ("10-й", "10-го 10-му 10-ого"),
    ],
)
def test_numbers_in_figures_have_the_endings_of_ordinals(query: str, texts: str) -> None:
    assert not [
        text for text in texts.split() if not finds(f'"{query} бригада"', f"{text} бригада")
    ]
    assert not finds(query, "за 93 м, за 3 м, за 25 м, за 1 м, за 10 м")
    assert not finds(query, "93-2 3-2 25-2 1-2 10-2")


@pytest.mark.parametrize(
    "text",
    [
        "Горить 93 га лісу, бригада рятувальників на місці",
        "10 та 11 червня бригада", "у 10 ми приїхали", "в 3 им сказали", "10 х 20, бригада",
        "93 те саме", "93 м, 3 м, 25 м",
    ],
)  # fmt: skip
def test_what_stands_behind_a_number_by_itself_is_no_ending(text: str) -> None:
    for query in ("93-тя", "10-й", "3-й", "5-го"):
        assert not finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("а-ля", "Аля приїхала"),
        ("по-моєму", "помою руки"),
        ("д-р", "Иванов, Петров и др."),
        ("по-за", "красива поза"),
        ("р-н", "рн"),
    ],
)
def test_short_parts_are_another_word_written_together(query: str, text: str) -> None:
    assert not finds(query, text)


def test_what_hyphens_join_is_found_written_as_one_word_too() -> None:
    """As Ukrainian spelling has it since 2019, for many words that had a hyphen."""
    assert finds("прес-секретар", "за словами прессекретаря")
    assert finds("топ-менеджер", "двох топменеджерів")
    assert finds("віце-прем'єр", "за словами віцепрем’єра")
    assert finds("онлайн-зустріч", "на онлайнзустрічі")
    assert not finds("=топ-менеджер", "топменеджер")
    assert not finds('"топ менеджер"', "топменеджер")
    dropped = Choices(without_forms=frozenset({"менеджера"}))
    fewer = meant("топ-менеджер", dropped).tree
    assert fewer is not None
    assert not holds(fewer, Document("топменеджера, топ-менеджера"))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ленд-ліз", "ліз із ленду"),
        ("=ленд-ліз", "про ленд-лізу"),
        ("онлайн-кафе", "онлайн-кафого"),
        ("онлайн-зустріч", "онлайн-зустрічем"),
        ("онлайн-зустрічі", "онлайн-зустрічів"),
        ("Су-34", "Суму-34"),
        ("Панцирь-С", "Панцирь-сем"),
    ],
)
def test_hyphens_add_no_other_words(query: str, text: str) -> None:
    assert not finds(query, text)


def test_names_may_stand_near_something() -> None:
    assert finds('наступ ~3 "Кривий Ріг"', "offensive near Kryvyi Rih")
    assert isinstance(tree("обстріл ~2 Херсон"), Close)
    assert not finds('наступ ~3 "Кривий Ріг"', "offensive near Kryvyi and Rih")


def test_beginnings_patterns_and_filters_are_taken_over() -> None:
    assert tree("референдум*") == Begins("референдум")
    assert tree("/рф/ Херсон") == All((Regex("рф"), AnyOf(lexicon().forms("Херсон"))))
    assert tree("from:@LuhanskaVTSA") == Marked(frozenset({"c17"}))
    assert tree("in:story,ua-oblasts") == Marked(frozenset({"in:story", "in:ua-oblasts"}))
    assert tree("has:photo") == Marked(frozenset({"hasphoto"}))
    assert tree("is:forward") == Marked(frozenset({"fwd"}))
    assert tree("is:edited,deleted") == Marked(frozenset({"edited", "deleted"}))
    assert tree("lang:uk") == Marked(frozenset({"luk"}))
    assert meant("since:7d").tree is None


@pytest.mark.parametrize(
    ("query", "code", "value", "close"),
    [
        ("from:@luhanskavts", "unknown_channel", "luhanskavts", "luhanskavtsa"),
        ("обстріл -in:storys", "unknown_label", "storys", "story"),
        ("from:nobody", "unknown_channel", "nobody", ""),
    ],
)
def test_a_channel_or_label_that_is_not_ours_is_refused(
    query: str, code: str, value: str, close: str
) -> None:
    with pytest.raises(QueryError) as caught:
        meant(query)
    error = caught.value
    assert (error.code, error.values) == (code, {"value": value, "close": close})
    assert value in error.text[error.at : error.end]


def test_groups_of_the_same_kind_are_one_and_double_negatives_none() -> None:
    word = {text: AnyOf(lexicon().forms(text)) for text in ("вода", "снаряд", "окоп", "міст")}
    nodes = {text: Word(text, place) for place, text in enumerate(word)}
    both = And((nodes["вода"], And((nodes["снаряд"], nodes["вода"]))))
    either = Or((nodes["окоп"], Or((nodes["міст"], nodes["окоп"]))))
    root = And((both, either, Not(Not(nodes["окоп"])), Not(nodes["міст"])))
    assert understand(Query("", root), lexicon()).tree == All(
        (
            word["вода"],
            word["снаряд"],
            AnyOf(word["окоп"].forms | word["міст"].forms),
            word["окоп"],
            No(word["міст"]),
        )
    )


def test_alternatives_that_are_no_single_words_stay_beside_them() -> None:
    found = tree('обстріл OR "командний пункт" OR снаряд')
    assert isinstance(found, Either)
    assert [type(part) for part in found.parts] == [AnyOf, InRow]


def test_what_somebody_dropped_is_not_found() -> None:
    forms = lexicon().forms("наступ")
    some = Choices(without_forms=frozenset({"наступів"}), without_names=frozenset({"наступление"}))
    [reading] = meant("наступ", some).readings
    assert reading.row == (forms - {"наступів"},)
    assert [name.text for name in reading.names] == ["offensive"]
    everything = Choices(without_forms=forms)
    assert meant("наступ", everything).readings[0].row == (frozenset({"наступ"}),)


def test_what_somebody_added_is_found_in_all_its_forms() -> None:
    added = Choices(with_spellings=frozenset({("стремоусов", "Stremousov"), ("інше", "other")}))
    [reading] = meant("Стремоусов", added).readings
    assert [(name.text, name.language) for name in reading.names] == [("Stremousov", "en")]
    found = meant("Стремоусов", added).tree
    assert found is not None
    assert holds(found, Document("Stremousov's car"))


def test_spellings_are_proposed_for_what_may_be_a_surname_and_nothing_else() -> None:
    assert "Стремоусов" not in meant("Стремоусов").readings[0].proposed
    assert meant("Стремоусов").readings[0].proposed
    for query in ("вибух", "Вибух", "ЗСУ", "=Стремоусов", "Гайдай", '"Кирило Стремоусов"'):
        assert all(reading.proposed == () for reading in meant(query).readings), query


def test_readings_come_in_the_order_of_the_query_with_their_places() -> None:
    found = meant('вода (снаряд OR "командний пункт") -окоп').readings
    assert [reading.text for reading in found] == ["вода", "снаряд", "командний пункт", "окоп"]
    assert [reading.at for reading in found] == sorted(reading.at for reading in found)


def test_every_part_of_a_query_can_be_decided_by_itself() -> None:
    query = parse('Кривий Ріг "командний пункт" ракета ~2 Херсон -вибори')
    decide = decider(query, lexicon())
    document = Document("Krivoy Rog: пункт командний, Херсон")
    found = parts(query, decide, document)
    assert [(part.text, part.met) for part in found] == [
        ("Кривий", True),
        ("Ріг", True),
        ('"командний пункт"', False),
        ("ракета ~2 Херсон", False),
        ("вибори", True),
    ]
    assert found[2].apart


WORDS = st.sampled_from(["Кривий", "Ріг", "обстріл", "Bilohorivka", "ЗСУ", "Щастя", "x", "101"])
LEAVES = st.one_of(
    st.builds(Word, WORDS, st.integers(0, 50), st.booleans()),
    st.builds(
        Phrase,
        st.lists(st.builds(Word, WORDS, st.integers(0, 50)), min_size=2, max_size=3).map(tuple),
        st.integers(0, 50),
    ),
)


def groups(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, inner))


@given(st.recursive(LEAVES, groups, max_leaves=8))
def test_any_query_is_understood_the_same_way_each_time(root: Node) -> None:
    query = Query("", root)
    first, second = understand(query, lexicon()), understand(query, lexicon())
    assert first == second
    assert first.tree is not None
    assert loads(dumps(first.tree)) == first.tree
    text = "Кривого Рогу обстріл Bilohorivka X-101"
    assert spans(text, [first.tree]) == spans(text, [first.tree])
