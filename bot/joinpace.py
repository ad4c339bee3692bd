"""How slowly channels are joined, and so when each that waits will be. Pure.

Telegram publishes no limits; fast joins get accounts banned.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MINUTE = 60_000
DAY = 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True)
class JoinPace:
    """How fast channels may be joined."""

    minutes: float = 10.0  # between two joins
    a_day: int = 15  # joins within 24 hours


def forecast(waiting: int, joined: Sequence[int], pace: JoinPace, now: int) -> list[int]:
    """The earliest time (ms, UTC) of each of the next `waiting` joins.

    `joined` are the times of the joins within the last 24 hours, in any order.
    """
    times = sorted(joined)
    for _ in range(waiting):
        at = now
        if times:
            at = max(at, times[-1] + int(pace.minutes * MINUTE))
        if len(times) >= pace.a_day:
            at = max(at, times[-pace.a_day] + DAY)
        times.append(at)
    return times[len(times) - waiting :]
