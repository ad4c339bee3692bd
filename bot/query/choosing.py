"""Which of the readings of a word are meant by whoever types it; see `forms`."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.query.dictionaries import Parse
from bot.query.endings import ends_in_consonant
from bot.query.words import comparable

Readings = Mapping[str, Sequence[Parse]]  # by language


def in_dictionaries(parses: Readings) -> Readings:
    """The readings that dictionaries have. Nobody types a form of address: Ласточкіне is a place,
    and not somebody called Ласточкін."""
    return {
        language: [parse for parse in readings if parse.known and "voct" not in parse.grammemes]
        for language, readings in parses.items()
    }


def meant(word: str, parses: Readings) -> Readings:
    """The readings that are meant, by language; see the top of `forms`."""
    known = in_dictionaries(parses)
    cited = {
        language: [parse for parse in readings if is_citation(parse, word)]
        for language, readings in parses.items()
    }
    certain = {
        language: [parse for parse in readings if parse.known]
        for language, readings in cited.items()
    }
    if any(certain.values()):
        parts = {parse.part_of_speech for readings in certain.values() for parse in readings}
        return {
            language: readings or ([] if known[language] else _alike(cited[language], parts))
            for language, readings in certain.items()
        }
    if any(known.values()):
        return known
    return {language: cited[language] or parses[language][:1] for language in parses}


def _alike(guesses: Sequence[Parse], parts: Collection[str]) -> list[Parse]:
    """Those of a part of speech that the word has in the language that knows it."""
    return [parse for parse in guesses if parse.part_of_speech in parts]


def may_be_surname(word: str, known: Readings) -> bool:
    """Whether the Russian dictionary has only a genitive plural where a surname may be meant."""
    readings = known.get("ru", ())
    return any({"gent", "plur"} <= parse.grammemes for parse in readings) and not any(
        "Surn" in parse.grammemes and is_citation(parse, word) for parse in readings
    )


def different(readings: Iterable[Parse]) -> Iterable[Parse]:
    """Without those that have the same forms as another."""
    return {(parse.paradigm, parse.is_womans_surname): parse for parse in readings}.values()


def is_citation(parse: Parse, word: str) -> bool:
    """Whether the word is what a dictionary would list; a woman's surname is so for us."""
    return comparable(parse.lemma) == comparable(word) or parse.is_womans_surname


def is_stump(part: str, readings: Sequence[Parse]) -> bool:
    """Whether the last part of a word with hyphens has only readings, if any, that are not meant.

    Of a loanword it may be by chance a woman's name or a short form of another word: ліз, буль.
    """
    return all(
        len(part) < len(parse.lemma) or ("Fixd" in parse.grammemes and ends_in_consonant(part))
        for parse in readings
    )


def is_womans(readings: Sequence[Parse], lemma: str) -> bool:
    """Whether a word is a woman's surname where `lemma`, normalised, is a man's.

    In the nominative it is meant so even where it is the man's genitive too (Буданова), since
    names are typed in the nominative.
    """
    own = [parse for parse in readings if comparable(parse.lemma) == lemma]
    if lemma.endswith(("а", "я")):
        return False
    return any(parse.is_womans_surname for parse in readings) or all(
        "femn" in parse.grammemes for parse in own
    )
