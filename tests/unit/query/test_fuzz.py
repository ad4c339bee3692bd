"""A short run of the fuzzer; the long one is `python -m tests.benchmarks.fuzz_query`."""

from tests.benchmarks.fuzz_query import fuzz


def test_hostile_queries_are_read_or_refused() -> None:
    report = fuzz(400, seed=20_220_919, bound=30.0)  # the time is of the long run's concern
    assert report.failures == []
    assert report.answers["read"] > 100
    assert len(report.answers) > 20
