"""A query as typed -> what is decided about a post, with the meaning of each word."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import product
from types import MappingProxyType

from bot.query.errors import QueryError
from bot.query.lexicon import Lexicon
from bot.query.meaning import Meaning, Meanings, meanings
from bot.query.reading import Choices, Understood
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
    Sort,
    Word,
)
from bot.query.tree import All, AnyOf, Begins, Close, Either, Marked, No, Regex, Tree

Leaf = Word | Prefix | Phrase | Near | Pattern | Filter

_NO_CHOICES = Choices()
_STATES = MappingProxyType({"forward": "fwd", "edited": "edited", "deleted": "deleted"})


@dataclass(frozen=True, slots=True)
class Directory:
    """What `from:` and `in:` can name now; a name that is in the choices means what it did."""

    channels: Mapping[str, int] = field(default_factory=dict)  # ids, by username in lower case
    labels: Collection[str] = ()  # packs and labels, in lower case


_NOWHERE = Directory()


def understand(
    query: Query,
    lexicon: Lexicon,
    choices: Choices = _NO_CHOICES,
    channels: Directory = _NOWHERE,
) -> Understood:
    """Say what the query means. The same arguments give the same answer.

    Raises QueryError for a channel or a label that is not in the directory. Reads dictionaries
    (see Lexicon), so it is not for an event loop.
    """
    found = meanings(query, lexicon, choices)
    compiler = _Compiler(query, found, _bound(channels, choices))
    tree = None if query.root is None else compiler.node(query.root)
    once = {id(meaning): meaning.reading for meaning in found.values()}
    return Understood(tree, tuple(once.values()), frozenset(compiler.named.items()))


def decider(
    query: Query,
    lexicon: Lexicon,
    choices: Choices = _NO_CHOICES,
    channels: Directory = _NOWHERE,
) -> Callable[[Leaf], Tree]:
    """How each single condition of the query is decided; for `why.parts`.

    Raises as `understand` does; asking it for a condition with an unknown channel does, too.
    """
    return _Compiler(query, meanings(query, lexicon, choices), _bound(channels, choices)).node


def _bound(channels: Directory, choices: Choices) -> Directory:
    return replace(channels, channels={**channels.channels, **dict(choices.channels)})


class _Compiler:
    def __init__(self, query: Query, found: Meanings, channels: Directory) -> None:
        self._query = query
        self._meanings = found
        self._channels = channels
        self.named: dict[str, int] = {}  # the channels that were asked for, by name

    def node(self, node: Node) -> Tree:
        match node:
            case And(parts):
                return _all(self._parts(parts))
            case Or(parts):
                return _either(map(self.node, parts))
            case Not(part):
                tree = self.node(part)
                return tree.part if isinstance(tree, No) else No(tree)
            case Word() | Phrase() | Near():
                return self._words(node)
            case _:
                return self._other(node)

    def _parts(self, parts: Iterable[Node]) -> Iterable[Tree]:
        """A name of several words is once what it was typed as, or once another name of it."""
        named: set[int] = set()
        for part in parts:
            meaning = self._meanings[part] if isinstance(part, Word) else None
            if meaning is None or len(meaning.words) == 1:
                yield self.node(part)
            elif id(meaning) not in named:
                named.add(id(meaning))
                yield _of_name(meaning)

    def _words(self, node: Word | Phrase | Near) -> Tree:
        match node:
            case Word() | Phrase():
                return _either(self._meanings[node].trees_of(node))
            case Near(left, right, distance):
                left_rows = self._meanings[left].alternatives
                right_rows = self._meanings[right].alternatives
                return _either(Close(a, b, distance) for a, b in product(left_rows, right_rows))

    def _other(self, node: Prefix | Pattern | Filter) -> Tree:
        match node:
            case Prefix(text):
                return Begins(text)
            case Pattern(source):
                return Regex(source)
            case Filter(sort, values):
                return Marked(frozenset(self._mark(node, sort, value) for value in values))

    def _mark(self, where: Filter, sort: Sort, value: str) -> str:
        match sort:
            case Sort.FROM:
                if value not in self._channels.channels:
                    raise self._unknown("unknown_channel", where, value)
                self.named[value] = self._channels.channels[value]
                return f"c{self.named[value]}"
            case Sort.IN:
                if value not in self._channels.labels:
                    raise self._unknown("unknown_label", where, value)
                return f"in:{value}"
            case Sort.HAS:
                return f"has{value}"
            case Sort.IS:
                return _STATES[value]
            case Sort.LANG:
                return f"l{value}"

    def _unknown(self, code: str, where: Filter, value: str) -> QueryError:
        known = self._channels.channels if code == "unknown_channel" else self._channels.labels
        close = ", ".join(get_close_matches(value, sorted(known), n=3))
        text = self._query.text
        end = next((i for i in range(where.at, len(text)) if text[i] in " )"), len(text))
        return QueryError(code, text=text, at=where.at, end=end, value=value, close=close)


def _of_name(meaning: Meaning) -> Tree:
    """Every word as typed, in any order; or one of the other names."""
    typed = _all(AnyOf(forms) for forms in meaning.reading.row)
    return _either((typed, *meaning.names))


def _all(parts: Iterable[Tree]) -> Tree:
    flat = dict.fromkeys(
        inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,))
    )
    return next(iter(flat)) if len(flat) == 1 else All(tuple(flat))


def _either(parts: Iterable[Tree]) -> Tree:
    """Words that are alternatives are one condition; it stands where the first of them did."""
    flat = dict.fromkeys(
        inner for part in parts for inner in (part.parts if isinstance(part, Either) else (part,))
    )
    words = [part for part in flat if isinstance(part, AnyOf)]
    if len(words) > 1:
        merged = AnyOf(frozenset().union(*(part.forms for part in words)))
        flat = dict.fromkeys(merged if isinstance(part, AnyOf) else part for part in flat)
    return next(iter(flat)) if len(flat) == 1 else Either(tuple(flat))
