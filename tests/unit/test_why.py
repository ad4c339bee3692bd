"""Why a post is, or is not, what a query asks for."""

import pytest

from bot.query.syntax import And, Filter, Near, Node, Not, Or, Phrase, Prefix, Query, Sort, Word
from bot.query.tree import All, AnyOf, Begins, Close, Document, InRow, Marked, Tree
from bot.query.why import Leaf, Part, parts, typed
from bot.query.words import fold

POST = Document("Ворог обстріляв Херсон, командний пункт знищено", frozenset({"c1"}))


def decided(leaf: Leaf) -> Tree:
    """Every word in its own form only."""
    match leaf:
        case Word(text):
            return AnyOf(frozenset({fold(text)}))
        case Prefix(text):
            return Begins(text)
        case Phrase(words):
            return InRow(tuple(frozenset({fold(word.text)}) for word in words))
        case Near(Word(left), Word(right), distance):
            return Close((frozenset({fold(left)}),), (frozenset({fold(right)}),), distance)
        case Filter(_, values):
            return Marked(frozenset(values))
    return All(())


def why(*nodes: Node) -> list[Part]:
    return parts(Query("", And(nodes)), decided, POST)


def word(text: str) -> Word:
    return Word(text, 0)


def test_what_is_found_is_named_as_the_post_writes_it() -> None:
    assert why(word("херсон"), Prefix("обстр", 0)) == [
        Part("херсон", False, True, ("Херсон",)),
        Part("обстр*", False, True, ("обстріляв",)),
    ]


def test_what_is_not_found_is_told_with_the_nearest_word() -> None:
    [part, far] = why(word("обстріл"), word("вибори"))
    assert (part.met, part.nearest) == (False, "обстріляв")
    assert (far.met, far.nearest) == (False, None)


def test_words_that_are_there_but_not_together_are_told_apart() -> None:
    [phrase, near] = why(
        Phrase((word("командний"), word("херсон")), 0), Near(word("ворог"), word("пункт"), 2, 0)
    )
    assert phrase.apart
    assert near.apart
    assert phrase.nearest is None


def test_a_negative_is_met_where_nothing_is_found() -> None:
    [absent, present] = why(Not(word("вибори")), Not(Or((word("херсон"), word("пункт")))))[:2]
    assert absent.met
    assert not present.met
    assert present.hits == ("Херсон",)


def test_filters_are_parts_like_words() -> None:
    [of_channel, of_kind] = why(Filter(Sort.FROM, ("c1",), 0), Filter(Sort.HAS, ("photo",), 0))
    assert of_channel.met
    assert (of_kind.met, of_kind.nearest) == (False, None)


def test_a_query_of_days_only_has_no_parts() -> None:
    assert parts(Query("since:7d", None), decided, POST) == []


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (Word("Крим", 0, exact=True), "=Крим"),
        (Phrase((word("а"), word("б")), 0), '"а б"'),
        (Near(word("а"), word("б"), 5, 0), "а ~5 б"),
        (Filter(Sort.FROM, ("x", "y"), 0), "from:x,y"),
    ],
)
def test_a_condition_is_told_as_it_is_typed(leaf: Leaf, expected: str) -> None:
    assert typed(leaf) == expected
