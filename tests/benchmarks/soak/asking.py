"""The rules of the subscribers, added, changed and removed beside the running program.

Each change is one transaction, in which the head of the journal is read: what was written up to
there was decided without it, and what came after with it.
"""

from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass, field

import seeds
from bot.clock import Clock
from bot.query.lexicon import Lexicon
from bot.query.parse import parse
from bot.query.reading import Choices
from bot.query.tree import Tree, loads
from bot.query.words import norm
from bot.understanding import stored, understood
from storage import journal, rules, subscribers
from storage.db import Connection, open_archive
from storage.rules import Stored
from tests.benchmarks.soak.cast import ADDED, CHANGED, LABEL, REMOVED, Cast, Listener, labelled

EVER = 1 << 62


@dataclass(slots=True)
class Edition:
    """What a rule asks for, and from where to where in the journal it did."""

    query: str
    tree: Tree
    after: int
    until: int = EVER

    def covers(self, seq: int) -> bool:
        """Whether it decided what an entry of the journal tells of."""
        return self.after < seq <= self.until


@dataclass(slots=True)
class Asked:
    """A rule of a listener through its life."""

    id: int
    editions: list[Edition] = field(default_factory=list)

    @property
    def removed(self) -> bool:
        """Whether it is no more."""
        return self.editions[-1].until < EVER

    @property
    def names(self) -> Set[str]:
        """What it was called."""
        return {edition.query for edition in self.editions}


class Asking:
    """Makes the rules, and knows what they were."""

    def __init__(self, cast: Cast) -> None:
        self.labels: Mapping[int, Set[str]] = {
            channel.id: {LABEL} for channel in labelled(cast.channels)
        }
        self._cast = cast
        self._lexicon = Lexicon(seeds.names())
        self._rules: dict[str, list[Asked]] = {each.name: [] for each in cast.listeners}

    def of(self, listener: Listener) -> list[Asked]:
        """All rules that a listener ever had."""
        return self._rules[listener.name]

    async def begin(self) -> None:
        """The rules that everybody starts with."""
        for listener in self._cast.listeners:
            for query in listener.taste.rules:
                await self._add(listener, query)

    async def go_on(self, seconds: float) -> None:
        """Within some time: a rule more, another query, a rule less."""
        for step in (self._more, self._other, self._less):
            await Clock().pass_by(seconds / 4)
            await step()

    async def _more(self) -> None:
        name, query = ADDED
        await self._add(self._listener(name), query)

    async def _other(self) -> None:
        name, before, query = CHANGED
        rule = self._rule(name, before)

        async def change(tx: Connection, meant: Stored) -> None:
            rule.editions[-1].until = (await journal.head(tx)).seq
            await rules.change(tx, rule.id, query, meant, Clock().now())
            rule.editions.append(Edition(query, loads(meant.tree), rule.editions[-1].until))

        await self._write(query, change)

    async def _less(self) -> None:
        name, query = REMOVED
        rule = self._rule(name, query)

        async def remove(tx: Connection, _meant: Stored) -> None:
            rule.editions[-1].until = (await journal.head(tx)).seq
            await rules.remove(tx, rule.id, Clock().now())

        await self._write(query, remove)

    async def _add(self, listener: Listener, query: str) -> None:
        async def add(tx: Connection, meant: Stored) -> None:
            place = await subscribers.find(tx, listener.chat.marked_id, listener.topic_id)
            assert place is not None, "it was made at the start"
            rule = await rules.add(tx, place.id, query, Clock().now(), meant)
            await rules.handle(tx, rule.id, listener.taste.handling)
            made = Edition(query, loads(meant.tree), (await journal.head(tx)).seq)
            self._rules[listener.name].append(Asked(rule.id, [made]))

        await self._write(query, add)

    async def _write(
        self, query: str, what: Callable[[Connection, Stored], Awaitable[None]]
    ) -> None:
        path = self._cast.program.archive.path
        async with open_archive(path, norm, Clock().now()) as archive:
            asked, choices = parse(query, rule=True), Choices()
            meant = await understood(archive.reader, self._lexicon, asked, choices)
            async with archive.transaction() as tx:
                await what(tx, stored(meant, choices, self._lexicon))

    def _listener(self, name: str) -> Listener:
        return next(each for each in self._cast.listeners if each.name == name)

    def _rule(self, name: str, query: str) -> Asked:
        return next(each for each in self._rules[name] if each.editions[-1].query == query)
