"""Services that run until told to stop; one that ends early ends the program."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

Service = Callable[[], Awaitable[None]]


class ServiceEndedError(RuntimeError):
    """A service that should run for ever came to an end."""


async def supervise(services: Mapping[str, Service], stop: asyncio.Event) -> None:
    """Run services until `stop` is set, then cancel them.

    A service that raises or returns before that cancels the others and surfaces in an
    ExceptionGroup: what is not on disk cannot be trusted then, what is on disk can.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_for_ever(name, service), name=name)
            for name, service in services.items()
        ]
        await stop.wait()
        for task in tasks:
            task.cancel()


async def _for_ever(name: str, service: Service) -> None:
    try:
        await service()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        # Something it awaited was cancelled: a TaskGroup would take that for a quiet end.
    raise ServiceEndedError(f"the service {name!r} ended by itself")


@contextmanager
def stop_on_signals() -> Iterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set; a second signal ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def first() -> None:
        stop.set()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)
            signal.signal(each, at_once)

    def at_once(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    for each in before:
        loop.add_signal_handler(each, first)
    try:
        yield stop
    finally:
        for each, handler in before.items():
            loop.remove_signal_handler(each)
            signal.signal(each, handler)
