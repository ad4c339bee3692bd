"""The language of a text, told by its letters and its smallest words.

Ukrainian and Russian are told apart by letters that the other one lacks; where a text has none,
or some of both (a quotation, a name), by words that are in nearly every text of a language and
in none of the other. Figures: `reference/matching.md` 1.6, and `tests/unit/test_languages.py`.
"""

import re
from collections.abc import Mapping, Sequence

UKRAINIAN, RUSSIAN, ENGLISH = "uk", "ru", "en"

_LETTERS: Mapping[str, str] = {UKRAINIAN: "іїєґ", RUSSIAN: "ыэъё"}
# Small words; of the East Slavic ones those that the other language does not have.
_UKRAINIAN_WORDS = (
    "або але буде будуть був була були було ви вже він від вона вони де додав з зараз зі його із "
    "коли ми навіть немає ні однак після під сьогодні також такої тим тільки треба цей ця це "
    "цього цьому через чи що щоб ще щодо як яка яке який яких якщо які"
)
_RUSSIAN_WORDS = (
    "был была были было будет будут во вы еще ещё если же и из или их к как когда который кто ко "
    "ли между меня мы нет ни однако он она они от перед под после с сейчас со сообщил сообщила "
    "также только тоже уже чем что чтобы эта эти это этого этом"
)
_ENGLISH_WORDS = (
    "a about after and are as at be been but by for from had has have he her his if in into is "
    "it its more not of on or our out over she that the their them there these they this to up "
    "was we were what when which who will with would you"
)
_ONLY: Mapping[str, frozenset[str]] = {
    UKRAINIAN: frozenset(_UKRAINIAN_WORDS.split()),
    RUSSIAN: frozenset(_RUSSIAN_WORDS.split()),
    ENGLISH: frozenset(_ENGLISH_WORDS.split()),
}
_WORD_WEIGHT = 2  # a word says more than a letter, which may be in a name
# Ukrainian goes on without one of its letters for so long once in a hundred times; Russian often.
_LONG = 50  # letters

# Good enough to find small words, and twenty times as fast as the tokens that are compared.
_RUNS = re.compile(r"[^\W\d_]+")
_ADDRESSES = re.compile(r"\S*://\S*|@\S+")


def language_of(text: str) -> str | None:
    """ "uk", "ru" or "en"; None where it is none of them, or cannot be told."""
    shown = text.lower()
    if "://" in shown or "@" in shown:
        shown = _ADDRESSES.sub(" ", shown)
    found = _RUNS.findall(shown)
    latin = list(filter(str.isascii, found))
    if 2 * len(latin) > len(found):
        return _english(latin)
    return _east_slavic(shown, found)


def _east_slavic(shown: str, found: Sequence[str]) -> str | None:
    if "ў" in shown:  # Belarusian
        return None
    score = {
        code: sum(map(shown.count, letters))
        + _WORD_WEIGHT * sum(map(_ONLY[code].__contains__, found))
        for code, letters in _LETTERS.items()
    }
    if not any(score.values()) and sum(map(len, found)) >= _LONG:
        return RUSSIAN
    if score[UKRAINIAN] == score[RUSSIAN]:
        return None
    return max(score, key=score.__getitem__)


def _english(found: Sequence[str]) -> str | None:
    """One small word for every ten, and two at least: other languages have an `a` and an `in`."""
    small = sum(map(_ONLY[ENGLISH].__contains__, found))
    return ENGLISH if small >= max(2, len(found) // 10) else None
