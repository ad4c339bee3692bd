"""What goes wrong: connections, requests, pushes, the program itself; each by its own chance."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from signal import SIGTERM

from bot.clock import Clock
from bot.sandbox.errors import NotReceived
from bot.sandbox.tl import T
from tests.benchmarks.soak.cast import Cast
from tests.benchmarks.soak.ledger import Ledger
from tests.benchmarks.soak.publishing import Publishing

Fault = Callable[[], Awaitable[None]]

DIFFERENCE = "updates.GetChannelDifference"
DIALOGS = "messages.GetPeerDialogs"
SEND = "messages.SendMessage"
SENDS = (SEND, "messages.SendMedia", "messages.EditMessage")
UNANSWERED = 3.0  # seconds
MISSED_TOO_MUCH = 400  # events after which the server calls a difference too long


@dataclass(frozen=True, slots=True)
class Kind:
    """Faults that come one after the other, and how long it takes until the next, on average."""

    seconds: float
    weights: Mapping[Fault, float]


class Faults:
    """Everything that goes wrong, and what is right again in the end."""

    def __init__(self, cast: Cast, ledger: Ledger, publishing: Publishing, rnd: Random) -> None:
        self.ended: list[int] = []  # exit statuses of a program that should not have ended
        self._cast = cast
        self._telegram = cast.telegram
        self._switches = cast.telegram.faults
        self._ledger = ledger
        self._publishing = publishing
        self._done = publishing.done
        self._rnd = rnd
        self._clock = Clock()

    def kinds(self) -> list[Kind]:
        """Faults of different kinds overlap; those of one kind do not."""
        return [
            Kind(2.5, self._of_connections()),
            Kind(1.5, self._of_requests()),
            Kind(1.5, self._of_pushes()),
            Kind(4, self._of_the_program()),
        ]

    def _of_connections(self) -> dict[Fault, float]:
        return {
            self.cut_watcher: 4,
            self.cut_bot: 3,
            self.cut_all: 2,
            self.stop_server: 2,
            self.skew_a_little: 1,
            self.skew_too_much: 0.7,
        }

    def _of_requests(self) -> dict[Fault, float]:
        return {
            self.flood_a_chat: 3,
            self.flood_all_sends: 0.7,
            self.flood_differences: 2,
            self.flood_dialogs: 1,
            self.lose_sends: 4,
            self.lose_differences: 2,
            self.delay: 2,
            self.fail_differences: 1,
            self.repeat_too_soon: 1,
        }

    def _of_pushes(self) -> dict[Fault, float]:
        return {self.hold: 4, self.burn: 2, self.announce_too_long: 2, self.silence: 2}

    def _of_the_program(self) -> dict[Fault, float]:
        return {self.kill: 6, self.terminate: 2, self.kill_long: 2, self.kill_unanswered: 2}

    async def go_on(self, seconds: float) -> None:
        """Faults of all kinds for some time; what each of them broke is whole in the end."""
        async with asyncio.TaskGroup() as group:
            for kind in self.kinds():
                group.create_task(
                    self._one_after_the_other(kind, Random(self._rnd.random()), seconds)
                )
        self._switches.heal()

    async def _one_after_the_other(self, kind: Kind, rnd: Random, seconds: float) -> None:
        until = self._clock.now() + seconds * 1000
        while True:
            await self._clock.pass_by(rnd.expovariate(1 / kind.seconds))
            if self._clock.now() >= until:
                return
            [fault] = rnd.choices(list(kind.weights), list(kind.weights.values()))
            self._done[fault.__name__.replace("_", " ")] += 1
            await fault()

    # Connections.

    async def cut_watcher(self) -> None:
        self._switches.drop_connections(self._cast.watcher)

    async def cut_bot(self) -> None:
        self._switches.drop_connections(self._cast.bot)

    async def cut_all(self) -> None:
        self._switches.drop_connections()

    async def stop_server(self) -> None:
        await self._telegram.stop()
        await self._clock.pass_by(self._rnd.uniform(0.1, 2))
        await self._telegram.start()

    async def skew_a_little(self) -> None:
        """Within the 30 s that both sides bear."""
        self._switches.skew = self._rnd.choice((-20, 10, 20))
        await self._clock.pass_by(self._rnd.uniform(1, 3))
        self._switches.skew = 0

    async def skew_too_much(self) -> None:
        """Answers and pushes are ignored; whoever connects meanwhile has to learn the time.

        When the server's clock is right again, its connections are made anew, since the
        numbers of messages may never go back within one.
        """
        with self._ledger.deaf():
            self._switches.skew = self._rnd.choice((-400, -120, 60, 120, 400))
            self._switches.drop_connections()
            await self._clock.pass_by(self._rnd.uniform(2, 6))
            self._switches.skew = 0
            self._switches.drop_connections()

    # Requests.

    async def flood_a_chat(self) -> None:
        listener = self._rnd.choice(self._cast.listeners)
        self._switches.flood(SEND, self._rnd.randint(1, 4), chat=listener.chat)

    async def flood_all_sends(self) -> None:
        self._switches.flood(SEND, self._rnd.randint(1, 3), times=4)

    async def flood_differences(self) -> None:
        self._switches.flood(DIFFERENCE, self._rnd.randint(1, 4), times=self._rnd.randint(1, 4))

    async def flood_dialogs(self) -> None:
        self._switches.flood(DIALOGS, self._rnd.randint(1, 4))

    async def lose_sends(self) -> None:
        times = self._rnd.randint(1, 3)
        for method in SENDS:
            self._switches.lose_response(method, times)

    async def lose_differences(self) -> None:
        self._switches.lose_response(self._rnd.choice((DIFFERENCE, DIALOGS)))

    async def delay(self) -> None:
        method = self._rnd.choice((SEND, DIFFERENCE, DIALOGS, "channels.GetMessages"))
        self._switches.delay(method, self._rnd.uniform(0.2, 1.5))
        await self._clock.pass_by(self._rnd.uniform(1, 3))
        self._switches.delay(method, None)

    async def fail_differences(self) -> None:
        self._switches.error(DIFFERENCE, 500, "PERSISTENT_TIMESTAMP_OUTDATED")

    async def repeat_too_soon(self) -> None:
        self._switches.error(SEND, 500, "RANDOM_ID_DUPLICATE")

    # Pushes.

    async def hold(self) -> None:
        """Keep pushes back, then let them go in another order, some twice, some never."""
        with self._ledger.deaf():
            self._switches.hold(self._cast.watcher)
            await self._clock.pass_by(self._rnd.uniform(0.2, 3))
            self._switches.release(self._cast.watcher, self._disarranged)

    def _disarranged(self, updates: list[T.Updates]) -> list[T.Updates]:
        kept = [each for each in updates if self._rnd.random() > 0.1]
        twice = [each for each in kept if self._rnd.random() < 0.1]
        mixed = [*kept, *twice]
        self._rnd.shuffle(mixed)
        return mixed

    async def burn(self) -> None:
        channel = self._rnd.choice(self._cast.channels)
        self._switches.burn_pts(channel, self._rnd.randint(1, 5))

    async def announce_too_long(self) -> None:
        self._switches.too_long(self._rnd.choice(self._cast.channels))

    async def silence(self) -> None:
        """Telegram stops pushing a channel; it may stay so."""
        channel = self._rnd.choice(self._cast.channels)
        channel.silent = not channel.silent

    # The program.

    async def kill(self) -> None:
        await self._down(self._cast.program.dies)
        await self._clock.pass_by(self._rnd.uniform(0, 1.5))
        await self._cast.program.starts()

    async def kill_unanswered(self) -> None:
        """Telegram has the alert, and the program does not know it yet."""
        sent = self._telegram.counts[SEND]
        self._switches.delay(SEND, UNANSWERED)
        with suppress(NotReceived):
            await self._telegram.is_asked_for(SEND, sent + 1, within=UNANSWERED)
        await self._down(self._cast.program.dies)
        self._switches.delay(SEND, None)
        await self._cast.program.starts()

    async def kill_long(self) -> None:
        """So much happens in a channel meanwhile that the server does not tell it one by one."""
        await self._down(self._cast.program.dies)
        channel = self._rnd.choice(self._cast.channels)
        happens: list[Fault] = [
            lambda: self._publishing.burst(MISSED_TOO_MUCH + 50, channel),
            lambda: self._publishing.mass_deletion(channel),
            lambda: self._publishing.storm(MISSED_TOO_MUCH + 50, channel),
        ]
        for each in self._rnd.sample(happens, self._rnd.randint(1, 3)):
            await each()
        await self._cast.program.starts()

    async def terminate(self) -> None:
        await self._down(self._stopped)
        await self._clock.pass_by(self._rnd.uniform(0, 1))
        await self._cast.program.starts()

    async def last_blow(self) -> None:
        """The last fault, from which on it counts how long it takes to be whole again."""
        if self._rnd.random() < 0.5:
            await self.kill_long()
        else:
            await self._publishing.unheard()

    async def stop(self) -> None:
        """End the program, for good."""
        await self._down(self._stopped)

    async def _stopped(self) -> None:
        status = await self._cast.program.stops()
        if status not in (0, -SIGTERM):  # the latter before it has begun to listen for it
            self.ended.append(status)

    async def _down(self, how: Callable[[], Awaitable[None]]) -> None:
        if (status := self._cast.program.ended) is not None:
            self.ended.append(status)
        await how()


def kills(done: Counter[str]) -> int:
    """How often the program was killed."""
    return done["kill"] + done["kill long"] + done["kill unanswered"]
