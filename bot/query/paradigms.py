"""The forms of one reading of a word: those of its lexeme, and what dictionaries keep elsewhere."""

from collections.abc import Iterator

from bot.query import endings
from bot.query.dictionaries import Form, Parse
from bot.query.words import comparable


def forms_of(word: str, parse: Parse, language: str) -> Iterator[str]:
    """The forms of one lexeme, and those that the dictionary keeps elsewhere or not at all."""
    lexeme = parse.lexeme
    if parse.is_womans_surname and comparable(parse.lemma) != comparable(word):
        lexeme = tuple(form for form in lexeme if "femn" in form.grammemes)
    for form in lexeme:
        yield form.word
        if language == "ru":
            yield from _old_instrumental(form)
    if language == "uk":
        yield from _datives(parse)
        yield from _doubled(parse)
        if "VERB" in parse.grammemes:
            yield from (other for form in lexeme for other in _adverbial(form))


def _old_instrumental(form: Form) -> Iterator[str]:
    """Попасною beside Попасной."""
    if {"femn", "ablt"} <= form.grammemes and form.word.endswith(("ой", "ей")):
        yield form.word.removesuffix("й") + "ю"


def _datives(parse: Parse) -> Iterator[str]:
    """The dative in -ові, which the dictionary lacks for some masculine nouns."""
    if {"NOUN", "masc"} <= parse.grammemes and endings.ends_in_consonant(parse.lemma):
        yield parse.lemma + "ові"


def _doubled(parse: Parse) -> Iterator[str]:
    """Керччю, as most write it, beside Керчю."""
    if "femn" in parse.grammemes and endings.ends_in_consonant(parse.lemma):
        yield f"{parse.lemma}{parse.lemma[-1]}ю"


def _adverbial(form: Form) -> Iterator[str]:
    """Adverbial participles: захопивши, атакуючи; lexemes of their own in the dictionary."""
    word = form.word
    if {"past", "masc"} <= form.grammemes:
        bare = word.removesuffix("ся").removesuffix("сь")
        yield bare + ("ши" if bare == word else "шись")
    elif word.endswith(("уть", "ють", "ать", "ять")):
        yield word.removesuffix("ть") + "чи"
    elif word.endswith(("уться", "ються", "аться", "яться")):
        yield word.removesuffix("ться") + "чись"
