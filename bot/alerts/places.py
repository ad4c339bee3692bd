"""Where alerts go: what happens when a place is out of reach, comes back, or moves."""

import logging
from collections.abc import Callable, Mapping

from bot.clock import Clock
from bot.locales import Html, Say, deferred, speaker
from bot.locales.times import DAY
from bot.outcomes import Moved
from storage import moving, outbox, people, places, subscribers, thawing
from storage.db import Archive, Connection
from storage.outbox import Owed
from storage.records import Asked, Due, Message, News, Subscriber, Turn

logger = logging.getLogger(__name__)

BLOCKED = deferred("the bot was blocked")
DELETED = deferred("the account was deleted")
MUTED = deferred("the bot may not write there")
REMOVED = deferred("the bot was removed, or the chat was deleted")
REFUSED = deferred("Telegram refuses whatever is sent there ({why})")
REASONS: Mapping[str, str] = {
    "USER_IS_BLOCKED": BLOCKED,
    "INPUT_USER_DEACTIVATED": DELETED,
    "USER_DEACTIVATED": DELETED,
    "CHAT_WRITE_FORBIDDEN": MUTED,
    "CHAT_SEND_PLAIN_FORBIDDEN": MUTED,
    "CHAT_GUEST_SEND_FORBIDDEN": MUTED,
    "CHAT_RESTRICTED": MUTED,
    "CHAT_ADMIN_REQUIRED": deferred("the bot is no longer an admin"),
    "TOPIC_CLOSED": deferred("the topic was closed"),
    "TOPIC_DELETED": deferred("the topic was deleted"),
    "CHANNEL_INVALID": REMOVED,
    "CHANNEL_PRIVATE": REMOVED,
    "CHAT_FORBIDDEN": REMOVED,
    "CHAT_ID_INVALID": REMOVED,
    "PEER_ID_INVALID": REMOVED,
    "USER_BANNED_IN_CHANNEL": REMOVED,
}


class Places:
    """Lets the rules of a place sleep and wake, and tells the owner, once, that they sleep."""

    def __init__(
        self, archive: Archive, clock: Clock, owner: int, wake_delivery: Callable[[], None]
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._owner = owner
        self._wake_delivery = wake_delivery
        self.trying: set[int] = set()  # subscribers that are tried though they are out of reach

    async def attempt(self, sleeper: places.Sleeper) -> None:
        """Let one that is out of reach be told what waits for it, to see whether it is back."""
        if not sleeper.is_owed:  # the next alert will show whether it can be told
            await self.back(sleeper.chat_id, sleeper.topic_id)
            return
        self.trying.add(sleeper.id)
        self._wake_delivery()

    async def unsaid(self, subscriber: Subscriber) -> None:
        """It was not told what was due, since that is owed no longer: if it was to show whether
        it is back, what else waits in its chat is to show that."""
        if subscriber.id not in self.trying:
            return
        self.trying.discard(subscriber.id)
        for each in await places.sleepers(self._archive.reader):
            if each.chat_id == subscriber.chat_id:
                await self.attempt(each)

    async def reached(self, subscriber: Subscriber) -> None:
        """It was told something: it wakes if it slept."""
        self.trying.discard(subscriber.id)
        if subscriber.gone:
            await self.back(subscriber.chat_id, subscriber.topic_id)

    async def lost(self, due: Due, why: str, began: int) -> None:
        """What is due could not be told there, in an attempt that began at a time; `why` is in
        Telegram's words."""
        here, now = due.subscriber, self._clock.now()
        self.trying.discard(here.id)
        async with self._archive.transaction() as tx:
            if due.message is None:
                await thawing.thaw(tx, due.id, began)
            await outbox.postpone(tx, due.id, now, why)
            if here.gone and why.startswith(subscribers.OF_A_TOPIC):
                await places.wake(tx, here.chat_id, None)  # its chat is there
            if await subscribers.set_gone(tx, here.id, now, why):
                logger.warning("subscriber %d is out of reach: %s", here.id, why)
                await self._tell_owner(tx, here, why)
        self._wake_delivery()

    async def untold(self, subscriber: Subscriber, why: str) -> None:
        """One thing could not be told there, and never will be; `why` is in Telegram's words."""
        now = self._clock.now()
        async with self._archive.transaction() as tx:
            owner = await subscribers.find(tx, self._owner, 0)
            if owner is None or owner.gone:
                return
            told = _failed(subscriber, why, speaker(owner.language))
            subject = f"failed/{subscriber.id}/{now // DAY}"  # once a day for a place
            notice = Owed("notice", owner.id, subject, due_at=now, message=Message(told))
            await outbox.add(tx, self._archive.id, [notice], now)
        self._wake_delivery()

    async def moved(self, chat_id: int, to: Moved) -> None:
        """A small group goes on as a supergroup."""
        async with self._archive.transaction() as tx:
            now = self._clock.now()
            if await moving.move(tx, chat_id, to.chat_id, to.access_hash, now):
                logger.info("chat %d is %d from now on", chat_id, to.chat_id)
        self._wake_delivery()

    async def hear(self, news: News) -> None:
        """Telegram says what became of the bot's place in a chat."""
        match news.turn:
            case Turn.BACK:
                await self.back(news.chat_id, news.topic_id)
            case Turn.MOVED:
                await self.moved(news.chat_id, Moved(news.to_chat_id, news.access_hash))
            case Turn.ADMITTED:
                await self._admitted(news)

    async def back(self, chat_id: int, topic_id: int | None) -> None:
        """Something was heard from there: what slept wakes."""
        if not await places.sleeps(self._archive.reader, chat_id, topic_id):
            return
        logger.info("chat %d is back", chat_id)
        async with self._archive.transaction() as tx:
            await places.wake(tx, chat_id, topic_id)
        self._wake_delivery()

    async def _admitted(self, news: News) -> None:
        """In a channel everybody speaks as the channel: it is a member as soon as one who
        may use the bot has let the bot write there."""
        await self.back(news.chat_id, news.topic_id)
        conn = self._archive.reader
        if news.user_id != self._owner and not await people.known(conn, news.user_id):
            logger.info("a stranger made the bot an admin of chat %d", news.chat_id)
            return
        sponsor = await subscribers.find(conn, news.user_id, 0)
        asked = Asked(
            chat_id=news.chat_id,
            user_id=news.user_id,
            chat_title=news.title,
            chat_access_hash=news.access_hash,
            language=sponsor.language if sponsor else "en",
        )
        async with self._archive.transaction() as tx:
            zone = sponsor.zone if sponsor else "UTC"
            await subscribers.ensure(tx, asked, zone, self._clock.now())

    async def _tell_owner(self, tx: Connection, lost: Subscriber, why: str) -> None:
        owner = await subscribers.find(tx, self._owner, 0)
        if owner is None or owner.gone:
            return
        alone = why.startswith(subscribers.OF_A_TOPIC)
        topic = lost.topic_id if alone else 0
        # Once for as long as nothing could be told there in between.
        last = await places.told_last(tx, lost.id, alone=alone)
        told = _told(lost, why, speaker(owner.language))
        subject = f"gone/{lost.chat_id}/{topic}/{last}"
        now = self._clock.now()
        notice = Owed("notice", owner.id, subject, due_at=now, message=Message(told))
        await outbox.add(tx, self._archive.id, [notice], now)


def _failed(where: Subscriber, why: str, say: Say) -> Html:
    return say(
        "A message to <b>{title}</b> could not be sent and is not tried again ({reason}). What "
        "comes after it is sent as before. If there are more of them, the log names each.",
        title=where.title or str(where.chat_id),
        reason=why,
    )


def _told(lost: Subscriber, why: str, say: Say) -> Html:
    return say(
        "Nothing can be told to <b>{title}</b> any more: {reason}. Its rules and alerts sleep, "
        "and go on by themselves when it is back.",
        title=lost.title or str(lost.chat_id),
        reason=say(REASONS[why]) if why in REASONS else say(REFUSED, why=why),
    )
