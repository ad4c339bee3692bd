"""The listening server: its connections, its requests, and what it pushes."""

import asyncio
import inspect
import logging
import time
from asyncio import StreamReader, StreamWriter
from collections import Counter, deque
from collections.abc import Awaitable
from functools import partial
from typing import cast

from telethon.crypto import AuthKey
from telethon.errors import TypeNotFoundError

from bot.sandbox import dispatch
from bot.sandbox.connection import Connection
from bot.sandbox.errors import NotKnown, RpcError
from bot.sandbox.faults import Faults, method_of
from bot.sandbox.limits import Limits
from bot.sandbox.services.peers import place_id
from bot.sandbox.table import Address, Call
from bot.sandbox.tl import T, TLObject, compressed, written
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.files import DC_ID, OTHER_DC_ID
from bot.sandbox.world.world import World

logger = logging.getLogger(__name__)
HOST = "127.0.0.1"
REMEMBERED = 5000  # requests
UNREAD_FOR = 5  # seconds that a client may leave a full connection unread


class Server:
    """Serves one world. It can be stopped and started again: the world stays."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.limits = Limits(world.moment)
        self.port = 0
        self.requests: deque[tuple[int | None, TLObject]] = deque(maxlen=REMEMBERED)
        self.counts: Counter[str] = Counter()
        self.unknown: list[str] = []
        self.broken: list[Exception] = []  # what went wrong in the sandbox itself
        self.connections: set[Connection] = set()
        self.asked = asyncio.Event()  # set, and replaced, with every request
        self.answering: set[asyncio.Task[None]] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        world.on_push = self.push

    async def start(self) -> None:
        """Listen, on the port of the last time if there was one."""
        self._listener = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut every connection."""
        if self._listener is None:
            return
        self._listener.close()
        self.drop()
        for task in self.answering:
            task.cancel()
        await asyncio.gather(*self.answering, *self._serving, return_exceptions=True)
        await self._listener.wait_closed()
        self._listener = None

    def drop(self, account_id: int | None = None) -> None:
        """Cut the connections of an account, or all."""
        for connection in list(self.connections):
            owner = self._owner(connection)
            if account_id is None or (owner is not None and owner.id == account_id):
                self._cut(connection)

    def push(self, account_id: int, updates: T.Updates) -> None:
        """Send updates to every connection of an account that wants them."""
        if not self.faults.keeps(account_id, updates):
            self.push_now(account_id, updates)

    def push_now(self, account_id: int, updates: T.Updates, but: Connection | None = None) -> None:
        body = b""
        for connection in self.listening(account_id):
            if connection is not but:
                body = body or bytes(updates)
                connection.send(body)

    async def drained(self) -> None:
        """Wait until clients have taken what was sent; one that does not read is cut off."""
        for connection in list(self.connections):
            try:
                async with asyncio.timeout(UNREAD_FOR):
                    await connection.drained()
            except OSError:  # it is gone, or, as a TimeoutError, it has stopped reading
                self._cut(connection)

    def listening(self, account_id: int | None = None) -> list[Connection]:
        """The connections that are pushed to, of one account or of all."""
        found = []
        for connection in self.connections:
            owner = self._owner(connection) if connection.pushed_to else None
            if owner is not None and account_id in (None, owner.id):
                found.append(connection)
        return found

    # What a connection needs (see connection.Host).

    def time(self) -> float:
        """Protocol time: the true one, since Telethon checks it, unless it is set wrong."""
        return time.time() + self.faults.skew

    def key(self, key_id: int) -> AuthKey | None:
        return self.world.logins.keys.get(key_id)

    def key_made(self, key: AuthKey) -> None:
        self.world.logins.keys[key.key_id] = key

    def not_understood(
        self, connection: Connection, message_id: int, error: TypeNotFoundError
    ) -> None:
        self.unknown.append(f"constructor {error.invalid_constructor_id:#010x}")
        connection.answer(message_id, _body(RpcError("INPUT_METHOD_INVALID")))

    def requested(self, connection: Connection, message_id: int, wrapped: TLObject) -> None:
        request, wants_updates = dispatch.unwrapped(wrapped)
        owner = self._owner(connection)
        self.requests.append((owner.id if owner else None, request))
        self.counts[method_of(request)] += 1
        self.asked.set()
        self.asked = asyncio.Event()
        result = self._result(connection, request)
        elsewhere = connection.key_id in self.world.logins.elsewhere
        if wants_updates and not elsewhere and not dispatch.is_for_anybody(request):
            connection.pushed_to = True
        delay = self.faults.delay_of(request, place_id(request))
        if delay is None and not inspect.isawaitable(result):
            self._finish(connection, message_id, request, result)
            return
        task = asyncio.create_task(self._later(connection, message_id, request, result, delay))
        self.answering.add(task)
        task.add_done_callback(self.answering.discard)

    # Answering.

    def _result(self, connection: Connection, request: TLObject) -> object:
        """The result, something to wait for that gives it, or the error to answer with."""
        owner = self._owner(connection)
        refusal = self.faults.refusal(request, owner.id if owner else None, place_id(request))
        if refusal is not None:
            return refusal
        try:
            raw = self.faults.raw_answer(request)
            call = self._call(connection, owner)
            return dispatch.answer(call, request) if raw is None else raw
        except RpcError as error:
            return error
        except NotKnown:
            self.unknown.append(method_of(request))
            return RpcError("METHOD_INVALID")
        except Exception as error:  # noqa: BLE001 -- a bug of ours: reported when the sandbox ends
            return self._broke(request, error)

    def _broke(self, request: TLObject, error: Exception) -> RpcError:
        logger.error("%s broke the sandbox", method_of(request), exc_info=error)
        self.broken.append(error)
        return RpcError("SANDBOX_BROKEN")

    def _call(self, connection: Connection, owner: Account | None) -> Call:
        push = partial(self.push_now, owner.id, but=connection) if owner else lambda _: None
        address = Address(HOST, self.port, DC_ID, OTHER_DC_ID)
        return Call(self.world, connection.key_id, owner, address, self.limits, push)

    async def _later(
        self,
        connection: Connection,
        message_id: int,
        request: TLObject,
        result: object,
        delay: float | asyncio.Event | None,
    ) -> None:
        if inspect.isawaitable(result):
            result = await self._awaited(request, result)
        if isinstance(delay, asyncio.Event):
            await delay.wait()
        elif delay is not None:
            await asyncio.sleep(delay)
        self._finish(connection, message_id, request, result)

    async def _awaited(self, request: TLObject, result: Awaitable[object]) -> object:
        try:
            return await result
        except RpcError as error:
            return error
        except Exception as error:  # noqa: BLE001 -- a bug of ours: reported when the sandbox ends
            return self._broke(request, error)

    def _finish(
        self, connection: Connection, message_id: int, request: TLObject, result: object
    ) -> None:
        if self.faults.loses(request):
            self._cut(connection)
            return
        try:
            body = _body(result)
        except Exception as error:  # noqa: BLE001 -- a result the schema cannot write: a bug of ours
            body = _body(self._broke(request, error))
        connection.answer(message_id, body)

    # Connections.

    def _owner(self, connection: Connection) -> Account | None:
        return self.world.logins.owner(connection.key_id)

    def _cut(self, connection: Connection) -> None:
        # Forgotten at once: what is pushed from now on must not vanish into a dead socket.
        self.connections.discard(connection)
        connection.drop()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        connection = Connection(self, reader, writer)
        self.connections.add(connection)
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            await connection.serve()
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            # A client went, or was cut off. Cancellation ends here too: nobody awaits this
            # task, and the stream's own callback would log it as an error.
            pass
        except Exception as error:
            logger.exception("a connection broke the sandbox")
            self.broken.append(error)
        finally:
            self._cut(connection)


def _body(result: object) -> bytes:
    if isinstance(result, RpcError):
        result = T.RpcError(result.code, result.name)
    return compressed(written(result))
