"""What the channels do: posts, albums, edits, deletions, forwards, reactions, bursts."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from random import Random

from bot.clock import Clock
from bot.sandbox.channels import Channel, Post
from bot.sandbox.drafts import picture
from bot.sandbox.tl import T
from tests.benchmarks.soak.cast import COMMON, FORMS, SHARES, Cast
from tests.benchmarks.soak.ledger import Ledger, Over

Act = Callable[[], Awaitable[None]]

RECENT = 40  # of a channel's newest posts are edited or deleted one by one
MASS = 500  # of its newest posts are among those that are deleted in masses
WITHHELD = 0.12  # of everything is told to nobody
TWICE = 0.05  # of the posts are pushed twice
EDITED_IN = 3.0  # how much likelier than a post an edit brings a word that rules ask for
PART_SECONDS = 1.0  # at most between the parts of an album
TELLING = 0.3  # of what is repeated has a word that rules ask for
REPEATED = 15  # times at most: an alert names no more than twenty posts that joined it
TICK_SECONDS = 0.06
NOBODY: Over = frozenset()
TOGETHER = 6  # things happen at once, at most


class Publishing:
    """All channels, by one chance."""

    def __init__(self, cast: Cast, ledger: Ledger, rnd: Random, done: Counter[str]) -> None:
        self.done = done
        self._cast = cast
        self._ledger = ledger
        self._rnd = rnd
        self._clock = Clock()
        self._serial = 0
        self._acts: dict[Act, float] = {
            self.post: 60,
            self.edit: 12,
            self.delete: 8,
            self.react: 6,
            self.album: 3,
            self.forward: 2,
            self.repost: 2,
            self.service: 2,
            self.edit_album: 2,
            self.burst: 0.25,
            self.mass_deletion: 0.15,
        }

    async def go_on(self, seconds: float) -> None:
        """Publish for some time; albums that were begun are finished."""
        async with asyncio.TaskGroup() as group:
            until = self._clock.now() + seconds * 1000
            while self._clock.now() < until:
                for act in self._chosen():
                    if act == self.album:
                        group.create_task(act())
                    else:
                        await act()
                await self._clock.pass_by(TICK_SECONDS)

    def _chosen(self) -> Sequence[Act]:
        number = self._rnd.randint(1, TOGETHER)
        return self._rnd.choices(list(self._acts), list(self._acts.values()), k=number)

    async def post(self, channel: Channel | None = None) -> None:
        """One post, in any channel or in this one."""
        channel = channel or self._channel()
        over = self._ledger.connections()
        copies = 0 if self._withheld() else 2 if self._rnd.random() < TWICE else 1
        text = self._text(1)
        made = await channel.posts(text, copies=copies)
        self.done["posts"] += 1
        self._published(made, text, over if copies else NOBODY)

    async def album(self) -> None:
        """Two to five photos, of which one or two say something, one after the other."""
        channel = self._channel()
        number = self._rnd.getrandbits(60)
        parts = self._rnd.randint(2, 5)
        told = set(self._rnd.sample(range(parts), self._rnd.randint(1, 2)))
        for part in range(parts):
            over, withhold = self._ledger.connections(), self._withheld()
            text = self._text(4) if part in told else ""
            made = await channel.posts(
                text, photo=picture(part + 1), grouped_id=number, withhold=withhold
            )
            self._published(made, text, NOBODY if withhold else over, number)
            await self._clock.pass_by(self._rnd.uniform(0, PART_SECONDS))
        self.done["albums"] += 1

    async def forward(self) -> None:
        """Say again what another channel said, as a forward."""
        if (original := self._worth_repeating()) is not None:
            over, withhold, text = self._ledger.connections(), self._withheld(), original.text
            made = await self._channel().posts(forward_from=original, withhold=withhold)
            self._repeated(made, original, text, NOBODY if withhold else over)
            self._ledger.forwarded(made, original)
            self.done["forwards"] += 1

    async def repost(self) -> None:
        """Say word for word what another channel said."""
        if (original := self._worth_repeating()) is not None:
            over, withhold, text = self._ledger.connections(), self._withheld(), original.text
            made = await self._channel().posts(text, withhold=withhold)
            self._repeated(made, original, text, NOBODY if withhold else over)
            self.done["reposts"] += 1

    def _repeated(self, post: Post, original: Post, text: str, over: Over) -> None:
        self._published(post, text, over)
        self._ledger.repeated(post, original)

    def _worth_repeating(self) -> Post | None:
        """A recent post, often one with a word that rules ask for; None where too often."""
        found = None
        if self._rnd.random() < TELLING:
            channels = self._rnd.sample(list(self._cast.channels), len(self._cast.channels))
            posts = (self._one(_is_telling, channel) for channel in channels)
            found = next((post for post in posts if post is not None), None)
        found = found or self._one(lambda message: not message.grouped_id)
        return found if found and self._ledger.repeats(found) < REPEATED else None

    async def service(self) -> None:
        """A notice by Telegram itself."""
        over = self._ledger.connections()
        made = await self._channel().announces(T.MessageActionPinMessage())
        self.done["service messages"] += 1
        self._published(made, "", over)

    async def edit(self) -> None:
        """Another text for a recent post."""
        await self._edit(self._one(lambda message: not message.grouped_id), "edits")

    async def edit_album(self) -> None:
        """Another caption for a part of a recent album."""
        await self._edit(self._one(lambda message: bool(message.grouped_id)), "edits of captions")

    async def react(self, channel: Channel | None = None) -> None:
        """A reaction, of which no version may come."""
        if (post := self._one(lambda _message: True, channel)) is not None:
            await post.reacts("👍", self._rnd.randint(1, 999))
            self.done["reactions"] += 1

    async def delete(self) -> None:
        """A recent post goes."""
        channel = self._channel()
        if there := sorted(channel.messages)[-RECENT:]:
            await channel.deletes([self._rnd.choice(there)], withhold=self._withheld())
            self.done["deletions"] += 1

    async def mass_deletion(self, channel: Channel | None = None) -> None:
        """Hundreds of the newest posts of a channel go at once; of one that has most."""
        channel = channel or max(self._cast.channels, key=lambda each: len(each.messages))
        there = sorted(channel.messages)[-MASS:]
        if self._rnd.random() < 0.5:
            gone = self._rnd.sample(there, len(there) * 2 // 3)
        else:
            gone = there[len(there) // 3 :]
        await channel.deletes(gone, withhold=self._withheld())
        self.done["mass deletions"] += 1
        self.done["deleted in masses"] += len(gone)

    async def burst(self, number: int | None = None, channel: Channel | None = None) -> None:
        """Many posts in one channel at once."""
        channel = channel or self._channel()
        for _ in range(number or self._rnd.choice((20, 60, 150))):
            await self.post(channel)
        self.done["bursts"] += 1

    async def storm(self, number: int, channel: Channel) -> None:
        """Many reactions in one channel at once, and an edit among them."""
        for _ in range(number):
            await self.react(channel)
        await self._edit(self._one(lambda message: not message.grouped_id, channel), "edits")
        self.done["storms"] += 1

    async def unheard(self) -> None:
        """Something in every channel, of which nobody is told."""
        for channel in self._cast.channels:
            silent, channel.silent = channel.silent, True
            for act in (self.post, self.react):
                await act(channel)
            await self._edit(self._one(lambda message: not message.grouped_id, channel), "edits")
            channel.silent = silent
        self.done["told to nobody"] += len(self._cast.channels)

    async def _edit(self, post: Post | None, what: str) -> None:
        if post is not None:
            text = self._text(EDITED_IN)
            self._ledger.edited(post, text)
            await post.edits(text, withhold=self._withheld())
            self.done[what] += 1

    def _published(self, post: Post, text: str, over: Over, album: int | None = None) -> None:
        heard = NOBODY if post.channel.silent else over
        self._ledger.published(post, text, album, heard)

    def _channel(self) -> Channel:
        return self._rnd.choice(self._cast.channels)

    def _one(
        self, wanted: Callable[[T.Message], bool], channel: Channel | None = None
    ) -> Post | None:
        """A recent post; None where the channel has none that is wanted."""
        channel = channel or self._channel()
        recent = sorted(channel.messages.items())[-RECENT:]
        found = [
            number
            for number, message in recent
            if isinstance(message, T.Message)
            and wanted(message)
            and (channel.id, number) in self._ledger.lives  # else it is being published right now
        ]
        return Post(channel, self._rnd.choice(found)) if found else None

    def _withheld(self) -> bool:
        withheld = self._rnd.random() < WITHHELD
        self.done["withheld"] += withheld
        return withheld

    def _text(self, likelier: float) -> str:
        """A text unlike any other, with words that rules ask for as often as planned."""
        self._serial += 1
        hits = [
            self._rnd.choice(FORMS[word])
            for word, share in SHARES.items()
            if self._rnd.random() < share * likelier
        ]
        said = [*self._rnd.sample(COMMON, 4), *hits]
        self._rnd.shuffle(said)
        return f"Запис {self._serial}: {' '.join(said)}"


def _is_telling(message: T.Message) -> bool:
    if message.grouped_id:
        return False
    return any(form in message.message for forms in FORMS.values() for form in forms)
