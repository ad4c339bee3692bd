"""The benchmark of merging, short."""

from pathlib import Path

import pytest

from tests.benchmarks.near_duplicates import generated, measure, read, real
from tests.benchmarks.newsroom import made


@pytest.mark.parametrize("seed", [1, 2])
async def test_made_up_days_pass_the_bars(seed: int) -> None:
    report = await measure(900, seed, [])
    assert report["passed"], report


def test_a_seed_makes_one_day() -> None:
    assert made(60, 3) == made(60, 3)
    assert made(60, 3) != made(60, 4)


async def test_ours_finds_more_than_the_exact_text(tmp_path: Path) -> None:
    report = await generated(300, 5, tmp_path)
    assert report["ours"]["recall"] > 2 * report["exact_text"]["recall"]  # type: ignore[index]  # a report


async def test_dumps_are_compared_with_the_exact_rule(tmp_path: Path) -> None:
    text = "Білогорівка повністю під контролем наших захисників цього ранку, повідомив штаб"
    for name, number in (("a", 1), ("b", 2)):
        dump = (
            f'[{{"id": {number}, "date": "2022-09-19T06:0{number}:00+00:00", "message": "{text}"}}]'
        )
        (tmp_path / f"{name}.json").write_text(dump, encoding="utf-8")
    report = await real([tmp_path / "a.json", tmp_path / "b.json"], tmp_path)
    assert report["ours"] == {"pairs": 1, "joined": 1, "precision": 100.0, "recall": 100.0}
    assert len(read(tmp_path / "a.json", 1)) == 1
