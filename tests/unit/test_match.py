"""One query against one post: the conditions, the index of rules, and the search agree."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from random import Random
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.fts import Plan, paired, pruned, to_fts
from bot.query.match import RuleIndex, holds, spans
from bot.query.tree import (
    All,
    AnyOf,
    Begins,
    Close,
    Document,
    Either,
    InRow,
    Marked,
    No,
    Regex,
    Tree,
    dumps,
    loads,
    sense,
)
from bot.query.words import tokens, words

# Few words, so that random queries and posts meet; some are words of FTS5's own language.
VOCABULARY = ("міст", "ріка", "ріки", "річка", "34", "су", "сімя", "or", "and", "near", "body")
MARKS = ("c1", "c2", "luk", "hasphoto", "fwd", "edited", "deleted", "in:south")
LABELS = {"south": (2, 3)}

forms = st.frozensets(st.sampled_from(VOCABULARY), min_size=1, max_size=3)
rows = st.lists(forms, min_size=1, max_size=3).map(tuple)
found_by_words = st.one_of(
    forms.map(AnyOf),
    st.sampled_from(["рі", "міст", "су", "ne"]).map(Begins),
    st.lists(forms, min_size=2, max_size=3).map(lambda places: InRow(tuple(places))),
    st.builds(Close, rows, rows, st.integers(0, 3)),
    st.frozensets(st.sampled_from(MARKS), min_size=1, max_size=2).map(Marked),
)


def within(positive: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    checked = st.one_of(positive.map(No), st.sampled_from(["рік.", "^міст"]).map(Regex))
    return st.one_of(
        st.builds(
            lambda first, others: All((first, *others)),
            positive,
            st.lists(st.one_of(positive, checked), min_size=1, max_size=3),
        ),
        st.lists(positive, min_size=2, max_size=3).map(lambda parts: Either(tuple(parts))),
    )


trees = st.recursive(found_by_words, within, max_leaves=6)
documents = st.builds(
    Document,
    st.lists(st.sampled_from([*VOCABULARY, "Су-34", "сім’я", "#міст"]), max_size=8).map(" ".join),
    st.frozensets(st.sampled_from(MARKS[:-1]), max_size=4).map(
        lambda marks: marks | {"in:south"} if "c2" in marks else marks
    ),
)


@pytest.fixture(name="archive", scope="module")
def an_index_like_that_of_the_archive() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE posts_index USING fts5 (body, meta, tokenize = 'ascii')"
        )
        yield connection


def searched(archive: sqlite3.Connection, held: list[Document], plan: Plan) -> set[int]:
    """The numbers of the documents that the plan's expression finds."""
    if plan.expression is None:
        return set(range(len(held)))
    archive.execute("DELETE FROM posts_index")
    archive.executemany(
        "INSERT INTO posts_index (rowid, body, meta) VALUES (?, ?, ?)",
        [
            (number, " ".join(each.words), " ".join(m for m in each.marks if ":" not in m))
            for number, each in enumerate(held)
        ],
    )
    found = archive.execute(
        "SELECT rowid FROM posts_index WHERE posts_index MATCH ?", (plan.expression,)
    )
    return {row[0] for row in found}


@given(trees, st.lists(documents, min_size=1, max_size=6))
def test_rules_and_searches_find_the_same(
    archive: sqlite3.Connection, tree: Tree, held: list[Document]
) -> None:
    wanted = {number for number, each in enumerate(held) if holds(tree, each)}
    plan = to_fts(tree, LABELS)
    found = searched(archive, held, plan)
    assert found == wanted if plan.exact else found >= wanted


@given(trees, st.lists(documents, min_size=1, max_size=6))
def test_forms_that_nobody_wrote_are_not_missed(tree: Tree, held: list[Document]) -> None:
    """With the others gone, the same posts satisfy the query."""
    written = paired(tree).intersection(*[set().union(*(each.words for each in held))])
    spared = pruned(tree, frozenset(written))
    assert [holds(tree, each) for each in held] == [holds(spared, each) for each in held]


@given(st.lists(trees, max_size=8), documents, st.data())
def test_the_index_of_rules_wakes_every_rule_that_holds(
    rules: list[Tree], document: Document, data: st.DataObject
) -> None:
    index = RuleIndex()
    for rule_id, tree in enumerate(rules):
        index.add(rule_id, tree)
    kept = set(range(len(rules)))
    for rule_id in data.draw(st.sets(st.sampled_from(sorted(kept)))) if kept else ():
        index.remove(rule_id)
        kept.discard(rule_id)
    assert index.matching(document) == {each for each in kept if holds(rules[each], document)}


@given(trees)
def test_a_tree_is_read_back_as_it_was_stored(tree: Tree) -> None:
    assert loads(dumps(tree)) == tree


@given(trees, st.randoms())
def test_the_order_of_what_is_joined_makes_no_other_sense(tree: Tree, random: Random) -> None:
    assert sense(shuffled(tree, random)) == sense(tree)
    assert sense(All((tree, Begins("тінь")))) != sense(Either((tree, Begins("тінь"))))


def shuffled(tree: Tree, random: Random) -> Tree:
    match tree:
        case All(parts) | Either(parts):
            each = [shuffled(part, random) for part in parts]
            random.shuffle(each)
            return type(tree)(tuple(each))
        case No(part):
            return No(shuffled(part, random))
        case _:
            return tree


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", '["word"]', '["word","а"]', '["?",1]'])
def test_what_was_not_stored_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        loads(text)


@given(trees, documents)
def test_marks_are_words_of_the_text(tree: Tree, document: Document) -> None:
    found = spans(document.text, [tree])
    assert found == sorted(set(found))
    for start, end in found:
        assert 0 <= start < end <= len(document.text)
        assert words(document.text[start:end])


def of(text: str, *marks: str) -> Document:
    return Document(text, frozenset(marks))


def one(*spellings: str) -> frozenset[str]:
    return frozenset(spellings)


def test_a_rule_needs_something_to_wait_for() -> None:
    index = RuleIndex()
    for tree in (Regex("рф"), No(AnyOf(one("рф"))), All((Regex("рф"), Regex("сша")))):
        with pytest.raises(ValueError):
            index.add(1, tree)
    assert index.matching(of("рф")) == set()


def test_a_rule_added_again_replaces_itself() -> None:
    index = RuleIndex()
    index.add(1, AnyOf(one("міст")))
    index.add(1, Begins("рік"))
    assert index.matching(of("міст")) == set()
    assert index.matching(of("ріка")) == {1}
    index.remove(1)
    index.remove(1)
    assert index.matching(of("ріка")) == set()


def test_only_words_of_a_whole_phrase_are_marked() -> None:
    phrase = InRow((one("командний"), one("пункт", "пункту")))
    assert spans("пункт, командний пункт; пункт", [phrase]) == [(7, 16), (17, 22)]


def test_close_words_are_marked_in_pairs() -> None:
    close = Close((one("обстріл"),), (one("херсон"),), 1)
    text = "обстріл міста Херсон, потім іще один обстріл"
    assert spans(text, [close]) == [(0, 7), (14, 20)]


def places_of(row: tuple[frozenset[str], ...], held: tuple[str, ...]) -> list[set[int]]:
    starts = range(len(held) - len(row) + 1)
    return [
        set(range(start, start + len(row)))
        for start in starts
        if all(held[start + place] in forms for place, forms in enumerate(row))
    ]


@given(st.builds(Close, rows, rows, st.integers(0, 3)), documents)
def test_what_is_near_is_what_stands_near_word_by_word(close: Close, held: Document) -> None:
    near = [
        one | other
        for one in places_of(close.left, held.words)
        for other in places_of(close.right, held.words)
        if not one & other
        and max(min(one), min(other)) - min(max(one), max(other)) - 1 <= close.distance
    ]
    places = set().union(*near)
    assert holds(close, held) is bool(near)
    found = tokens(held.text)
    assert spans(held.text, [close]) == [(found[i].start, found[i].end) for i in sorted(places)]


def test_near_costs_as_much_as_the_text_is_long() -> None:
    size = 15_000  # pair by pair this takes minutes
    held = of("а " * size + "і " * 8 + "б " * size)
    assert len(held.words) == 2 * size + 8
    begun = perf_counter()
    assert not holds(Close((one("а"),), (one("б"),), 5), held)
    assert spans(held.text, [Close((one("а"),), (one("а"),), 50)])
    assert perf_counter() - begun < 5


def test_what_must_not_occur_is_not_marked() -> None:
    tree = All((AnyOf(one("міст")), No(AnyOf(one("ріка")))))
    assert spans("міст ріка", [tree]) == [(0, 4)]


def test_patterns_are_marked_where_they_are_found() -> None:
    assert spans("😀 РФ і росія", [Regex("рос[іи]я|рф")]) == [(2, 4), (7, 12)]


def test_a_label_is_the_channels_that_carry_it() -> None:
    assert to_fts(Marked(one("in:south")), LABELS).expression == 'meta : ("c2" OR "c3")'
    empty = to_fts(Marked(one("in:nowhere")), LABELS).expression
    assert empty == 'meta : ("none")'


def test_a_phrase_of_too_many_forms_is_looked_up_word_by_word() -> None:
    many = frozenset(f"слово{number}" for number in range(30))
    assert not to_fts(InRow((many, many)), {}).exact
    assert to_fts(InRow((many, one("міст"))), {}).exact


def test_what_cannot_be_excluded_exactly_is_left_to_the_check() -> None:
    many = frozenset(f"слово{number}" for number in range(30))
    plan = to_fts(All((AnyOf(one("міст")), No(InRow((many, many))))), {})
    assert plan == Plan('body : ("міст")', exact=False)
