"""When everything that has happened so far has had its effect."""

import asyncio
from collections import Counter

from bot.sandbox.errors import NeverSettled
from bot.sandbox.stage import Idle, Stage

QUIET = 0.1  # seconds without a request that pass for idle where nobody can say better
ROUNDS = 2  # in a row, with nothing asked in between


async def settled(stage: Stage, idle: Idle | None = None, within: float = 10) -> None:
    """Wait until every client has taken in what was pushed to it and done what it does with it.

    One round is: every connected client has answered a question about its state, which it
    does only after reading all that was sent before; `idle`, which the program under test
    provides, has returned, meaning that it has nothing queued and nothing running; and the
    server is answering nothing. Two rounds in a row without a single request in between
    mean that nothing more comes of what has happened.

    Without `idle` nobody can know what a silent program is still thinking about. Then a
    round also waits until nothing was asked for `QUIET` seconds; a program that thinks
    longer without asking anything would deceive it.

    What was set as `Telegram.idle` is used where no `idle` is given. Raises NeverSettled
    after `within` seconds of unrest; an answer that a fault holds back is unrest.
    """
    before = Counter(stage.server.counts)
    try:
        async with asyncio.timeout(within):
            await _quiet_rounds(stage, idle or stage.idle)
    except TimeoutError:
        asked = dict(stage.server.counts - before)
        held = len(stage.server.answering)
        message = f"not at rest after {within} s: asked meanwhile {asked}, {held} unanswered"
        raise NeverSettled(message) from None


async def _quiet_rounds(stage: Stage, idle: Idle | None) -> None:
    quiet = 0
    while quiet < ROUNDS:
        before = stage.server.counts.total()
        await _signs_of_life(stage)
        if idle is None:
            await _nothing_asked(stage)
        else:
            await idle()
        if stage.server.answering:
            await asyncio.wait(stage.server.answering)
        quiet = quiet + 1 if stage.server.counts.total() == before else 0


async def _signs_of_life(stage: Stage) -> None:
    asked = [connection.asks_for_a_sign() for connection in stage.server.listening()]
    # A connection that is cut meanwhile takes its pushes with it.
    await asyncio.gather(*asked, return_exceptions=True)


async def _nothing_asked(stage: Stage) -> None:
    while True:
        asked = stage.server.asked
        try:
            async with asyncio.timeout(QUIET):
                await asked.wait()
        except TimeoutError:
            return
