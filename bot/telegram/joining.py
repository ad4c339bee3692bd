"""Channels join the watchlist here: looked at on request, joined slowly, adopted at once.

Fast joins get accounts banned, so the pace is the watchlist's to give; what the account
follows already needs no join. A channel is added cursor first, history second: nothing can
fall between the two. Usernames are resolved once and kept as id and access hash.
"""

import logging
from collections.abc import Callable
from typing import Any

from telethon.tl import functions, types

from bot.clock import Clock
from bot.outcomes import Frozen, Gone, Outcome, Refused
from bot.telegram import convert, dialogs
from bot.telegram.client import Account
from bot.telegram.errand import Errand
from bot.telegram.errors import FREEZING
from bot.telegram.unreadable import UNREADABLE
from bot.telegram.watchlist import Watchlist
from storage.records import Channel, ChannelState, Cursor, Join

logger = logging.getLogger(__name__)

CHANGED_OWNER = "HANDLE_CHANGED_OWNER"  # the name leads to another channel than it should
FOLLOWED_MILLIS = 600_000  # how old the list of what the account follows may be
FROZEN_MILLIS = 3_600_000  # between two tries to join while the account is frozen
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
        self._followed: dict[str, types.Channel] = {}  # by lower-case username, and by id
        self._followed_at: int | None = None  # when that was read
        self._rest_until = 0  # nothing is joined before
        errand = Errand("joining", account, self._work_off, clock)
        self.bell = errand.bell
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
        await self._watchlist.wait_again(self._account.id)
        strange = []
        for join in await self._watchlist.waiting():
            chat = (await self._follows()).get(_key(join))
            if chat is None:
                strange.append(join)
            else:
                await self._adopt(join, chat)
        if strange and await self._may_join():
            await self._try(strange[0])

    async def _may_join(self) -> bool:
        if self._clock.now() < self._rest_until:
            return False
        return await self._watchlist.seconds_to_next_join() <= 0

    async def _adopt(self, join: Join, chat: types.Channel) -> None:
        try:
            await self._check_identity(join, chat)
            await self._take_in(chat)
            await self._watchlist.adopted(join, chat.id)
        except (Gone, Refused) as refused:
            if str(refused) == CHANGED_OWNER:
                await self._watchlist.join_failed(join, CHANGED_OWNER)
            else:  # the others need not wait with it
                logger.warning("join %d must wait: %s", join.id, refused)

    async def _try(self, join: Join) -> None:
        try:
            chat = await self._enter(join)
            await self._take_in(chat)
            await self._watchlist.joined(join, chat.id)
        except (Gone, Refused, Frozen) as refused:
            logger.warning("join %d came to nothing: %s", join.id, refused)
            if str(refused) in FREEZING:
                self._rest_until = self._clock.now() + FROZEN_MILLIS
            else:
                await self._watchlist.join_failed(join, str(refused))

    async def _check_identity(self, join: Join, chat: types.Channel) -> None:
        """Raises Refused where the channel is not the one that it has to be."""
        for known in (join.channel_id, await self._watchlist.pinned_id(join.target)):
            if known is not None and known != chat.id:
                raise Refused(CHANGED_OWNER)

    async def _enter(self, join: Join) -> types.Channel:
        """Become a member of the channel."""
        if join.target.startswith("+"):
            chat = await self._enter_by_invite(join.target[1:])
            await self._check_identity(join, chat)
            return chat
        chat = await self._find(join.target)
        await self._check_identity(join, chat)
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

    async def _take_in(self, chat: types.Channel) -> None:
        """Write the channel down with its place in the event log, then tidy it away."""
        peer = types.InputPeerChannel(chat.id, chat.access_hash)
        request = functions.messages.GetPeerDialogsRequest([types.InputDialogPeer(peer)])
        dialog = (await self._account.ask(request)).dialogs[0]
        cursor = Cursor(chat.id, dialog.pts, dialog.top_message)
        facts = convert.channel(chat, ChannelState.JOINED)
        await self._watchlist.adopt(self._account.id, facts, chat.access_hash, cursor)
        self._taken_in()
        await self._tidy_away(peer)

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
        """The channels among the account's dialogs, by lower-case username and by id."""
        now = self._clock.now()
        if self._followed_at is None or now - self._followed_at > FOLLOWED_MILLIS:
            self._followed = {
                str(name).lower(): chat
                for chat in await self._all_dialogs()
                if isinstance(chat, types.Channel) and not chat.left
                for name in (chat.username, chat.id)
                if name
            }
            self._followed_at = now
        return self._followed

    async def _all_dialogs(self) -> list[Any]:
        """What can be read of them: what is not found here is joined like any other."""
        chats: list[Any] = []
        try:
            async for page in dialogs.pages(self._account):
                chats += page.chats
        except Refused as refused:
            if refused.reason != UNREADABLE:
                raise
            logger.warning("the list of dialogs cannot be read to its end")
        return chats


def _key(join: Join) -> str:
    """By what a channel is found among those that are followed."""
    return join.target.lower() if join.channel_id is None else str(join.channel_id)


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
