"""Whether two posts tell the same: a footprint that finds candidates, and the exact check.

What is compared are normalised words (`words`) without the lines with which a channel ends its
posts anyway. Reposts add such lines, cut paragraphs, mend a word. Templates are what must not be
taken for them: "shot down over the region: N", an exchange rate, a digest by the hour are nearly
equal and different news. So numbers must be the same ones beside the same words, and what else
differs must make no other news (`bot.query.agreement`).
"""

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, repeat
from zlib import crc32

from bot.query.agreement import agree
from bot.query.words import norm

Pair = tuple[str, str]

HASHES = 16  # of pairs of words, kept of a text
SHARED_HASHES = 2  # that make another text a candidate

LINES = 3  # at the end of a post that may be its channel's
LINE_CHARACTERS = 120  # what is longer is no footer

ALIKE = 0.45  # of all pairs of two texts, in both
CONTAINED = 0.75  # of the pairs of the shorter one, in the longer one...
CONTAINED_PAIRS = 9  # ...if it has as many
BRIEF = 7  # with fewer pairs, it is said again and again with another meaning: "air alert"
MISSING = 5  # of so many words one may be missing in the other text

_BEYOND_PAIRS = 1 << 32  # the hashes of whole texts


@dataclass(frozen=True)
class Wording:
    """The words of a post, ready to be compared."""

    words: tuple[str, ...]
    said: frozenset[str]  # the words, each once
    most: int  # so many of them are in a longer text that tells the same

    @cached_property
    def pairs(self) -> frozenset[Pair]:
        """The words with those that follow them."""
        return frozenset(pairwise(self.words))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The words that are numbers, in their order."""
        return tuple(word for word in self.words if word[0].isdecimal())

    @property
    def brief(self) -> bool:
        """Whether it says too little to tell a repost from the same thing happening again."""
        return len(self.words) <= BRIEF or len(self.pairs) < BRIEF


def wording(normalised: str) -> Wording:
    """The wording of normalised words that are parted by blanks."""
    words = tuple(normalised.split())
    said = frozenset(words)
    return Wording(words, said, len(said) - len(said) // MISSING)


def last_lines(text: str) -> list[str]:
    """The last lines of a post, normalised, the last one first: what may be its channel's footer.

    Lines without words (links, emoji) are passed over. The first line is never among them: it
    is what the post says.
    """
    found: list[str] = []
    for line in reversed(text.splitlines()):
        if len(line) > LINE_CHARACTERS:
            return found[:LINES]
        if normalised := norm(line):
            found.append(normalised)
        if len(found) > LINES:
            return found[:LINES]
    return found[:-1]


def without_footer(text: str, footers: Set[str]) -> str:
    """The normalised words of a post, but for the lines at its end that are its channel's."""
    words = norm(text)
    for line in last_lines(text):
        if line not in footers or not f" {words}".endswith(f" {line}"):
            break
        words = words.removesuffix(line).rstrip()
    return words


def footprint(normalised: str) -> list[int]:
    """The numbers by which a text is found again: the least hashes of its pairs of words, and a
    hash of the whole. Texts that tell the same share two. The same in every run of the program;
    empty for an empty text.
    """
    text = normalised.encode()
    words = text.split()
    if not words:
        return []
    # What tells the same has the same numbers in it. So they are in all hashes, and forms that are
    # filled in with other ones every day share none.
    digits = filter(bytes.isdigit, words)
    numbers = crc32(b" ".join(digits))
    pairs = set(map(crc32, words[1:], map(crc32, words, repeat(numbers))))
    whole = crc32(text)
    return [*sorted(pairs or {whole})[:HASHES], _BEYOND_PAIRS + whole]


def same_story(one: Wording, other: Wording) -> bool:
    """Whether two texts tell the same. Symmetrical; brief ones must be equal word for word."""
    # First what is seen soonest and most often: whichever is the shorter, it says other things.
    common = len(one.said & other.said)
    if common < one.most and common < other.most:
        return False
    if one.words == other.words:
        return bool(one.words)
    if one.brief or other.brief:
        return False
    shorter, longer = sorted((one, other), key=lambda each: (len(each.pairs), each.words))
    if one.numbers != other.numbers or not _numbered(shorter) <= longer.pairs:
        return False
    return _resemble(shorter, longer) and agree(shorter.words, longer.words)


def _resemble(shorter: Wording, longer: Wording) -> bool:
    size, common = len(shorter.pairs), len(shorter.pairs & longer.pairs)
    if common >= ALIKE * (size + len(longer.pairs) - common):
        return True
    return size >= CONTAINED_PAIRS and common >= CONTAINED * size


def _numbered(told: Wording) -> set[Pair]:
    """The numbers with the words beside them."""
    return {pair for pair in told.pairs if pair[0][0].isdecimal() or pair[1][0].isdecimal()}
