"""Rules against posts: the index of rules, the marks in the text, and the search agree."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.match import RuleIndex, spans, to_fts
from bot.query.parse import Query, parse
from bot.query.words import norm, tokens, words

# Few words, so that random rules and posts meet; each as different people write it.
SPELLINGS = st.sampled_from(
    [
        *("міст", "Міст", "МІСТ", "міcт", "мі\u0301ст", "#міст", "ріка", "річка", "ріки"),
        *("сім'я", "сім’я", "семья", "елка", "ёлка", "Су-34", "су34", "34", "HATO", "НАТО"),
        *("NATO", "or", "and", "not", "near", "body", "meta"),
    ]
)
RULES = st.lists(SPELLINGS, min_size=1, max_size=4).map(" ".join)
POSTS = st.lists(SPELLINGS, max_size=8).map(" ".join)

# As in the archive.
CREATE_INDEX = "CREATE VIRTUAL TABLE posts_index USING fts5 (body, meta, tokenize = 'ascii')"


def by_brute_force(rules: dict[int, Query], text: str) -> set[int]:
    return {
        rule_id
        for rule_id, query in rules.items()
        if all(word in words(text) for word in query.words)
    }


def index_of(rules: dict[int, Query]) -> RuleIndex:
    index = RuleIndex()
    for rule_id, query in rules.items():
        index.add(rule_id, query)
    return index


@pytest.fixture(name="archive")
def an_index_like_that_of_the_archive() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(CREATE_INDEX)
        yield connection


def found(archive: sqlite3.Connection, query: Query) -> set[int]:
    rows = archive.execute(
        "SELECT rowid FROM posts_index WHERE posts_index MATCH ?", (to_fts(query),)
    )
    return {row[0] for row in rows}


def test_every_word_must_occur_in_any_order() -> None:
    index = index_of({1: parse("ріка міст"), 2: parse("міст"), 3: parse("міст гора")})
    assert index.matching("Міст через річку, а ріка глибока") == {1, 2}
    assert index.matching("Нічого такого") == set()
    assert index.matching("") == set()


def test_a_rule_added_again_is_replaced() -> None:
    index = index_of({1: parse("міст")})
    index.add(1, parse("ріка"))
    assert index.matching("міст") == set()
    assert index.matching("ріка") == {1}


def test_a_rule_removed_is_forgotten_and_the_others_are_not() -> None:
    index = index_of({1: parse("міст"), 2: parse("міст")})
    index.remove(1)
    index.remove(1)
    assert index.matching("міст") == {2}


@given(
    changes=st.lists(st.tuples(st.integers(0, 5), st.none() | RULES), max_size=20),
    posts=st.lists(POSTS, max_size=5),
)
def test_the_index_agrees_with_brute_force_after_any_changes(
    changes: list[tuple[int, str | None]], posts: list[str]
) -> None:
    index, rules = RuleIndex(), dict[int, Query]()
    for rule_id, text in changes:
        if text is None:
            index.remove(rule_id)
            rules.pop(rule_id, None)
        else:
            rules[rule_id] = parse(text)
            index.add(rule_id, rules[rule_id])
    for post in posts:
        assert index.matching(post) == by_brute_force(rules, post)


@given(rules=st.lists(RULES, max_size=8), posts=st.lists(POSTS, max_size=8))
def test_alerts_and_search_agree(rules: list[str], posts: list[str]) -> None:
    with closing(sqlite3.connect(":memory:")) as archive:
        archive.execute(CREATE_INDEX)
        for post_id, post in enumerate(posts):
            row = (post_id, norm(post), "міст or")
            archive.execute("INSERT INTO posts_index (rowid, body, meta) VALUES (?, ?, ?)", row)
        queries = {rule_id: parse(rule) for rule_id, rule in enumerate(rules)}
        index = index_of(queries)
        alerts = {(rule, post) for post, text in enumerate(posts) for rule in index.matching(text)}
        results = {
            (rule, post) for rule, query in queries.items() for post in found(archive, query)
        }
    assert alerts == results


@pytest.mark.parametrize(
    "text",
    [
        'слово" OR "інше',
        "body : слово",
        "слово) OR (інше",
        "слово NOT інше",
        "NEAR(слово інше)",
        "слово*",
        "^слово",
        "- {body meta} : слово",
        "'; DROP TABLE posts_index; --слово",
    ],
)
def test_the_syntax_of_the_index_is_just_words(archive: sqlite3.Connection, text: str) -> None:
    """A post that has exactly the words typed is found, one that lacks any of them is not."""
    whole = norm(text)
    archive.execute("INSERT INTO posts_index (rowid, body, meta) VALUES (1, ?, '')", (whole,))
    archive.execute("INSERT INTO posts_index (rowid, body, meta) VALUES (2, 'словом', 'слово')")
    assert found(archive, parse(text)) == {1}


@given(st.text(st.characters(), min_size=1, max_size=30).filter(norm))
def test_any_query_is_a_valid_expression(text: str) -> None:
    query = parse(text)
    with closing(sqlite3.connect(":memory:")) as archive:
        archive.execute(CREATE_INDEX)
        archive.execute("INSERT INTO posts_index (rowid, body) VALUES (7, ?)", (norm(query.text),))
        assert found(archive, query) == {7}


def test_hits_are_marked_where_they_stand_in_the_original() -> None:
    text = "У Купʼя́нську тихо; #купянську"
    assert [text[start:end] for start, end in spans(text, parse("куп'янську у"))] == [
        "У",
        "Купʼя́нську",
        "купянську",
    ]
    assert spans(text, parse("ніде")) == []


@given(rule=RULES, post=POSTS)
def test_every_word_of_a_rule_that_matches_is_marked(rule: str, post: str) -> None:
    query = parse(rule)
    at = {(token.start, token.end): token.word for token in tokens(post)}
    marked = {at[span] for span in spans(post, query)}
    assert marked <= set(query.words)
    assert (marked == set(query.words)) is (index_of({1: query}).matching(post) == {1})
