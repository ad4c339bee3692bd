"""Reposts and near-duplicates join the alert that told their story, instead of being another.

Joining is a row written with the post. If the alert has not been composed yet, it will have what
joined it; if it has, one row more edits it, with all that joined it until that leaves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import aiosqlite

from bot.alerts.also import NAMED, Also, Joined
from storage import alerted, channels, hits, joining, outbox, posts
from storage.joining import Joinable
from storage.outbox import Owed
from storage.records import Channel, Due, Kept, Rule

DAY = 24 * 3_600_000
ALERT = "alert"  # the kind of the rows about posts seen for the first time


class Merging:
    """Goes through the alerts of a batch in their order. An alert is told once in 24 hours per
    story and subscriber, where the subscriber wants that."""

    def __init__(self, found: Mapping[tuple[int, int], Joinable], now: int) -> None:
        self._found = found
        self._now = now
        self._owed: list[Owed] = []
        self._edits: dict[int, Owed] = {}  # by the row of the alert
        self._joins: list[tuple[int, int]] = []
        self._loud: set[int] = set()  # rows of alerts that are to make a sound after all
        self._first: dict[tuple[int, int], int] = {}  # (subscriber, story): place in `owed`

    @classmethod
    async def of(cls, tx: aiosqlite.Connection, alerts: Iterable[Owed], now: int) -> "Merging":
        """With what these alerts may join."""
        asked = [
            (each.subscriber_id, each.post_id, each.subject) for each in alerts if _joins(each)
        ]
        return cls(await joining.joinable(tx, asked, now - DAY) if asked else {}, now)

    def join(self, alert: Owed) -> bool:
        """Have an alert told with another one of its story; whether there is one."""
        place = self._place(alert)
        if place is None:
            return False
        # An edit makes no sound: what is to be heard does not join what was not.
        unheard = place.silent and place.composed and not alert.silent
        if place.outbox_id is not None and not unheard:
            self._join(alert, place, place.outbox_id)
            return True
        return self._join_in_batch(alert, (alert.subscriber_id, place.story_id))

    def add(self, alert: Owed) -> None:
        """Have an alert told by itself. What comes later in the batch may join it."""
        if place := self._place(alert):
            self._first[alert.subscriber_id, place.story_id] = len(self._owed)
        self._owed.append(alert)

    async def write(self, tx: aiosqlite.Connection) -> list[Owed]:
        """Write down what joins; what is owed besides."""
        await joining.join(tx, self._joins, self._now)
        await joining.make_loud(tx, self._loud)
        return [*self._owed, *self._edits.values()]

    def _place(self, alert: Owed) -> Joinable | None:
        return self._found.get((alert.subscriber_id, alert.post_id or 0)) if _joins(alert) else None

    def _join(self, alert: Owed, place: Joinable, outbox_id: int) -> None:
        assert alert.post_id is not None, "alerts are about posts"
        self._joins.append((outbox_id, alert.post_id))
        if not alert.silent:
            self._loud.add(outbox_id)
        if place.editing:
            edit = outbox.naming(alert.subscriber_id, outbox_id, alert.post_id, self._now)
            self._edits.setdefault(outbox_id, edit)

    def _join_in_batch(self, alert: Owed, story: tuple[int, int]) -> bool:
        """The first of a story in a batch takes the others with it."""
        if story not in self._first:
            return False
        assert alert.post_id is not None, "alerts are about posts"
        first = self._owed[self._first[story]]
        self._owed[self._first[story]] = replace(
            first, also=(*first.also, alert.post_id), silent=first.silent and alert.silent
        )
        return True


def _joins(alert: Owed) -> bool:
    """What an edit made news, and what an album lacked, is told by itself."""
    return alert.kind == ALERT


# ---------------------------------------------------------------- what is told


@dataclass(frozen=True, slots=True)
class Telling:
    """How an alert is told, with what joined it."""

    due: Due  # what it is about: the origin takes the place of a forward that came before it
    at: int | None  # when it was sent first; None: it is told now
    others: tuple[int, ...] = ()  # what else is told, by row id, an album by one part


async def telling(conn: aiosqlite.Connection, due: Due) -> Telling:
    """What a row is to tell: an alert, or the edit of one."""
    row_id, at = due.id, None
    if due.kind == joining.EDIT:
        assert due.target_id is not None, "there is something that is edited"
        row_id, first = due.target_id, await joining.alert(conn, due.target_id)
        kind, subject, at = first.kind, first.subject, first.sent_at
        due = replace(due, kind=kind, subject=subject, post_id=first.post_id, version=first.version)
    joined = await joining.joined_to(conn, row_id)
    if not joined:
        return Telling(due, at)
    head = due.post_id or 0
    if origin := await _origin(conn, head, joined):
        due = replace(due, kind=ALERT, post_id=origin.id, version=None)
        joined, head = [head, *joined], origin.id
    own = await posts.parts(conn, head)
    return Telling(due, at, tuple(sorted(each for each in joined if each not in own)))


async def headed(conn: aiosqlite.Connection, outbox_id: int) -> int:
    """The row id of the post that an alert is about; of the others it says that they joined it."""
    alert = await joining.alert(conn, outbox_id)
    origin = await _origin(conn, alert.post_id, await joining.joined_to(conn, outbox_id))
    return origin.id if origin else alert.post_id


async def _origin(conn: aiosqlite.Connection, head: int, joined: Sequence[int]) -> Kept | None:
    """What the head of an alert forwards, where that joined the alert."""
    [kept] = await posts.by_ids(conn, [head])
    forward = kept.post.forward
    if forward is None or forward.channel_id is None or forward.message_id is None:
        return None
    origin = await posts.get(conn, forward.channel_id, forward.message_id)
    if origin is None or set(joined).isdisjoint(await posts.parts(conn, origin.id)):
        return None
    return origin


async def also(
    conn: aiosqlite.Connection, telling: Telling, hit: Sequence[Rule], now: int
) -> Joined:
    """What joined an alert whose own post hit these rules, with those that tell it besides. Of
    posts only those are read that may be named."""
    others = telling.others
    caught = await hits.of(conn, telling.due.subscriber.id, others)
    unnamed = {rule.id for rule in hit} | await alerted.silenced(conn, telling.due, others, now)
    further = {
        post_id: tuple(rule for rule in its if rule.id not in unnamed)
        for post_id, its in caught.items()
    }
    named = await posts.by_ids(conn, others[:NAMED])
    left = others[NAMED:]
    known = {each: await _channel(conn, each) for each in {kept.post.channel_id for kept in named}}
    return Joined(
        tuple(Also(known[kept.post.channel_id], kept.post, further[kept.id]) for kept in named),
        len(left),
        tuple({rule.id: rule for each in left for rule in further[each]}.values()),
    )


async def _channel(conn: aiosqlite.Connection, channel_id: int) -> Channel:
    channel = await channels.get(conn, channel_id)
    assert channel is not None, "posts belong to a channel"
    return channel
