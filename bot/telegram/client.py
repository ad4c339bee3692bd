"""One signed-in Telegram account that stays connected: the watcher, and the bot.

The watcher never ends by itself: what it loses is a state that is told, and everything else
of the program goes on. Telethon's own idea of "connected" is not trusted (a revoked session
still answers pings, a half-open connection looks alive): a question every half minute is.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from telethon import errors
from telethon.crypto import rsa
from telethon.sessions import SQLiteSession
from telethon.tl import functions

from bot.clock import Clock
from bot.outcomes import Busy, Frozen, Outcome, Refused, SignedOut
from bot.telegram.asking import RETRY_SECONDS, in_our_words
from bot.telegram.errors import name
from bot.telegram.tuning import Client

logger = logging.getLogger(__name__)

ASK_SECONDS = 20.0  # Telethon itself waits for an answer for ever
CONNECT_SECONDS = 30.0
CHECK_SECONDS = 30.0
SIGNED_OUT_SECONDS = 600.0  # then look again: the owner may have signed in meanwhile
CLOSE_SECONDS = 15.0
CHECKS = 2  # this many in a row without an answer, and we connect anew


@dataclass(frozen=True, slots=True)
class Server:
    """An MTProto server other than Telegram's."""

    host: str
    port: int
    dc_id: int
    public_key: str  # PEM


@dataclass(frozen=True, slots=True)
class Login:
    """What it takes to be an account."""

    name: str  # for logs: "watcher" or "bot"
    session: Path
    api_id: int
    api_hash: str = field(repr=False)
    bot_token: str = field(default="", repr=False)
    server: Server | None = None


class AccountState(StrEnum):
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    FROZEN = "frozen"  # connected, but Telegram lets it do only what it did before
    SIGNED_OUT = "signed out"


StateChanged = Callable[[AccountState, str], None]


def open_client(login: Login, connection_retries: int = -1) -> Client:
    """A client over the session file of `login`, not yet connected; -1 is for ever."""
    login.session.parent.mkdir(parents=True, exist_ok=True)
    session = SQLiteSession(str(login.session))
    login.session.chmod(0o600)
    if login.server is not None:
        trust_only(login.server.public_key)
        place = (login.server.host, login.server.port)
        if (session.server_address, session.port) != place:
            session.set_dc(login.server.dc_id, *place)
    return Client(
        session,
        login.api_id,
        login.api_hash,
        connection_retries=connection_retries,
        retry_delay=1,
        request_retries=1,
        raise_last_call_error=True,
        flood_sleep_threshold=0,  # how long to wait is ours to decide, per chat
        catch_up=bool(login.bot_token),  # commands said while the bot was away
        base_logger=f"telethon.{login.name}",
    )


def trust_only(public_key: str) -> None:
    """Accept no server but the one with this key: then Telegram itself cannot be reached."""
    rsa._server_keys.clear()  # Telethon offers no public way to remove a key
    rsa.add_key(public_key, old=False)


class Account:
    """Keeps one account connected, and asks Telegram things with a time limit."""

    def __init__(self, login: Login, clock: Clock, on_state: StateChanged) -> None:
        self.client = open_client(login)
        self.client.on_reconnect = self._reconnected
        self.state = AccountState.CONNECTING
        self.ready = asyncio.Event()  # set while connected and signed in, frozen or not
        self.on_ready: list[Callable[[], None]] = []  # called after every (re)connection
        self.id = 0  # the account's user id, once ready
        self.username = ""
        self._login = login
        self._clock = clock
        self._on_state = on_state
        self._nudged = asyncio.Event()
        self._frozen = set[type]()  # kinds of requests that are refused for being frozen

    async def ask(self, request: Any, seconds: float = ASK_SECONDS) -> Any:
        """Telegram's answer to a request; raises an Outcome, never anything of Telethon's."""
        return await self._answer(request, self.client(request), seconds)

    async def ask_centre(self, dc_id: int, request: Any, seconds: float) -> Any:
        """The answer of one of Telegram's data centres: a file is to be had where it lives."""
        if dc_id == self.client.session.dc_id:
            return await self.ask(request, seconds)
        return await self._answer(request, self._elsewhere(dc_id, request), seconds)

    async def _elsewhere(self, dc_id: int, request: Any) -> Any:
        # No public way; it is how Telethon itself downloads.
        try:
            sender = await self.client._borrow_exported_sender(dc_id)
        except ValueError as error:
            raise Refused("DC_ID_INVALID") from error
        try:
            return await self.client._call(sender, request)
        finally:
            with contextlib.suppress(KeyError):  # disconnecting forgets what was borrowed
                await self.client._return_exported_sender(sender)

    async def _answer(self, request: Any, doing: Awaitable[Any], seconds: float) -> Any:
        try:
            answer = await in_our_words(doing, seconds)
        except Outcome as found:
            self._forget_floods()
            if isinstance(found, Frozen):
                self._froze(type(request), found)
            elif isinstance(found, SignedOut):
                self._nudged.set()
            raise
        if type(request) in self._frozen:
            self._thawed()
        return answer

    def _froze(self, kind: type, found: Frozen) -> None:
        self._frozen.add(kind)
        if self.state is AccountState.CONNECTED:
            self._enter(AccountState.FROZEN, found.reason)

    def _thawed(self) -> None:
        """What was refused was done."""
        self._frozen.clear()
        if self.state is AccountState.FROZEN:
            self._enter(AccountState.CONNECTED)

    def _forget_floods(self) -> None:
        """Telethon remembers a FLOOD_WAIT per method; it concerns one chat, the others go on."""
        self.client._flood_waited_requests.clear()  # no public way

    async def run(self) -> None:
        """Stay connected until cancelled."""
        try:
            while True:
                pause = await self._connected_spell()
                self._nudged.clear()
                await self._clock.wait(self._nudged, pause)
        finally:
            await self._close()

    async def _connected_spell(self) -> float:
        """From connecting until the connection is lost for good; how long to wait then."""
        try:
            await self._connect()
            await self._watch()
        except Frozen as lost:
            self._enter(AccountState.FROZEN, lost.reason)
            return SIGNED_OUT_SECONDS
        except SignedOut as lost:
            self._enter(AccountState.SIGNED_OUT, lost.reason)
            return SIGNED_OUT_SECONDS
        except Outcome as error:
            self._enter(AccountState.RECONNECTING, str(error.__cause__ or error))
        finally:
            self.ready.clear()
            await self._close()
        return RETRY_SECONDS

    async def _connect(self) -> None:
        me = await in_our_words(self._signed_in(), CONNECT_SECONDS)
        self.id, self.username = me.id, me.username or ""
        self._enter(AccountState.FROZEN if self._frozen else AccountState.CONNECTED)
        self._announce()

    async def _signed_in(self) -> Any:
        """Connect, and sign the bot in if need be; who we are."""
        await self.client.connect()
        me = await self.client.get_me()
        if me is None and self._login.bot_token:
            me = await self._with_token()
        if me is None:
            raise SignedOut("AUTH_KEY_UNREGISTERED")
        return me

    async def _with_token(self) -> Any:
        try:
            return await self.client.sign_in(bot_token=self._login.bot_token)
        except errors.BadRequestError as error:  # the token is wrong, and will stay so
            raise SignedOut(name(error)) from error

    async def _watch(self) -> None:
        """Ask for the account's state again and again; return or raise when that fails."""
        silent = 0
        while silent < CHECKS:
            self._nudged.clear()
            await self._clock.wait(self._nudged, RETRY_SECONDS if silent else CHECK_SECONDS)
            try:
                await self.ask(functions.updates.GetStateRequest())
                silent = 0
            except Frozen:
                silent = 0  # an answer all the same
            except Busy:
                silent += 1
        self._enter(AccountState.RECONNECTING, "no answer")

    def _reconnected(self) -> None:
        if self.ready.is_set():
            logger.info("the %s has reconnected", self._login.name)
            self._announce()

    def _announce(self) -> None:
        self.ready.set()
        for each in self.on_ready:
            each()

    def _enter(self, state: AccountState, reason: str = "") -> None:
        if state is self.state:
            return
        self.state = state
        level = logging.INFO if state is AccountState.CONNECTED else logging.WARNING
        logger.log(level, "the %s is %s %s", self._login.name, state, reason)
        self._on_state(state, reason)

    async def _close(self) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.client.disconnect()
