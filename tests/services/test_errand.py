"""What an account does again and again is done for whoever asks, as soon as it can be."""

import asyncio
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.outcomes import Busy, Gone, Outcome, Refused, SignedOut
from bot.sandbox.people import User
from bot.sandbox.telegram import Telegram
from bot.telegram.client import Account
from bot.telegram.errand import Errand
from tests.running import running
from tests.services.conftest import signed_in


class Work:
    """Comes to what it is told to, one after the other, and then to nothing bad."""

    def __init__(self, *troubles: Outcome) -> None:
        self.times = 0
        self._troubles = list(troubles)
        self._news = asyncio.Event()

    async def __call__(self) -> None:
        self.times += 1
        self._news.set()
        if self._troubles:
            raise self._troubles.pop(0)

    async def done(self, times: int) -> None:
        async with asyncio.timeout(15):
            while self.times < times:
                self._news.clear()
                await self._news.wait()


async def heard(errand: Errand, service: asyncio.Task[None]) -> None:
    """Wait until no ring waits to be heard."""
    async with asyncio.timeout(15):
        while errand.bell.rung:
            assert not service.done()
            await asyncio.sleep(0)


async def test_what_is_asked_for_while_the_account_is_cut_off_is_done_once_when_it_is_there(
    telegram: Telegram, watcher: User, tmp_path: Path
) -> None:
    account, work = signed_in(telegram, watcher, tmp_path / "watcher.session"), Work()
    errand = Errand("a test", account, work, Clock())
    async with running(errand.run()) as service:
        for _ in range(3):
            errand.bell.ring()
            await heard(errand, service)
        assert work.times == 0
        async with running(account.run()):
            await work.done(1)
            await heard(errand, service)
    assert work.times == 1


async def test_work_that_must_wait_is_done_again_by_itself(account: Account) -> None:
    work, clock = Work(Busy(60), Busy(60)), Clock(rate=1_000)
    began = clock.now()
    errand = Errand("a test", account, work, clock)
    errand.bell.ring()
    async with running(errand.run()):
        await work.done(3)
    assert clock.now() - began >= 120_000


@pytest.mark.parametrize("trouble", [SignedOut("X"), Gone("X"), Refused("X")])
async def test_work_that_is_refused_waits_until_somebody_asks_again(
    account: Account, trouble: Outcome
) -> None:
    work = Work(trouble)
    errand = Errand("a test", account, work, Clock())
    errand.bell.ring()
    async with running(errand.run()):
        await work.done(1)
        assert not errand.bell.rung
        errand.bell.ring()
        await work.done(2)
