"""Whoever rings is heard, once, whatever the service does at that moment."""

import asyncio

import pytest

from bot.bell import Bell
from bot.clock import Clock
from tests.clocks import ManualClock


@pytest.fixture
def bell() -> Bell:
    return Bell(Clock())


async def hear(bell: Bell) -> None:
    async with asyncio.timeout(5):
        await bell.heard()


async def waiting(bell: Bell) -> asyncio.Task[None]:
    """One who waits already for the bell to ring."""
    task = asyncio.create_task(hear(bell))
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_who_waits_hears_it_once(bell: Bell) -> None:
    service = await waiting(bell)
    bell.ring()
    bell.ring()
    await service
    assert not bell.rung
    (await waiting(bell)).cancel()


async def test_what_rang_before_is_heard_at_once_and_as_one(bell: Bell) -> None:
    bell.ring()
    bell.ring()
    await hear(bell)
    (await waiting(bell)).cancel()


async def test_what_rings_during_the_work_is_heard_after_it(bell: Bell) -> None:
    bell.ring()
    await hear(bell)
    bell.ring()  # it works
    await hear(bell)
    assert not bell.rung


async def test_one_who_is_cancelled_takes_no_ring_along(bell: Bell) -> None:
    service = await waiting(bell)
    bell.ring()
    service.cancel()
    with pytest.raises(asyncio.CancelledError):
        await service
    assert bell.rung


async def test_a_time_limit_is_of_the_clock_and_a_ring_is_before_it() -> None:
    clock = ManualClock()
    bell, began = Bell(clock), clock.now()
    bell.ring()
    await bell.heard(60)
    assert clock.now() == began
    await bell.heard(60)
    assert clock.now() == began + 60_000
    assert not bell.rung


async def test_a_time_that_has_passed_already_hears_what_rang() -> None:
    bell = Bell(Clock(rate=100))
    bell.ring()
    await bell.heard(0)
    assert not bell.rung
