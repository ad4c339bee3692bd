"""Why a post is, or is not, what a query asks for: part by part, with the words that decided."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.query.match import holds, spans
from bot.query.syntax import (
    And,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    Query,
    Word,
)
from bot.query.tree import Document, Tree
from bot.query.words import tokens, words

ALIKE = 0.7  # of two words, from 0 to 1, to be called near

Leaf = Word | Prefix | Phrase | Near | Pattern | Filter
Decide = Callable[[Leaf], Tree]  # how a condition is decided


@dataclass(frozen=True, slots=True)
class Part:
    """One condition of a query and what the post has to say to it."""

    text: str  # as a person would type it
    negative: bool  # asked not to be there
    holds: bool  # found, whether it was to be or not
    hits: tuple[str, ...] = ()  # the words of the post that make it hold, each once, as written
    nearest: str | None = None  # where nothing was found: the word that is most like it
    apart: bool = False  # every word of it is there, but not side by side, or not close enough
    is_filter: bool = False  # it asks for something else than words

    @property
    def met(self) -> bool:
        """Whether the post is as this part wants it."""
        return self.holds is not self.negative


def parts(query: Query, decide: Decide, document: Document) -> list[Part]:
    """The conditions of a query from left to right; `decide` tells how each is decided.

    Alternatives of an OR are parts like others: not all of them need to be met.
    """
    if query.root is None:
        return []
    return [_part(leaf, negative, decide, document) for leaf, negative in _leaves(query.root)]


def typed(leaf: Leaf) -> str:
    """A condition as a person would type it."""
    match leaf:
        case Word(text, _, exact):
            return f"={text}" if exact else text
        case Prefix(text):
            return f"{text}*"
        case Phrase(each):
            return f'"{" ".join(word.text for word in each)}"'
        case Near(left, right, distance):
            return f"{typed(left)} ~{distance} {typed(right)}"
        case Pattern(source):
            return f"/{source}/"
        case Filter(sort, values):
            return f"{sort}:{','.join(values)}"


def _leaves(node: Node, negative: bool = False) -> Iterator[tuple[Leaf, bool]]:
    match node:
        case And(each) | Or(each):
            for part in each:
                yield from _leaves(part, negative)
        case Not(part):
            yield from _leaves(part, not negative)
        case _:
            yield node, negative


def _part(leaf: Leaf, negative: bool, decide: Decide, document: Document) -> Part:
    tree, text = decide(leaf), document.text
    is_filter = isinstance(leaf, Filter)
    if holds(tree, document):
        hits = dict.fromkeys(text[start:end] for start, end in spans(text, [tree]))
        return Part(typed(leaf), negative, True, tuple(hits), is_filter=is_filter)
    each = _words(leaf)
    apart = len(each) > 1 and all(holds(decide(word), document) for word in each)
    asked = not (negative or apart or is_filter)
    nearest = _nearest(leaf, text) if asked else None
    return Part(typed(leaf), negative, False, (), nearest, apart, is_filter)


def _words(leaf: Leaf) -> tuple[Word, ...]:
    """The words of which a phrase, or two that are to be near, are made."""
    match leaf:
        case Phrase(each):
            return each
        case Near(left, right):
            return (*_words(left), *_words(right))
        case Word():
            return (leaf,)
        case _:
            return ()


def _nearest(leaf: Leaf, text: str) -> str | None:
    """The word of `text` that is most like one of the leaf's words, if any is."""
    asked = words(typed(leaf))
    best, nearest = ALIKE, None
    for token in {token.word: token for token in tokens(text)}.values():
        for word in asked:
            alike = SequenceMatcher(None, word, token.word, autojunk=False).ratio()
            if alike > best and token.word != word:
                best, nearest = alike, token.raw
    return nearest
