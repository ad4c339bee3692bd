"""The encrypted session of one connection: https://core.telegram.org/mtproto/description

Knows keys, salts, message ids and sequence numbers; knows nothing of sockets or of
what is said.
"""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from telethon.crypto import AES, AuthKey
from telethon.network.mtprotostate import MTProtoState

SALT = 0x1122334455667788  # one salt for ever: a client that has it never asks again
TOO_NEW, TOO_OLD = 30, 300  # seconds a client's clock may differ from ours
BAD_SALT, ID_TOO_LOW, ID_TOO_HIGH = 48, 16, 17  # codes of bad_msg_notification


@dataclass(frozen=True, slots=True)
class Opened:
    """A decrypted message of the client."""

    salt: int
    session_id: int
    message_id: int
    sequence: int
    body: bytes


class Session:
    def __init__(self, key: AuthKey, session_id: int, clock: Callable[[], float]) -> None:
        self.key = key
        self.id = session_id
        self._clock = clock
        self._last_id = 0
        self._sequence = 0

    def seal(self, body: bytes, *, answer: bool, content: bool = True) -> tuple[int, bytes]:
        """Encrypt a message; returns its id and the packet.

        Telegram marks answers with ids of 1 mod 4 and what it pushes with 3 mod 4, and
        counts only messages with content, which the client has to acknowledge.
        """
        message_id = self._next_id() | (1 if answer else 3)
        sequence = self._sequence * 2 + content
        self._sequence += content
        data = struct.pack("<qqqii", SALT, self.id, message_id, sequence, len(body)) + body
        data += os.urandom(-(len(data) + 12) % 16 + 12)
        message_key = sha256(self.key.key[96:128] + data).digest()[8:24]
        aes_key, iv = MTProtoState._calc_key(self.key.key, message_key, client=False)
        packet = struct.pack("<Q", self.key.key_id) + message_key
        return message_id, packet + AES.encrypt_ige(data, aes_key, iv)

    def _next_id(self) -> int:
        now = self._clock()
        message_id = (int(now) << 32) | (int((now % 1) * 2**30) << 2)
        self._last_id = max(message_id, self._last_id + 4)
        return self._last_id


def opened(key: AuthKey, packet: bytes) -> Opened:
    """Decrypt a packet of the client. Raises ConnectionError where it was tampered with."""
    message_key = packet[8:24]
    aes_key, iv = MTProtoState._calc_key(key.key, message_key, client=True)
    data = AES.decrypt_ige(packet[24:], aes_key, iv)
    if sha256(key.key[88:120] + data).digest()[8:24] != message_key:
        raise ConnectionError("a packet that does not fit its key")
    salt, session_id, message_id, sequence, length = struct.unpack("<qqqii", data[:32])
    return Opened(salt, session_id, message_id, sequence, data[32 : 32 + length])


def drift_code(message_id: int, now: float) -> int | None:
    """The complaint about a message whose id is too far from our clock."""
    drift = (message_id >> 32) - now
    if drift > TOO_NEW:
        return ID_TOO_HIGH
    if drift < -TOO_OLD:
        return ID_TOO_LOW
    return None


def plain(message_id: int, body: bytes) -> bytes:
    """An unencrypted message, as used by the key exchange alone."""
    return struct.pack("<qqi", 0, message_id, len(body)) + body
