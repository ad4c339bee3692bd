"""Which of a place's many names in GeoNames, whose languages are not told, are which.

Chosen is one Ukrainian and one Russian name, by what only one of the two alphabets has, by the
dictionaries, and by how well they agree with the Latin name and with each other; then those Latin
names that follow from the two. So old names, nicknames and those of other languages fall away.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from types import MappingProxyType

from bot.query import spellings
from bot.query.words import norm
from seeds.places.vocabulary import Vocabulary

_LETTER = "А-ЯІЇЄҐЁа-яіїєґё'"
_NAME = re.compile(rf"[А-ЯІЇЄҐЁ][{_LETTER}]+(?:[ -][{_LETTER}]+)*")
_UKRAINIAN = re.compile("[іїєґ'ІЇЄҐ]")
_RUSSIAN = re.compile("[ыэъёЫЭЁ]")
# What only the language has, and how names pass into it.
_OWN = MappingProxyType(
    {"uk": (_UKRAINIAN, spellings.ukrainian), "ru": (_RUSSIAN, spellings.russian)}
)
_MECHANICAL = re.compile("[бвгжзклмнпрстфхцчшщ]э|[жшчщгкх]ы")  # Ukrainian letter by letter
_DISTRICT = re.compile(r"[Рр]айон|[Кк]вартал|[Мм]икрорайон|[Мм]ікрорайон|ський$|ский$|ный$|ний$")
_NEITHER = re.compile(r"[^ьі]ски\b")  # Serbian for ський and ский
_APOSTROPHES = str.maketrans("’ʼ`‘", "''''")
_PARTS = re.compile(r"([ -])")
_NOT_RUSSIAN = re.compile("[бвгджзклмнпрстфхцчшщ]е$")  # neuters end in -ое, -о
_NEUTER = re.compile("(?:[оеё]во|[иы]но)$")  # as Russian spells names that Ukrainian ends in -е
_LIKE = 0.88  # of a Russian name to what it is by rule: Бабенково, Бабенкове
_WAYS = 12  # spellings by rule that are considered
_LATIN_SPELLINGS = 5
_SCHOLARLY = re.compile(r"j|c(?!h)", re.IGNORECASE)  # no newspaper writes so


@dataclass(frozen=True, slots=True)
class Spelled:
    """The names of one place, the usual first."""

    uk: tuple[str, ...]
    ru: tuple[str, ...]
    latin: tuple[str, ...]


def spelled(
    country: str, name: str, alternates: Iterable[str], vocabulary: Vocabulary
) -> Spelled | None:
    """The names of a place; None if one of the two languages cannot be told, for Ukraine the
    Ukrainian one, or if what passes for it is not Ukrainian."""
    every = sorted({alternate.translate(_APOSTROPHES) for alternate in alternates})
    cyrillic = [
        each
        for each in every
        if _NAME.fullmatch(each) and not _DISTRICT.search(each) and not _NEITHER.search(each)
    ]
    chosen = _Chooser(name, cyrillic, vocabulary)
    uk, ru = chosen.ukraine() if country == "UA" else chosen.abroad(country in {"RU", "BY"})
    if uk is None or (ru is None and country != "UA"):
        return None
    if ru is not None and not chosen.tells(uk, ru, "uk"):
        return None
    if ru is not None and country == "UA" and not chosen.tells(ru, uk, "ru"):
        ru = None
    return Spelled((uk,), (ru,) if ru else (), _latin(country, name, every, uk, ru))


class _Chooser:
    """Chooses among the Cyrillic names of one place."""

    def __init__(self, name: str, cyrillic: Sequence[str], vocabulary: Vocabulary) -> None:
        self._name = name
        self._uk = [each for each in cyrillic if not _RUSSIAN.search(each)]
        signs = re.compile(f"{_UKRAINIAN.pattern}|{_MECHANICAL.pattern}")
        self._ru = [each for each in cyrillic if not signs.search(each)]
        self._vocabulary = vocabulary

    def ukraine(self) -> tuple[str | None, str | None]:
        """The Ukrainian name by the Latin one, and the Russian one by the Ukrainian."""
        uk = _best(
            self._uk,
            lambda each: (
                self._latin_likeness(each, "uk")
                + 0.15 * self._vocabulary.knows(each, "uk")
                + 0.1 * bool(_UKRAINIAN.search(each))
            ),
            0.8,
        )
        if uk is None:
            return None, None
        return uk, self._counterpart(uk, "ru", 0.75)

    def abroad(self, is_russian: bool) -> tuple[str | None, str | None]:
        """The Russian name, by the dictionary if its own country writes otherwise, and the
        Ukrainian one by the Russian."""
        ru = _best(
            self._ru,
            lambda each: (
                self._latin_likeness(each, "ru") + 0.5 * self._vocabulary.knows(each, "ru")
            ),
            0.8 if is_russian else 1.0,
        )
        if ru is None:
            return None, None
        return self._counterpart(ru, "uk", 0.95), ru

    def tells(self, name: str, other: str, language: str) -> bool:
        """Whether anything says that a name is one of `language`, and not the other one in its
        letters: Белгород Днестровски is no Ukrainian name, Пивдене no Russian one."""
        sign, ways = _OWN[language]
        by_rule = _by_rule(other, ways)
        return (
            sign.search(name) is not None
            or self._vocabulary.knows(name, language)
            or norm(name) in map(norm, by_rule)
            or (language == "ru" and _NEUTER.search(name) is not None)
            or (
                language == "ru"
                and _NOT_RUSSIAN.search(name) is None
                and max(_likeness(name, way) for way in by_rule) >= _LIKE
            )
        )

    def _counterpart(self, other: str, language: str, least: float) -> str | None:
        """The name in `language` that goes with the one in the other language."""
        sign, ways = _OWN[language]
        by_rule = _by_rule(other, ways)

        ranks = {norm(way): rank for rank, way in reversed(list(enumerate(by_rule)))}

        def score(each: str) -> float:
            rank = ranks.get(norm(each))
            likeness = _likeness(each, by_rule[0]) if rank is None else 1.0 - 0.01 * rank
            known = 0.3 * self._vocabulary.knows(each, language)
            return likeness + known + 0.15 * bool(each != other and sign.search(each))

        own = self._ru if language == "ru" else self._uk
        same = _may_be_both(other) and norm(other) == norm(by_rule[0])
        return _best([each for each in own if each != other or same], score, least)

    def _latin_likeness(self, each: str, language: str) -> float:
        ways = _by_rule(each, lambda word: spellings.latin(word, language))
        return max(_likeness(way, self._name) for way in ways[:2])


def _may_be_both(name: str) -> bool:
    """Whether a name can be the same in both languages: adjectives and neuters never are."""
    return " " not in name and not name.endswith("е")


def _best(names: Iterable[str], score: Callable[[str], float], least: float) -> str | None:
    scored = sorted((-score(name), name) for name in names)
    return scored[0][1] if scored and -scored[0][0] >= least else None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, norm(one), norm(other)).ratio()


def _by_rule(name: str, ways: Callable[[str], list[str]]) -> list[str]:
    """Spellings of a name of one word or several, each word in its first, second, ... spelling."""
    parts = [
        [part] if part in {" ", "-"} else ways(part) for part in _PARTS.split(name.lower()) if part
    ]
    longest = min(_WAYS, max(map(len, parts)))
    return ["".join(way[min(n, len(way) - 1)] for way in parts) for n in range(longest)]


def _latin(
    country: str, name: str, alternates: Sequence[str], uk: str, ru: str | None
) -> tuple[str, ...]:
    found = [_plain(name)]
    if country in {"UA", "RU", "BY"}:
        from_uk = _by_rule(uk, lambda word: spellings.latin(word, "uk"))
        from_ru = _by_rule(ru, lambda word: spellings.latin(word, "ru")) if ru else []
        expected = set(map(norm, from_uk + from_ru))
        found += [_titled(way) for way in (from_uk[:1] if country == "UA" else []) + from_ru[:1]]
        plain = [_plain(each) for each in alternates if each.isascii() and each[:1].isupper()]
        found += [each for each in plain if norm(each) in expected and not _SCHOLARLY.search(each)]
    distinct = {norm(each): each for each in reversed(found)}
    return tuple(islice(dict.fromkeys(distinct[norm(each)] for each in found), _LATIN_SPELLINGS))


def _plain(name: str) -> str:
    """A Latin name without marks and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L"))
    return "".join(each for each in decomposed if each.isalnum() or each in " -")


def _titled(name: str) -> str:
    return "".join(part.capitalize() for part in _PARTS.split(name))
