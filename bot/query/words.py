"""Words of a text as they are compared and indexed, with their places in the original.

A text falls into chunks: runs of letters, or of digits. A chunk is mostly one word; a hashtag in
camel case and two scripts glued together are several. The normal form of a word holds lower-case
letters of one script without marks, or decimal digits, and nothing else: so it needs no escaping
anywhere, and normalising it again changes nothing.

What posts contain and what becomes of it:

* apostrophes of any kind, also a quotation mark before я ю є ї: part of the word, not compared;
* stress marks, zero-width and other invisible characters inside a word: not compared, and so
  are all marks on letters (ё is е, ї is і) but the one that makes й of и; ґ is г;
* Latin letters inside a Cyrillic word that look like Cyrillic ones, and the other way round:
  read as the script of the word, if that explains every one of them;
* two scripts in one chunk that it does not explain: two words;
* Latin capitals that look Cyrillic in a Cyrillic text (HATO), or before a number (X-101): Cyrillic;
* letters beside digits: two words, so that the hyphen of Су-34 does not matter;
* single letters with dots between (U.S., Т.В.О., т.в.о.): one word, the same as without dots; but
  two Cyrillic ones are somebody's initials, and two small ones are no name (e.g., в.о.);
* US, IT and WHO in capitals, with dots or without, are not the words us, it and who: they are
  compared as small capitals (ᴜꜱ), which are letters of their own;
* links, mentions and e-mail addresses: not words at all.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from bot.query.chunks import APOSTROPHES, CYRILLIC, LATIN, is_latin, spans, without_addresses

# An index built with other words than these must be rebuilt: when the rules below change (the
# first number), or the tables of Python's Unicode data do (the rest).
NORM_VERSION = f"2/{unicodedata.unidata_version}"

_TO_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))

# Letters that look alike. Lower-case т к м н look like Latin ones in italics only, which a
# person who writes Latin does not use: hence more pairs in one direction than in the other.
_LATIN_ALIKE, _CYRILLIC_ALIKE = "aceiopxyABCEHIKMOPTXY", "асеіорхуАВСЕНІКМОРТХУ"
_TO_CYRILLIC = str.maketrans(_LATIN_ALIKE + "tkmhjJ", _CYRILLIC_ALIKE + "ткмнјЈ")
_TO_LATIN = str.maketrans(_CYRILLIC_ALIKE + "јЈѕЅһҺ", _LATIN_ALIKE + "jJsShH")

_CAPITALS = "ABCEHIKMOPTXY"
_CYRILLIC_CAPITALS = re.compile(rf"[{_CAPITALS}]{{1,5}}")
_NUMBER_FOLLOWS = re.compile(r"[-\u2010-\u2015\u00a0 ]?\d")

# Marked letters that dictionaries keep apart from the plain one.
_COMPOSED = {"и\u0306": "й", "е\u0308": "ё", "і\u0308": "ї"}

# Compared as one: most people write е for ё, Ukrainian spelling reforms and keyboards exchange
# ґ and г, the final sigma is a matter of place. Apostrophes that count as letters appear when ŉ
# is decomposed.
_EQUAL = str.maketrans(
    {"ё": "е", "ї": "і", "ґ": "г", "ς": "σ", "'": None, "ʼ": None, "ʹ": None, "ʻ": None}
)

# In capitals these name something; in small letters they are in nearly every English text.
_SMALL_CAPITALS = {"it": "ɪᴛ", "us": "ᴜꜱ", "who": "ᴡʜᴏ"}
_SHOWN = {small: word.upper() for word, small in _SMALL_CAPITALS.items()}

_TAG_SIGNS = "#＃_"  # an underscore parts the words of a hashtag


class Token(NamedTuple):
    """A word in a text."""

    start: int
    end: int
    raw: str  # as written, but capitals read as Cyrillic are Cyrillic here
    word: str  # what is compared; never empty


def tokens(text: str) -> list[Token]:
    """The words of `text` in order, without overlaps, by offsets of `text` itself."""
    return [
        Token(offset + part.start, offset + part.end, part.raw, part.word)
        for offset, parts in _read(text)
        for part in parts
    ]


def words(text: str) -> list[str]:
    """The normalised words of `text` in order, with repetitions."""
    return norm(text).split()


class Norm:
    """The normaliser, a function that says which one it is: an archive asks for both."""

    version = NORM_VERSION

    def __call__(self, text: str) -> str:
        """The normalised words of `text`, joined by single spaces. Never raises; idempotent."""
        return _norm(text)

    def forget(self) -> None:
        """Drop the results that are kept, so that the next text costs what a new one does."""
        self.forget_texts()
        _parts.cache_clear()

    def forget_texts(self) -> None:
        """Drop the results alone: the next text costs what one of well-known words does."""
        _norm.cache_clear()


norm = Norm()


@lru_cache(maxsize=1024)
def _norm(text: str) -> str:
    """Kept for the next ones, because one post is normalised by several parts in a row."""
    return " ".join(part.word for _, parts in _read(text) for part in parts)


def fold(raw: str) -> str:
    """The normal form of one token: lower-case letters, or digits; empty where there are none."""
    return comparable(spelling(raw))


def comparable(spelled: str) -> str:
    """The normal form of a word in lower case that is spelled as dictionaries do."""
    return spelled.translate(_EQUAL)


def spelling(raw: str) -> str:
    """One token as dictionaries write it: like its normal form, but with ё ї ґ and apostrophes."""
    # Apostrophes first: decomposition makes a space and a stress mark of U+00B4.
    decomposed = unicodedata.normalize("NFKD", raw.translate(_TO_APOSTROPHE))
    if raw[:1].isdecimal():
        return "".join(filter(str.isdecimal, decomposed))
    bare = decomposed.removesuffix("'s").removesuffix("'S")
    written = _in_one_script(bare) or bare
    lowered = written.lower()
    for parts, letter in _COMPOSED.items():
        lowered = lowered.replace(parts, letter)
    word = _of_nobody("".join(filter(_is_spelled, lowered)))
    return _SMALL_CAPITALS.get(word, word) if written.isupper() else word


def _of_nobody(word: str) -> str:
    """Without the English 's, also where other marks hid it, and the apostrophes around it."""
    word = word.strip("'")
    while word.endswith("'s"):
        word = word[:-2].strip("'")
    return word


def in_either_case(word: str) -> frozenset[str]:
    """A normal form, and that of the same letters in capitals where it is another one."""
    return frozenset({word, _SMALL_CAPITALS.get(word, word)})


def shown(word: str) -> str:
    """A normal form as people write it: US, where small capitals are compared."""
    return _SHOWN.get(word, word)


def look_alikes(raw: str) -> tuple[str, ...]:
    """Other ways in which capitals may have been typed: all Cyrillic for Latin, or the reverse."""
    if _CYRILLIC_CAPITALS.fullmatch(raw):
        return (raw.translate(_TO_CYRILLIC),)
    latin = raw.translate(_TO_LATIN)
    return (latin,) if latin != raw and _CYRILLIC_CAPITALS.fullmatch(latin) else ()


def _is_spelled(character: str) -> bool:
    return character.isalpha() or character == "'"


def _read(text: str) -> Iterator[tuple[int, tuple[Token, ...]]]:
    """The chunks of `text`: where each begins, and its words by offsets into it."""
    # The Kelvin sign is canonically a K, but no K to the patterns.
    plain = without_addresses(text.replace("\u212a", "K"))
    for start, end in spans(plain):
        chunk = plain[start:end]
        # The first letter alone tells it of most words, and soonest.
        if chunk[0] in _CAPITALS and _reads_cyrillic(plain, start, end):
            chunk = chunk.translate(_TO_CYRILLIC)
        yield start, _parts(chunk, start > 0 and plain[start - 1] in _TAG_SIGNS)


def _reads_cyrillic(text: str, start: int, end: int) -> bool:
    """Whether a chunk is of Latin capitals that could be Cyrillic ones, and are by what is around
    them.
    """
    if _CYRILLIC_CAPITALS.fullmatch(text[start:end].replace(".", "")) is None:
        return False
    length = end - start
    if length <= 3 and _NUMBER_FOLLOWS.match(text, end):
        return True
    if length == 1:
        return False
    return _is_mostly_cyrillic(text)


@lru_cache(maxsize=8)
def _is_mostly_cyrillic(text: str) -> bool:
    """Kept for the other words of the same text."""
    cyrillic = len(CYRILLIC.findall(text))
    return cyrillic > 0 and 2 * cyrillic >= len(LATIN.findall(text))


@lru_cache(maxsize=32_768)
def _parts(chunk: str, in_tag: bool) -> tuple[Token, ...]:
    """The words of one chunk, by offsets into it. Kept, since most words come again."""
    capitals = _new_capitals(chunk) if in_tag else []
    cuts = {0, *capitals, len(chunk)}
    for start, end in pairwise(sorted(cuts)):
        cuts.update(start + change for change in _script_changes(chunk[start:end]))
    spans = pairwise(sorted(cuts))
    found = (Token(start, end, chunk[start:end], fold(chunk[start:end])) for start, end in spans)
    return tuple(token for token in found if token.word)


def _new_capitals(chunk: str) -> list[int]:
    """Where a capital follows a small letter, as the second word does in #КривийРіг."""
    cuts = []
    after_small = False
    for place, character in enumerate(chunk):
        if not character.isalpha() or character in APOSTROPHES:
            continue
        capital = character != character.lower()
        if capital and after_small:
            cuts.append(place)
        after_small = not capital and character != character.upper()
    return cuts


def _script_changes(chunk: str) -> list[int]:
    """Where Latin letters and others meet, unless look-alikes explain all of one kind."""
    if chunk.isascii() or _in_one_script(unicodedata.normalize("NFKD", chunk)) is not None:
        return []
    letters = [(place, letter) for place, letter in enumerate(chunk) if fold(letter)]
    return [
        place
        for (_, before), (place, after) in pairwise(letters)
        if is_latin(before) is not is_latin(after)
    ]


def _in_one_script(decomposed: str) -> str | None:
    """The letters in one script, as far as look-alikes can do it; None if they cannot."""
    cyrillic, latin = len(CYRILLIC.findall(decomposed)), len(LATIN.findall(decomposed))
    if not cyrillic or not latin:
        return decomposed
    attempts = [(_TO_CYRILLIC, LATIN), (_TO_LATIN, CYRILLIC)]
    if latin > cyrillic:
        attempts.reverse()
    for table, foreign in attempts:
        mended = decomposed.translate(table)
        if not foreign.search(mended):
            return mended
    return None
