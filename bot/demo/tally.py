"""The count at the end: what the channels posted against what was saved and delivered."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.demo.expectation import alerted_by_edit, hits, joins, told_of_deletion, told_of_edit
from bot.demo.heard import about, is_alert, is_follow_up, links
from bot.demo.stage import Stage
from bot.query.words import norm
from bot.sandbox.channels import Post
from bot.sandbox.inbox import Received
from seeds import DemoDay, DemoPost
from storage import posts, rules
from storage.db import openers
from storage.records import Kept

Told = Counter[tuple[str, str]]  # (subscriber, link of the post)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What is told in one way: what the seeds promise, and what the chats show."""

    expected: Told
    came: Told

    @property
    def lost(self) -> int:
        return (self.expected - self.came).total()

    @property
    def doubled(self) -> int:
        return (self.came - self.expected).total()


@dataclass(frozen=True, slots=True)
class Tally:
    """Counted from the archive and from what the sandbox handed to each reader."""

    posted: int
    saved: int
    matched: int
    alerts: Delivered
    joined: Delivered  # reposts, in the alerts of what they forward
    follow_ups: Delivered  # edits and deletions of what was alerted
    wrongs: tuple[str, ...]

    @property
    def lost(self) -> int:
        return self.posted - self.saved + sum(each.lost for each in self._told)

    @property
    def doubled(self) -> int:
        return sum(each.doubled for each in self._told)

    @property
    def _told(self) -> tuple[Delivered, ...]:
        return self.alerts, self.joined, self.follow_ups

    @property
    def well(self) -> bool:
        return not (self.lost or self.doubled or self.wrongs)

    def rows(self) -> Iterator[tuple[str, int, str]]:
        yield "posted", self.posted, "posts in the channels; two were edited, one deleted"
        yield "saved", self.saved, "of them, in the state the channel left them in"
        yield "matched", self.matched, "times a rule caught a post"
        for name, told, said in (
            ("delivered", self.alerts, "alerts"),
            ("joined", self.joined, "reposts told in the alert of their story"),
            ("followed", self.follow_ups, "edits and deletions told under an alert"),
        ):
            yield name, told.came.total(), f"{said}, of {told.expected.total()} due"
        yield "lost", self.lost, "posts, alerts, or what belongs in or under them"
        yield "doubled", self.doubled, "of what was told"


async def count(stage: Stage, day: DemoDay, posted: dict[str, Post], wrongs: list[str]) -> Tally:
    """Compare the archive and the inboxes with the day."""
    async with openers(stage.settings.archive, norm).reader() as conn:
        kept = {
            post.key: await posts.get(conn, posted[post.key].channel.id, posted[post.key].id)
            for post in day.posts
        }
        caught = await rules.hits(conn, [rule.id for rule in await rules.every(conn)])
    saved = [post for post in day.posts if _as_shown_last(post, kept[post.key])]
    return Tally(
        posted=len(day.posts),
        saved=len(saved),
        matched=sum(caught.values()),
        alerts=Delivered(_alerts_due(day, posted), _came(stage, is_alert)),
        joined=Delivered(_joined_due(day, posted), _joined(stage, day, posted)),
        follow_ups=Delivered(_follow_ups_due(day, posted), _came(stage, is_follow_up)),
        wrongs=tuple(wrongs),
    )


def _as_shown_last(post: DemoPost, kept: Kept | None) -> bool:
    if kept is None:
        return False
    text = post.edit.text if post.edit else post.text
    gone = kept.deleted_at is not None
    return kept.post.text == text and gone is (post.deleted_at is not None)


def _alerts_due(day: DemoDay, posted: dict[str, Post]) -> Told:
    """An alert for every story or album that hits, and for every edit that does so first."""
    due: Told = Counter()
    for subscriber in day.subscribers:
        hit = {
            _first_part(day, post)
            for post in day.posts
            if hits(subscriber, post.hits) and not joins(subscriber, post, day)
        }
        edited = [post.key for post in day.posts if alerted_by_edit(subscriber, post)]
        due.update((subscriber.name, posted[key].link) for key in (*hit, *edited))
    return due


def _joined_due(day: DemoDay, posted: dict[str, Post]) -> Told:
    """Every repost of what was alerted."""
    return Counter(
        (subscriber.name, posted[post.key].link)
        for subscriber in day.subscribers
        for post in day.posts
        if joins(subscriber, post, day)
    )


def _follow_ups_due(day: DemoDay, posted: dict[str, Post]) -> Told:
    """A message for every edit and every deletion of what was alerted."""
    return Counter(
        (subscriber.name, posted[post.key].link)
        for subscriber in day.subscribers
        for told in (told_of_edit, told_of_deletion)
        for post in day.posts
        if told(subscriber, post)
    )


def _first_part(day: DemoDay, post: DemoPost) -> str:
    """The key of the post by whose link an alert is known."""
    if post.album is None:
        return post.key
    return next(part.key for part in day.posts if part.album == post.album)


def _came(stage: Stage, wanted: Callable[[Received], bool]) -> Told:
    """The posts that messages of one sort are about."""
    return Counter(
        (name, about(message))
        for name, reader in stage.readers.items()
        for message in reader.inbox
        if wanted(message)
    )


def _joined(stage: Stage, day: DemoDay, posted: dict[str, Post]) -> Told:
    """The reposts that alerts, as they read at the end, name beside what they are about.

    The alert of a repost names its origin too, which has not joined it.
    """
    reposts = {posted[post.key].link for post in day.posts if post.forward_of is not None}
    return Counter(
        (name, link)
        for name, reader in stage.readers.items()
        for message in reader.inbox
        if is_alert(message)
        for link in links(message)[:-1]
        if link in reposts
    )
