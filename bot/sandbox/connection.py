"""One TCP connection: packets in, packets out, and what they mean to the protocol.

Requests are handed to the server; acknowledgements, pings, salts and clocks are dealt
with here.
"""

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from random import getrandbits
from typing import Protocol

from telethon.crypto import AuthKey
from telethon.errors import TypeNotFoundError

from bot.sandbox.handshake import Handshake
from bot.sandbox.session import BAD_SALT, SALT, Opened, Session, drift_code, opened, plain
from bot.sandbox.tl import F, GzipPacked, MessageContainer, T, TLObject, parse
from bot.sandbox.transport import Framing, framing_of

UNKNOWN_KEY = struct.pack("<i", -404)
SHORTEST = 24  # bytes: a key or a message id, and what it belongs to
_RPC_RESULT = 0xF35C6D01


class Host(Protocol):
    """What a connection needs of the server it belongs to."""

    def time(self) -> float: ...
    def key(self, key_id: int) -> AuthKey | None: ...
    def key_made(self, key: AuthKey) -> None: ...
    def requested(self, connection: "Connection", message_id: int, request: TLObject) -> None: ...
    def not_understood(
        self, connection: "Connection", message_id: int, error: TypeNotFoundError
    ) -> None: ...


class Connection:
    def __init__(self, host: Host, reader: StreamReader, writer: StreamWriter) -> None:
        self.session: Session | None = None
        self.pushed_to = False  # set by the first request of somebody signed in
        self._host = host
        self._reader = reader
        self._writer = writer
        self._framing: Framing | None = None
        self._handshake = Handshake(host.time, host.key_made)
        self._asked: dict[int, asyncio.Future[None]] = {}

    @property
    def key_id(self) -> int:
        return self.session.key.key_id if self.session else 0

    async def serve(self) -> None:
        """Read until the client goes. Raises what reading a broken stream raises."""
        self._framing = await framing_of(self._reader)
        while True:
            packet = await self._framing.read(self._reader)
            if len(packet) < SHORTEST:
                raise ConnectionError(f"a packet of {len(packet)} bytes")
            if packet[:8] == bytes(8):
                answer = bytes(self._handshake.answer(packet))
                self._write(plain(int(self._host.time()) << 32 | 1, answer))
            else:
                self._encrypted(packet)
            await self._writer.drain()

    def drop(self) -> None:
        """Cut the connection at once, whatever was still to be sent."""
        self._writer.transport.abort()
        for waiting in self._asked.values():
            waiting.cancel()

    async def drained(self) -> None:
        await self._writer.drain()

    def answer(self, message_id: int, body: bytes) -> None:
        """Send the result of a request."""
        self.send(struct.pack("<Iq", _RPC_RESULT, message_id) + body, answer=True)

    def send(self, body: bytes, *, answer: bool = False, content: bool = True) -> int:
        """Send a message; returns its id, 0 where there is no session to send it in."""
        if self.session is None:
            return 0
        message_id, packet = self.session.seal(body, answer=answer, content=content)
        self._write(packet)
        return message_id

    def asks_for_a_sign(self) -> "asyncio.Future[None]":
        """Done when the client has taken in everything sent before; cancelled if it is cut off.

        It is asked for the state of a message, which it answers out of its reading loop.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked[self.send(bytes(T.MsgsStateReq([1])), content=False)] = future
        return future

    def _write(self, packet: bytes) -> None:
        if self._framing is not None and not self._writer.is_closing():
            self._writer.write(self._framing.frame(packet))

    def _encrypted(self, packet: bytes) -> None:
        (key_id,) = struct.unpack("<Q", packet[:8])
        key = self._host.key(key_id)
        if key is None:
            self._write(UNKNOWN_KEY)
            return
        message = opened(key, packet)
        fresh = self.session is None or self.session.id != message.session_id
        if fresh:
            self.session = Session(key, message.session_id, self._host.time)
        if self._complains(message):
            # The session is announced over the first message that is in order.
            self.session = None if fresh else self.session
            return
        if fresh:
            self.send(bytes(T.NewSessionCreated(message.message_id, getrandbits(62), SALT)))
        self._understand(message)

    def _complains(self, message: Opened) -> bool:
        if message.salt != SALT:
            bad: TLObject = T.BadServerSalt(message.message_id, message.sequence, BAD_SALT, SALT)
        elif code := drift_code(message.message_id, self._host.time()):
            bad = T.BadMsgNotification(message.message_id, message.sequence, code)
        else:
            return False
        self.send(bytes(bad), content=False)
        return True

    def _understand(self, message: Opened) -> None:
        try:
            said = parse(message.body)
        except TypeNotFoundError as error:
            self._host.not_understood(self, message.message_id, error)
        else:
            self._take(message.message_id, said)

    def _take(self, message_id: int, said: TLObject) -> None:
        match said:
            case GzipPacked():
                self._take(message_id, parse(said.data))
            case MessageContainer():
                for inner in said.messages:
                    self._take(inner.msg_id, inner.obj)
            case F.PingRequest() | F.PingDelayDisconnectRequest():
                pong = bytes(T.Pong(message_id, said.ping_id))
                self.send(pong, answer=True, content=False)
            case T.MsgsStateInfo():
                waiting = self._asked.pop(said.req_msg_id, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(None)
            case T.MsgsAck() | F.DestroySessionRequest():
                pass
            case _:
                self._host.requested(self, message_id, said)
