"""What the owner is told when a channel changes: its name, its mark, what we can see of it.

A notice is written in the transaction of the event it is about, so it is told once.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

from bot.clock import Clock
from bot.locales import Html, Say, deferred, speaker
from storage import channels, outbox, subscribers
from storage.db import Connection
from storage.outbox import Owed
from storage.records import Channel, ChannelEvent, ChannelState, Fact, Message

logger = logging.getLogger(__name__)

RENAMED = deferred("A channel has another title: <b>{before}</b> is now <b>{after}</b>.")
HANDLE_CHANGED = deferred("<b>{title}</b> has another name: @{before} is now @{after}.")
HANDLE_NEW = deferred("<b>{title}</b> has a public name now: @{after}.")
HANDLE_GONE = deferred("<b>{title}</b> has given up its name @{before}.")
LEADS_ELSEWHERE = deferred(
    "@{before} was the name of <b>{title}</b> and leads to another account now (id {after}). "
    "The archive goes on with the channel, not with the name."
)
VERIFIED = deferred("<b>{title}</b> is verified by Telegram now.")
NOT_VERIFIED = deferred("<b>{title}</b> is no longer verified by Telegram.")
STATES: Mapping[ChannelState, str] = {
    ChannelState.JOINED: deferred("<b>{title}</b> can be read again."),
    ChannelState.POLLED: deferred(
        "The watcher is not a member of <b>{title}</b> any more; it is still read, as every "
        "public channel can be."
    ),
    ChannelState.PRIVATE: deferred(
        "<b>{title}</b> is closed to the watcher now: it was made private, or the watcher was "
        "removed. Its archive stays, and every night it is tried again."
    ),
    ChannelState.BANNED: deferred(
        "The watcher’s account was banned from <b>{title}</b>. Its archive stays."
    ),
    ChannelState.RESTRICTED: deferred(
        "Telegram restricts <b>{title}</b> (blocked in the account’s region, or for all). It is "
        "read for as long as Telegram gives it."
    ),
    ChannelState.GONE: deferred(
        "<b>{title}</b> does not exist any more, or not for the watcher. Its archive stays."
    ),
}
BACK = (ChannelState.PRIVATE, ChannelState.BANNED, ChannelState.GONE)


class Changes:
    """Owes notices about events to the owner."""

    def __init__(
        self, archive_id: bytes, clock: Clock, owner: int, wake_delivery: Callable[[], None]
    ) -> None:
        self._archive_id = archive_id
        self._clock = clock
        self._owner = owner
        self.wake = wake_delivery  # to be called when the transaction is committed

    async def write(self, tx: Connection, events: Sequence[ChannelEvent]) -> None:
        """Owe what is worth telling."""
        owner = await subscribers.find(tx, self._owner, 0)
        if owner is None:
            if events:
                logger.warning("the owner cannot be told anything before pressing /start")
            return
        say, now = speaker(owner.language), self._clock.now()
        owed: list[Owed] = []
        for event in events:
            channel = await channels.get(tx, event.channel_id)
            text = told(event, channel, say) if channel is not None else None
            if text is not None:
                message = Message(text)
                subject = f"channel/{event.id}"
                owed.append(Owed("notice", owner.id, subject, due_at=now, message=message))
        await outbox.add(tx, self._archive_id, owed, now)


def told(event: ChannelEvent, channel: Channel, say: Say) -> Html | None:
    """What to say of an event; None where it is no matter for a notice."""
    text = _text(event)
    if text is None:
        return None
    return say(text, title=channel.title, before=event.before or "", after=event.after or "")


def _text(event: ChannelEvent) -> str | None:
    match event.fact:
        case Fact.USERNAME:
            return _of_username(event)
        case Fact.VERIFIED:
            return VERIFIED if event.after == "1" else NOT_VERIFIED
        case Fact.STATE:
            back = event.before in BACK and event.after == ChannelState.POLLED
            return STATES[ChannelState.JOINED if back else ChannelState(event.after or "")]
    return {Fact.TITLE: RENAMED, Fact.HANDLE: LEADS_ELSEWHERE}.get(event.fact)


def _of_username(event: ChannelEvent) -> str:
    if event.before is None:
        return HANDLE_NEW
    return HANDLE_GONE if event.after is None else HANDLE_CHANGED
