"""How packets are cut out of a stream: the three framings Telethon speaks in the clear.

The client chooses by its first bytes. Each framing reads a packet from the stream and
puts a frame around one to be written.
"""

import struct
from asyncio import StreamReader
from typing import Protocol
from zlib import crc32

MAX_PACKET = 1 << 24


class Framing(Protocol):
    async def read(self, reader: StreamReader) -> bytes:
        """The next packet. Raises ConnectionError where the stream makes no sense."""

    def frame(self, packet: bytes) -> bytes: ...


class Full:
    """Length, counter, packet, checksum. It has no opening bytes of its own."""

    def __init__(self, already_read: bytes) -> None:
        self._head = already_read
        self._sent = 0

    async def read(self, reader: StreamReader) -> bytes:
        head = self._head or await reader.readexactly(4)
        self._head = b""
        (length,) = struct.unpack("<i", head)
        if not 12 <= length <= MAX_PACKET:
            raise ConnectionError(f"a packet of {length} bytes")
        body = await reader.readexactly(length - 4)
        if crc32(head + body[:-4]) != int.from_bytes(body[-4:], "little"):
            raise ConnectionError("a packet with a wrong checksum")
        return body[4:-4]

    def frame(self, packet: bytes) -> bytes:
        frame = struct.pack("<ii", len(packet) + 12, self._sent) + packet
        self._sent += 1
        return frame + struct.pack("<I", crc32(frame))


class Abridged:
    """The length in words of four bytes, in one byte or in four."""

    async def read(self, reader: StreamReader) -> bytes:
        words = (await reader.readexactly(1))[0]
        if words >= 127:
            words = int.from_bytes(await reader.readexactly(3), "little")
        return await reader.readexactly(words * 4)

    def frame(self, packet: bytes) -> bytes:
        words = len(packet) >> 2
        head = bytes([words]) if words < 127 else b"\x7f" + words.to_bytes(3, "little")
        return head + packet


class Intermediate:
    """The length in bytes, in four bytes."""

    async def read(self, reader: StreamReader) -> bytes:
        (length,) = struct.unpack("<i", await reader.readexactly(4))
        if not 0 <= length <= MAX_PACKET:
            raise ConnectionError(f"a packet of {length} bytes")
        return await reader.readexactly(length)

    def frame(self, packet: bytes) -> bytes:
        return struct.pack("<i", len(packet)) + packet


async def framing_of(reader: StreamReader) -> Framing:
    """The framing the client on the other side has chosen."""
    head = await reader.readexactly(1)
    if head == b"\xef":
        return Abridged()
    head += await reader.readexactly(3)
    if head == b"\xee" * 4:
        return Intermediate()
    return Full(already_read=head)
