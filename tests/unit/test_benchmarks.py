"""The benchmarks run, and find no difference; how fast is not for a test to judge."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import agreement, ingest, matching, memory, start
from tests.benchmarks.asking import desk
from tests.benchmarks.generating import Invention, write
from tests.benchmarks.questions import questions
from tests.benchmarks.rules import Rules
from tests.benchmarks.search import AFTER


async def test_alerts_and_searches_agree(tmp_path: Path) -> None:
    invention = Invention(7, 250, stems=300)
    figures = await agreement.measure(tmp_path / "a.sqlite3", 100, invention, 7)
    assert figures["smallest"] is None
    assert figures["differences"] == 0
    assert int(str(figures["rules_that_find"])) > 15


def test_the_index_finds_what_is_found_by_parts_of_texts_and_more() -> None:
    figures = matching.measure(60, 1, counts=(10, 100), stems=300)
    assert json.loads(json.dumps(figures)) == figures
    assert figures["alerts_a_post"]["index 100"] > 1  # type: ignore[index]  # a mapping, see there


async def test_every_kind_of_question_is_answered(tmp_path: Path) -> None:
    invention = Invention(1, 600, stems=300)
    await write(tmp_path / "a.sqlite3", invention)
    async with desk(tmp_path / "a.sqlite3", AFTER) as here:
        for kind, asked in (await questions(here, invention)).items():
            shown = [await here.shows(query) for query in asked[:5]]
            assert kind in ("and", "channel and month") or any(shown), kind


async def test_a_program_at_rest_is_measured_step_by_step(tmp_path: Path) -> None:
    made = Rules(Invention(1, 1, stems=100), 1).many(20)
    await memory.fill(tmp_path / "a.sqlite3", 5, made)
    held = await memory.measure(tmp_path / "a.sqlite3")
    assert list(held) == ["imports", "dictionaries", "channels and rules"]
    assert min(held.values()) > 10


@pytest.mark.timeout(240)  # starts processes, on a machine that does other things too
async def test_the_program_takes_in_what_a_bare_client_is_told(tmp_path: Path) -> None:
    """`measure` itself looks whether all of it is there."""
    figures = await ingest.measure(tmp_path, Invention(1, 30, stems=100), 5, seed=1)
    assert json.loads(json.dumps(figures)) == figures


@pytest.mark.timeout(240)  # starts processes, on a machine that does other things too
async def test_starts_are_timed_with_posts_and_without(tmp_path: Path) -> None:
    figures = await start.measure(tmp_path, Invention(1, 50, stems=100), 1, None)
    assert json.loads(json.dumps(figures)) == figures
