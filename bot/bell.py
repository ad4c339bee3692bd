"""What calls a service to its work: the schedule, or whoever has something for it."""

import asyncio

from bot.clock import Clock


class Bell:
    """Rung by anybody at any time; the one service that it belongs to hears it and works.

    Rings that were not heard yet are one. What rings during the work is heard after it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    @property
    def rung(self) -> bool:
        """Whether it rang and was not heard yet."""
        return self._rung.is_set()

    def ring(self) -> None:
        """Call for work. Never waits, and never fails."""
        self._rung.set()

    async def heard(self, within: float | None = None) -> None:
        """Wait until it rings, at most `within` seconds of the clock."""
        await self._clock.wait(self._rung, within)
        self._rung.clear()  # before the work: after it, this would take along what rang meanwhile
