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
* links, mentions and e-mail addresses: not words at all.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

# An index built with other words than these must be rebuilt: when the rules below change (the
# first number), or the tables of Python's Unicode data do (the rest).
NORM_VERSION = f"1/{unicodedata.unidata_version}"

_APOSTROPHES = "'`´ʹʻʼ‘’‛′＇\u0374\u1fef\u1ffd"
_TO_APOSTROPHE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))

# Letters that look alike. Lower-case т к м н look like Latin ones in italics only, which a
# person who writes Latin does not use: hence more pairs in one direction than in the other.
_LATIN_ALIKE, _CYRILLIC_ALIKE = "aceiopxyABCEHIKMOPTXY", "асеіорхуАВСЕНІКМОРТХУ"
_TO_CYRILLIC = str.maketrans(_LATIN_ALIKE + "tkmhjJ", _CYRILLIC_ALIKE + "ткмнјЈ")
_TO_LATIN = str.maketrans(_CYRILLIC_ALIKE + "јЈѕЅһҺ", _LATIN_ALIKE + "jJsShH")

_CYRILLIC = re.compile(r"[\u0400-\u0481\u048a-\u052f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u02af\u1e00-\u1eff\u2c60-\u2c7f\ua722-\ua7ff]")
_CYRILLIC_CAPITALS = re.compile(r"[ABCEHIKMOPTXY]{1,5}")
_NUMBER_FOLLOWS = re.compile(r"[-\u2010-\u2015\u00a0 ]?\d")

# Marked letters that dictionaries keep apart from the plain one.
_COMPOSED = {"и\u0306": "й", "е\u0308": "ё", "і\u0308": "ї"}

# Compared as one: most people write е for ё, Ukrainian spelling reforms and keyboards exchange
# ґ and г, the final sigma is a matter of place. Apostrophes that count as letters appear when ŉ
# is decomposed.
_EQUAL = str.maketrans(
    {"ё": "е", "ї": "і", "ґ": "г", "ς": "σ", "'": None, "ʼ": None, "ʹ": None, "ʻ": None}
)

# Every repetition is possessive and starts only where a run starts: linear on any text. What a
# letter or an accent follows at once is no address, however the accent is encoded.
_NOT_GLUED = r"(?![^\W_]|[\u0300-\u036f])"
_ADDRESSES = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z]++://|[Ww]{3}\.)\S++"
    rf"|(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9.-]++{_NOT_GLUED}"
    rf"|@[A-Za-z][A-Za-z0-9_]*+{_NOT_GLUED}"
    r"|(?<![A-Za-z0-9.-])[A-Za-z0-9.-]++"
    r"(?:(?<=\.[A-Za-z]{2})|(?<=\.[A-Za-z]{3})|(?<=\.[A-Za-z]{4}))/\S*+"
)
_INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
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
    lowered = (_in_one_script(bare) or bare).lower()
    for parts, letter in _COMPOSED.items():
        lowered = lowered.replace(parts, letter)
    return "".join(filter(_is_spelled, lowered)).strip("'")


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
    shown = _without_addresses(text.replace("\u212a", "K"))
    for match in _chunks().finditer(shown):
        start, end = match.span()
        chunk = match.group()
        if _CYRILLIC_CAPITALS.fullmatch(chunk) and _reads_cyrillic(shown, start, end):
            chunk = chunk.translate(_TO_CYRILLIC)
        yield start, _parts(chunk, start > 0 and shown[start - 1] in _TAG_SIGNS)


def _without_addresses(text: str) -> str:
    """`text` with blanks in place of links, mentions and e-mail addresses; offsets stay."""
    if "/" not in text and "@" not in text and "www." not in text.lower():
        return text
    return _ADDRESSES.sub(lambda address: " " * len(address.group()), text)


@cache
def _chunks() -> re.Pattern[str]:
    letter = r"[^\W\d_\u115f\u1160\u3164\uffa0]"  # without the Hangul fillers: they are blanks
    # The look-ahead is for speed: the class reaches beyond U+FFFF, and is slow to say no.
    mark = rf"(?:(?=[\u00ad\u0300-\U0010ffff])[{_attached()}])"
    apostrophe = f"[{_APOSTROPHES}](?={mark}*+{letter})"
    quotation_mark = f'"(?={mark}*+(?:[яюєїЯЮЄЇ]|[іІ]{mark}*?\u0308))'
    inside = f"{mark}++|{apostrophe}|{quotation_mark}|{letter}++"
    return re.compile(rf"{letter}++(?:{inside})*+|\d++(?:[{_INVISIBLE}]++\d++)*+")


def _attached() -> str:
    """All characters that belong to the one before: marks, and invisible ones."""
    planes = (range(0x1F000), range(0xE0000, 0xE0200))  # there are none between the two
    characters = (chr(code) for plane in planes for code in plane)
    return "".join(c for c in characters if unicodedata.category(c) in {"Mn", "Mc", "Me", "Cf"})


def _reads_cyrillic(text: str, start: int, end: int) -> bool:
    """Whether Latin capitals that could be Cyrillic ones are, judged by what is around them."""
    length = end - start
    if length <= 3 and _NUMBER_FOLLOWS.match(text, end):
        return True
    if length == 1:
        return False
    return _is_mostly_cyrillic(text)


@lru_cache(maxsize=8)
def _is_mostly_cyrillic(text: str) -> bool:
    """Kept for the other words of the same text."""
    cyrillic = len(_CYRILLIC.findall(text))
    return cyrillic > 0 and 2 * cyrillic >= len(_LATIN.findall(text))


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
        if not character.isalpha() or character in _APOSTROPHES:
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
        if _is_latin(before) is not _is_latin(after)
    ]


def _is_latin(character: str) -> bool:
    return _LATIN.search(unicodedata.normalize("NFKD", character)) is not None


def _in_one_script(decomposed: str) -> str | None:
    """The letters in one script, as far as look-alikes can do it; None if they cannot."""
    cyrillic, latin = len(_CYRILLIC.findall(decomposed)), len(_LATIN.findall(decomposed))
    if not cyrillic or not latin:
        return decomposed
    attempts = [(_TO_CYRILLIC, _LATIN), (_TO_LATIN, _CYRILLIC)]
    if latin > cyrillic:
        attempts.reverse()
    for table, foreign in attempts:
        mended = decomposed.translate(table)
        if not foreign.search(mended):
            return mended
    return None
