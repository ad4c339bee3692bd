"""Which story a new post belongs to, decided where it is written.

The strongest reason decides: another part of its album, the post that it forwards, forwards of
the same post, words that tell the same (`bot.query.sketch`). A story is held together by the
post with which it began, so that a chain of small changes does not lead to another one.
"""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import replace
from functools import cache

import aiosqlite

from bot.bell import Bell
from bot.clock import Clock
from bot.query.sketch import (
    SHARED_HASHES,
    Wording,
    footprint,
    last_lines,
    same_story,
    without_footer,
    wording,
)
from storage import endings, stories
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Batch, Change, ChangeKind, Post, Via
from storage.stories import Told

HOUR = 3_600_000
WITHIN = 48 * HOUR  # of each other: posts that may tell the same
# Within this time the same words are the same message twice. Later they are news, if they are
# few ("air alert"), or if they come from the same channel, which reposts by forwarding. What such
# a channel says in nearly the same words, town by town, is other news at any time.
TWICE = 10 * 60_000


async def follow(
    tx: aiosqlite.Connection, batch: Batch, changes: Sequence[Change]
) -> Sequence[Owed]:
    """Find the stories of new posts, before anything is decided about these. Owes nothing.

    What comes as history is no news: it teaches the footers of its channel, and no more.
    """
    new = {each.post_id: each.post for each in changes if each.kind is ChangeKind.NEW}
    if not new or batch.via is Via.IMPORT:
        return ()
    ends = [(post.channel_id, last_lines(post.text)) for post in new.values()]
    footers = await endings.count(tx, ends)
    if batch.via.alerts:
        await _place(tx, new, _said(new, footers))
    return ()


def _said(new: Mapping[int, Post], footers: Mapping[int, Set[str]]) -> dict[int, str]:
    """The words of the posts that have some."""
    said = {id: without_footer(post.text, footers[post.channel_id]) for id, post in new.items()}
    return {post_id: words for post_id, words in said.items() if words}


async def _place(
    tx: aiosqlite.Connection, new: Mapping[int, Post], said: Mapping[int, str]
) -> None:
    near = await _near(tx, said) if said else {}
    related = await stories.related(tx, new)
    heard = _Heard(tx)
    await heard.of({other for others in near.values() for other in others})
    for post_id, post in new.items():
        story = await stories.by_relation(tx, post_id, post) if post_id in related else None
        if story is None and near.get(post_id):
            story = await heard.again(_told(post_id, post, said[post_id]), near[post_id])
        if story is not None or (post.forward and post.forward.message_id):
            await heard.belong(post_id, post, post_id if story is None else story)


async def _near(tx: aiosqlite.Connection, said: Mapping[int, str]) -> Mapping[int, Sequence[int]]:
    """The posts that may tell the same as each of these, whose words are kept for later ones."""
    footprints = {post_id: footprint(words) for post_id, words in said.items()}
    near = await stories.near(tx, footprints, SHARED_HASHES)
    await stories.keep(tx, said, footprints)
    return near


def _told(post_id: int, post: Post, words: str) -> Told:
    """A new post, before its story is known."""
    forwarded = post.forward is not None
    return Told(post_id, post.channel_id, post.posted_at, words, post_id, forwarded)


class _Heard:
    """What was told by the posts near those of a batch, read at once; and their stories, which
    the posts of the batch change one after the other.
    """

    def __init__(self, tx: aiosqlite.Connection) -> None:
        self._tx = tx
        self._told: dict[int, Told] = {}  # by row id
        self._wording = cache(wording)  # each is compared with several posts of the batch

    async def of(self, post_ids: Collection[int]) -> None:
        """Hear these posts, and those with which their stories began."""
        if post_ids:
            self._told |= await stories.told(self._tx, post_ids)

    async def again(self, new: Told, others: Sequence[int]) -> int | None:
        """The story of the first of `others` that tells the same as the new post, as does the
        one with which that story began, as far as its words are known still.
        """
        for other in others:
            told = self._told[other]
            if tell_the_same(new, told, self._wording) and await self._began(new, told.story_id):
                return told.story_id
        return None

    async def _began(self, new: Told, story_id: int) -> bool:
        if story_id not in self._told:
            await self.of([story_id])
        root = self._told[story_id]
        return not root.words or tell_the_same(new, root, self._wording)

    async def belong(self, post_id: int, post: Post, story_id: int) -> None:
        """A post belongs to a story, which may be that of others from now on."""
        for each in await stories.belong(self._tx, post_id, post, story_id):
            if each in self._told:
                self._told[each] = replace(self._told[each], story_id=story_id)


def tell_the_same(one: Told, other: Told, read: Callable[[str], Wording] = wording) -> bool:
    """Whether two posts do: by their words, and by who said them when."""
    own = one.channel_id == other.channel_id
    apart = abs(one.posted_at - other.posted_at)
    if apart > (TWICE if own else WITHIN):
        return False
    if own and not (one.forwarded or other.forwarded):
        return one.words == other.words != ""
    first, second = read(one.words), read(other.words)
    return same_story(first, second) and (apart <= TWICE or not first.brief)


class Forgetting:
    """Drops what posts said first, once it is too old to be told again."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self.bell = Bell(clock)

    async def run(self) -> None:
        """Look at every ring until cancelled."""
        while True:
            await self.bell.heard()
            async with self._archive.transaction() as tx:
                await stories.forget(tx, self._clock.now() - WITHIN)
