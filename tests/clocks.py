"""A clock that moves only when somebody waits on it: hours pass in no time."""

import asyncio

from bot.clock import Clock


class ManualClock(Clock):
    """Waiting moves the time; an event that is set ends the wait without moving it."""

    def __init__(self, now: int = 1_663_600_000_000) -> None:
        super().__init__(now)
        self.time = now

    def now(self) -> int:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += int(seconds * 1000)

    async def pass_by(self, seconds: float) -> None:
        self.forward(max(0.001, seconds))
        await asyncio.sleep(0)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        if seconds is None:
            await event.wait()
        elif not event.is_set():
            await self.pass_by(seconds)
        return event.is_set()
