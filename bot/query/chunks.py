"""Where the words of a text stand: runs of letters, runs of digits, abbreviations with dots."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from bot.query.cleaning import plain

APOSTROPHES = "'`´ʹʻʼ‘’‛′＇\u0374\u1fef\u1ffd"
CYRILLIC = re.compile(r"[\u0400-\u0481\u048a-\u052f]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u02af\u1d00-\u1d25\u1e00-\u1eff\u2c60-\u2c7f\ua722-\ua7ff]")

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


_LETTER = r"[^\W\d_\u115f\u1160\u3164\uffa0]"  # without the Hangul fillers: they are blanks
_DOT_BETWEEN = re.compile(rf"\.{_LETTER}")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """From where to where the chunks of `text` go, each a run of letters or of digits; or single
    letters with dots between that are one word."""
    runs = map(re.Match.span, _chunks().finditer(text))
    # Few texts have a letter behind a dot, and looking at every word takes longer than reading it.
    return runs if _DOT_BETWEEN.search(text) is None else _with_dotted(text, runs)


def _with_dotted(text: str, runs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    read = looked = 0  # behind the last chunk, and behind the last letters with dots
    for start, behind in runs:
        end = behind
        if start >= looked and text.startswith(".", behind):
            dotted = _dotted().match(text, start)
            looked = dotted.end() if dotted else behind
            end = looked if dotted and _is_one_word(dotted) else behind
        if start >= read:
            read = end
            yield start, end


def hyphenated(text: str, places: Sequence[tuple[int, int]]) -> Iterator[slice]:
    """Which of the words at these places, from left to right, hyphens join to one; what nothing
    joins to another is a word too."""
    start = 0
    for following in range(1, len(places) + 1):
        end = places[following - 1][1]
        if following == len(places) or plain(text[end : places[following][0]]) != "-":
            yield slice(start, following)
            start = following


def is_latin(character: str) -> bool:
    """Whether a letter is a Latin one, with marks or without."""
    return LATIN.search(unicodedata.normalize("NFKD", character)) is not None


def without_addresses(text: str) -> str:
    """`text` with blanks in place of links, mentions and e-mail addresses; offsets stay."""
    if "/" not in text and "@" not in text and "www." not in text.lower():
        return text
    return _ADDRESSES.sub(lambda address: " " * len(address.group()), text)


@cache
def _chunks() -> re.Pattern[str]:
    mark = _mark()
    apostrophe = f"[{APOSTROPHES}](?={mark}*+{_LETTER})"
    quotation_mark = f'"(?={mark}*+(?:[яюєїЯЮЄЇ]|[іІ]{mark}*?\u0308))'
    inside = f"{mark}++|{apostrophe}|{quotation_mark}|{_LETTER}++"
    return re.compile(rf"{_LETTER}++(?:{inside})*+|\d++(?:[{_INVISIBLE}]++\d++)*+")


def _is_one_word(dotted: re.Match[str]) -> bool:
    """Whether single letters with dots between are an abbreviation; initials are none."""
    text, end = dotted.string, dotted.end()
    before, behind = text[max(0, dotted.start() - 1) : dotted.start()], text[end : end + 1]
    if before.isalnum() or behind.isdecimal() or (behind.islower() and is_latin(behind)):
        return False  # 7A.B., F.B.16, a.b.c.html
    letters = [character for character in dotted["letters"] if character.isalpha()]
    if len(letters) == 2:
        return all(each.isupper() and is_latin(each) for each in letters)
    return len(letters) > 2 and all(is_latin(each) or CYRILLIC.match(each) for each in letters)


@cache
def _dotted() -> re.Pattern[str]:
    """Single letters with dots between, as many as there are; an English genitive with them."""
    letter = f"{_LETTER}{_mark()}*+"
    ending = rf"{letter}(?![\d.]|{_LETTER})"
    return re.compile(
        rf"(?P<letters>(?:{letter}\.)++(?:{ending})?)(?:[{APOSTROPHES}][sS](?!{_LETTER}))?"
    )


@cache
def _mark() -> str:
    # The look-ahead is for speed: the class reaches beyond U+FFFF, and is slow to say no.
    return rf"(?:(?=[\u00ad\u0300-\U0010ffff])[{_attached()}])"


def _attached() -> str:
    """All characters that belong to the one before: marks, and invisible ones."""
    planes = (range(0x1F000), range(0xE0000, 0xE0200))  # there are none between the two
    characters = (chr(code) for plane in planes for code in plane)
    return "".join(c for c in characters if unicodedata.category(c) in {"Mn", "Mc", "Me", "Cf"})
