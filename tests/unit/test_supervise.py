"""Services live together and end together."""

import asyncio
import os
import signal
from functools import partial

import pytest

from bot.supervise import ServiceEndedError, stop_on_signals, supervise


async def for_ever(cancelled: asyncio.Event | None = None) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        if cancelled is not None:
            cancelled.set()


async def test_stop_ends_all_services_quietly() -> None:
    stop, cancelled = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(supervise({"a": partial(for_ever, cancelled)}, stop))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(2):
        await task
    assert cancelled.is_set()


async def test_a_stop_before_the_start_is_as_good() -> None:
    stop = asyncio.Event()
    stop.set()
    async with asyncio.timeout(2):
        await supervise({"a": for_ever}, stop)


async def test_one_that_fails_ends_the_others_and_is_heard() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError("no")

    cancelled = asyncio.Event()
    with pytest.raises(ExceptionGroup) as raised:
        await supervise({"a": partial(for_ever, cancelled), "b": fails}, asyncio.Event())
    assert raised.group_contains(ValueError)
    assert cancelled.is_set()


async def test_one_that_ends_by_itself_is_an_error() -> None:
    async def ends() -> None:
        await asyncio.sleep(0)

    with pytest.raises(ExceptionGroup) as raised:
        await supervise({"short": ends}, asyncio.Event())
    assert raised.group_contains(ServiceEndedError, match="'short' ended by itself")


async def test_one_that_awaited_something_cancelled_is_an_error_too() -> None:
    """A TaskGroup takes a stray CancelledError for a quiet end."""

    async def astray() -> None:
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    with pytest.raises(ExceptionGroup) as raised:
        await supervise({"astray": astray}, asyncio.Event())
    assert raised.group_contains(ServiceEndedError)


async def test_the_first_signal_asks_and_the_second_insists() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(2):
            await stop.wait()
        with pytest.raises(SystemExit) as ended:
            os.kill(os.getpid(), signal.SIGTERM)
        assert ended.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is before
