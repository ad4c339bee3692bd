"""What changed between two texts, word by word. Pure.

The longest common subsequence of the words, by bits in Python's long integers (Hyyrö 2004): a row
of the table is one number, so that the worst texts take milliseconds, where `difflib` takes
minutes for some that somebody may well post.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from bot.alerts.passage import settled
from bot.locales import Html, clean, escape, shortened, units

NEAR = 6  # words that stayed, told before and after a change
CHANGES = 60  # told of a text; Telegram keeps a hundred entities
SHORTEST = 24  # units of a change that is told in part

_WORDS = re.compile(r"(\S+)(\s*)")


class Sort(StrEnum):
    """What became of words."""

    SAME = ""
    REMOVED = "s"  # the tag that shows it
    ADDED = "u"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row with one fate, and the blanks behind them."""

    sort: Sort
    text: str  # without blanks at the end
    blank: str = " "


Word = tuple[str, str]  # and the blanks behind it
Fate = tuple[Sort, Word]


def difference(old: str, new: str, size: int) -> Html:
    """Both texts as one, in at most `size` UTF-16 units: removed words struck through, added
    ones underlined, long stretches that stayed left out. Empty where no word changed."""
    found = pieces(old, new)
    if all(piece.sort is Sort.SAME for piece in found):
        return Html()
    told = list(_elided(found))
    limit = size
    while limit > SHORTEST and _length(_cut(told, limit)) > size:
        limit = limit * 2 // 3
    return settled("".join(_rendered(_fitting(_cut(told, limit), size))).rstrip())


def pieces(old: str, new: str) -> list[Piece]:
    """The texts as words that stayed, that were removed, that were added, in their order."""
    before, after = _words(old), _words(new)
    fates = _sorted(_merged(before, after))
    while (joined := _sorted(_without_islands(fates))) != fates:
        fates = joined
    runs = groupby(fates, key=lambda fate: fate[0])
    return [_piece(sort, [word for _, word in run]) for sort, run in runs]


def _words(text: str) -> list[Word]:
    return [(found[1], found[2] or " ") for found in _WORDS.finditer(clean(text))]


def _piece(sort: Sort, words: Sequence[Word]) -> Piece:
    text = "".join(word + blank for word, blank in words)
    return Piece(sort, text.rstrip(), words[-1][1])


# ---------------------------------------------------------------- comparing


def _merged(old: Sequence[Word], new: Sequence[Word]) -> list[Fate]:
    """Both texts as one: found from the end, by the table of common subsequences."""
    rows = _rows(old, new)
    fates: list[Fate] = []
    before, after = len(old), len(new)
    while before or after:
        if before and after and old[before - 1][0] == new[after - 1][0]:
            before, after = before - 1, after - 1
            fates.append((Sort.SAME, new[after]))
        elif after and (not before or rows[before] >> (after - 1) & 1):
            after -= 1
            fates.append((Sort.ADDED, new[after]))
        else:
            before -= 1
            fates.append((Sort.REMOVED, old[before]))
    return fates[::-1]


def _rows(old: Sequence[Word], new: Sequence[Word]) -> list[int]:
    """For each beginning of `old` a number, in which bit n is 0 where the n-th word of `new` makes
    the longest common subsequence longer by one."""
    places: defaultdict[str, int] = defaultdict(int)
    for place, (word, _) in enumerate(new):
        places[word] |= 1 << place
    every = (1 << len(new)) - 1
    rows = [every]
    for word, _ in old:
        row = rows[-1]
        common = row & places[word]
        rows.append((row + common | row - common) & every)
    return rows


def _sorted(fates: Iterable[Fate]) -> list[Fate]:
    """In every change first what was removed, then what was added."""
    found: list[Fate] = []
    for same, run in groupby(fates, key=lambda fate: fate[0] is Sort.SAME):
        together = list(run)
        found += together if same else sorted(together, key=lambda fate: fate[0] is Sort.ADDED)
    return found


def _without_islands(fates: Sequence[Fate]) -> Iterator[Fate]:
    """Words that stayed between two changes that are each longer than they were both removed and
    added: happened to stay."""
    runs = [(same, list(run)) for same, run in groupby(fates, lambda fate: fate[0] is Sort.SAME)]
    for place, (same, run) in enumerate(runs):
        inside = same and 0 < place < len(runs) - 1
        if inside and _weight(run) < min(_weight(runs[place + side][1]) for side in (-1, 1)):
            yield from ((Sort.REMOVED, word) for _, word in run)
            yield from ((Sort.ADDED, word) for _, word in run)
        else:
            yield from run


def _weight(run: Iterable[Fate]) -> int:
    """How much a reader has to take in: the longer of what went and what came."""
    letters: dict[Sort, int] = defaultdict(int)
    for sort, (word, _) in run:
        letters[sort] += len(word)
    return max(letters.values())


# ---------------------------------------------------------------- showing


def _elided(found: Sequence[Piece]) -> Iterator[Piece]:
    """What stayed is told only near a change."""
    for place, piece in enumerate(found):
        words = [word + blank for word, blank in _WORDS.findall(piece.text + piece.blank)]
        head = NEAR if place else 0
        tail = NEAR if place < len(found) - 1 else 0
        if piece.sort is not Sort.SAME or len(words) <= head + tail:
            yield piece
            continue
        before = "".join(words[:head]).rstrip()
        after = "".join(words[len(words) - tail :]).rstrip() if tail else ""
        middle = " … " if before and after else "…"
        yield Piece(Sort.SAME, f"{before}{middle}{after}", piece.blank)


def _cut(told: Sequence[Piece], limit: int) -> list[Piece]:
    """No piece longer than `limit`."""
    return [Piece(piece.sort, shortened(piece.text, limit), piece.blank) for piece in told]


def _length(told: Iterable[Piece]) -> int:
    return sum(units(piece.text) + len(piece.blank) for piece in told)


def _fitting(told: Sequence[Piece], size: int) -> Iterator[Piece]:
    """As many pieces, from the first on, as fit, with … where one is left out."""
    changes = 0
    for place, piece in enumerate(told):
        changes += piece.sort is not Sort.SAME
        room = size - units(piece.text)
        size = room - len(piece.blank)
        fits = room >= 0 if place == len(told) - 1 else size > 0
        if not fits or changes > CHANGES:
            yield Piece(Sort.SAME, "…", "")
            return
        yield piece


def _rendered(told: Iterable[Piece]) -> Iterator[str]:
    for piece in told:
        text = escape(piece.text)
        yield f"<{piece.sort}>{text}</{piece.sort}>" if piece.sort else text
        yield piece.blank
