"""What the dictionaries know: whether a word is a proper name, or an ordinary word as well."""

import re

import pymorphy3
import simplemma

# In pymorphy3's Ukrainian dictionary the tags of proper nouns have the gender before the
# animacy; those of common nouns the other way round.
_COMMON_NOUN = ("NOUN,inan ", "NOUN,anim ")
_PERSONAL = re.compile(r"Surn|Name|Patr")
_OF_A_PLACE = re.compile(r"[сзц]ь?кий$|івець$|овец$")  # adjectives and people of the place
_PARTS = re.compile(r"[ -]")
_ENGLISH_SHORTEST = 4
# Миколаївка is a woman from Mykolaiv too, but hardly ever in an official post.
_VILLAGE = ("івка", "ївка")


class Vocabulary:
    """The dictionaries of the three languages."""

    def __init__(self) -> None:
        self._analyzers = {each: pymorphy3.MorphAnalyzer(lang=each) for each in ("uk", "ru")}

    def knows(self, name: str, language: str) -> bool:
        """Whether every part of a name is a name or an adjective of names in the dictionary."""
        return all(self._is_name(part, language) for part in _PARTS.split(name.lower()))

    def ordinary(self, name: str, language: str) -> bool:
        """Whether a name may mean something else, so that texts with it are not about the place.

        That is a name all of whose words are ordinary ones (Нове Життя) or names of people
        (Володимир), also in one of its own cases (Тростянка: тростянці), in either language,
        since both are searched for; and a Latin one that is an English word or very short.
        """
        parts = _PARTS.split(name.lower())
        if language == "en":
            return len(name) < _ENGLISH_SHORTEST or (len(parts) == 1 and _is_english(parts[0]))
        if len(parts) == 1 and self._has_ordinary_case(parts[0], language):
            return True
        return all(self._is_word(part, language) for part in parts)

    def _has_ordinary_case(self, word: str, language: str) -> bool:
        forms = {
            form.word
            for parse in self._analyzers[language].parse(word)
            if parse.normal_form == word
            for form in parse.lexeme
        }
        return any(
            not _OF_A_PLACE.search(tag_of)
            for form in forms
            for other in self._analyzers
            for tag_of in self._meanings(form, other, word)
        )

    def _meanings(self, form: str, language: str, word: str) -> list[str]:
        """The dictionary forms of ordinary words that `form` can be, other than `word`."""
        return [
            parse.normal_form
            for parse in self._analyzers[language].parse(form)
            if parse.is_known
            and parse.normal_form != word
            and _is_ordinary(str(parse.tag), language)
            and _PERSONAL.search(str(parse.tag)) is None
        ]

    def _tags(self, word: str, language: str) -> list[str]:
        parses = self._analyzers[language].parse(word)
        return [str(parse.tag) for parse in parses if parse.is_known]

    def _is_name(self, word: str, language: str) -> bool:
        tags = self._tags(word, language)
        if language == "ru":
            return any("Geox" in tag or tag.startswith("ADJF") for tag in tags)
        return any(tag.startswith(("NOUN,", "ADJF")) and not _is_common(tag) for tag in tags)

    def _is_word(self, word: str, language: str) -> bool:
        return not word.endswith(_VILLAGE) and any(
            _is_ordinary(tag, language) or _PERSONAL.search(tag) is not None
            for tag in self._tags(word, language)
        )


def _is_ordinary(tag: str, language: str) -> bool:
    if language == "ru":
        return "Geox" not in tag
    return not tag.startswith("NOUN") or _is_common(tag)


def _is_common(tag: str) -> bool:
    return tag.startswith(_COMMON_NOUN)


def _is_english(word: str) -> bool:
    """The list has many names as well, but not their plurals."""
    return simplemma.is_known(word, "en") and simplemma.is_known(f"{word}s", "en")
