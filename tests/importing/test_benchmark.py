"""The benchmark measures what it says; how fast is not for a test to judge."""

import json
from pathlib import Path

from bot.importing import sources
from tests.benchmarks.exports import write_json
from tests.benchmarks.importing import measure


async def test_both_ways_end_with_the_same_rows(tmp_path: Path) -> None:
    """`measure` itself compares the archives."""
    figures = await measure(tmp_path, count=400, seed=3, rounds=1)
    assert figures["posts"] == 400
    assert json.loads(json.dumps(figures)) == figures


def test_the_same_seed_makes_the_same_export(tmp_path: Path) -> None:
    texts = []
    for name in ("a.json", "b.json"):
        write_json(tmp_path / name, 5, 50)
        texts.append((tmp_path / name).read_text("utf-8"))
    assert texts[0] == texts[1]
    with sources.opened(tmp_path / "a.json") as source:
        assert sum(isinstance(item, dict) for item in source.items) == 50
