"""What the words of a query stand for: their forms, and the other names of what they name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.query.chunks import hyphenated
from bot.query.forms import language_by_letters
from bot.query.function_words import FUNCTION_WORDS
from bot.query.lexicon import Lexicon
from bot.query.reading import Choices, Joined, Name, Reading
from bot.query.syntax import And, Near, Node, Not, Or, Phrase, Query, Word
from bot.query.tree import AnyOf, Forms, InRow, Tree
from bot.query.words import fold, norm, tokens

_LONG_PART = 3  # letters at least of each part that is written together with another

Row = tuple[Forms, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A reading, and the words of the query that it is of."""

    reading: Reading
    words: tuple[Word, ...]
    in_row: bool  # the words are to follow each other
    glued: Forms = frozenset()  # names of several words as hashtags have them: кривийріг

    @property
    def alternatives(self) -> tuple[Row, ...]:
        """Rows of words any of which is a hit: the words as typed, and each name.

        All that are one word are one row: it is no matter which of them is found.
        """
        rows = [self.reading.row, *(name.row for name in self.reading.names)]
        single = [row[0] for row in rows if len(row) == 1] + ([self.glued] if self.glued else [])
        merged = [(frozenset[str]().union(*single),)] if single else []
        return tuple(dict.fromkeys([*merged, *(row for row in rows if len(row) > 1)]))

    def trees_of(self, node: Word | Phrase) -> tuple[Tree, ...]:
        """What makes the node hold: all of the words, or one of them."""
        if isinstance(node, Phrase) or len(self.words) == 1:
            return tuple(map(_of_row, self.alternatives))
        typed = AnyOf(self.reading.row[self.words.index(node)])
        # A word of a phrase is only looked for by itself where the phrase is not found.
        return (typed,) if self.in_row else (typed, *self.names)

    @property
    def names(self) -> tuple[Tree, ...]:
        """The joined names, and what hashtags make of names."""
        tags = (AnyOf(self.glued),) if self.glued else ()
        return (*(_of_row(name.row) for name in self.reading.names), *tags)


Meanings = Mapping[Word | Phrase, Meaning]


def meanings(query: Query, lexicon: Lexicon, choices: Choices) -> Meanings:
    """The meaning of each word and phrase of the query, from left to right.

    Words that are one name together have one meaning; and so have a phrase and its words.
    """
    reader = _Reader(query.text, lexicon, choices)
    return {} if query.root is None else dict(reader.of(query.root))


def _of_row(row: Row) -> Tree:
    return AnyOf(row[0]) if len(row) == 1 else InRow(row)


class _Reader:
    def __init__(self, text: str, lexicon: Lexicon, choices: Choices) -> None:
        self._text = text
        self._lexicon = lexicon
        self._choices = choices

    def of(self, node: Node) -> Iterator[tuple[Word | Phrase, Meaning]]:
        match node:
            case And(parts):
                yield from self._of_and(parts)
            case Or(parts):
                for part in parts:
                    yield from self.of(part)
            case Not(part):
                yield from self.of(part)
            case Near(left, right):
                yield from self.of(left)
                yield from self.of(right)
            case Word():
                yield node, self._meaning((node,))
            case Phrase(words):
                meaning = self._meaning(words, in_row=True)
                yield node, meaning
                yield from ((word, meaning) for word in words)

    def _of_and(self, parts: Sequence[Node]) -> Iterator[tuple[Word | Phrase, Meaning]]:
        place = 0
        while place < len(parts):
            run = self._name_at(parts, place)
            if run:
                meaning = self._meaning(run)
                yield from ((word, meaning) for word in run)
                place += len(run)
            else:
                yield from self.of(parts[place])
                place += 1

    def _name_at(self, parts: Sequence[Node], place: int) -> tuple[Word, ...]:
        """The longest name of several words that begins at `place`; empty if there is none."""
        run: list[Word] = []
        for part in parts[place : place + self._lexicon.longest_name]:
            if not isinstance(part, Word) or part.exact or (run and self._parted(run[-1], part)):
                break
            run.append(part)
        for length in range(len(run), 1, -1):
            if self._lexicon.names_of([_raw(word) for word in run[:length]]):
                return tuple(run[:length])
        return ()

    def _parted(self, one: Word, other: Word) -> bool:
        """Whether there is more than blanks between two words: parentheses, an operator."""
        return bool(self._text[one.at + len(one.text) : other.at].strip())

    def _meaning(self, words: tuple[Word, ...], *, in_row: bool = False) -> Meaning:
        first, last = words[0], words[-1]
        typed = self._text[first.at : last.at + len(last.text)] or first.text
        if len(words) == 1:
            typed = first.text
        row = tuple(chain.from_iterable(map(self._forms, self._compounds(words))))
        exact = any(word.exact for word in words)
        joined = () if exact else tuple(self._joined(words, typed, row))
        alone = not exact and len(words) == 1 and not joined
        surname = self._surname(first) if alone else ""
        glued = frozenset[str]() if exact else self._kept(frozenset(self._glued(words, row)))
        doubtful = () if exact else tuple(self._doubtful(words, row, joined))
        reading = Reading(typed, first.at, row, joined, surname, doubtful)
        return Meaning(reading, words, in_row, glued)

    def _compounds(self, words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
        """The words, those together that hyphens join."""
        places = [(word.at, word.at + len(word.text)) for word in words]
        return (words[part] for part in hyphenated(self._text, places))

    def _forms(self, words: tuple[Word, ...]) -> Row:
        """Of words that hyphens join, or of one."""
        raws = tuple(map(_raw, words))
        exact = any(word.exact for word in words)
        row = map(self._lexicon.forms, raws) if exact else self._lexicon.forms_of_parts(raws)
        return tuple(
            frozenset({fold(raw)}) if word.exact else self._kept(forms) or frozenset({fold(raw)})
            for word, raw, forms in zip(words, raws, row, strict=True)
        )

    def _kept(self, forms: Forms) -> Forms:
        return forms - self._choices.without_forms

    def _joined(self, words: Sequence[Word], typed: str, row: Row) -> Iterator[Joined]:
        """The other names, each once, without those that the words' own forms find."""
        entries = self._lexicon.names_of([_raw(word) for word in words])
        added = sorted(text for word, text in self._choices.with_spellings if word == norm(typed))
        seen: set[str] = set(self._choices.without_names)
        for language, text in (*_spellings(entries), *((_language(t), t) for t in added)):
            raws = [token.raw for token in tokens(text)]
            key = " ".join(map(fold, raws))
            if not raws or key in seen:
                continue
            seen.add(key)
            forms = zip(raws, self._lexicon.row(text), strict=True)
            name = tuple(self._kept(each) or frozenset({fold(raw)}) for raw, each in forms)
            if not _covers(row, name):
                yield Joined(text, language, name)

    def _glued(self, words: tuple[Word, ...], row: Row) -> Iterator[str]:
        """What the names of several words are as a hashtag in small letters, and what hyphens
        join as one word, as Ukrainian has many of them since 2019: топменеджер."""
        raws = [_raw(word) for word in words]
        if len(list(self._compounds(words))) == 1 and _are_one(raws):
            first = "".join(map(fold, raws[:-1]))
            yield from (first + form for form in row[-1])
        entries = self._lexicon.names_of(raws)
        typed = [" ".join(raws)] if entries else []
        for text in (*typed, *(spelling for _, spelling in _spellings(entries))):
            name = norm(text)
            glued = name.replace(" ", "")
            if glued != name and name not in self._choices.without_names and _is_word(glued):
                yield glued

    def _doubtful(self, words: Sequence[Word], row: Row, joined: Sequence[Joined]) -> Iterator[str]:
        """Names that could be joined, but are words of every day as well."""
        found = {name.row for name in joined}
        entries = self._lexicon.names_of([_raw(word) for word in words])
        for text in dict.fromkeys(each for entry in entries for each in entry.doubtful):
            name = tuple(map(self._kept, self._lexicon.row(text)))
            if name not in found and not _covers(row, name):
                yield text

    def _surname(self, word: Word) -> str:
        """The word, where it may be a surname."""
        raw = _raw(word)
        if not raw[:1].isupper() or raw.isupper() or self._lexicon.is_common(raw):
            return ""
        return raw


def _spellings(entries: Iterable[Name]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        for language, texts in entry.spellings.items():
            yield from ((language, text) for text in texts)


def _are_one(parts: Sequence[str]) -> bool:
    """Whether what a hyphen joins is the same written together: not р-н, а-ля, по-моєму."""
    return (
        len(parts) > 1
        and min(map(len, parts)) >= _LONG_PART
        and FUNCTION_WORDS.isdisjoint(map(fold, parts))
        and _is_word("".join(map(fold, parts)))
    )


def _is_word(normal: str) -> bool:
    """Whether a text would have it as one word: not if it is of two scripts, or has digits."""
    return norm(normal) == normal


def _language(text: str) -> str:
    return next(filter(None, map(language_by_letters, (t.raw for t in tokens(text)))), "")


def _covers(row: Row, name: Sequence[Iterable[str]]) -> bool:
    """Whether whatever the name finds, the row finds too."""
    if len(row) == 1:
        return any(row[0].issuperset(other) for other in name)
    return len(row) == len(name) and all(
        forms.issuperset(other) for forms, other in zip(row, name, strict=True)
    )


def _raw(word: Word) -> str:
    """The word as the tokeniser reads it: capitals that look Cyrillic may be so."""
    return next((token.raw for token in tokens(word.text)), word.text)
