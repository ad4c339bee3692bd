"""Towns of Ukraine: whoever asks for one by a name finds it by the others, without more ado."""

from functools import cache

import pytest

from bot.query.compile import understand
from bot.query.match import holds
from bot.query.parse import parse
from bot.query.reading import Choices, Understood
from bot.query.tree import Document
from tests.unit.query.lexicons import whole

# Ukrainian, Russian, English; _ is a blank.
TOWNS = """
Київ Киев Kyiv|Харків Харьков Kharkiv|Одеса Одесса Odesa|Дніпро Днепр Dnipro
Запоріжжя Запорожье Zaporizhzhia|Львів Львов Lviv|Кривий_Ріг Кривой_Рог Kryvyi_Rih
Миколаїв Николаев Mykolaiv|Маріуполь Мариуполь Mariupol|Вінниця Винница Vinnytsia
Херсон Херсон Kherson|Полтава Полтава Poltava|Чернігів Чернигов Chernihiv
Черкаси Черкассы Cherkasy|Хмельницький Хмельницкий Khmelnytskyi|Житомир Житомир Zhytomyr
Суми Сумы Sumy|Івано-Франківськ Ивано-Франковск Ivano-Frankivsk|Тернопіль Тернополь Ternopil
Луцьк Луцк Lutsk|Чернівці Черновцы Chernivtsi|Ужгород Ужгород Uzhhorod
Кропивницький Кропивницкий Kropyvnytskyi|Краматорськ Краматорск Kramatorsk
Слов'янськ Славянск Sloviansk|Бахмут Бахмут Bakhmut|Авдіївка Авдеевка Avdiivka
Сєвєродонецьк Северодонецк Sievierodonetsk|Лисичанськ Лисичанск Lysychansk
Рубіжне Рубежное Rubizhne|Ізюм Изюм Izium|Куп'янськ Купянск Kupiansk|Лиман Лиман Lyman
Мелітополь Мелитополь Melitopol|Бердянськ Бердянск Berdiansk|Енергодар Энергодар Enerhodar
Токмак Токмак Tokmak|Нова_Каховка Новая_Каховка Nova_Kakhovka
Севастополь Севастополь Sevastopol|Сімферополь Симферополь Simferopol|Керч Керчь Kerch
Ялта Ялта Yalta|Євпаторія Евпатория Yevpatoria|Феодосія Феодосия Feodosia
Донецьк Донецк Donetsk|Луганськ Луганск Luhansk|Горлівка Горловка Horlivka
Макіївка Макеевка Makiivka|Покровськ Покровск Pokrovsk|Торецьк Торецк Toretsk
Часів_Яр Часов_Яр Chasiv_Yar|Вугледар Угледар Vuhledar|Мар'їнка Марьинка Marinka
Вовчанськ Волчанск Vovchansk|Балаклія Балаклея Balakliia|Сватове Сватово Svatove
Кремінна Кременная Kreminna|Старобільськ Старобельск Starobilsk
Білогорівка Белогоровка Bilohorivka|Попасна Попасная Popasna
Костянтинівка Константиновка Kostiantynivka|Дружківка Дружковка Druzhkivka
Нікополь Никополь Nikopol|Кременчук Кременчуг Kremenchuk|Біла_Церква Белая_Церковь Bila_Tserkva
Бровари Бровары Brovary|Буча Буча Bucha|Ірпінь Ирпень Irpin|Бориспіль Борисполь Boryspil
Гостомель Гостомель Hostomel|Конотоп Конотоп Konotop|Шостка Шостка Shostka
Глухів Глухов Hlukhiv|Охтирка Ахтырка Okhtyrka|Тростянець Тростянец Trostianets
Чугуїв Чугуев Chuhuiv|Павлоград Павлоград Pavlohrad|Кам'янське Каменское Kamianske
Умань Умань Uman|Ніжин Нежин Nizhyn|Прилуки Прилуки Pryluky|Мукачево Мукачево Mukachevo
Дрогобич Дрогобыч Drohobych|Стрий Стрый Stryi|Ковель Ковель Kovel|Коростень Коростень Korosten
Бердичів Бердичев Berdychiv|Кам'янець-Подільський Каменец-Подольский Kamianets-Podilskyi
Олександрія Александрия Oleksandriia|Первомайськ Первомайск Pervomaisk
Вознесенськ Вознесенск Voznesensk|Ізмаїл Измаил Izmail|Чорноморськ Черноморск Chornomorsk
Очаків Очаков Ochakiv|Скадовськ Скадовск Skadovsk|Генічеськ Геническ Henichesk
Джанкой Джанкой Dzhankoi|Волноваха Волноваха Volnovakha|Курахове Курахово Kurakhove
Мирноград Мирноград Myrnohrad|Добропілля Доброполье Dobropillia|Сіверськ Северск Siversk
Соледар Соледар Soledar|Алчевськ Алчевск Alchevsk|Вільнянськ Вольнянск Vilniansk
Оріхів Орехов Orikhiv|Гуляйполе Гуляйполе Huliaipole|Василівка Васильевка Vasylivka
Чорнобиль Чернобыль Chornobyl|Славутич Славутич Slavutych|Жовті_Води Жёлтые_Воды Zhovti_Vody
Марганець Марганец Marhanets|Новомосковськ Новомосковск Novomoskovsk
Синельникове Синельниково Synelnykove|Кліщіївка Клещеевка Klishchiivka|Орлівка Орловка Orlivka
Калуш Калуш Kalush|Лозова Лозовая Lozova|Фастів Фастов Fastiv|Васильків Васильков Vasylkiv
Вишгород Вышгород Vyshhorod|Лубни Лубны Lubny|Миргород Миргород Myrhorod
Старокостянтинів Староконстантинов Starokostiantyniv|Яремче Яремче Yaremche
"""
EQUAL = [
    tuple(name.replace("_", " ") for name in row.split())
    for row in TOWNS.strip().replace("\n", "|").split("|")
]


AS_READ = Choices()  # nothing dropped, nothing added


@cache
def meant(query: str, choices: Choices = AS_READ) -> Understood:
    return understand(parse(query), whole(), choices)


def finds(query: str, text: str, choices: Choices = AS_READ) -> bool:
    tree = meant(query, choices).tree
    assert tree is not None
    return holds(tree, Document(text))


def test_there_are_as_many_towns_as_a_war_has_news_of() -> None:
    assert len(EQUAL) >= 100
    assert all(len(names) == 3 for names in EQUAL)


@pytest.mark.parametrize("names", EQUAL, ids=" ".join)
def test_a_town_is_found_by_its_other_names(names: tuple[str, ...]) -> None:
    for query in names:
        assert [name for name in names if not finds(query, f"Удар: {name}.")] == [], query


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Rivne", "Ракети над Рівним"),
        ("Rivne", "Взрывы в Ровно"),
        ("Рівне", "Взрывы под Ровно"),
        ("Рівне", "sirens in Rivne"),
        ("Ровно", "вибухи в Рівному"),
        ("Rovno", "sirens in Rivne"),
        ("Shchastia", "обстріл м. Щастя"),
        ("Shchastia", "бої під Щастям"),
        ("Щастя", "shelling of Shchastia"),
        ("Счастье", "shelling of Shchastia"),
        ("Polohy", "у місті Пологи"),
        ("Zolote", "евакуація з міста Золотого"),
        ("Самар", "Новомосковськ"),
    ],
)
def test_a_town_whose_name_is_a_word_is_found_where_that_is_sure(query: str, found: str) -> None:
    assert finds(query, found)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Rivne", "Ровно год назад"),
        ("Рівне", "ровно в девять утра"),
        ("Рівне", "на рівні держави"),
        ("Shchastia", "бажаємо щастя"),
        ("Shchastia", "желаем счастья"),
        ("щастя", "Shchastia"),
        ("ровно", "Rivne"),
        ("Polohy", "прийняли пологи"),
    ],
)
def test_a_word_of_every_day_is_not_taken_for_the_town(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize(
    ("query", "proposed"),
    [
        ("Rivne", ("Ровно",)),
        ("Ровно", ()),
        ("Shchastia", ("Щастя", "Счастье")),
        ("Щастя", ("Счастье",)),
        ("щастя", ()),
        ("=Shchastia", ()),
    ],
)
def test_what_is_not_sure_is_proposed(query: str, proposed: tuple[str, ...]) -> None:
    [reading] = meant(query).readings
    assert reading.proposed == proposed


def test_what_was_proposed_is_joined_once_it_is_added() -> None:
    added = Choices(with_spellings=frozenset({("shchastia", "Щастя")}))
    assert finds("Shchastia", "обстріляли Щастя", added)
    assert not finds("Shchastia", "обстреляли Счастье", added)
    assert meant("Shchastia", added).readings[0].proposed == ("Счастье",)


@pytest.mark.parametrize("query", ["US", "U.S.", "США", "United States"])
def test_the_united_states_are_not_us(query: str) -> None:
    for text in ("US troops", "the U.S. Army", "in the U.S. They", "войска США", "U.S.A."):
        assert finds(query, text), text
    for text in ("they told us", "Us, too", "with us."):
        assert not finds(query, text), text


@pytest.mark.parametrize(
    ("query", "found"),
    [("us", "they told us"), ("us", "U.S. aid"), ("=US", "U.S. aid"), ("UK", "the U.K. says")],
)
def test_small_letters_find_both(query: str, found: str) -> None:
    assert finds(query, found)


def test_abbreviations_in_capitals_stay_so_in_phrases() -> None:
    assert finds('"US aid"', "U.S. aid")
    assert not finds('"US aid"', "give us aid")
    assert not finds("IT", "it and its kind")
    assert finds("WHO", "the WHO says")
    assert not finds("WHO", "who says")
