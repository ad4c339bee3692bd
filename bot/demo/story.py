"""The story: people come in, channels post, alerts and answers arrive."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

from bot.demo.expectation import hits, told_of_deletion, told_of_edit
from bot.demo.heard import about, is_alert, is_follow_up, links
from bot.demo.screen import Screen
from bot.demo.stage import Stage
from bot.query.words import norm
from bot.sandbox.channels import Post
from bot.sandbox.drafts import picture
from bot.sandbox.errors import NotReceived
from bot.sandbox.inbox import Received
from seeds import DemoDay, DemoEdit, DemoPost, DemoQuestion, DemoSubscriber
from storage import posts, queues
from storage.db import openers
from storage.records import Kept

A_MOMENT = 20_000  # between the steps of the first hour; the limits on sending see them too
MENUS = 3  # languages in which the bot sets its menu: then it is ready
WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at a time."""

    at: int
    happens: Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Outcome:
    """What came of the story, for the count at the end."""

    posted: dict[str, Post] = field(default_factory=dict)  # by the key of the seeds
    wrong_answers: list[str] = field(default_factory=list)  # questions answered wrongly
    missed: list[str] = field(default_factory=list)  # what should have been told, and was not


class Story:
    """Plays a day on a stage."""

    def __init__(self, stage: Stage, day: DemoDay, screen: Screen) -> None:
        self.outcome = Outcome()
        self._stage = stage
        self._day = day
        self._people = day.subscribers
        self._screen = screen

    async def begins(self) -> None:
        """The owner comes in, invites the others, and everybody says what to watch for."""
        await self._stage.telegram.is_asked_for("bots.SetBotCommands", MENUS)
        owner, *others = self._day.subscribers
        await self._asks(owner, "/start")
        for guest in others:
            invitation = await self._asks(owner, "/invite")
            await self._asks(guest, f"/start {_token(invitation)}")
        for channel in self._stage.channels.values():
            await self._watches(owner, channel.username or "")
        for subscriber in self._day.subscribers:
            await self._asks(subscriber, f"/settings zone {subscriber.zone}")
            for rule in subscriber.rules:
                await self._keeps(subscriber, rule)
            self._screen.watches(subscriber)

    async def unfolds(self) -> None:
        """Everything that happens, in the order of time."""
        for event in sorted(self._events(), key=lambda event: event.at):
            self._stage.clock.leap_to(event.at)
            await event.happens()
            await self._nothing_is_due()

    def _events(self) -> Iterator[Event]:
        for _, parts in groupby(self._day.posts, key=lambda post: post.album or post.key):
            together = list(parts)
            yield Event(together[0].at, partial(self._posts, together))
        for post in self._day.posts:
            if post.edit is not None:
                yield Event(post.edit.at, partial(self._edits, post, post.edit))
            if post.deleted_at is not None:
                yield Event(post.deleted_at, partial(self._deletes, post))
        for subscriber in self._day.subscribers:
            for question in subscriber.asks:
                yield Event(question.at, partial(self._question, subscriber, question))

    # ------------------------------------------------------------ channels

    async def _posts(self, parts: list[DemoPost]) -> None:
        channel = self._stage.channels[parts[0].channel]
        self._screen.posts(channel, parts)
        if len(parts) > 1:
            made = await channel.posts_album(
                [(part.text, picture(number)) for number, part in enumerate(parts, 1)]
            )
        elif parts[0].forward_of is not None:
            origin = self.outcome.posted[parts[0].forward_of]
            made = [await channel.posts(forward_from=origin)]
        else:
            made = [await channel.posts(parts[0].text)]
        for part, post in zip(parts, made, strict=True):
            self.outcome.posted[part.key] = post
        await self._is_told({hit for part in parts for hit in part.hits}, made[0])

    async def _edits(self, post: DemoPost, edit: DemoEdit) -> None:
        made = self.outcome.posted[post.key]
        self._screen.edits(made.channel, edit)
        await made.edits(edit.text)
        await self._is_told(edit.hits - post.hits, made)
        await self._is_followed(made, [who for who in self._people if told_of_edit(who, post)])
        await self._is_kept(made, lambda kept: kept.version > 1)

    async def _deletes(self, post: DemoPost) -> None:
        made = self.outcome.posted[post.key]
        self._screen.deletes(made.channel, post)
        await made.deletes()
        await self._is_followed(made, [who for who in self._people if told_of_deletion(who, post)])
        await self._is_kept(made, lambda kept: kept.deleted_at is not None)

    async def _is_told(self, queries: Set[str], post: Post) -> None:
        """Wait until a post is told, in an alert of its own or in one that it joins, and kept."""

        def tells(message: Received) -> bool:
            return is_alert(message) and post.link in links(message)

        for subscriber in self._people:
            if hits(subscriber, queries):
                await self._hears(subscriber, post, tells)
        await self._is_kept(post, lambda _kept: True)

    async def _is_followed(self, post: Post, followers: Iterable[DemoSubscriber]) -> None:
        """Wait for what must be told of what became of a post."""

        def tells(message: Received) -> bool:
            return is_follow_up(message) and about(message) == post.link

        for subscriber in followers:
            await self._hears(subscriber, post, tells)

    async def _hears(
        self, subscriber: DemoSubscriber, post: Post, tells: Callable[[Received], bool]
    ) -> None:
        """Wait for a message, or the edit of one, that tells of a post."""
        reader = self._stage.readers[subscriber.name]
        try:
            self._screen.receives(subscriber, await reader.hears(tells, WITHIN, post.link))
        except NotReceived:
            self.outcome.missed.append(f"{subscriber.name}: {post.link}")

    async def _is_kept(self, post: Post, wanted: Callable[[Kept], bool]) -> None:
        async with openers(self._stage.settings.archive, norm).reader() as conn:
            async with asyncio.timeout(WITHIN):
                while True:
                    kept = await posts.get(conn, post.channel.id, post.id)
                    if kept is not None and wanted(kept):
                        return

    async def _nothing_is_due(self) -> None:
        """Wait until what was told is marked so: marked after a leap, it would seem to be late."""
        async with openers(self._stage.settings.archive, norm).reader() as conn:
            async with asyncio.timeout(WITHIN):
                while await queues.due(conn, self._stage.clock.now(), 1):
                    pass

    # ------------------------------------------------------------ people

    async def _watches(self, owner: DemoSubscriber, username: str) -> None:
        """The owner adds a channel; those of the pack are watched already."""
        answer = await self._asks(owner, f"/add @{username}")
        if "Add" in answer.labels:
            reader = self._stage.readers[owner.name]
            await reader.presses("Add", on=answer)
            await reader.receives("", WITHIN)

    async def _keeps(self, subscriber: DemoSubscriber, rule: str) -> None:
        """Ask for a rule, and keep it as it was understood."""
        answer = await self._asks(subscriber, f"/watch {rule}")
        reader = self._stage.readers[subscriber.name]
        await reader.presses(answer.buttons[0][0].text, on=answer)
        await reader.receives(rule, WITHIN)

    async def _question(self, subscriber: DemoSubscriber, question: DemoQuestion) -> None:
        self._screen.asks(subscriber, question.text)
        answer = await self._asks(subscriber, question.text)
        self._screen.receives(subscriber, answer)
        if question.finds is None:
            return
        expected = [self.outcome.posted[key].link for key in question.finds]
        if links(answer) != expected:
            self.outcome.wrong_answers.append(f"{subscriber.name}: {question.text}")

    async def _asks(self, subscriber: DemoSubscriber, text: str) -> Received:
        """What the bot answers: a message further down, not an edit of one that was there."""
        self._stage.clock.leap_to(self._stage.clock.now() + A_MOMENT)
        reader = self._stage.readers[subscriber.name]
        said = await reader.says(text)

        def answers(message: Received) -> bool:
            return message.id > said.id and not message.edited

        return await reader.hears(answers, WITHIN, f"an answer to {text}")


def _token(invitation: Received) -> str:
    found = re.search(r"start=([\w-]+)", invitation.text)
    assert found is not None, "an invitation carries its token"
    return found.group(1)
