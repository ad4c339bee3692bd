"""English: the forms of a word by simplemma's table, which is read the other way round.

The table misses some regular forms, and past tenses that are words of their own (shot, left).
"""

import re
from collections.abc import Collection, Iterator
from functools import cache

# Lemma and forms. Only what the table gives to another word, or to none.
_IRREGULAR = (
    "annex annexed; awake awoken; axis axes; bacterium bacteria; basis bases; bear bore borne; "
    "bend bent; bid bade bidden; bind bound; bite bit bitten; break broke broken; calf calves; "
    "datum data; diagnosis diagnoses; drink drank drunk; far further furthest; feel felt; go "
    "gone; grind ground; half halves; leaf leaves; leave left; life lives; loaf loaves; person "
    "people persons; ring rang rung; rise rose risen; shake shook shaken; sheaf sheaves; shelf "
    "shelves; shoot shot; slay slew slain; smell smelt; swear swore sworn; thank thanked "
    "thanking; thief thieves; think thought; tread trod; wife wives; win won"
)
# Verbs of whose forms in -ing the table makes words of their own.
_VERBS = (
    "beat begin bid bind bleed breed broadcast build burn buy cast cost cut draw feed feel find "
    "freeze grow hang hear prove set shed shut sing sit spit split spread spring strive swear "
    "swing think tread undertake wed write"
)
_WRONG = frozenset({("die", "dice")})  # a form by the table, but a word with another meaning

_VOWELS = "aeiouy"
_DOUBLES = re.compile(f"[^{_VOWELS}][{_VOWELS}][^{_VOWELS}wx]")  # stop: stopping
# Words too new for the table: denazify; and such as are made of those in it: redeploy.
_NEW_VERB = re.compile(r"([a-z]{3,}if)(?:y|ies|ied|ying)|([a-z]{4,}i[sz])(?:e|es|ed|ing)")
_PREFIXED = re.compile(r"(anti|counter|de|mis|non|out|over|pre|re|un|under)([a-z]{5,})")


class English:
    """The table of English forms. Reading it takes 0.3 s and some 40 MB."""

    def __init__(self) -> None:
        from simplemma.strategies.dictionaries.dictionary_factory import (  # noqa: PLC0415 -- see above
            DefaultDictionaryFactory,
        )

        self._lemmas = DefaultDictionaryFactory().get_dictionary("en")
        self._forms: dict[str, list[str]] = {}
        self._irregular_verbs = frozenset(_VERBS.split())
        self._irregular: dict[str, str] = {}
        for lemma, *forms in map(str.split, _IRREGULAR.split(";")):
            self._forms[lemma] = [lemma, *forms]
            self._irregular.update(dict.fromkeys(forms, lemma))
        for form, lemma in self._lemmas.items():
            if form.isalpha() and form.islower() and lemma.islower():
                self._forms.setdefault(lemma, []).append(form)

    def knows(self, word: str) -> bool:
        """Whether a word in lower case is one that others are forms of."""
        return len(self._forms.get(word, ())) > 1

    def lemma(self, word: str) -> str:
        """The word that `word` (lower case) is a form of: mostly itself."""
        if self.knows(word):
            return word
        lemma = self._irregular.get(word) or self._lemmas.get(word)
        return lemma.lower() if lemma else self._of_new(word)

    def forms(self, word: str) -> frozenset[str]:
        """Every form of a word in lower case; regular ones for a word that the table lacks.

        An inflected form stands for its word: strikes is strike.
        """
        lemma = self.lemma(word)
        made = None if lemma in self._forms else _PREFIXED.fullmatch(lemma)
        if made and self.knows(made[2]):
            return frozenset({word, *(made[1] + form for form in self.forms(made[2]))})
        known = self._forms.get(lemma, [lemma])
        singular = {word.removesuffix("s")} if len(known) < 2 and len(word) > 4 else ()  # Shaheds
        found = {word, *singular, *known, *_nouns(lemma), *self._verbs(lemma, known)}
        return frozenset(form for form in found if (lemma, form) not in _WRONG)

    def _of_new(self, word: str) -> str:
        """The word that one too new for the table is a form of: mostly itself."""
        if new := _NEW_VERB.fullmatch(word):
            return new[1] + "y" if new[1] else new[2] + "e"
        made = _PREFIXED.fullmatch(word)
        base = self.lemma(made[2]) if made else ""
        return made[1] + base if made and self.knows(base) else word

    def _verbs(self, lemma: str, known: Collection[str]) -> Iterator[str]:
        """What follows for a verb, which is one if it has a past or a form in -ing as verbs do."""
        pasts, ings = frozenset(_pasts(lemma)), frozenset(_ings(lemma))
        is_new = lemma not in self._forms and _NEW_VERB.fullmatch(lemma) is not None
        if is_new or lemma in self._irregular_verbs or not pasts.isdisjoint(known):
            yield from ings
        if is_new:
            yield from pasts
        elif not ings.isdisjoint(known):
            # The table may have it for a form of another: annexed, of annexe.
            yield from (form for form in pasts if form in self._lemmas)


def _nouns(word: str) -> Iterator[str]:
    """Plurals."""
    if word.endswith("man"):
        yield word.removesuffix("man") + "men"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        yield word.removesuffix("y") + "ies"
    if not word.endswith("ify"):
        yield word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _pasts(word: str) -> Iterator[str]:
    if word.endswith("e"):
        yield word + "d"
    elif word.endswith("y") and word[-2:-1] not in _VOWELS:
        yield word.removesuffix("y") + "ied"
    else:
        yield from (stem + "ed" for stem in _stems(word))


def _ings(word: str) -> Iterator[str]:
    if word.endswith("ie"):
        yield word.removesuffix("ie") + "ying"
    elif word.endswith("e") and not word.endswith(("ee", "oe", "ye")):
        yield word.removesuffix("e") + "ing"
    else:
        yield from (stem + "ing" for stem in _stems(word))


def _stems(word: str) -> Iterator[str]:
    """The word before a vowel: stopp; visit; travel and travell, as it is spelled in two ways."""
    doubles = _DOUBLES.fullmatch(word[-3:].rjust(3, "-")) is not None
    if not doubles or sum(letter in _VOWELS for letter in word) > 1:
        yield word
    if doubles:
        yield word + word[-1]


@cache
def english_words() -> English:
    """The table, read once however many ask for it: it never changes."""
    return English()
