"""The count at the end: what the channels posted against what was saved and delivered."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.demo.stage import Stage
from bot.query.words import norm
from bot.sandbox.channels import Post
from seeds import DemoDay, DemoPost, DemoSubscriber
from storage import posts, rules
from storage.db import openers
from storage.records import Kept

Told = Counter[tuple[str, str]]  # (subscriber, link of the post)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counted from the archive and from what the sandbox handed to each reader."""

    posted: int
    saved: int
    matched: int
    expected: int  # alerts that the seeds promise
    delivered: int
    doubled: int
    wrongs: tuple[str, ...]

    @property
    def lost(self) -> int:
        return self.posted - self.saved + self.expected - self.delivered + self.doubled

    @property
    def well(self) -> bool:
        return not (self.lost or self.doubled or self.wrongs)

    def rows(self) -> Iterator[tuple[str, int, str]]:
        yield "posted", self.posted, "posts in the channels; one was edited, one deleted"
        yield "saved", self.saved, "of them, in the state the channel left them in"
        yield "matched", self.matched, "times a rule caught a post"
        yield "delivered", self.delivered, f"alerts, of {self.expected} that were due"
        yield "lost", self.lost, "posts or alerts"
        yield "doubled", self.doubled, "alerts"


async def count(stage: Stage, day: DemoDay, posted: dict[str, Post], wrongs: list[str]) -> Tally:
    """Compare the archive and the inboxes with the day."""
    async with openers(stage.settings.archive, norm).reader() as conn:
        kept = {
            post.key: await posts.get(conn, posted[post.key].channel.id, posted[post.key].id)
            for post in day.posts
        }
        hits = await rules.hits(conn, [rule.id for rule in await rules.every(conn)])
    saved = [post for post in day.posts if _as_shown_last(post, kept[post.key])]
    expected, told = _expected(day, posted), _told(stage)
    return Tally(
        posted=len(day.posts),
        saved=len(saved),
        matched=sum(hits.values()),
        expected=expected.total(),
        delivered=told.total(),
        doubled=(told - expected).total(),
        wrongs=tuple(wrongs),
    )


def _as_shown_last(post: DemoPost, kept: Kept | None) -> bool:
    if kept is None:
        return False
    text = post.edit.text if post.edit else post.text
    gone = kept.deleted_at is not None
    return kept.post.text == text and gone is (post.deleted_at is not None)


def _expected(day: DemoDay, posted: dict[str, Post]) -> Told:
    """An alert for every post or album that hits, and for every edit that does so first."""
    due: Told = Counter()
    for subscriber in day.subscribers:
        hit = {_first_part(day, post) for post in day.posts if _hits(subscriber, post.hits)}
        due.update((subscriber.name, posted[key].link) for key in hit)
        due.update(
            (subscriber.name, posted[post.key].link)
            for post in day.posts
            if post.edit is not None and _hits(subscriber, post.edit.hits - post.hits)
        )
    return due


def _first_part(day: DemoDay, post: DemoPost) -> str:
    """The key of the post by whose link an alert is known."""
    if post.album is None:
        return post.key
    return next(part.key for part in day.posts if part.album == post.album)


def _hits(subscriber: DemoSubscriber, queries: frozenset[str]) -> bool:
    return not queries.isdisjoint(subscriber.rules)


def _told(stage: Stage) -> Told:
    """The alerts received: known by their first button, which opens the post."""
    return Counter(
        (name, message.buttons[0][0].url)
        for name, reader in stage.readers.items()
        for message in reader.inbox
        if message.buttons and message.buttons[0][0].url
    )
