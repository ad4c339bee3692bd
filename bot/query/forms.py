"""The forms of a word: what a keyword may look like in a text.

A keyword is expanded once, when it is read; no post is ever analysed. How, was measured (DESIGN
section 6):

* what some dictionary has as the first form of a word is that word, in each dictionary; a language
  that lacks the word adds what it guesses, one that knows it as a form of another word adds nothing
  (мер, a mayor, does not bring the Russian меры, measures);
* what is known only inflected (взрывов) is all the words that it is a form of;
* what is known nowhere is guessed, and takes the endings of names; so does a capitalised word in a
  language that lacks it;
* what is capitalised and may be the genitive plural of a thing (Стрелков) may be a surname too;
* what hyphens join is its words, and what it is as one: ленд-ліз, whose ліз alone is no noun;
* abbreviations do not change, but for the endings they take in speech, where no other word comes
  out;
* what is an abbreviation in capitals and a word of every day in small letters (US) is only the
  first if it is typed so, else both;
* no word brings one that is in every text (посол no после), unless it is itself such a word.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from bot.query import endings
from bot.query.choosing import (
    Readings,
    different,
    in_dictionaries,
    is_citation,
    is_stump,
    is_womans,
    may_be_surname,
    meant,
)
from bot.query.dictionaries import Dictionary, Parse
from bot.query.english import English
from bot.query.function_words import FUNCTION_WORDS
from bot.query.paradigms import forms_of
from bot.query.tree import Forms
from bot.query.words import comparable, fold, in_either_case, look_alikes, spelling

_UKRAINIAN, _RUSSIAN = frozenset("іїєґ'"), frozenset("ыэъё")
_ABBREVIATION = 6  # letters at most
_WORD_IN_CAPITALS = 4  # letters at least, of one that is not taken for an abbreviation
_INFLECTED_IN_CAPITALS = 5  # letters at least, where it is a form: САПУ is no form of сапа

# Another number whenever a word gets other forms by the rules here or in `endings`, `english`.
FORMS_VERSION = "4"


class Morphology:
    """What is known of the languages: a dictionary for each that is there."""

    def __init__(self, dictionaries: Mapping[str, Dictionary], english: English | None) -> None:
        self._dictionaries = dictionaries
        self._english = english

    def forms(self, raw: str) -> Forms:
        """The normal forms of everything that one token of a query may look like.

        Empty only for what has no letter and no digit.
        """
        typed = fold(raw)
        raw = _without_dots(raw)
        found = self._expanded(raw, spelling(raw)) | (in_either_case(typed) if typed else set())
        return found if typed in FUNCTION_WORDS else found - FUNCTION_WORDS

    def of_parts(self, raws: Sequence[str]) -> tuple[Forms, ...]:
        """The normal forms of each of the tokens that hyphens join to one word, or to 93-тя."""
        row = [set(self.forms(raw)) for raw in raws]
        if len(raws) == 2 and raws[0].isdecimal() and fold(raws[1]) in endings.OF_ORDINALS:
            row[1] |= set(map(comparable, endings.OF_ORDINALS))
        whole = "-".join(map(spelling, raws))
        forms = map(comparable, self._of_whole(whole, raws)) if "--" not in f"-{whole}-" else ()
        for parts in (form.split("-") for form in forms):
            if len(parts) == len(row):
                for known, part in zip(row, parts, strict=True):
                    known.update({part} - FUNCTION_WORDS)
        return tuple(map(frozenset, row))

    def _of_whole(self, whole: str, raws: Sequence[str]) -> Iterator[str]:
        """What a word with hyphens looks like where a dictionary has it, or where its last part
        has no forms of its own."""
        last = spelling(raws[-1])
        known, known_last = map(in_dictionaries, map(self._parses, (whole, last)))
        guessed = len(last) > 1 and not _is_abbreviation(raws[-1])
        languages = [
            language
            for language in _languages(whole)
            if known.get(language) or (guessed and is_stump(last, known_last.get(language, ())))
        ]
        return self._inflected(whole, languages, is_name=raws[0][:1].isupper())

    def forget(self) -> None:
        """Drop what is remembered of words."""
        for dictionary in self._dictionaries.values():
            dictionary.forget()

    def lemmas(self, raw: str) -> Forms:
        """The normal forms of the words that a token is surely a form of; no guesses."""
        raw = _without_dots(raw)
        word = spelling(raw)
        if not word or (_is_abbreviation(raw) and not self._is_word_in_capitals(word)):
            return frozenset()
        if _is_latin(word):
            return frozenset({fold(self._english.lemma(word))} if self._english else ())
        known = in_dictionaries(self._parses(word))
        return frozenset(comparable(parse.lemma) for parses in known.values() for parse in parses)

    def is_womans(self, raw: str, lemma: str) -> bool:
        """Whether a token is a woman's surname where `lemma`, normalised, is a man's."""
        readings = chain.from_iterable(in_dictionaries(self._parses(spelling(raw))).values())
        return is_womans(list(readings), lemma)

    def is_common(self, raw: str) -> bool:
        """Whether a token is, or could be, a word that is no name: щастя, but not херсон."""
        word = spelling(raw)
        if _is_latin(word):
            return self._english is not None and self._english.knows(word)
        return any(
            not parse.is_name
            for parses in in_dictionaries(self._parses(word)).values()
            for parse in parses
            if parse.is_first_form
        )

    def _expanded(self, raw: str, word: str) -> Forms:
        """Words of every day among them, as they come out of the rules."""
        if self._is_inflected(raw, word):
            inflected = self._inflected(word, _languages(word), is_name=raw[:1].isupper())
            return frozenset(map(comparable, inflected))
        return frozenset(filter(None, map(fold, self._others(raw, word))))

    def _is_inflected(self, raw: str, word: str) -> bool:
        """Whether it is a word of the languages that have dictionaries."""
        if len(word) < 2 or not _languages(word):
            return False
        return not _is_abbreviation(raw) or self._is_word_in_capitals(word)

    def _others(self, raw: str, word: str) -> Iterator[str]:
        """What numbers, single letters, abbreviations and English words look like."""
        if len(word) < 2 or not word[0].isalpha():
            yield from look_alikes(raw)
        elif _is_abbreviation(raw) and not self._is_word_in_capitals(word):
            yield from self._of_abbreviation(raw, word)
        elif _is_latin(word):
            yield from self._english.forms(word) if self._english else ()

    def _parses(self, word: str) -> Readings:
        return {
            language: self._dictionaries[language].parses(word)
            for language in _languages(word)
            if language in self._dictionaries
        }

    def _inflected(self, word: str, languages: Sequence[str], *, is_name: bool) -> Iterator[str]:
        parses = self._parses(word)
        known, chosen = in_dictionaries(parses), meant(word, parses)
        certain = any(known.values())
        if is_name and may_be_surname(word, known):
            yield from (form for each in languages for form in endings.of_surname(word, each))
        for language in languages:
            readings = different(chosen.get(language, ()))
            forms = (form for each in readings for form in forms_of(word, each, language))
            if known.get(language):
                yield from forms
                yield from self._of_names(chosen[language], language) if is_name else ()
                continue
            of_name = endings.declined(word, language) if is_name or not certain else ()
            # What only the other language has does not make a known word of this one: Ukrainian
            # врода (beauty) no Russian вроде (like).
            for form in {*forms, *of_name}:
                if not (certain and self._knows(form, (language,))):
                    yield form

    def _of_names(self, readings: Iterable[Parse], language: str) -> Iterator[str]:
        """What dictionaries do not have of names.

        A thing may be called so, and be many: Байрактари. Those in -ь may be of the other gender
        than is said: Ирпень.
        """
        for parse in different(readings):
            if not parse.is_name or parse.has_plural:
                continue
            if parse.lemma.endswith("ь"):
                yield from endings.declined(parse.lemma, language)
            elif "masc" in parse.grammemes and endings.ends_in_consonant(parse.lemma):
                yield from self._unknown(parse.lemma, endings.PLURAL[language], language)

    def _unknown(self, stem: str, ends: str, language: str) -> Iterator[str]:
        """The stem with the endings, but for what is another word.

        A word in -ів may be known as what belongs to a bearer of this very name: that is none.
        """
        if language not in self._dictionaries:
            return
        for form in endings.with_endings(stem, ends):
            if form.endswith("ів") or not self._knows(form, self._dictionaries):
                yield form

    def _knows(self, form: str, languages: Iterable[str]) -> bool:
        return any(
            self._dictionaries[language].knows(form)
            for language in languages
            if language in self._dictionaries
        )

    def _of_abbreviation(self, raw: str, word: str) -> Iterator[str]:
        alike = look_alikes(raw)
        if raw.isascii():
            yield from alike
            if word.isascii() and not word.endswith("s"):
                yield word + "s"  # UAVs
            return
        if len(raw) >= _WORD_IN_CAPITALS:  # a shorter one would be an English word too often
            yield from alike
        for language, dictionary in self._dictionaries.items():
            for parse in dictionary.parses(word):
                if parse.known and "Abbr" in parse.grammemes and parse.lemma == word:
                    yield from (form.word for form in parse.lexeme)
            if len(word) > 2 and endings.ends_in_consonant(word):
                yield from self._unknown(word, endings.SPOKEN[language], language)

    def _is_word_in_capitals(self, word: str) -> bool:
        """НАСТУП and ДРОНИ, but not НАТО. A short one is so only as dictionaries list it."""
        if len(word) < _WORD_IN_CAPITALS:
            return False
        inflected = len(word) >= _INFLECTED_IN_CAPITALS
        if _is_latin(word):
            english = self._english
            lemma = english.lemma(word) if english and inflected else word
            return english is not None and english.knows(lemma)
        readings = chain.from_iterable(in_dictionaries(self._parses(word)).values())
        meant = [parse for parse in readings if inflected or is_citation(parse, word)]
        return bool(meant) and not any("Abbr" in parse.grammemes for parse in meant)


def _is_latin(word: str) -> bool:
    return word[:1].isascii() and word[:1].isalpha()


def _languages(word: str) -> tuple[str, ...]:
    """The languages whose letters a Cyrillic word has; none for other scripts."""
    letters = set(word)
    if not "\u0400" <= word[:1] <= "\u052f":
        return ()
    ukrainian, russian = bool(letters & _UKRAINIAN), bool(letters & _RUSSIAN)
    if ukrainian is russian:
        return ("uk", "ru")
    return ("uk",) if ukrainian else ("ru",)


def language_by_letters(raw: str) -> str:
    """The likeliest language of a token; empty if it has none of our alphabets."""
    word = spelling(raw)
    return "en" if _is_latin(word) else next(iter(_languages(word)), "")


def _without_dots(raw: str) -> str:
    """An abbreviation that is written with dots in capitals: ТВО for т.в.о."""
    return raw.replace(".", "").upper() if "." in raw else raw


def _is_abbreviation(raw: str) -> bool:
    return 2 <= len(raw) <= _ABBREVIATION and raw[0].isupper() and raw[-1].isupper()
