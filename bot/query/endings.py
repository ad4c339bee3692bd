"""Endings for names that no dictionary has, by the last letters of the name.

Endings that a given name does not have cost nothing: no text contains such a word. Hence the
tables are generous where gender or declension cannot be told from the letters, and every row
that fits is used.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

_SHORTEST = 4  # letters: what a shorter word becomes is too often another word

_CONSONANTS = "б в г ґ д ж з к л м н п р с т ф х ц ч ш щ"


class _Row(NamedTuple):
    """Words that end so lose so many letters, and take these endings (-: none)."""

    ends: str
    drop: int
    endings: str


_UKRAINIAN = (
    _Row("ий ій", 2, "ого ому им ім а ої ій у ою е і их ими"),
    _Row("й", 1, "я ю єві єм ї їв ям ями ях"),
    _Row("ець", 3, "ця цю цеві цем ці ців цям цями цях"),
    _Row("ь", 1, "я ю еві ем і ів ям ями ях"),
    _Row("ів їв", 2, "ова ову овом ові ева еву евом еві єва єву євом єві"),
    _Row("ок", 2, "ка ку кові ком ки ків кам ками ках"),
    _Row("ов ев єв ін їн ин", 0, "им их ими"),
    _Row(_CONSONANTS, 0, "а у ові ом ем еві і и ів ам ами ах"),
    _Row("ка", 2, "ці ок"),
    _Row("га", 2, "зі"),
    _Row("ха", 2, "сі"),
    _Row("ова ева єва іна їна ина ська цька", 1, "ої ій"),
    _Row("а", 1, "и і у ою ею ам ами ах -"),
    _Row("я", 1, "і ї ю ею єю ям ями ях"),
    _Row("о", 1, "а у ові ом і и ів"),
    _Row("е", 1, "ого ому им ім"),
    _Row("ле ще це", 1, "я ю ем і"),
    _Row("є", 1, "я ю єм ї"),
    _Row("ки", 2, "ок"),
    _Row("и", 1, "ів ам ами ах -"),
    _Row("і", 1, "ів ям ями ях"),
)

_RUSSIAN = (
    _Row("ый ий ой", 2, "ого его ому ему ым им ом ая ой ую ые ие ых их ыми ими"),
    _Row("й", 1, "я ю ем е и ев ям ями ях"),
    _Row("ец", 2, "ца цу цом цем це цы цов цев цам цами цах"),
    _Row("ь", 1, "я ю ем е и ей ям ями ях ью"),
    _Row("ок", 2, "ка ку ком ке ки ков кам ками ках"),
    _Row("ов ев ёв ин ын", 0, "ым ых ыми"),
    _Row(_CONSONANTS, 0, "а у ом ем е ы и ов ам ами ах"),
    _Row("ая яя", 2, "ой ую ою ей юю ею"),
    _Row("ка", 2, "ок ек"),
    _Row("а", 1, "ы и е у ой ою ей ам ами ах -"),
    _Row("я", 1, "и е ю ей ям ями ях"),
    _Row("о", 1, "а у ом е"),
    _Row("ое ее", 2, "ого его ому ему ым им ом ем"),
    _Row("ье ие", 1, "я ю ем и"),
    _Row("ки", 2, "ок"),
    _Row("ы", 1, "ов ам ами ах -"),
    _Row("и", 1, "ов ей ев ам ами ах ям ями ях -"),
)

TABLES: Mapping[str, Sequence[_Row]] = MappingProxyType({"uk": _UKRAINIAN, "ru": _RUSSIAN})

PLURAL: Mapping[str, str] = MappingProxyType(
    {"uk": "и і ів ам ами ах", "ru": "ы и ов ам ами ах"}
)  # of what ends in a consonant

_SURNAMES = ("ов", "ев", "ин", "ын")
# Only what each has, as many other words are spelled so: Стрелковых, of rifle units.
_OF_SURNAMES: Mapping[str, str] = MappingProxyType({"uk": "а у им ові і", "ru": "а у ым е"})

# Abbreviations that end in a consonant take endings in speech: МИДа, БТРы, РЕБом.
SPOKEN: Mapping[str, str] = MappingProxyType(
    {"uk": "а у ові ом і и ів ам ами ах", "ru": "а у ом е ы и ов ам ами ах"}
)

# Behind a number in figures and a hyphen: 93-тя, 10-го. Without what is a word of its own, or the
# sign of a measure, behind a number in too many texts (10 га, 10 та 11, 5 х 7), since a text may
# have no hyphen there: such an ending is found where it is typed.
_OF_ORDINALS = "й я тя тє ша ше го ого ї ої му ому ій тю шу ю ою ім е ая ое ые ый ых ья ье ью"
OF_ORDINALS = frozenset(_OF_ORDINALS.split())


def declined(word: str, language: str) -> frozenset[str]:
    """What a name may look like in a text; empty for a short word."""
    if len(word) < _SHORTEST:
        return frozenset()
    fitting = (row for row in TABLES[language] if word.endswith(tuple(row.ends.split())))
    return frozenset(
        form for row in fitting for form in with_endings(word[: len(word) - row.drop], row.endings)
    )


def of_surname(word: str, language: str) -> frozenset[str]:
    """What a word may look like if it is a man's surname; empty if it does not end as they do."""
    if len(word) < _SHORTEST or not word.endswith(_SURNAMES):
        return frozenset()
    return with_endings(word, _OF_SURNAMES[language])


def with_endings(stem: str, endings: str) -> frozenset[str]:
    """The stem with each of the endings, which are parted by blanks."""
    return frozenset(stem + ending.removeprefix("-") for ending in endings.split())


def ends_in_consonant(word: str) -> bool:
    """Whether the last letter is a Cyrillic consonant (й and ь are none here)."""
    return word.endswith(tuple(_CONSONANTS.split()))
