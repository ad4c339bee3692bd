"""A short run of the soak; `python -m tests.benchmarks.soak` runs it for longer."""

from pathlib import Path

from tests.benchmarks.soak.running import Plan, soak


async def test_nothing_is_lost_or_doubled_while_everything_goes_wrong(tmp_path: Path) -> None:
    """Killed and cut off, the program ends with the archive and the alerts that the truth
    calls for, each once."""
    report = await soak(Plan(seconds=4, seed=17, channels=8, patient=False), tmp_path)
    assert report.differences == []
    assert report.kills, "the seed is chosen so that the program is killed"
    assert report.alerts["received"], "and that somebody is told something"
