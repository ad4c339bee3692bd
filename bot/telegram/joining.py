"""Channels join the watchlist here: looked at on request, joined slowly, adopted at once.

Fast joins get accounts banned, so the pace is the watchlist's to give; what the account
follows already needs no join. A channel is added cursor first, history second: nothing can
fall between the two. Usernames are resolved once and kept as id and access hash.
"""

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from telethon.tl import functions, types

from bot.clock import Clock
from bot.outcomes import Gone, Outcome, Refused
from bot.telegram import convert
from bot.telegram.client import Account
from bot.telegram.errand import Errand
from bot.telegram.unreadable import UNREADABLE
from bot.telegram.watchlist import Watchlist
from storage.records import Channel, ChannelState, Cursor, Join

logger = logging.getLogger(__name__)

PAGE = 100  # dialogs a request
FOLLOWED_MILLIS = 600_000  # how old the list of what the account follows may be
FOR_EVER = 2**31 - 1  # "muted until", in Telegram's seconds
ARCHIVE_FOLDER = 1


class Joining:
    """Looks at channels, and takes the ones that wait into the watchlist."""

    def __init__(
        self,
        account: Account,
        watchlist: Watchlist,
        clock: Clock,
        taken_in: Callable[[], None],
    ) -> None:
        self._account = account
        self._watchlist = watchlist
        self._clock = clock
        self._taken_in = taken_in  # called for every channel that is now watched
        self._followed: dict[str, types.Channel] = {}  # by lower-case username
        self._followed_at: int | None = None  # when that was read
        errand = Errand("joining", account, self._work_off, clock)
        self.nudge = errand.nudge
        self.run = errand.run

    async def look(self, target: str) -> Channel:
        """The facts of a channel that is not watched yet.

        `target` is a username or an invite as ``+hash``. Raises Refused with Telegram's
        reason, or NOT_A_CHANNEL; Busy where Telegram wants us to wait.
        """
        if target.startswith("+"):
            return await self._look_at_invite(target[1:])
        chat = await self._find(target)
        full = await self._account.ask(functions.channels.GetFullChannelRequest(_input(chat)))
        facts = next(each for each in full.chats if each.id == chat.id)
        return convert.channel(facts, ChannelState.QUEUED, full.full_chat.about)

    async def _work_off(self) -> None:
        """Adopt all that the account follows; then join one, if the pace allows."""
        strange = []
        for join in await self._watchlist.waiting():
            try:
                if not await self._adopt(join):
                    strange.append(join)
            except (Gone, Refused) as refused:  # the others need not wait with it
                logger.warning("join %d must wait: %s", join.id, refused)
        if strange and await self._watchlist.seconds_to_next_join() <= 0:
            await self._try(strange[0])

    async def _adopt(self, join: Join) -> bool:
        chat = (await self._follows()).get(join.target.lower())
        if chat is None:
            return False
        if await self._take_in(join, chat):
            await self._watchlist.adopted(join, chat.id)
        return True

    async def _try(self, join: Join) -> None:
        try:
            chat = await self._enter(join.target)
            if await self._take_in(join, chat):
                await self._watchlist.joined(join, chat.id)
        except (Gone, Refused) as refused:
            logger.warning("join %d failed: %s", join.id, refused)
            await self._watchlist.join_failed(join, str(refused))

    async def _enter(self, target: str) -> types.Channel:
        """Become a member of the channel."""
        if target.startswith("+"):
            return await self._enter_by_invite(target[1:])
        chat = await self._find(target)
        try:
            await self._account.ask(functions.channels.JoinChannelRequest(_input(chat)))
        except Refused as refused:
            if refused.reason != "USER_ALREADY_PARTICIPANT":
                raise
        return chat

    async def _enter_by_invite(self, invite: str) -> types.Channel:
        known = await self._account.ask(functions.messages.CheckChatInviteRequest(invite))
        if isinstance(known, types.ChatInviteAlready):
            return _channel_of([known.chat])
        answer = await self._account.ask(functions.messages.ImportChatInviteRequest(invite))
        return _channel_of(answer.updates.chats)

    async def _take_in(self, join: Join, chat: types.Channel) -> bool:
        """Write the channel down with its place in the event log, then tidy it away;
        False where the name leads to another channel than the seeds vouch for."""
        pinned = await self._watchlist.pinned_id(join.target)
        if pinned is not None and pinned != chat.id:
            await self._watchlist.join_failed(join, "HANDLE_CHANGED_OWNER")
            return False
        peer = types.InputPeerChannel(chat.id, chat.access_hash)
        request = functions.messages.GetPeerDialogsRequest([types.InputDialogPeer(peer)])
        dialog = (await self._account.ask(request)).dialogs[0]
        cursor = Cursor(chat.id, dialog.pts, dialog.top_message)
        facts = convert.channel(chat, ChannelState.JOINED)
        await self._watchlist.adopt(self._account.id, facts, chat.access_hash, cursor)
        self._taken_in()
        await self._tidy_away(peer)
        return True

    async def _tidy_away(self, peer: Any) -> None:
        """Mute and archive the channel in the account's own apps; a nicety that may fail."""
        settings = types.InputPeerNotifySettings(mute_until=FOR_EVER)
        folder = types.InputFolderPeer(peer, ARCHIVE_FOLDER)
        try:
            await self._account.ask(
                functions.account.UpdateNotifySettingsRequest(types.InputNotifyPeer(peer), settings)
            )
            await self._account.ask(functions.folders.EditPeerFoldersRequest([folder]))
        except Outcome as failed:
            logger.info("channel %d was not muted and archived: %s", peer.channel_id, failed)

    async def _find(self, username: str) -> types.Channel:
        followed = (await self._follows()).get(username.lower())
        if followed is not None:
            return followed
        answer = await self._account.ask(functions.contacts.ResolveUsernameRequest(username))
        return _channel_of(answer.chats)

    async def _look_at_invite(self, invite: str) -> Channel:
        known = await self._account.ask(functions.messages.CheckChatInviteRequest(invite))
        if isinstance(known, types.ChatInviteAlready):
            return convert.channel(_channel_of([known.chat]), ChannelState.QUEUED)
        if not known.broadcast:
            raise Refused("NOT_A_CHANNEL")
        return Channel(
            id=0,  # Telegram tells it to members only
            title=known.title,
            verified=bool(known.verified),
            subscribers=known.participants_count,
            about=known.about or "",
        )

    async def _follows(self) -> dict[str, types.Channel]:
        """The channels among the account's dialogs, by lower-case username."""
        now = self._clock.now()
        if self._followed_at is None or now - self._followed_at > FOLLOWED_MILLIS:
            self._followed = {
                str(chat.username).lower(): chat
                for chat in await self._all_dialogs()
                if isinstance(chat, types.Channel) and chat.username and not chat.left
            }
            self._followed_at = now
        return self._followed

    async def _all_dialogs(self) -> list[Any]:
        """What can be read of them: what is not found here is joined like any other."""
        chats: list[Any] = []
        try:
            async for page in self._pages_of_dialogs():
                chats += page.chats
        except Refused as refused:
            if refused.reason != UNREADABLE:
                raise
            logger.warning("the list of dialogs cannot be read to its end")
        return chats

    async def _pages_of_dialogs(self) -> AsyncIterator[Any]:
        page = await self._account.ask(_dialogs(None, 0, types.InputPeerEmpty()))
        while page.dialogs:
            yield page
            last = page.messages[-1] if page.messages else None
            if last is None or len(page.dialogs) < PAGE:
                break
            peer = await self._account.client.get_input_entity(last.peer_id)
            page = await self._account.ask(_dialogs(last.date, last.id, peer))


def _dialogs(date: Any, message_id: int, peer: Any) -> Any:
    return functions.messages.GetDialogsRequest(
        offset_date=date, offset_id=message_id, offset_peer=peer, limit=PAGE, hash=0
    )


def _channel_of(chats: list[Any]) -> types.Channel:
    """The broadcast channel among `chats`; Refused where it is a group, a person or nothing."""
    for chat in chats:
        if isinstance(chat, types.Channel) and chat.broadcast:
            return chat
        if isinstance(chat, types.ChannelForbidden):
            raise Refused("CHANNEL_PRIVATE")
    raise Refused("NOT_A_CHANNEL")


def _input(chat: types.Channel) -> types.InputChannel:
    return types.InputChannel(chat.id, chat.access_hash)
