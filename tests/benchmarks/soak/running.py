"""One run: set up, let things go wrong, wait until all is well again, compare."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

from bot.clock import Clock
from bot.sandbox.telegram import Telegram
from tests.benchmarks.soak import comparing
from tests.benchmarks.soak.alerting import Alerts
from tests.benchmarks.soak.asking import Asking
from tests.benchmarks.soak.cast import LOG, SWEEP_SECONDS, Cast, gather
from tests.benchmarks.soak.chats import Chats
from tests.benchmarks.soak.faults import MISSED_TOO_MUCH, Faults, kills
from tests.benchmarks.soak.ledger import Ledger
from tests.benchmarks.soak.publishing import Publishing

CONVERGED_IN = 2 * SWEEP_SECONDS  # the bar
GIVE_UP = 90.0  # seconds after which what differs is reported as it is
DRAINED_IN = 600.0  # a chat takes a message a second, and a group twenty a minute
AFTERWARDS = 1.0  # a late double would come within this
STARTED_IN = 60.0
LOOK_AGAIN = 0.2
TOLD = "'alert', 'edit', 'part', 'joined', 'changed', 'gone'"
LATER = "'purge'"  # of which word is due only when the burst of deletions has ended
ROADS = """
    SELECT 'versions by ' || via, count(*) FROM versions GROUP BY via
    UNION ALL
    SELECT 'deletions by ' || via, count(*) FROM deletions GROUP BY via
    """


@dataclass(frozen=True, slots=True)
class Plan:
    seconds: float
    seed: int = 1
    channels: int = 40
    limits: bool = False
    patient: bool = True  # wait until the bursts of deletions have ended, and are told


@dataclass(slots=True)
class Report:
    """What was done, and what came of it."""

    plan: Plan
    done: Counter[str] = field(default_factory=Counter)
    differences: list[comparing.Difference] = field(default_factory=list)
    posts: int = 0
    alive: int = 0
    unseeable: int = 0
    converged: float | None = None  # seconds from the last fault on
    drained: float | None = None  # and until no alert was owed any more
    alerts: dict[str, int] = field(default_factory=dict)
    roads: dict[str, int] = field(default_factory=dict)  # how versions and deletions came
    flooded: int = 0  # how often the enforced limits were overstepped

    @property
    def owed(self) -> str:
        """Of what is owed, the rows that must be told before the end."""
        kinds = f"{TOLD}, {LATER}" if self.plan.patient else TOLD
        return f"FROM outbox WHERE sent_at IS NULL AND withdrawn IS NULL AND kind IN ({kinds})"

    @property
    def kills(self) -> int:
        return kills(self.done)


async def soak(plan: Plan, folder: Path) -> Report:
    """Run in an empty folder, where the archive and the program's log stay behind."""
    report = Report(plan)
    async with Telegram.running(seed=plan.seed) as telegram:
        telegram.enforce_limits(plan.limits)
        telegram.faults.too_long_after = MISSED_TOO_MUCH
        cast = await gather(telegram, plan.channels, folder)
        await _play(plan, cast, report)
        report.flooded = telegram.provoked_floods
    return report


async def _play(plan: Plan, cast: Cast, report: Report) -> None:
    ledger = Ledger(cast)
    rnd = Random(plan.seed)
    publishing = Publishing(cast, ledger, Random(rnd.random()), report.done)
    faults = Faults(cast, ledger, publishing, Random(rnd.random()))
    asking = Asking(cast)
    try:
        await _started(cast, plan.channels)
        await asking.begin()
        async with asyncio.TaskGroup() as group:
            following = group.create_task(ledger.follow())
            await asyncio.gather(
                *(each.go_on(plan.seconds) for each in (publishing, faults, asking))
            )
            await faults.last_blow()
            await _settle(cast, ledger, report)
            following.cancel()
        await faults.stop()
        report.differences += [("ended by itself", f"status {each}") for each in faults.ended]
        await _compare(cast, ledger, asking, report)
    finally:
        await cast.program.dies()


async def _started(cast: Cast, channels: int) -> None:
    """The program runs and has taken every channel in."""
    await cast.program.starts()
    archive = cast.program.archive
    async with asyncio.timeout(STARTED_IN):
        while archive.rows("SELECT count(*) FROM cursors") != [(channels,)]:
            if cast.program.ended is not None:
                raise RuntimeError(f"the program does not start: status {cast.program.ended}")
            await Clock().pass_by(LOOK_AGAIN)


async def _settle(cast: Cast, ledger: Ledger, report: Report) -> None:
    """Wait until the archive is what is true, then until nobody is owed anything."""
    start, archive = monotonic(), cast.program.archive
    if await _comes_true(lambda: not any(comparing.behind(ledger, archive)), GIVE_UP):
        report.converged = monotonic() - start
    still = f"SELECT 1 {report.owed} AND failed_at IS NULL LIMIT 1"
    if await _comes_true(lambda: not archive.rows(still), DRAINED_IN):
        report.drained = monotonic() - start
    await Clock().pass_by(AFTERWARDS)


async def _comes_true(looks: Callable[[], bool], within: float) -> bool:
    until = monotonic() + within
    while not looks():
        if monotonic() > until:
            return False
        await Clock().pass_by(LOOK_AGAIN)
    return True


async def _compare(cast: Cast, ledger: Ledger, asking: Asking, report: Report) -> None:
    archive = cast.program.archive
    alerts = Alerts(cast, ledger, asking, archive)
    report.posts, report.alive = len(ledger.lives), sum(1 for _ in ledger.truth)
    report.unseeable = comparing.unseeable(ledger, archive)
    report.differences += [
        *comparing.behind(ledger, archive),
        *comparing.lost_or_invented(ledger, archive),
        *await comparing.unsound(archive.path),
        *comparing.complaints(archive.path.with_name(LOG)),
        *alerts.differences(),
        *Chats(cast, archive).differences(),
        *_late(report),
        *_undelivered(archive.rows(f"SELECT id, error {report.owed}")),
    ]
    report.alerts = asdict(alerts.count)
    report.roads = {str(name): int(number) for name, number in archive.rows(ROADS)}


def _late(report: Report) -> Iterable[comparing.Difference]:
    if report.converged is None or report.converged > CONVERGED_IN:
        yield "late", f"converged after {report.converged} s, {CONVERGED_IN} s are allowed"
    if report.drained is None:
        yield "late", f"something is still owed after {DRAINED_IN} s"


def _undelivered(rows: Iterable[tuple[object, ...]]) -> Iterable[comparing.Difference]:
    for row in rows:
        yield "undelivered", f"outbox row {row[0]}: {row[1]}"
