"""Other spellings of a surname by the rules of letters: proposed to a person, never joined unasked.

Rules know no history and no exceptions, so what they give is right among a few, not surely first.
Names of places and of well-known people have a table instead (seeds/).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, zip_longest
from types import MappingProxyType
from typing import NamedTuple

from bot.query.latin import LATIN_TO_RU, LATIN_TO_UK
from bot.query.letters import RU_TO_LATIN, RU_TO_UK, UK_TO_LATIN, UK_TO_RU, Table
from bot.query.words import fold, tokens

LONGEST = 40  # letters; no name is longer
_LONGEST_ENTRY = 7  # of a table, without ^ and $
_KEPT = 48  # spellings under way at a time; the right one is nearly always among a dozen
_CYRILLIC = frozenset("абвгдежзийклмнопрстуфхцчшщьюяіїєґ'ыэъё")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz'")


# From which language or script into which.
_TABLES: Mapping[str, Table] = {
    "uk-ru": UK_TO_RU,
    "ru-uk": RU_TO_UK,
    "uk-latin": UK_TO_LATIN,
    "ru-latin": RU_TO_LATIN,
    "latin-uk": LATIN_TO_UK,
    "latin-ru": LATIN_TO_RU,
}
_Ways = tuple[tuple[int, str], ...]  # (cost, what is written)
_Rules = Mapping[str, _Ways]
# What only one of the two languages writes.
_UKRAINIAN = re.compile(r"[іїєґ']|[сзц]ьк|[йь]о|ць|ння")
_RUSSIAN = re.compile(r"[ыэъё]|[сзц]к(?:ий|ой|ая)$|[еи]ц$|ь[еия]")


class _Draft(NamedTuple):
    """A spelling under way."""

    cost: int
    text: str
    chosen: Mapping[str, str] = MappingProxyType({})  # what was written for an entry before


def proposals(word: str, limit: int = 6) -> list[str]:
    """Spellings of a surname in the two other alphabets or languages, the likeliest first.

    At most `limit`, each different from `word` and from each other when compared as words are;
    none for what is not one word of Ukrainian, Russian or Latin letters. Never raises.
    """
    name = _letters(word)
    if not 3 <= len(name) <= LONGEST:
        return []
    if set(name) <= _LATIN:
        found = _of_latin(name)
    elif set(name) <= _CYRILLIC:
        found = _of_cyrillic(name)
    else:
        return []
    known = {fold(name): ""}
    for spelling in (each for each in found if len(tokens(each)) == 1):
        known.setdefault(fold(spelling), spelling)
    capital = word.lstrip()[:1] != word.lstrip()[:1].lower()
    different = list(known.values())[1:]
    return [each.capitalize() if capital else each for each in different[: max(0, limit)]]


def russian(word: str) -> list[str]:
    """Russian spellings of a Ukrainian name in lower-case letters, the likeliest first."""
    return _rewritten(word, "uk-ru")


def ukrainian(word: str) -> list[str]:
    """Ukrainian spellings of a Russian name in lower-case letters, the likeliest first."""
    return _rewritten(word, "ru-uk")


def latin(word: str, language: str) -> list[str]:
    """Latin spellings of a name in lower-case letters of `language` (uk or ru).

    A spelling keeps to one way: what г has become at one place it is everywhere.
    """
    return _rewritten(word, f"{language}-latin", steady=True)


def _of_latin(name: str) -> Iterator[str]:
    in_ukrainian, in_russian = _rewritten(name, "latin-uk"), _rewritten(name, "latin-ru")
    others = _in_turn(latin(in_ukrainian[0], "uk"), latin(in_russian[0], "ru"))
    return _in_turn(
        # A spelling often went through the other language.
        list(_in_turn(in_ukrainian, ukrainian(in_russian[0]))),
        list(_in_turn(in_russian, russian(in_ukrainian[0]))),
        list(others),
    )


def _of_cyrillic(name: str) -> Iterator[str]:
    ukrainian_signs, russian_signs = _UKRAINIAN.search(name), _RUSSIAN.search(name)
    is_ukrainian = ukrainian_signs is not None or russian_signs is None
    is_russian = russian_signs is not None or ukrainian_signs is None
    in_russian = russian(name) if is_ukrainian else [name]
    in_ukrainian = ukrainian(name) if is_russian else [name]
    ways = [
        latin(name if is_ukrainian else in_ukrainian[0], "uk"),
        latin(name if is_russian else in_russian[0], "ru"),
    ]
    if not is_ukrainian:
        ways.reverse()
    return _in_turn(in_russian, in_ukrainian, list(_in_turn(*ways)))


def _in_turn(*lists: list[str]) -> Iterator[str]:
    """The first of each, the second of each, and so on."""
    return (each for row in zip_longest(*lists) for each in row if each is not None)


def _letters(word: str) -> str:
    """`word` in small letters and plain apostrophes; empty if it is not one word."""
    found = tokens(word[: 4 * LONGEST])
    if len(found) != 1 or len(word) > 4 * LONGEST:
        return ""
    raw = unicodedata.normalize("NFC", found[0].raw.lower())
    composed = raw if set(raw) & _CYRILLIC else unicodedata.normalize("NFKD", raw)
    return "".join(map(_sign, composed)).strip("'")


def _sign(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Mn", "Mc", "Me", "Cf"}:
        return ""
    return "'" if category in {"Po", "Pf", "Pi", "Sk", "Lm"} else character


def _rewritten(word: str, name: str, steady: bool = False) -> list[str]:
    """`word` by the table of this name, the likeliest first. `steady`: one way in all places."""
    rules = _rules(name)
    drafts = [_Draft(0, "")]
    place = 0
    while place < len(word):
        key, length = _entry(rules, word, place)
        ways = rules.get(key, ((0, key),))
        longer = chain.from_iterable(_extended(draft, key, ways, steady) for draft in drafts)
        drafts = sorted(longer, key=lambda draft: draft.cost)[:_KEPT]
        place += length
    return list(dict.fromkeys(draft.text for draft in drafts))


def _extended(draft: _Draft, key: str, ways: _Ways, steady: bool) -> Iterator[_Draft]:
    """The draft with each way to go on."""
    if len(ways) == 1 or not steady:
        for cost, text in ways:
            yield _Draft(draft.cost + cost, draft.text + text, draft.chosen)
        return
    before = draft.chosen.get(key)
    for cost, text in ways:
        if before is None:
            yield _Draft(draft.cost + cost, draft.text + text, {**draft.chosen, key: text})
        elif before == text:
            yield _Draft(draft.cost, draft.text + text, draft.chosen)


def _entry(rules: _Rules, word: str, place: int) -> tuple[str, int]:
    """The longest entry that fits at `place`, and how many letters it takes."""
    start = "^" if place == 0 else ""
    for length in range(min(_LONGEST_ENTRY, len(word) - place), 0, -1):
        part = word[place : place + length]
        end = "$" if place + length == len(word) else ""
        for key in (start + part + end, start + part, part + end, part):
            if key in rules:
                return key, length
    return word[place], 1


@cache
def _rules(name: str) -> _Rules:
    """A table, read: for each entry its ways, each with its cost."""
    return {key: tuple(map(_way, ways.split())) for key, ways in _TABLES[name].items()}


def _way(written: str) -> tuple[int, str]:
    text, _, cost = written.partition(":")
    return int(cost or 0), text.replace("-", "")
