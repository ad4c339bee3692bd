"""Inflection over labelled cases: at least 99 of 100 found, and 99 of 100 finds right."""

import os
from pathlib import Path

import pytest

from tests.benchmarks.morphology import measure
from tests.unit.query.cases import OURS, read
from tests.unit.query.lexicons import lexicon

# Another table of the same form may be measured too.
OTHER = "POSTWATCH_MORPHOLOGY"


def check(path: Path) -> None:
    figures = measure(read(path), lexicon())
    assert figures.recall >= 99.0
    assert figures.precision >= 99.0


def test_our_own_cases_are_decided_right() -> None:
    check(OURS)


@pytest.mark.skipif(OTHER not in os.environ, reason=f"{OTHER} names no table")
def test_another_table_is_decided_right() -> None:
    check(Path(os.environ[OTHER]))
