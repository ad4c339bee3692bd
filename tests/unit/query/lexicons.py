"""The lexicons of the tests: every dictionary, and a few names or all of them."""

from functools import cache

import seeds
from bot.query.lexicon import Lexicon
from bot.query.reading import Name

NAMES = (
    Name("place", {"uk": ("Білогорівка",), "ru": ("Белогоровка",), "en": ("Bilohorivka",)}),
    Name("place", {"uk": ("Щастя",), "ru": ("Счастье",), "en": ("Shchastia",)}),
    Name(
        "place",
        {"uk": ("Кривий Ріг",), "ru": ("Кривой Рог",), "en": ("Kryvyi Rih", "Krivoy Rog")},
    ),
    Name("office", {"uk": ("Верховна Рада",), "ru": ("Верховная Рада",), "en": ("Rada",)}),
    Name("term", {"uk": ("наступ",), "ru": ("наступление",), "en": ("offensive",)}),
    Name("term", {"uk": ("ленд-ліз",), "ru": ("ленд-лиз",), "en": ("lend-lease",)}),
    Name("term", {"uk": ("РСЗВ Ураган",), "en": ("Uragan",)}, ("Ураган",)),
    Name("term", {"uk": ("ураган",), "en": ("hurricane",)}),
    Name("term", {"uk": ("дрон",), "ru": ("беспилотник",), "en": ("drone",)}),
    Name("person", {"uk": ("Гайдай",), "ru": ("Гайдай",), "en": ("Haidai", "Gaidai")}),
    Name("person", {"uk": ("Зеленський",), "ru": ("Зеленский",)}),
    Name("person", {"uk": ("Буданов",), "en": ("Budanov",)}),
    Name("person", {"uk": ("Навальний",), "ru": ("Навальный",)}),
    Name("person", {"uk": ("Захарова",), "en": ("Zakharova",)}),
    Name("person", {"uk": ("Шаптала",), "en": ("Shaptala",)}),
    Name("place", {"uk": ("Івано-Франківськ",), "ru": ("Ивано-Франковск",)}),
)


@cache
def lexicon() -> Lexicon:
    """Read once for all tests."""
    return Lexicon(NAMES)


@cache
def whole() -> Lexicon:
    """With the names of the program: read once, since that takes a second."""
    return Lexicon(seeds.names())
