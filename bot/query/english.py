"""English: the forms of a word by simplemma's table, which is read the other way round.

The table misses some regular forms, and past tenses that are words of their own (shot, left).
"""

from collections.abc import Iterable, Iterator
from functools import cache

# Lemma and forms. Only what the table gives to another word, or to none.
_IRREGULAR = (
    "axis axes; basis bases; bear bore borne; bend bent; bind bound; bite bit bitten; "
    "break broke broken; drink drank drunk; far further furthest; feel felt; go gone; "
    "grind ground; half halves; leaf leaves; leave left; life lives; loaf loaves; "
    "person people persons; ring rang rung; rise rose risen; shake shook shaken; "
    "shelf shelves; shoot shot; swear swore sworn; thief thieves; think thought; "
    "wife wives; win won"
)


class English:
    """The table of English forms. Reading it takes 0.3 s and some 40 MB."""

    def __init__(self) -> None:
        from simplemma.strategies.dictionaries.dictionary_factory import (  # noqa: PLC0415 -- see above
            DefaultDictionaryFactory,
        )

        self._lemmas = DefaultDictionaryFactory().get_dictionary("en")
        self._forms: dict[str, list[str]] = {}
        for lemma, *forms in map(str.split, _IRREGULAR.split(";")):
            self._forms[lemma] = [lemma, *forms]
        for form, lemma in self._lemmas.items():
            if form.isalpha() and form.islower() and lemma.islower():
                self._forms.setdefault(lemma, []).append(form)

    def knows(self, word: str) -> bool:
        """Whether a word in lower case is one that others are forms of."""
        return len(self._forms.get(word, ())) > 1

    def lemma(self, word: str) -> str:
        """The word that `word` (lower case) is a form of: mostly itself."""
        return word if self.knows(word) else self._lemmas.get(word, word).lower()

    def forms(self, word: str) -> frozenset[str]:
        """Every form of a word in lower case; regular ones for a word that the table lacks.

        An inflected form stands for its word: strikes is strike.
        """
        lemma = self.lemma(word)
        known = self._forms.get(lemma, [lemma])
        singular = {word.removesuffix("s")} if len(known) < 2 and len(word) > 4 else ()  # Shaheds
        return frozenset({word, *singular, *known, *_regular(lemma, known)})


def _regular(word: str, known: Iterable[str]) -> Iterator[str]:
    """Forms that follow from the spelling; `known` ones tell whether it is a verb."""
    yield word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
    if word.endswith("y"):
        yield word.removesuffix("y") + "ies"
    if word.endswith("man"):
        yield word.removesuffix("man") + "men"
    for form in known:
        if form.endswith("ed") and not form.endswith("ied"):
            yield form.removesuffix("ed") + "ing"
        elif form != word and not form.endswith("s"):
            # A past tense, most likely: the table has its verb, but not each form in -ing.
            yield word.removesuffix("e") + "ing"
            yield word + word[-1] + "ing"


@cache
def english_words() -> English:
    """The table, read once however many ask for it: it never changes."""
    return English()
