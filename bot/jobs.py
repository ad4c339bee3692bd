"""The schedule, as a table. A job only rings a bell; what is due is a question to the archive."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.bell import Bell
from bot.clock import Clock


@contextmanager
def schedule(every: Mapping[Bell, float], clock: Clock) -> Iterator[None]:
    """Ring each bell at its interval in seconds of the clock, until the context ends."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for bell, seconds in every.items():
        scheduler.add_job(
            bell.ring,
            "interval",
            seconds=clock.real(seconds),
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
