"""Comparing the sources of remote pts, for `postwatch doctor --probe`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.clock import Clock
from bot.outcomes import Busy, Outcome, SignedOut
from bot.telegram.client import Account, AccountState, Login
from bot.telegram.positions import SOURCES
from storage.records import Place

CONNECT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Probed:
    """What one source said."""

    pts: Mapping[int, int]  # by channel
    lost: Mapping[int, str]
    millis: int  # how long it took
    problem: str = ""  # why it could not be asked to the end


@asynccontextmanager
async def connected(login: Login, clock: Clock) -> AsyncIterator[Account]:
    """An account for a short job. Raises SignedOut, or Busy where there is no connection."""
    refused: list[str] = []
    given_up = asyncio.Event()

    def on_state(state: AccountState, reason: str) -> None:
        if state is AccountState.SIGNED_OUT:
            refused.append(reason)
            given_up.set()

    account = Account(login, clock, on_state)
    account.on_ready.append(given_up.set)
    running = asyncio.create_task(account.run())
    try:
        await clock.wait(given_up, CONNECT_SECONDS)
        if refused:
            raise SignedOut(refused[0])
        if not account.ready.is_set():
            raise Busy(CONNECT_SECONDS)
        yield account
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def probe(account: Account, places: Sequence[Place], clock: Clock) -> dict[str, Probed]:
    """Ask every source, one after the other, about the same channels."""
    found: dict[str, Probed] = {}
    for name, source in SOURCES.items():
        began = clock.now()
        try:
            reading = await source(account, places)
        except Outcome as failed:
            found[name] = Probed({}, {}, clock.now() - began, str(failed))
        else:
            found[name] = Probed(reading.pts, reading.lost, clock.now() - began)
    return found
