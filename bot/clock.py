"""The only source of time.

Everything that asks for the time, or waits, is given a `Clock`; so a demo can play a day of
2022 and a test can let an hour pass in a second.
"""

import asyncio
import time

Millis = int


class Clock:
    """Wall-clock time, or a time that starts at `start_at` and runs `rate` times as fast."""

    def __init__(self, start_at: Millis | None = None, rate: float = 1.0) -> None:
        self._start = time.time() * 1000 if start_at is None else float(start_at)
        self._started = time.monotonic()
        self._shown = start_at is not None or rate != 1.0
        self._rate = rate

    def now(self) -> Millis:
        """Milliseconds since 1970, UTC."""
        if not self._shown:
            return int(time.time() * 1000)  # follows corrections of the system's clock
        return int(self._start + (time.monotonic() - self._started) * 1000 * self._rate)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait until `event` is set, at most `seconds` of this clock; whether it is set."""
        try:
            async with asyncio.timeout(None if seconds is None else self.real(seconds)):
                await event.wait()
        except TimeoutError:
            return event.is_set()
        return True

    def real(self, seconds: float) -> float:
        """How many seconds of the true time `seconds` of this clock take."""
        return seconds / self._rate

    async def pass_by(self, seconds: float) -> None:
        """Let `seconds` of this clock pass."""
        await asyncio.sleep(max(0.0, self.real(seconds)))
