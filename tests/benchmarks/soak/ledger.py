"""What was true when: every post with every state it had, and which of them had to be seen."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from bot.clock import Clock
from bot.sandbox.channels import Channel, Post
from bot.sandbox.connection import Connection
from bot.sandbox.tl import T
from tests.benchmarks.soak.cast import Cast

Key = tuple[int, int]  # channel id, message id
Over = frozenset[Connection]

TAKEN_IN = 3.0  # seconds on one living connection within which what was pushed must be written
LOOK_SECONDS = 0.5


@dataclass(slots=True)
class Life:
    """Everything a post ever was."""

    story: str  # as a reader counts: the album, or the message
    states: set[str]  # its texts; reactions make no state
    source: Key  # the post that it repeats, by forwarding or word for word; or itself
    forward: Key | None = None  # what it forwards
    seen: str = ""  # how we know that the program must have seen it; empty: we do not


@dataclass(frozen=True, slots=True)
class _Pushed:
    at: float
    key: Key
    connections: Over


class Ledger:
    """The truth, written down while it happens."""

    def __init__(self, cast: Cast) -> None:
        self.lives: dict[Key, Life] = {}
        self._deaf = 0  # how many faults keep pushes from the watcher
        self._cast = cast
        self._clock = Clock()
        self._unswept: dict[int, deque[tuple[int, int]]] = {
            channel.id: deque() for channel in cast.channels
        }
        self._pushed: deque[_Pushed] = deque()
        self._repeats: Counter[Key] = Counter()  # by their source

    @property
    def truth(self) -> Iterator[tuple[Key, T.Message]]:
        """Every post that is there now."""
        for channel in self._cast.channels:
            for number, message in channel.messages.items():
                yield (channel.id, number), message

    def connections(self) -> Over:
        """The watcher's connections over which it hears what is pushed now."""
        if self._deaf:
            return frozenset()
        return frozenset(self._cast.telegram.listening(self._cast.watcher))

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Meanwhile nothing that is pushed counts as heard."""
        self._deaf += 1
        try:
            yield
        finally:
            self._deaf -= 1

    def published(self, post: Post, text: str, album: int | None, over: Over) -> None:
        """A post was made, and pushed over these connections."""
        key = post.channel.id, post.id
        story = f"{post.channel.id}/{f'g{album}' if album else post.id}"
        self.lives[key] = Life(story, {text}, key)
        self._unswept[post.channel.id].append((_pts(post.channel, post.id), post.id))
        if still := over & self.connections():
            self._pushed.append(_Pushed(monotonic(), key, still))

    def repeated(self, post: Post, original: Post) -> None:
        """A post says what another one says."""
        source = self.lives[original.channel.id, original.id].source
        self.lives[post.channel.id, post.id].source = source
        self._repeats[source] += 1

    def repeats(self, post: Post) -> int:
        """How often it was said again what a post says, from its first source on."""
        return self._repeats[self.lives[post.channel.id, post.id].source]

    def forwarded(self, post: Post, original: Post) -> None:
        """It says so by forwarding it."""
        self.lives[post.channel.id, post.id].forward = original.channel.id, original.id

    def edited(self, post: Post, text: str) -> None:
        """A post says something else."""
        self.lives[post.channel.id, post.id].states.add(text)

    async def follow(self) -> None:
        """Until cancelled, note which posts the program cannot have missed."""
        while True:
            await self._clock.pass_by(LOOK_SECONDS)
            self.look()

    def look(self) -> None:
        """A post that is there while the program's cursor is beyond it was there at a completed
        sweep; one that was pushed over a connection that lived on was heard."""
        self._look_at_cursors()
        now, alive = monotonic(), self.connections()
        while self._pushed and self._pushed[0].at < now - TAKEN_IN:
            pushed = self._pushed.popleft()
            if pushed.connections & alive:
                self.lives[pushed.key].seen = self.lives[pushed.key].seen or "pushed"

    def _look_at_cursors(self) -> None:
        cursors = dict(self._cast.program.archive.rows("SELECT channel_id, pts FROM cursors"))
        for channel in self._cast.channels:
            there = channel.state.mailbox.messages
            waiting = self._unswept[channel.id]
            while waiting and waiting[0][0] <= cursors.get(channel.id, 0):
                number = waiting.popleft()[1]
                if number in there:
                    self.lives[channel.id, number].seen = "swept"


def _pts(channel: Channel, message_id: int) -> int:
    """The place in the event log at which a message appeared."""
    events = reversed(channel.state.mailbox.events)
    return next(event.pts for event in events if message_id in event.ids)
