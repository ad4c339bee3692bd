"""The key exchange, server side: https://core.telegram.org/mtproto/auth_key

Three questions and answers in the clear make a key that both sides know. One
`Handshake` lives as long as the connection it happens on.
"""

import os
import struct
from collections.abc import Callable
from hashlib import sha1

from telethon.crypto import AES, AuthKey
from telethon.crypto.rsa import get_byte_array
from telethon.errors import TypeNotFoundError
from telethon.helpers import generate_key_data_from_nonce

from bot.sandbox.keys import DH_GENERATOR, DH_PRIME, FINGERPRINT, decrypt
from bot.sandbox.tl import F, T, TLObject, parse

# Real servers send a product of two 31-bit primes as proof of work. Telethon factors
# it in plain Python, and small primes are just as valid.
P, Q = 1009, 1013


class Handshake:
    def __init__(self, clock: Callable[[], float], made: Callable[[AuthKey], None]) -> None:
        """`clock` gives seconds since 1970; `made` is told the key once both sides have it."""
        self._clock = clock
        self._made = made
        self._nonce = 0
        self._server_nonce = int.from_bytes(os.urandom(16), "little", signed=True)
        self._new_nonce = 0
        self._secret = 0

    def answer(self, packet: bytes) -> TLObject:
        """Answer one unencrypted packet. Raises ConnectionError for anything unexpected."""
        try:
            request = parse(packet[20:])
        except (TypeNotFoundError, struct.error):
            raise ConnectionError("what was sent in the clear is nothing known") from None
        match request:
            case F.ReqPqMultiRequest() | F.ReqPqRequest():
                return self._offer(request)
            case F.ReqDHParamsRequest():
                return self._parameters(request)
            case F.SetClientDHParamsRequest():
                return self._finish(request)
        raise ConnectionError(f"{type(request).__name__} is not part of a key exchange")

    def _offer(self, request: F.ReqPqMultiRequest) -> T.ResPQ:
        self._nonce = request.nonce
        return T.ResPQ(self._nonce, self._server_nonce, get_byte_array(P * Q), [FINGERPRINT])

    def _parameters(self, request: F.ReqDHParamsRequest) -> T.ServerDHParamsOk:
        block = decrypt(request.encrypted_data)
        digest, data = block[:20], block[20:]
        inner = parse(data)
        if sha1(bytes(inner)).digest() != digest:  # noqa: S324 -- the protocol says SHA-1
            raise ConnectionError("the encrypted part of a key exchange is damaged")
        self._new_nonce = inner.new_nonce
        self._secret = int.from_bytes(os.urandom(256), "big") % DH_PRIME
        answer = bytes(
            T.ServerDHInnerData(
                self._nonce,
                self._server_nonce,
                DH_GENERATOR,
                get_byte_array(DH_PRIME),
                get_byte_array(pow(DH_GENERATOR, self._secret, DH_PRIME)),
                int(self._clock()),
            )
        )
        answer = sha1(answer).digest() + answer  # noqa: S324 -- the protocol says SHA-1
        answer += os.urandom(-len(answer) % 16)
        key, iv = self._temporary_key()
        return T.ServerDHParamsOk(self._nonce, self._server_nonce, AES.encrypt_ige(answer, key, iv))

    def _finish(self, request: F.SetClientDHParamsRequest) -> T.DhGenOk | T.DhGenRetry:
        key, iv = self._temporary_key()
        inner = parse(AES.decrypt_ige(request.encrypted_data, key, iv)[20:])
        shared = pow(int.from_bytes(inner.g_b, "big"), self._secret, DH_PRIME)
        auth_key = AuthKey(get_byte_array(shared))
        if len(auth_key.key) != 256:
            # One in 256 keys has a leading zero, which Telethon does not pad: ask again.
            digest = auth_key.calc_new_nonce_hash(self._new_nonce, 2)
            return T.DhGenRetry(self._nonce, self._server_nonce, digest)
        self._made(auth_key)
        digest = auth_key.calc_new_nonce_hash(self._new_nonce, 1)
        return T.DhGenOk(self._nonce, self._server_nonce, digest)

    def _temporary_key(self) -> tuple[bytes, bytes]:
        key, iv = generate_key_data_from_nonce(self._server_nonce, self._new_nonce)
        return key, iv
