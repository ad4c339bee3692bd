"""The history of channels, newest to oldest, a hundred messages a request, one channel at a time.

What a page held and how far down it reached are committed together, so an interruption
repeats no page and skips none. It takes its time: the sweep and the live stream come first,
and Telegram gives about ten such requests in half a minute.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telethon.tl import functions, types

from bot.clock import Clock
from bot.outcomes import Gone, Refused
from bot.telegram import convert, unreadable
from bot.telegram.client import Account
from bot.telegram.errand import Errand
from bot.telegram.errors import LOST
from bot.telegram.live import Apply
from bot.telegram.watchlist import Histories
from storage.records import Batch, History, Place, Post, Reached, Via

PAGE = 100  # the most that getHistory gives at once
PAGE_SECONDS = 3.0  # between two pages
FIRST = 1  # the id of a channel's first message

Tell = Callable[[], Awaitable[None]]  # tells those who asked for what is done


class Backfill:
    """Fetches the histories that are wanted."""

    def __init__(
        self, account: Account, histories: Histories, apply: Apply, clock: Clock, tell: Tell
    ) -> None:
        self._account = account
        self._histories = histories
        self._apply = apply
        self._clock = clock
        self._tell = tell
        errand = Errand("fetching history", account, self._fetch, clock)
        self.bell = errand.bell
        self.run = errand.run

    async def _fetch(self) -> None:
        """Page after page of what is wanted most, until nothing is that can be read."""
        await self._tell()
        lost = set[int]()  # until the next time: the sweep will take them off the list
        while (found := await self._histories.next_wanted(self._account.id, lost)) is not None:
            place, history = found
            if history.first_id <= FIRST:
                await self._keep(Reached(place.channel_id, FIRST, whole=True))
                continue
            try:
                await self._page(place, history)
            except (Gone, Refused) as refused:
                if str(refused) in LOST:
                    lost.add(place.channel_id)
                else:
                    await self._histories.history_failed(place.channel_id, str(refused))
            await self._tell()
            await self._clock.pass_by(PAGE_SECONDS)

    async def _page(self, place: Place, history: History) -> None:
        """Read the hundred messages before what was read last, and write them down."""
        posts, ids = await self._read(place, history.first_id)
        reached = Reached(
            place.channel_id,
            first_id=min(ids, default=FIRST),
            from_at=min((post.posted_at for post in posts), default=None),
            whole=min(ids, default=FIRST) == FIRST,  # a page may be short before the end
            fetched=len(posts),
        )
        await self._keep(reached, posts)

    async def _keep(self, reached: Reached, posts: tuple[Post, ...] = ()) -> None:
        await self._apply(Batch(Via.BACKFILL, self._clock.now(), posts, reached=reached))

    async def _read(self, place: Place, first_id: int) -> tuple[tuple[Post, ...], Sequence[int]]:
        """The posts of a page, and the ids that it speaks for."""
        try:
            answer = await self._account.ask(_before(place, first_id))
        except Refused as refused:
            if refused.reason != unreadable.UNREADABLE:
                raise
            end = first_id or place.cursor.top_id + 1
            ids = range(max(1, end - PAGE), end)
            return (await unreadable.by_ids(self._account, place, ids)).posts, ids
        posts = convert.posts(answer.messages, answer.pts)
        return posts, [message.id for message in answer.messages]


def _before(place: Place, first_id: int) -> Any:
    return functions.messages.GetHistoryRequest(
        peer=types.InputPeerChannel(place.channel_id, place.access_hash),
        offset_id=first_id,
        offset_date=None,
        add_offset=0,
        limit=PAGE,
        max_id=0,
        min_id=0,
        hash=0,
    )
