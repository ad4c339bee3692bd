"""What the owner must know, told by the bot: it works when the watcher does not."""

import asyncio
import logging
from collections.abc import Callable

from bot.clock import Clock
from bot.locales import Say, speaker
from storage import channels, histories, outbox, subscribers
from storage.db import Archive, Connection
from storage.outbox import Owed
from storage.records import History, Message

logger = logging.getLogger(__name__)

Told = Callable[[Say], str]


class Notices:
    """Writes notices to the owner into the outbox."""

    def __init__(
        self, archive: Archive, clock: Clock, owner: int, wake_delivery: Callable[[], None]
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._owner = owner
        self.wake = wake_delivery  # to be called when something may be told
        self._queue: asyncio.Queue[Told] = asyncio.Queue()
        self._signed_out = self._frozen = False
        self._count = 0  # two notices may fall into one millisecond

    def watcher_signed_out(self, reason: str) -> None:
        """The watcher cannot go on until its owner signs in again."""
        self._signed_out = True
        self._queue.put_nowait(
            lambda say: say(
                "The watcher is signed out ({reason}): no new posts are seen until you run "
                "<code>postwatch login</code> and start the program again. Alerts already "
                "written, and all your questions, go on working.",
                reason=reason,
            )
        )

    def watcher_frozen(self) -> None:
        """The watcher goes on, but may join nothing, until Telegram thaws its account."""
        self._signed_in()
        if not self._frozen:
            self._frozen = True
            self._queue.put_nowait(
                lambda say: say(
                    "Telegram has frozen the watcher’s account: it can join no channel, and may "
                    "not see channels it does not follow. What it follows is watched as before, "
                    "and joining is tried again every hour. Open Telegram with that account to "
                    "see why and to appeal."
                )
            )

    def watcher_connected(self) -> None:
        """The watcher is at work; worth telling only after it was not."""
        self._signed_in()
        if self._frozen:
            self._frozen = False
            self._queue.put_nowait(lambda say: say("The watcher’s account is no longer frozen."))

    def _signed_in(self) -> None:
        if self._signed_out:
            self._signed_out = False
            self._queue.put_nowait(lambda say: say("The watcher is signed in again."))

    def files_need_room(self, free_gigabytes: float, least_gigabytes: int) -> None:
        """The disk is nearly full: files of posts have to wait."""
        self._queue.put_nowait(
            lambda say: say(
                "Files of posts are not stored for now: the disk has {free} GB left, and {least} "
                "GB are to stay free. It goes on by itself when there is room; posts and alerts "
                "are not touched by this.",
                free=f"{free_gigabytes:.1f}",
                least=least_gigabytes,
            )
        )

    def files_failed(self, reason: str) -> None:
        """Files of posts cannot be written."""
        self._queue.put_nowait(
            lambda say: say(
                "Files of posts cannot be stored ({reason}). It is tried again every minute; "
                "posts and alerts are not touched by this.",
                reason=reason,
            )
        )

    def cannot_be_watched(self, title: str, reason: str) -> None:
        """A channel was watched by another account, and this one cannot join it."""
        self._queue.put_nowait(
            lambda say: say(
                "<b>{title}</b> cannot be watched with the watcher’s present account ({reason}). "
                "Its archive stays; an invite link for <code>/add</code> may help.",
                title=title,
                reason=reason,
            )
        )

    def name_leads_elsewhere(self, username: str) -> None:
        """A name of a pack leads to a channel that the pack does not vouch for."""
        self._queue.put_nowait(
            lambda say: say(
                "@{name} leads to another channel than the one its list vouches for, so it was "
                "not joined. The name may have changed hands.",
                name=username,
            )
        )

    async def account_changed(self, tx: Connection, count: int) -> None:
        """Owe the owner the news that so many channels have to be reached by another account."""
        await self._owe(
            tx,
            lambda say: say(
                "The watcher is signed in with another account than before. To be joined anew: "
                "{channels}. What the account follows already is taken over at once, the rest "
                "waits in the queue that /channels shows; what is posted meanwhile is fetched "
                "then.",
                channels=say.plural("{count} channel", "{count} channels", count),
            ),
        )

    async def histories_done(self) -> None:
        """Tell those who asked for the history of a channel that it is there, each once."""
        if not await histories.untold(self._archive.reader):
            return
        async with self._archive.transaction() as tx:
            owed = [await self._history_done(tx, each) for each in await histories.untold(tx)]
            await outbox.add(tx, self._archive.id, [each for each in owed if each], self._now())
        if owed:
            self.wake()

    async def _history_done(self, tx: Connection, history: History) -> Owed | None:
        await histories.told(tx, history.channel_id)
        here = await subscribers.get(tx, history.asked_by or 0)
        channel = await channels.get(tx, history.channel_id)
        if here is None or channel is None or channel.archive_from_at is None:
            return None
        say = speaker(here.language)
        count = say.plural("{count} post fetched", "{count} posts fetched", history.fetched)
        if history.error is not None:
            text = say(
                "The history of <b>{title}</b> could not be fetched whole ({reason}); {posts}.",
                title=channel.title,
                reason=history.error,
                posts=count,
            )
        else:
            text = say(
                "The history of <b>{title}</b> is there: the archive starts on {date}; {posts}.",
                title=channel.title,
                date=say.date(channel.archive_from_at, here.zone),
                posts=count,
            )
        subject = f"history/{channel.id}/{history.asked_at}"
        return Owed("notice", here.id, subject, due_at=self._now(), message=Message(text))

    def _now(self) -> int:
        return self._clock.now()

    async def run(self) -> None:
        """Write what is noted until cancelled."""
        while True:
            told = await self._queue.get()
            async with self._archive.transaction() as tx:
                await self._owe(tx, told)
            self.wake()

    async def _owe(self, tx: Connection, told: Told) -> None:
        owner = await subscribers.find(tx, self._owner, 0)
        if owner is None:
            logger.warning("the owner cannot be told anything before pressing /start")
            return
        now = self._clock.now()
        self._count += 1
        message = Message(told(speaker(owner.language)))
        notice = Owed(
            "notice", owner.id, f"notice/{now}/{self._count}", due_at=now, message=message
        )
        await outbox.add(tx, self._archive.id, [notice], now)
