"""Telegram on loopback, as tests and the demo see it."""

import asyncio
import os
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import overload

from telethon.crypto import AuthKey
from telethon.sessions import Session, SQLiteSession, StringSession

from bot.sandbox import keys
from bot.sandbox.channels import Channel
from bot.sandbox.connection import Connection
from bot.sandbox.errors import NotReceived, UnknownRequests
from bot.sandbox.faults import Faults
from bot.sandbox.groups import Group, Kind
from bot.sandbox.people import Actor, Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.server import HOST, Server
from bot.sandbox.settling import settled
from bot.sandbox.stage import Idle, Stage
from bot.sandbox.switches import Switches
from bot.sandbox.tl import TLObject
from bot.sandbox.world import places
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.files import DC_ID, OTHER_DC_ID
from bot.sandbox.world.world import Clock, World


class Telegram:
    """A Telegram of one's own. Use `async with Telegram.running() as telegram`."""

    host = HOST
    dc_id = DC_ID
    other_dc_id = OTHER_DC_ID
    public_key = keys.PUBLIC_KEY  # PEM, for a program's settings

    def __init__(self, now: Clock | None = None, seed: int = 1) -> None:
        world = World(now, seed)
        server = Server(world, Faults())
        self._stage = Stage(world, server)
        world.on_push = self._stage.push
        self.world = world
        self.faults = Switches(self._stage)

    @classmethod
    @asynccontextmanager
    async def running(cls, now: Clock | None = None, seed: int = 1) -> "AsyncIterator[Telegram]":
        """A server on a free port of 127.0.0.1, stopped at the end.

        `now` dates the messages; None is the true time. The process cannot reach any other
        server from here on, real Telegram least of all. Raises UnknownRequests at the end
        if the program asked for anything the sandbox does not know, and ExceptionGroup if
        the sandbox itself broke.
        """
        keys.only_this_server()
        keys.loopback_only()
        telegram = cls(now, seed)
        await telegram.start()
        try:
            yield telegram
        except BaseException as error:
            for note in telegram._complaints():
                error.add_note(note)
            raise
        finally:
            await telegram.stop()
        telegram._complain()

    async def start(self) -> None:
        """Listen again, on the same port."""
        await self._stage.server.start()

    async def stop(self) -> None:
        """Cut everybody off. What is true stays true, and can go on changing."""
        await self._stage.server.stop()

    @property
    def port(self) -> int:
        return self._stage.server.port

    @property
    def requests(self) -> deque[tuple[int | None, TLObject]]:
        """The latest requests, oldest first: who asked (None before signing in), and what."""
        return self._stage.server.requests

    @property
    def counts(self) -> Counter[str]:
        """How often each method was asked for, by the schema's names."""
        return self._stage.server.counts

    async def is_asked_for(self, method: str, times: int = 1, within: float = 10) -> None:
        """Wait until a method, by the schema's full name, was asked for so often in all.

        Raises NotReceived after `within` seconds.
        """
        try:
            async with asyncio.timeout(within):
                while self.counts[method] < times:
                    await self._stage.server.asked.wait()
        except TimeoutError:
            count = self.counts[method]
            raise NotReceived(f"{method} was asked {count} times of {dict(self.counts)}") from None

    @property
    def unknown_requests(self) -> list[str]:
        """What was asked and cannot be answered. Clear it where a test asks on purpose."""
        return self._stage.server.unknown

    def listening(self, account: Actor) -> list[Connection]:
        """The connections over which an account is told what happens."""
        return self._stage.server.listening(account.id)

    @property
    def provoked_floods(self) -> int:
        """How often the enforced limits had to answer FLOOD_WAIT."""
        return self._stage.server.limits.provoked

    def enforce_limits(self, enforced: bool) -> None:
        """Enforce the sending limits of the bot FAQ, on the clock given as `now`."""
        self._stage.server.limits.enforced = enforced

    @property
    def idle(self) -> Idle | None:
        """Awaited to know that the program has nothing to do; see `settling`. The test sets it."""
        return self._stage.idle

    @idle.setter
    def idle(self, idle: Idle | None) -> None:
        self._stage.idle = idle

    async def settled(self, idle: Idle | None = None, within: float = 10) -> None:
        """Wait until everything that has happened has had its effect; see `settling`."""
        await settled(self._stage, idle, within)

    # Who and what there is.

    def channel(
        self, username: str | None, title: str, *, id: int | None = None, **facts: object
    ) -> Channel:
        """A channel. `username` None, or `private=True`, gives it an invite link alone.

        Facts: about, verified, subscribers, noforwards, signatures, restricted.
        """
        private = bool(facts.pop("private", False))
        state = places.Channel(
            id=id or self.world.next_channel_id(),
            title=title,
            date=self.world.now(),
            username=None if private else username,
        )
        state.say_of_itself(facts)
        self.world.channels[state.id] = state
        return Channel(self._stage, state)

    def group(
        self,
        title: str,
        members: Sequence[Actor] = (),
        *,
        admins: Sequence[Actor] = (),
        kind: Kind = "supergroup",
        forum: bool = False,
    ) -> Group:
        """A group: a supergroup, a forum, or, with ``kind="basic"``, a small one."""
        there = {one.id for one in (*members, *admins)}
        ruling = {one.id for one in admins}
        if kind == "basic":
            return Group(self._stage, self._small_group(title, there, ruling))
        state = places.Channel(
            self.world.next_channel_id(), title, self.world.now(), broadcast=False
        )
        state.members |= there
        state.admins |= ruling
        state.topics = {} if forum else None
        self.world.channels[state.id] = state
        return Group(self._stage, state)

    def user(
        self, name: str, phone: str, password: str | None = None, username: str | None = None
    ) -> User:
        """A person with a client: an account that signs in over MTProto."""
        account = Account(self.world.next_account_id(), name, username, phone, password)
        return User(self._stage, self._enters(account))

    def bot(self, username: str, token: str | None = None, name: str = "") -> Bot:
        """A bot. Its id is the number its token begins with, where it does."""
        prefix = (token or "").partition(":")[0]
        number = int(prefix) if prefix.isdigit() else self.world.next_account_id()
        token = token or f"{number}:{self.world.rnd.getrandbits(128):032x}"
        account = Account(number, name or username, username, token=token)
        return Bot(self._stage, self._enters(account))

    def reader(self, name: str, username: str | None = None, language: str = "en") -> Reader:
        """A person who talks to bots, and for whom the test speaks."""
        account = Account(self.world.next_account_id(), name, username, language=language)
        return Reader(self._stage, self._enters(account))

    @overload
    def seed_session(self, path: None, account: User | Bot) -> StringSession: ...
    @overload
    def seed_session(self, path: str | os.PathLike[str], account: User | Bot) -> Path: ...
    def seed_session(
        self, path: str | os.PathLike[str] | None, account: User | Bot
    ) -> StringSession | Path:
        """A session that is signed in already: a file, or with None one to keep in memory.

        Neither a key exchange nor a login is needed with it. The file's name is returned;
        it ends in ``.session``.
        """
        if path is None:
            return self._signed_in(StringSession(), account)
        session = self._signed_in(SQLiteSession(os.fspath(path)), account)
        session.save()
        session.close()
        return Path(session.filename)

    def _signed_in(self, session: Session, account: User | Bot) -> Session:
        key = AuthKey(os.urandom(256))
        self.world.logins.keys[key.key_id] = key
        self.world.logins.sign_in(key.key_id, account.account)
        session.set_dc(self.dc_id, self.host, self.port)
        session.auth_key = key  # after set_dc, which reads the key of that centre again
        return session

    def _enters(self, account: Account) -> Account:
        self.world.accounts[account.id] = account
        return account

    def _small_group(self, title: str, members: set[int], admins: set[int]) -> places.Chat:
        state = places.Chat(
            self.world.next_chat_id(), title, self.world.now(), set(members), set(admins)
        )
        self.world.chats[state.id] = state
        return state

    # How it ends.

    def _complaints(self) -> list[str]:
        server = self._stage.server
        found = []
        if server.unknown:
            found.append(f"the sandbox does not know these requests: {', '.join(server.unknown)}")
        found += [f"the sandbox broke: {error!r}" for error in server.broken]
        return found

    def _complain(self) -> None:
        if self._stage.server.broken:
            raise ExceptionGroup("the sandbox broke", self._stage.server.broken)
        if self._stage.server.unknown:
            raise UnknownRequests("; ".join(self._complaints()))
