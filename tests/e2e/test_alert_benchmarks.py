"""The benchmarks of alerts measure what they say; how fast is not for a test to judge."""

import json
from pathlib import Path

from tests.benchmarks import delivery, latency


async def test_a_full_outbox_leaves_once_in_order_and_floods_nobody(tmp_path: Path) -> None:
    figures = await delivery.deliver(delivery.Plan(alerts=240, chats=24, rate=6), tmp_path)
    assert figures["sent"] == figures["requests"] == 240, "no request is made twice"
    assert not delivery.failed(figures)
    assert json.loads(json.dumps(figures)) == figures


async def test_both_ways_of_a_post_are_timed(tmp_path: Path) -> None:
    figures = await latency.measure(latency.Plan(posts=10, warm_up=2), tmp_path)
    for way in ("alert", "bare"):
        found = figures[way]
        assert isinstance(found, dict)
        assert 0 < found["median"] <= found["p95"] <= found["p99"]
    assert json.loads(json.dumps(figures)) == figures
