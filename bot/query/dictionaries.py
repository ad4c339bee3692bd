"""The dictionaries of Ukrainian and Russian: what readings a word has, and their forms.

pymorphy3 ships no types; what is `Any` stays in this module.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_NAMES = frozenset({"Geox", "Surn", "Name", "Patr"})
_REMEMBERED = 2048  # words, as several questions are asked about each; and tags
# What is longer is no word, and pymorphy3 calls itself once for every prefix it takes off; letters
# of other scripts may have no name, which it asks for.
_LONGEST = 60  # letters
_WORD = re.compile(rf"[\u0400-\u052f'-]{{1,{_LONGEST}}}")
_FIRST = frozenset({"nomn", "infn", "INFN"})


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a lexeme."""

    word: str  # as dictionaries write it: lower case, with й ї ё ґ and apostrophes
    grammemes: frozenset[str]


@dataclass(frozen=True)
class Parse:
    """One reading of a word: a form of some lexeme."""

    lemma: str
    known: bool  # False: guessed after words with the same ending
    part_of_speech: str
    grammemes: frozenset[str]  # the part of speech is one of them
    _parse: Any

    @property
    def paradigm(self) -> object:
        """Readings of one word that have this in common have the same lexeme."""
        return self.lemma, *self._parse.methods_stack[0][2:3]

    @cached_property
    def lexeme(self) -> tuple[Form, ...]:
        """Every form of it, the word itself included."""
        return tuple(Form(each.word, _grammemes(each.tag)) for each in self._parse.lexeme)

    @property
    def is_name(self) -> bool:
        """Whether the dictionary has it for the name of a place or a person.

        The Ukrainian one does not say so of places, but gives them no plural.
        """
        return bool(self.grammemes & _NAMES) or ("NOUN" in self.grammemes and not self.has_plural)

    @property
    def has_plural(self) -> bool:
        """Whether the lexeme has plural forms beside others; Суми and Черкаси have no others."""
        return "Pltm" not in self.grammemes and any("plur" in f.grammemes for f in self.lexeme)

    @property
    def is_first_form(self) -> bool:
        """Whether it is as in a title: nominatives, infinitives, what never changes."""
        return bool(self.grammemes & _FIRST) or len(self.lexeme) == 1

    @property
    def is_womans_surname(self) -> bool:
        """Захарова; the Russian dictionary has it among the forms of the man's."""
        return {"Surn", "femn", "nomn"} <= self.grammemes


class Dictionary:
    """The dictionary of one language, as pymorphy3 has it. Safe to ask from several threads.

    Raises LookupError where its package is not installed.
    """

    def __init__(self, language: str) -> None:
        import pymorphy3  # noqa: PLC0415 -- 0.1 s and 30 MB, which not every command needs

        try:
            self._analyzer: Any = pymorphy3.MorphAnalyzer(lang=language)
        except ValueError as error:
            raise LookupError(f"there is no dictionary of {language}") from error
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._read)

    def parses(self, word: str) -> tuple[Parse, ...]:
        """The readings of a word in lower case, the likeliest first; none of what is no word."""
        return self._remembered(word) if _WORD.fullmatch(word) else ()

    def forget(self) -> None:
        """Drop the readings that are remembered."""
        self._remembered.cache_clear()

    def knows(self, word: str) -> bool:
        """Whether it is a form of some word in the dictionary."""
        return bool(self._analyzer.word_is_known(word))

    def _read(self, word: str) -> tuple[Parse, ...]:
        return tuple(_parse(each) for each in self._analyzer.parse(word))


def _parse(found: Any) -> Parse:
    tag, known = found.tag, bool(found.is_known)
    return Parse(str(found.normal_form), known, str(tag.POS), _grammemes(tag), found)


@lru_cache(maxsize=_REMEMBERED)
def _grammemes(tag: Any) -> frozenset[str]:
    return frozenset(str(tag).replace(" ", ",").split(","))


def package_version(package: str) -> str:
    """The installed version of a package; empty where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@cache
def dictionary(language: str) -> Dictionary:
    """The dictionary of a language, read once however many ask for it: it never changes."""
    return Dictionary(language)
