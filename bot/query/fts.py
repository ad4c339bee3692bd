"""A query as an FTS5 expression over the archive's index: the columns `body` and `meta`.

Normalised words and marks hold letters and digits only, so quoting them is all it takes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import prod

from bot.query.tree import (
    All,
    AnyOf,
    Begins,
    Close,
    Either,
    Forms,
    InRow,
    Marked,
    No,
    Regex,
    Tree,
)

MAX_PHRASES = 600  # FTS5 has no "or" inside a phrase: every combination of forms is written out
NOTHING = 'meta : ("none")'  # no post has this mark

Labels = Mapping[str, Collection[int]]  # the channels that carry a label


@dataclass(frozen=True, slots=True)
class Plan:
    """How to find the posts of a query.

    Where it is not `exact` the expression finds them all and more, and each find is to be
    checked with `match.holds`. No expression: every post is to be looked at.
    """

    expression: str | None
    exact: bool = True


EVERYTHING = Plan(None)


def to_fts(tree: Tree, labels: Labels) -> Plan:  # noqa: PLR0911 -- one answer a kind
    """The plan for a query; `labels` are those of now."""
    match tree:
        case AnyOf(forms):
            return Plan(_body(map(_quoted, sorted(forms))))
        case Begins(prefix):
            return Plan(_body([f"{_quoted(prefix)} *"]))
        case InRow(places):
            return _row(places)
        case Close():
            return _close(tree)
        case Marked(marks):
            return _marked(marks, labels)
        case All(parts):
            return _all(
                [to_fts(part, labels) for part in parts if not isinstance(part, No)],
                [to_fts(part.part, labels) for part in parts if isinstance(part, No)],
            )
        case Either(parts):
            return _either([to_fts(part, labels) for part in parts])
        case No() | Regex():
            return Plan(None, exact=False)


def paired(tree: Tree) -> set[str]:
    """The words of which every pairing is written out: `pruned` spares those nobody wrote."""
    match tree:
        case All(parts) | Either(parts):
            return set().union(*map(paired, parts))
        case No(part):
            return paired(part)
        case InRow(places):
            return set().union(*places)
        case Close(left, right):
            return set().union(*left, *right)
        case _:
            return set()


def pruned(tree: Tree, written: Forms) -> Tree:
    """The same query for an archive in which only these of its `paired` words occur."""
    match tree:
        case All(parts):
            return All(tuple(pruned(part, written) for part in parts))
        case Either(parts):
            return Either(tuple(pruned(part, written) for part in parts))
        case No(part):
            return No(pruned(part, written))
        case InRow(places):
            return InRow(tuple(place & written for place in places))
        case Close(left, right, distance):
            return Close(
                tuple(place & written for place in left),
                tuple(place & written for place in right),
                distance,
            )
        case _:
            return tree


def _quoted(text: str) -> str:
    return f'"{text}"'


def _body(alternatives: Iterable[str]) -> str:
    return f"body : ({' OR '.join(alternatives)})"


def _row(places: Sequence[Forms]) -> Plan:
    if not all(places):
        return Plan(NOTHING)
    if prod(map(len, places)) <= MAX_PHRASES:
        return Plan(_body(map(_quoted, _phrases(places))))
    return _words_of(places)


def _close(asked: Close) -> Plan:
    if not all(asked.left + asked.right):
        return Plan(NOTHING)
    if prod(map(len, asked.left + asked.right)) > MAX_PHRASES:
        return _words_of(asked.left + asked.right)
    pairs = product(_phrases(asked.left), _phrases(asked.right))
    near = [f"NEAR({_quoted(one)} {_quoted(other)}, {asked.distance})" for one, other in pairs]
    # FTS5 also takes two rows that overlap, which ours do not if they have no word in common.
    apart = frozenset().union(*asked.left).isdisjoint(frozenset().union(*asked.right))
    return Plan(_body(near), exact=apart)


def _phrases(places: Sequence[Forms]) -> list[str]:
    return [" ".join(words) for words in product(*map(sorted, places))]


def _words_of(places: Iterable[Forms]) -> Plan:
    """At least all words occur."""
    each = [_body(map(_quoted, sorted(forms))) for forms in dict.fromkeys(places)]
    return Plan(f"({' AND '.join(each)})", exact=False)


def _marked(marks: Iterable[str], labels: Labels) -> Plan:
    words: set[str] = set()
    for mark in marks:
        if mark.startswith("in:"):
            words.update(f"c{channel}" for channel in labels.get(mark.removeprefix("in:"), ()))
        else:
            words.add(mark)
    if not words:
        return Plan(NOTHING)
    return Plan(f"meta : ({' OR '.join(map(_quoted, sorted(words)))})")


def _all(wanted: Sequence[Plan], unwanted: Sequence[Plan]) -> Plan:
    found = [plan.expression for plan in wanted if plan.expression is not None]
    exact = all(plan.exact for plan in (*wanted, *unwanted))
    if not found:
        return Plan(None, exact=False)
    # To leave out more than was asked would lose posts: what is not exact is checked later.
    left_out = [plan.expression for plan in unwanted if plan.exact and plan.expression is not None]
    whole = f"({' AND '.join(found)})" if len(found) > 1 else found[0]
    return Plan(reduce("({} NOT {})".format, left_out, whole), exact)


def _either(parts: Sequence[Plan]) -> Plan:
    found = [plan.expression for plan in parts if plan.expression is not None]
    if len(found) < len(parts):
        return Plan(None, exact=False)
    return Plan(f"({' OR '.join(found)})", all(plan.exact for plan in parts))
