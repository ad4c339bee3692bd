"""What words and names are known: all the forms of a word, and the other names of a thing."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import chain
from threading import Lock
from types import MappingProxyType

from bot.query.chunks import hyphenated
from bot.query.dictionaries import dictionary, package_version
from bot.query.english import english_words
from bot.query.forms import FORMS_VERSION, Morphology
from bot.query.reading import Name
from bot.query.tree import Forms
from bot.query.words import NORM_VERSION, fold, tokens, words

# What the words of a language are known from. The Ukrainian one rests on data under CC BY-NC-SA,
# which not everybody may use: hence any of them may be left out, or may not be installed.
PACKAGES: Mapping[str, str] = MappingProxyType(
    {"uk": "pymorphy3-dicts-uk", "ru": "pymorphy3-dicts-ru", "en": "simplemma"}
)
LANGUAGES = tuple(PACKAGES)
NAMES: Mapping[str, str] = MappingProxyType({"uk": "Ukrainian", "ru": "Russian", "en": "English"})
_REMEMBERED = 16_384  # words with their forms
_HEAD = 3  # letters that all forms of a word begin with

Key = tuple[str, ...]  # the normalised words of a spelling


@dataclass(frozen=True, slots=True)
class _Known:
    """What reading the dictionaries and the names gives."""

    morphology: Morphology
    names: Mapping[Key, Sequence[Name]]
    # The longer spellings, by number of words and the beginning of the first.
    longer: Mapping[tuple[int, str], Sequence[tuple[Key, str]]]


class Lexicon:
    """The dictionaries of some languages, and tables of names. Safe to use from several threads.

    Nothing is read before it is needed; then it takes about a second and 100 MB, which is not for
    an event loop: call it through `asyncio.to_thread`. A language that is left out, or whose
    package is not installed, is `missing`: its words are still found as typed, with the endings of
    names, and where spelling does not tell the language, as words of the others.
    """

    def __init__(self, names: Sequence[Name] = (), languages: Collection[str] = LANGUAGES) -> None:
        unknown = set(languages) - set(LANGUAGES)
        if unknown:
            raise ValueError(f"there is no dictionary of {', '.join(sorted(unknown))}")
        self._names = tuple(names)
        self._present = {
            language: package_version(package)
            for language, package in PACKAGES.items()
            if language in languages and package_version(package)
        }
        self._lock = Lock()
        self._known: _Known | None = None
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._expanded)
        self._parts_remembered = lru_cache(maxsize=_REMEMBERED)(self._expanded_parts)

    @property
    def missing(self) -> tuple[str, ...]:
        """The languages whose dictionary was left out or is not installed."""
        return tuple(language for language in LANGUAGES if language not in self._present)

    @cached_property
    def version(self) -> str:
        """A text that is another one whenever words or names could have another meaning.

        What was stored with the forms of another version is to be made anew.
        """
        packages = [f"{language}={made}" for language, made in self._present.items()]
        names = [[name.kind, sorted(name.spellings.items()), name.doubtful] for name in self._names]
        digest = sha256(json.dumps(names, ensure_ascii=False).encode(errors="surrogatepass"))
        return " ".join([NORM_VERSION, FORMS_VERSION, *packages, digest.hexdigest()[:16]])

    def load(self) -> None:
        """Read what is not yet read; blocks meanwhile."""
        self._read()

    def forms(self, raw: str) -> Forms:
        """Everything that a token may look like, normalised; empty if it has nothing to compare."""
        return self._remembered(raw)

    def forms_of_parts(self, raws: tuple[str, ...]) -> tuple[Forms, ...]:
        """Everything that each of the tokens may look like that hyphens join to one word."""
        return self._parts_remembered(raws) if len(raws) > 1 else tuple(map(self.forms, raws))

    def row(self, text: str) -> tuple[Forms, ...]:
        """Everything that each of the words of a name may look like."""
        found = tokens(text)
        parted = hyphenated(text, [(token.start, token.end) for token in found])
        groups = (tuple(token.raw for token in found[part]) for part in parted)
        return tuple(chain.from_iterable(map(self.forms_of_parts, groups)))

    def forget(self) -> None:
        """Drop the words that are remembered, so that the next one costs what a new one does."""
        self._remembered.cache_clear()
        self._parts_remembered.cache_clear()
        if self._known is not None:
            self._known.morphology.forget()

    def names_of(self, typed: Sequence[str]) -> tuple[Name, ...]:
        """The entries that have a spelling of just these words, in whatever form they are.

        A word that is not capitalised and is also a common one names no place (щастя), and
        nothing else that has it for a doubtful name: ураган is no rocket launcher.
        """
        key = tuple(map(fold, typed))
        found = list(self._read().names.get(key, ()))
        if len(typed) == 1:
            found += self._by_lemma(typed[0])
            if not typed[0][:1].isupper():
                found = [name for name in found if not self._is_elsewise(name, typed[0])]
        elif key and not found:
            found += self._inflected(typed)
        return tuple(_each_once(found))

    def is_common(self, raw: str) -> bool:
        """Whether a dictionary has the word, and not just as the name of a place or a person."""
        return self._read().morphology.is_common(raw)

    def _is_elsewise(self, name: Name, raw: str) -> bool:
        """Whether a token in small letters is a word of every day where the name is none."""
        if name.kind == "place":
            return self.is_common(raw)
        words = {fold(raw), *self._read().morphology.lemmas(raw)}
        return any(fold(doubtful) in words for doubtful in name.doubtful)

    @cached_property
    def longest_name(self) -> int:
        """How many words the longest spelling has."""
        return max(map(len, self._read().names), default=0)

    def _by_lemma(self, raw: str) -> Iterable[Name]:
        """The entries of the words that a token is a form of; Зеленська is not Зеленський."""
        known = self._read()
        for lemma in sorted(known.morphology.lemmas(raw) - {fold(raw)}):
            entries = known.names.get((lemma,), ())
            if any(name.kind == "person" for name in entries) and (
                known.morphology.is_womans(raw, lemma)
            ):
                entries = [name for name in entries if name.kind != "person"]
            yield from entries

    def _inflected(self, typed: Sequence[str]) -> Iterable[Name]:
        """Верховної Ради: entries each of whose words has the typed one among its forms."""
        known = self._read()
        asked = tuple(map(fold, typed))
        for key, spelling in known.longer.get(_heading(asked), ()):
            alike = all(a[:2] == b[:2] for a, b in zip(asked, key, strict=True))
            if alike and all(map(Forms.__contains__, self.row(spelling), asked)):
                yield from known.names[key]

    def _expanded(self, raw: str) -> Forms:
        return self._read().morphology.forms(raw)

    def _expanded_parts(self, raws: tuple[str, ...]) -> tuple[Forms, ...]:
        return self._read().morphology.of_parts(raws)

    def _read(self) -> _Known:
        with self._lock:
            if self._known is None:
                self._known = self._made()
            return self._known

    def _made(self) -> _Known:
        dictionaries = {
            language: dictionary(language) for language in self._present if language != "en"
        }
        english = english_words() if "en" in self._present else None
        names: dict[Key, list[Name]] = {}
        longer: dict[tuple[int, str], list[tuple[Key, str]]] = {}
        for name in self._names:
            for spelling in chain(*name.spellings.values(), name.doubtful):
                key = tuple(words(spelling))
                if len(key) > 1 and key not in names:
                    longer.setdefault(_heading(key), []).append((key, spelling))
                if key:
                    names.setdefault(key, []).append(name)
        return _Known(Morphology(dictionaries, english), names, longer)


def _heading(key: Key) -> tuple[int, str]:
    return len(key), key[0][:_HEAD]


def _each_once(names: Iterable[Name]) -> list[Name]:
    """Compared by identity: entries hold mappings, and two of the same content are two things."""
    return list({id(name): name for name in names}.values())
