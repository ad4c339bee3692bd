"""A query's text with a part taken out or put in."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.query.errors import QueryError
from bot.query.parse import parse
from bot.query.rewriting import for_rule, is_narrowed, narrowed


@pytest.mark.parametrize(
    ("search", "rule"),
    [
        ("Крим since:7d", "Крим"),
        ("since:2022-09-19 Крим until:yesterday versions:all", "Крим"),
        ('Крим since:"19 вересня" наш', "Крим наш"),
        ("Крим AND since:7d", "Крим"),
        ("since:7d AND Крим", "Крим"),
        ("Крим AND since:7d AND наш", "Крим AND наш"),
        ('"since:7d слово" Крим', '"since:7d слово" Крим'),
        ("(Крим OR Ялта) SINCE:7d", "(Крим OR Ялта)"),
        ("since:7d", ""),
    ],
)
def test_a_search_becomes_a_rule_without_its_days(search: str, rule: str) -> None:
    assert for_rule(parse(search)) == rule


@pytest.mark.parametrize(
    ("before", "scope", "after"),
    [
        ("Крим", "from:@a", "Крим from:@a"),
        ("Крим from:@a", "in:b", "Крим in:b"),
        ("Крим AND from:@a", "in:b", "Крим in:b"),
        ("Крим from:@a", "", "Крим"),
        ("Крим OR Ялта", "from:@a", "(Крим OR Ялта) from:@a"),
        ("(Крим OR Ялта) from:@a", "from:@b", "(Крим OR Ялта) from:@b"),
        ("(Крим OR Ялта) from:@a", "", "Крим OR Ялта"),
        ("(Крим OR Ялта) (міст OR пором) from:@a", "", "(Крим OR Ялта) (міст OR пором)"),
        ("(Крим OR Ялта) наш", "from:@a", "(Крим OR Ялта) наш from:@a"),
        # What stands beside an OR, behind a not or in a phrase narrows nothing.
        ("Крим OR Ялта from:@a", "from:@b", "(Крим OR Ялта from:@a) from:@b"),
        ("Крим -from:@a", "from:@b", "Крим -from:@a from:@b"),
        ('Крим "слово in:pack"', "from:@b", 'Крим "слово in:pack" from:@b'),
        ("from:@a", "from:@b", "from:@b"),
        ("has:photo from:@a", "from:@b", "has:photo from:@b"),
    ],
)
def test_a_rule_is_narrowed_to_one_scope_at_a_time(before: str, scope: str, after: str) -> None:
    assert narrowed(parse(before), scope) == after


PIECES = st.lists(
    st.sampled_from(
        ["Крим", "наш*", '"два слова"', "OR", "AND", "(", ")", "-", "NOT", "from:@a", "in:b",
         "has:photo", "/рф/", "а ~3 б", "=Ялта"]
    ),
    min_size=1,
    max_size=9,
)  # fmt: skip


@given(PIECES)
def test_narrowing_is_undone_and_done_again_without_a_trace(pieces: list[str]) -> None:
    """However often channels are chosen, the text grows by one filter."""
    try:
        query = parse(" ".join(pieces), rule=True)
    except QueryError:
        assume(False)
        raise
    once = parse(narrowed(query, "from:@x"), rule=True)
    assert is_narrowed(once) or once.text == "from:@x"
    assert narrowed(once, "in:y") == narrowed(query, "in:y")
    if not is_narrowed(query) and once.text != "from:@x":
        assert parse(narrowed(once, "")).root is not None
        assert narrowed(once, "") in (query.text, query.text[1:-1].strip())
