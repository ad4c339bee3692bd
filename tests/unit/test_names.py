"""Names across languages: the files can be used, hold what they promise, and join nothing twice."""

import itertools
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.query.compile import understand
from bot.query.lexicon import Lexicon
from bot.query.match import holds
from bot.query.parse import parse
from bot.query.reading import Name
from bot.query.tree import Document
from bot.query.words import norm
from seeds import SeedsError, names, packs, starter_rules
from seeds.names import GLOSSARY, KINDS, LANGUAGES, PLACES, SUPPLEMENT, entries, names_in

# Places of the war that an alert must find under each of its names.
STORY_PLACES = """
Авдіївка Авдеевка Avdiivka|Бахмут Артёмовск Bakhmut|Балаклія Балаклея Balakliia
Бердянськ Бердянск Berdiansk|Білогорівка Белогоровка Bilohorivka|Буча Буча Bucha
Вовчанськ Волчанск Vovchansk|Вугледар Угледар Vuhledar|Горлівка Горловка Horlivka
Гостомель Гостомель Hostomel|Гуляйполе Гуляйполе Huliaipole|Дебальцеве Дебальцево Debaltseve
Дніпро Днепр Dnipro|Донецьк Донецк Donetsk|Енергодар Энергодар Enerhodar
Запоріжжя Запорожье Zaporizhzhia|Ізюм Изюм Izium|Ірпінь Ирпень Irpin|Київ Киев Kyiv
Каховка Каховка Kakhovka|Керч Керчь Kerch|Кліщіївка Клещеевка Klishchiivka
Костянтинівка Константиновка Kostiantynivka|Краматорськ Краматорск Kramatorsk
Кремінна Кременная Kreminna|Крим Крым Crimea|Куп'янськ Купянск Kupiansk|Лиман Лиман Lyman
Лисичанськ Лисичанск Lysychansk|Луганськ Луганск Luhansk|Макіївка Макеевка Makiivka
Мар'їнка Марьинка Marinka|Маріуполь Мариуполь Mariupol|Мелітополь Мелитополь Melitopol
Миколаїв Николаев Mykolaiv|Нікополь Никополь Nikopol|Одеса Одесса Odesa
Покровськ Красноармейск Pokrovsk|Попасна Попасная Popasna|Роботине Работино Robotyne
Рубіжне Рубежное Rubizhne|Сватове Сватово Svatove|Севастополь Севастополь Sevastopol
Сєвєродонецьк Северодонецк Sievierodonetsk|Сіверськодонецьк Северодонецк Severodonetsk
Слов'янськ Славянск Sloviansk|Соледар Соледар Soledar|Суми Сумы Sumy
Токмак Токмак Tokmak|Торецьк Дзержинск Toretsk|Харків Харьков Kharkiv|Херсон Херсон Kherson
Чугуїв Чугуев Chuhuiv|Шебекіно Шебекино Shebekino|Бєлгород Белгород Belgorod
Курськ Курск Kursk|Брянськ Брянск Bryansk
Барвінкове Барвенково Barvinkove|Білозерське Белозерское Bilozerske
Білицьке Белицкое Bilytske|Георгіївка Георгиевка Heorhiivka|Дворічна Двуречная Dvorichna
Шипилівка Шипиловка Shypylivka|Ямпіль Ямполь Yampil|Привілля Приволье Pryvillia
Білгород Белгород Belgorod
"""
EQUAL = [tuple(row.split()) for row in STORY_PLACES.replace("\n", "|").split("|") if row]
TERMS = [
    ("наступ", "наступление", "offensive"),
    ("обстріл", "обстрел", "shelling"),
    ("ракета", "ракета", "missile"),
    ("дрон", "беспилотник", "drone"),
    ("БпЛА", "БПЛА", "UAV"),
    ("ППО", "ПВО", "air defence"),
    ("ППО", "ПВО", "air defense"),
    ("ЗСУ", "ВСУ", "AFU"),
    ("референдум", "референдум", "referendum"),
    ("мобілізація", "мобилизация", "mobilisation"),
    ("мобілізація", "мобилизация", "mobilization"),
    ("окупант", "оккупант", "occupier"),
    ("евакуація", "эвакуация", "evacuation"),
    ("Гайдай", "Гайдай", "Hayday"),
    ("Зеленський", "Зеленский", "Zelenskyy"),
    ("Луганщина", "Луганская область", "Luhansk Oblast"),
    ("землетрус", "землетрясение", "earthquake"),
    ("вибори", "выборы", "election"),
    ("Вагнер", "Вагнер", "Wagner"),
    ("ПВК", "ЧВК", "PMC"),
    ("СВО", "СВО", "SMO"),
    ("ДРГ", "ДРГ", "sabotage and reconnaissance group"),
    ("ГУР", "ГУР", "HUR"),
    ("ЄС", "ЕС", "EU"),
    ("кримський", "крымский", "Crimean"),
    ("США", "США", "US"),
    ("ООН", "ООН", "UN"),
    ("Британія", "Британия", "UK"),
    ("втрата", "потеря", "loss"),
    ("поранений", "ранен", "wounded"),
    ("вбити", "убить", "kill"),
    ("Ф-16", "Ф-16", "F-16"),
    ("АТАКМС", "АТАКМС", "ATACMS"),
    ("кадировці", "кадыровцы", "Kadyrovite"),
    ("МіГ-31", "МиГ-31", "MiG-31"),
    ("Х-101", "Х-101", "Kh-101"),
    ("Ту-95", "Ту-95", "Tu-95"),
    ("дитина", "ребёнок", "child"),
    ("прорив", "прорыв", "breakthrough"),
    ("оточення", "окружение", "encirclement"),
    ("лівий берег", "левый берег", "left bank"),
    ("ВООЗ", "ВОЗ", "WHO"),
    ("Рогозін", "Рогозин", "Rogozin"),
]
# Rules with commas between, and texts each of which all of them are to find.
WEAPONS = [
    "Shahed, Шахед, Geran-2: Шахедами, шахедов, Shaheds, Shahed-136, Герань-2, Geran-2",
    "Shahed-136: Шахедом-136, шахеды-136",
    "Iskander, Іскандер, Искандер: Іскандерами, Искандером, Iskander-M",
    "Kinzhal, Кинджал: Кинджалом, Кинжалами, Kinzhal",
    "Kalibr: ракети «Калібр», ракет «Калибр», Kalibrs",
    "Калібр, Калибр: Калібрами, Калибров, Kalibr",
    "HIMARS, Хаймарс, Хімарс, Химарс: Хаймарсами, Хімарси, Химарсов, HIMARS",
    "ATACMS, АТАКМС, Атакмс: Атакмсами, ATACMS",
    "Storm Shadow, Сторм Шедоу, Шторм Шедоу, Сторм Шэдоу: Storm Shadow, Шторм Шедоу, Сторм Шэдоу",
    "SCALP: ракети SCALP, SCALP-EG, СКАЛП",
    "Taurus, Таурус: Таурусів, Таурусами, Taurus",
    "Patriot, Петріот, Пэтриот: Петріотами, Петриотов, Пэтриотом, системи Patriot, ЗРК «Патріот», "
    "батареї Патріот, ракет «Патриот»",
    "Leopard, Леопард: Леопардів, Леопардами, Leopards, Leopard 2, Leopard-2",
    "Leopard 2, Леопард-2: Леопарди 2, Leopard 2A6",
    "Abrams, Абрамс: Абрамсами, Абрамсы, Abrams",
    "Bradley, Бредлі, Брэдли: Бредлі, Брэдли, Bradleys",
    "Javelin, Джавелін, Джавелин: Джавелінами, Джавелинов, Javelins",
    "Stinger, Стінгер, Стингер: Стінгерами, Стингеров, Stingers",
    "Bayraktar, Байрактар: Байрактарами, Байрактаров, Bayraktars",
    "NASAMS, НАСАМС: НАСАМСів, NASAMS",
    "IRIS-T, ІРІС-Т, ИРИС-Т: IRIS-T SLM, ІРІС-Т, ИРИС-Т, Айріс-Т",
    "Tochka-U, Точка-У: Точкою-У, Точки-У, Tochka-U",
    "С-300, C-300: С-300ПТ, S-300, комплексу С-300",
    "S-300: ракетами С-300, ЗРК С-300, S-300",
    "С-400: С-400, S-400",
    "S-400: комплекс С-400, S-400",
    "КАБ: КАБами, керованими авіаційними бомбами, glide bombs",
    "KAB: КАБами, керованими авіаційними бомбами, glide bombs, KABs",
    "УМПК, UMPK: УМПК, UMPK",
    "Grad: РСЗВ «Град», установки «Град», БМ-21, BM-21",
    "Град: Градами, BM-21",
    "Uragan: РСЗО «Ураган», установок «Ураган»",
    "Smerch: РСЗВ «Смерч», БМ-30",
    "Торнадо-С: Торнадо-С, Tornado-S",
    "Tornado-S: РСЗВ Торнадо-С, Tornado-S",
    "Gripen, Гріпен, Грипен: Гріпенів, Gripens",
    "Starlink, Старлінк, Старлинк: Старлінками, Старлинков, Starlinks",
    "FPV, ФПВ: FPV-дрон, ФПВ",
    "Lancet, Ланцет: Ланцетами, Lancets",
    "Oreshnik, Орєшник, Орешник: Орєшником, Орешника",
    "Х-47: Х-47М2, Kh-47M2",
    "Kh-47: ракетами Х-47, Kh-47M2",
    "Mi-24, Мі-24: Мі-24, Mi-24, вертолёты Ми-24",
    "Ярс, Yars: Ярсами, Ярси, Yars",
    "МТЛБ, MT-LB: МТ-ЛБ, МТЛБ",
]
ADJECTIVES = """
луганський луганский|донецький донецкий|харківський харьковский|запорізький запорожский
херсонський херсонский|миколаївський николаевский|одеський одесский|сумський сумской
дніпропетровський днепропетровский|чернігівський черниговский|київський киевский
полтавський полтавский|кіровоградський кировоградский|черкаський черкасский
вінницький винницкий|житомирський житомирский|рівненський ровенский|волинський волынский
львівський львовский|тернопільський тернопольский|івано-франківський ивано-франковский
чернівецький черновицкий|закарпатський закарпатский|кримський крымский
бєлгородський белгородский|курський курский|брянський брянский
"""
PAIRS = [tuple(row.split()) for row in ADJECTIVES.strip().replace("\n", "|").split("|")]


@pytest.fixture(name="every", scope="module")
def all_names() -> list[Name]:
    return list(names())


@pytest.fixture(name="known", scope="module")
def the_lexicon_with_all_names(every: list[Name]) -> Lexicon:
    return Lexicon(every)


@pytest.fixture(name="owned", scope="module")
def owner_of_each_spelling(every: list[Name]) -> dict[str, int]:
    """Which name each normalised spelling belongs to; two are an error."""
    owned: dict[str, int] = {}
    for number, name in enumerate(every):
        for spelling in spellings([name]):
            assert owned.setdefault(norm(spelling), number) == number, spelling
    return owned


def spellings(found: Iterable[Name]) -> list[str]:
    return [each for name in found for group in name.spellings.values() for each in group]


# ---------------------------------------------------------------- what is there


def test_no_spelling_is_in_two_names(owned: dict[str, int]) -> None:
    assert len(owned) > 8000


def test_every_spelling_is_of_words_and_every_name_joins_something(every: list[Name]) -> None:
    for name in every:
        assert name.kind in KINDS
        assert set(name.spellings) <= set(LANGUAGES)
        assert len({norm(each) for each in spellings([name])}) >= 1
        assert all(norm(each) for each in spellings([name]))
        assert len(spellings([name])) >= 2


def test_spellings_are_in_the_letters_of_their_language() -> None:
    written = entries(GLOSSARY) + entries(SUPPLEMENT)
    for name in written:
        assert not any(set("ыэъёЫЭЪЁ") & set(each) for each in name.spellings.get("uk", ()))
        assert not any(set("іїєґІЇЄҐ'") & set(each) for each in name.spellings.get("ru", ()))
    latin = [each for name in written for each in name.spellings.get("en", ())]
    assert not any("А" <= letter <= "ӿ" for each in latin for letter in each)


def test_the_glossary_covers_the_beat() -> None:
    glossary = entries(GLOSSARY)
    assert len(glossary) >= 300
    kinds = [name.kind for name in glossary]
    assert all(kinds.count(kind) >= 30 for kind in KINDS)
    complete = [name for name in glossary if set(name.spellings) == set(LANGUAGES)]
    assert len(complete) >= 0.95 * len(glossary)
    assert all({"uk", "ru"} <= set(name.spellings) for name in glossary)


@pytest.mark.parametrize("equal", [*EQUAL, *TERMS], ids=" ".join)
def test_each_name_leads_to_the_others(
    every: list[Name], owned: dict[str, int], equal: tuple[str, ...]
) -> None:
    number = owned[norm(equal[0])]
    assert [owned.get(norm(each)) for each in equal] == [number] * 3
    for language, spelling in zip(LANGUAGES, equal, strict=True):
        group = every[number].spellings[language]
        assert norm(spelling) in map(norm, group)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_adjectives_of_the_oblasts_find_each_other(known: Lexicon, pair: tuple[str, str]) -> None:
    for asked, other in (pair, pair[::-1]):
        tree = understand(parse(asked, rule=True), known).tree
        assert tree is not None
        assert holds(tree, Document(f"{other} фронт"))


@pytest.mark.parametrize(
    "equal",
    [
        ("Жовті Води", "Жёлтые Воды", "Zhovti Vody"),
        ("Кам'янець-Подільський", "Каменец-Подольский", "Kamianets-Podilskyi"),
        ("Білгород-Дністровський", "Белгород-Днестровский", "Bilhorod-Dnistrovskyi"),
    ],
)
def test_names_of_several_words_lead_to_the_others(
    owned: dict[str, int], equal: tuple[str, ...]
) -> None:
    assert len({owned.get(norm(each), each) for each in equal}) == 1


def test_no_name_is_a_transliteration_of_the_other_language(every: list[Name]) -> None:
    assert not [
        each
        for name in every
        if name.kind == "place"
        for language in ("uk", "ru")
        for each in name.spellings.get(language, ())
        if re.search("[^ь]ски$|[тд]и Вод", each)
    ]


def test_there_are_as_many_places_of_the_story_as_were_counted() -> None:
    assert len(EQUAL) >= 48


def test_people_of_the_packs_are_known_in_all_spellings(
    every: list[Name], owned: dict[str, int]
) -> None:
    people = {
        holder.name for pack in packs() for profile in pack.profiles for holder in profile.holders
    }
    assert len(people) > 30
    for person in people:
        known = owned.get(norm(person.split()[-1]), owned.get(norm(person)))
        assert known is not None, person
        assert set(every[known].spellings) == set(LANGUAGES), person


def test_what_the_starter_rules_ask_for_is_known_in_three_languages(
    every: list[Name], owned: dict[str, int]
) -> None:
    for rule in starter_rules():
        for part in rule.query.split(" OR "):
            known = owned.get(norm(part))
            assert known is not None, part
            assert set(every[known].spellings) == set(LANGUAGES), part


@pytest.mark.parametrize("row", WEAPONS)
def test_a_weapon_is_found_by_each_of_its_names_in_their_forms(known: Lexicon, row: str) -> None:
    asked, _, texts = row.partition(": ")
    for rule in asked.split(", "):
        tree = understand(parse(rule, rule=True), known).tree
        assert tree is not None
        missed = [text for text in texts.split(", ") if not holds(tree, Document(f"про {text}."))]
        assert not missed, rule


@pytest.mark.parametrize(
    ("rule", "text", "proposed"),
    [
        ("Kalibr", "155 калібру", "Калібр, Калибр"),
        ("Grad", "град і злива", "Град"),
        ("Uragan", "ураган на узбережжі", "Ураган"),
        ("Smerch", "смерч на морі", "Смерч"),
        ("Geran", "герань на вікні", "Герань"),
        ("Shahed", "герань на вікні", "Герань"),
        ("Петріот", "патріот України", "Patriot, Патріот, Патриот"),
        ("Patriot", "патріот України", "Патріот, Патриот"),
        ("Buk", "бук і граб", "Бук"),
        ("Pantsir", "панцир черепахи", "Панцир, Панцирь"),
        ("SCALP", "скальп", ""),
        ("ураган", "Uragan rockets", ""),
        ("hurricane", "Uragan rockets, РСЗВ «Смерч»", ""),
    ],
)
def test_a_weapon_that_is_called_like_a_thing_of_every_day_is_proposed(
    known: Lexicon, rule: str, text: str, proposed: str
) -> None:
    found = understand(parse(rule, rule=True), known)
    assert found.tree is not None
    assert not holds(found.tree, Document(text))
    [reading] = found.readings
    assert ", ".join(reading.doubtful) == proposed


@pytest.mark.parametrize(
    "word",
    [
        *("мир", "рай", "щастя", "счастье", "ровно", "час", "міст", "орёл", "нове", "мер"),
        *(
            "мирне",
            "полон",
            "посол",
            "после",
            "меры",
            "план",
            "strike",
            "mine",
            "us",
            "perm",
            "bar",
        ),
    ],
)
def test_words_of_every_day_are_joined_to_nothing(owned: dict[str, int], word: str) -> None:
    assert norm(word) not in owned


# ---------------------------------------------------------------- the table of places


def test_the_table_is_sorted_small_and_names_its_source() -> None:
    lines = PLACES.read_text("utf-8").splitlines()
    comments = list(itertools.takewhile(lambda line: line.startswith("#"), lines))
    assert "GeoNames" in " ".join(comments)
    assert "CC BY 4.0" in " ".join(comments)
    rows = lines[len(comments) :]
    assert rows == sorted(set(rows))
    assert len(rows) > 2500
    assert PLACES.stat().st_size < 1_500_000


def test_the_table_has_every_country_and_is_mostly_ukraine() -> None:
    rows = [
        line.split("\t")
        for line in PLACES.read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    countries = [row[0] for row in rows]
    assert set(countries) == {"UA", "RU", "BY", "PL", "MD", "RO", "HU", "SK"}
    assert countries.count("UA") > 2500
    ukrainian = [row[1] for row in rows if row[1]]
    assert len(set(map(norm, ukrainian))) == len(ukrainian)


# ---------------------------------------------------------------- mistakes


def written(folder: Path, text: str) -> Path:
    path = folder / "glossary.toml"
    path.write_text(text, "utf-8")
    return path


ENTRY = '[[entry]]\nkind = "term"\nuk = ["наступ"]\nru = ["наступление"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY + "\n" + ENTRY, "line 6: наступ is in the entry of line 1 too"),
        (ENTRY.replace("term", "word"), "line 1: kind must be one of place, person, office, term"),
        (ENTRY.replace("kind", "sort"), "line 1: kind is missing"),
        ("# a comment\n" + ENTRY.replace("ru", "rus"), "line 2: there is no 'rus' here"),
        ('[[entry]]\nkind = "term"\nuk = ["наступ"]', "line 1: it needs names in two languages"),
        (ENTRY.replace('"наступ"', '"наступ", "Наступ"'), "line 1: uk has a name twice"),
        (ENTRY.replace('["наступ"]', '"наступ"'), "line 1: uk must be a list"),
        (ENTRY + "x = [", "glossary.toml is not valid TOML"),
        (ENTRY.replace('"наступ"', '"…"'), "line 1: … has no letters"),
        (ENTRY + 'doubtful = "ровно"', "line 1: doubtful must be a list"),
        (ENTRY + 'doubtful = ["ровно", "Ровно"]', "line 1: doubtful has a name twice"),
        (ENTRY + 'doubtful = ["наступ"]', "line 1: наступ is there twice"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SeedsError) as error:
        entries(written(tmp_path, text))
    assert message in str(error.value)


def test_what_is_doubtful_in_an_entry_may_be_the_name_of_another(tmp_path: Path) -> None:
    doubtful = ENTRY.replace("наступ", "крок") + 'doubtful = ["наступ", "наступление"]\n'
    assert len(entries(written(tmp_path, ENTRY + doubtful.replace("ение", "ати")))) == 2
    with pytest.raises(SeedsError, match=r"line 6: наступ is in the entry of line 1 too"):
        entries(written(tmp_path, doubtful + doubtful.replace("крок", "хід")))


def test_a_row_of_the_table_with_a_column_too_few_is_told(tmp_path: Path) -> None:
    table = tmp_path / "places.tsv"
    table.write_text("# head\nUA\tМісто\tГород\n", "utf-8")
    with pytest.raises(SeedsError, match=r"places\.tsv, line 2: there are 3 columns"):
        names_in(GLOSSARY, SUPPLEMENT, table)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SeedsError, match="cannot be read"):
        names_in(GLOSSARY, SUPPLEMENT, tmp_path / "none.tsv")
    with pytest.raises(SeedsError, match="cannot be read"):
        names_in(tmp_path / "none.toml", SUPPLEMENT, PLACES)


def test_what_the_glossary_has_the_places_lose(tmp_path: Path) -> None:
    table = tmp_path / "places.tsv"
    table.write_text("UA\tНаступ\tНаступов\tNastup\nUA\tРакета\tРакета\tRaketa\n", "utf-8")
    glossary = written(tmp_path, ENTRY)
    empty = tmp_path / "empty.toml"
    empty.write_text("", "utf-8")
    found = names_in(glossary, empty, table)
    assert [dict(name.spellings) for name in found] == [
        {"uk": ("наступ",), "ru": ("наступление",)},
        {"ru": ("Наступов",), "en": ("Nastup",)},
        {"uk": ("Ракета",), "ru": ("Ракета",), "en": ("Raketa",)},
    ]
