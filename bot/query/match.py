"""Whether a post is what a query asks for, and where in it: one query, or many at once."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.query import patterns
from bot.query.tree import (
    All,
    AnyOf,
    Begins,
    Close,
    Document,
    Either,
    Forms,
    InRow,
    Marked,
    No,
    Regex,
    Tree,
)
from bot.query.words import tokens

Span = tuple[int, int]  # from, to: in characters, or in words

# ---------------------------------------------------------------- one query


def holds(tree: Tree, document: Document) -> bool:  # noqa: PLR0911 -- one answer a kind
    """Whether the post is what the query asks for."""
    match tree:
        case AnyOf(forms):
            return not forms.isdisjoint(document.vocabulary)
        case All(parts):
            return all(holds(part, document) for part in parts)
        case Either(parts):
            return any(holds(part, document) for part in parts)
        case No(part):
            return not holds(part, document)
        case InRow(places):
            return any(_in_row(places, document.words))
        case Begins(prefix):
            return any(word.startswith(prefix) for word in document.vocabulary)
        case Close():
            return any(_close(tree, document.words))
        case Marked(marks):
            return not marks.isdisjoint(document.marks)
        case Regex(source):
            return patterns.found(source, document.text)


def spans(text: str, trees: Iterable[Tree]) -> list[Span]:
    """Where in `text` the queries hit: (start, end) in characters, ascending, each once.

    Words of a phrase are marked only where the phrase stands. What must not occur is not marked.
    """
    found = tokens(text)
    words = [token.word for token in found]
    marks: set[Span] = set()
    for tree in trees:
        for leaf in _positive(tree):
            if isinstance(leaf, Regex):
                marks.update(patterns.spans(leaf.source, text))
            else:
                marks.update(
                    (found[place].start, found[place].end) for place in _places(leaf, words)
                )
    return sorted(marks)


Worded = AnyOf | Begins | InRow | Close


def _positive(tree: Tree) -> Iterator[Worded | Regex]:
    match tree:
        case All(parts) | Either(parts):
            for part in parts:
                yield from _positive(part)
        case No() | Marked():
            return
        case _:
            yield tree


def _places(leaf: Worded, words: Sequence[str]) -> Iterator[int]:
    """The places of the words that make the leaf hold."""
    match leaf:
        case AnyOf(forms):
            yield from (place for place, word in enumerate(words) if word in forms)
        case Begins(prefix):
            yield from (place for place, word in enumerate(words) if word.startswith(prefix))
        case InRow(row):
            for start, end in _in_row(row, words):
                yield from range(start, end)
        case Close():
            for start, end in _close(leaf, words):
                yield from range(start, end)


def _in_row(row: Sequence[Forms], words: Sequence[str]) -> Iterator[Span]:
    """Where words stand one behind the other, each in one of its forms."""
    first, length = row[0], len(row)
    if first.isdisjoint(words):  # most often so, and told far faster than word by word
        return
    for start, word in enumerate(words):
        if word in first:
            following = words[start : start + length]
            if len(following) == length and all(map(Forms.__contains__, row, following)):
                yield start, start + length


def _close(asked: Close, words: Sequence[str]) -> Iterator[Span]:
    """The rows of either side that have one of the other side near.

    Only the next one on each hand is looked at: a post may hold thousands of both.
    """
    left, right = list(_in_row(asked.left, words)), list(_in_row(asked.right, words))
    for rows, others, length in ((left, right, len(asked.right)), (right, left, len(asked.left))):
        starts = [start for start, _ in others]
        for start, end in rows:
            behind, before = bisect_left(starts, end), bisect_right(starts, start - length) - 1
            is_behind = behind < len(starts) and starts[behind] - end <= asked.distance
            if is_behind or (before >= 0 and start - starts[before] - length <= asked.distance):
                yield start, end


# ---------------------------------------------------------------- many queries

# What wakes a rule: one of these words occurs, or a word that begins so, or a mark.
Anchors = tuple["Anchor", ...]
Kind = type[AnyOf] | type[Begins] | type[Marked]
Anchor = tuple[Kind, str]
Keys = tuple[Kind, tuple[str, ...]]


# Who waits for a word: mostly one rule, which has dozens of words and one tuple for them all.
Waiting = tuple[int] | list[int]


class RuleIndex:
    """Which rules a post satisfies.

    Each rule waits under a few words one of which must occur, its anchors; so a post costs as
    much as the rules it has a word in common with, however many others there are.
    """

    def __init__(self) -> None:
        self._trees: dict[int, Tree] = {}  # of rules that may be woken in vain
        self._sure: dict[int, Keys] = {}  # of all others: what they wait for is all they ask
        self._waiting: dict[type, dict[str, Waiting]] = {AnyOf: {}, Begins: {}, Marked: {}}
        self._lengths: Counter[int] = Counter()  # of the prefixes

    def add(self, rule_id: int, tree: Tree) -> None:
        """Take a rule in; one already held under this id is replaced.

        Raises ValueError for a query that waits for nothing: only a pattern, or only negatives.
        """
        anchors = _anchors(tree)
        if anchors is None:
            raise ValueError("a rule needs a word or a mark that must be there")
        self.remove(rule_id)
        if isinstance(tree, AnyOf | Begins | Marked):
            self._sure[rule_id] = type(tree), tuple(key for _, key in anchors)
        else:
            self._trees[rule_id] = tree
        alone = (rule_id,)  # one for all keys: a rule has dozens, and mostly nobody shares them
        for kind, key in anchors:
            waiting = self._waiting[kind]
            others = waiting.get(key)
            if isinstance(others, list):
                others.append(rule_id)
            else:
                waiting[key] = alone if others is None else [*others, rule_id]
            if kind is Begins:
                self._lengths[len(key)] += 1

    def remove(self, rule_id: int) -> None:
        """Forget a rule; nothing happens if it is not held."""
        for kind, key in self._taken_out(rule_id):
            waiting = self._waiting[kind]
            others = waiting[key]
            if isinstance(others, list) and len(others) > 1:
                others.remove(rule_id)
            else:
                del waiting[key]
            if kind is Begins:
                self._lengths[len(key)] -= 1

    def _taken_out(self, rule_id: int) -> Iterable[Anchor]:
        """What a rule was waiting for."""
        if rule_id in self._sure:
            kind, keys = self._sure.pop(rule_id)
            return [(kind, key) for key in keys]
        tree = self._trees.pop(rule_id, None)
        return (tree and _anchors(tree)) or ()

    def matching(self, document: Document) -> set[int]:
        """The ids of the rules that the post satisfies."""
        return {
            rule_id
            for rule_id in self._woken(document)
            if rule_id in self._sure or holds(self._trees[rule_id], document)
        }

    def _woken(self, document: Document) -> set[int]:
        by_word, by_prefix, by_mark = self._waiting.values()
        woken: set[int] = set()
        for word in document.vocabulary & by_word.keys():
            woken.update(by_word[word])
        for mark in document.marks & by_mark.keys():
            woken.update(by_mark[mark])
        if by_prefix:
            lengths = +self._lengths
            beginnings = {word[:length] for word in document.vocabulary for length in lengths}
            for prefix in beginnings & by_prefix.keys():
                woken.update(by_prefix[prefix])
        return woken


def _anchors(tree: Tree) -> Anchors | None:  # noqa: PLR0911 -- one answer a kind
    """Keys of which a post that satisfies `tree` has at least one; None if there are no such."""
    match tree:
        case AnyOf(forms):
            return tuple((AnyOf, form) for form in forms)
        case Begins(prefix):
            return ((Begins, prefix),)
        case Marked(marks):
            return tuple((Marked, mark) for mark in marks)
        case InRow(places):
            return _rarest([_anchors(AnyOf(place)) for place in places])
        case Close(left, right, _):
            return _rarest([_anchors(AnyOf(place)) for place in (*left, *right)])
        case All(parts):
            return _rarest([_anchors(part) for part in parts])
        case Either(parts):
            each = [_anchors(part) for part in parts]
            if None in each:
                return None
            return tuple(dict.fromkeys(key for keys in each for key in keys or ()))
        case No() | Regex():
            return None


# A word says more than a beginning, and a beginning more than, say, the language.
_WORTH: Mapping[type, int] = {AnyOf: 2, Begins: 1, Marked: 0}


def _rarest(choices: Iterable[Anchors | None]) -> Anchors | None:
    """The anchors that wake their rule in vain least often: long words are the rarest."""
    usable = [keys for keys in choices if keys is not None]
    return max(usable, key=_rareness, default=None)


def _rareness(keys: Anchors) -> tuple[int, int, int]:
    worth = min((_WORTH[kind] for kind, _ in keys), default=0)
    return worth, min((len(key) for _, key in keys), default=0), -len(keys)
