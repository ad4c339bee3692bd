"""The command line of the soak."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.soak.running import Plan, Report, soak

SHOWN = 200  # differences; the JSON line counts them all


def main() -> int:
    """Run once and report; 1 where anything differs from the truth."""
    plan = _plan()
    folder = Path(tempfile.mkdtemp(prefix="postwatch-soak-"))
    report = asyncio.run(soak(plan, folder))
    _show(report)
    if report.differences:
        print(f"the archive and the program's log are in {folder}")
    else:
        shutil.rmtree(folder)
    print(json.dumps(_figures(report), ensure_ascii=False))
    return 1 if report.differences else 0


def _plan() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak")
    parser.add_argument("--seconds", type=float, default=60, help="for how long things go wrong")
    parser.add_argument("--seed", type=int, default=1, help="what the plan is drawn from")
    parser.add_argument("--channels", type=int, default=40)
    parser.add_argument("--limits", action="store_true", help="enforce Telegram's sending limits")
    given = parser.parse_args()
    return Plan(given.seconds, given.seed, given.channels, given.limits)


def _show(report: Report) -> None:
    print(f"seed {report.plan.seed}, {report.plan.seconds:g} s, {report.plan.channels} channels")
    print(
        "injected: " + ", ".join(f"{name} {number}" for name, number in sorted(report.done.items()))
    )
    for sort, where in report.differences[:SHOWN]:
        print(f"  {sort}: {where}")
    if len(report.differences) > SHOWN:
        print(f"  and {len(report.differences) - SHOWN} more")


def _figures(report: Report) -> dict[str, object]:
    return {
        "benchmark": "soak",
        **asdict(report.plan),
        "posts": report.posts,
        "alive": report.alive,
        "unseeable": report.unseeable,
        "kills": report.kills,
        "converged_seconds": _rounded(report.converged),
        "drained_seconds": _rounded(report.drained),
        "alerts": report.alerts,
        "roads": report.roads,
        "flooded": report.flooded,
        "differences": dict(Counter(sort for sort, _ in report.differences)),
        "injected": dict(sorted(report.done.items())),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


if __name__ == "__main__":
    sys.exit(main())
