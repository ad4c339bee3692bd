"""Which key belongs to whom, and how one comes to belong to somebody.

The password is checked by SRP, so the server never sees it:
https://core.telegram.org/api/srp
"""

import os
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from random import Random

from telethon.crypto import AuthKey
from telethon.password import compute_hash

from bot.sandbox.errors import RpcError
from bot.sandbox.keys import DH_GENERATOR, DH_PRIME
from bot.sandbox.tl import T
from bot.sandbox.world.accounts import Account

_ALGORITHM = T.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow
_PRIME = DH_PRIME.to_bytes(256, "big")


@dataclass(frozen=True, slots=True)
class _Challenge:
    """A password question: the server's secret exponent and what the client was told."""

    id: int
    secret: int
    public: int
    verifier: int
    algorithm: T.TypePasswordKdfAlgo


@dataclass(slots=True)
class Logins:
    rnd: Random
    keys: dict[int, AuthKey] = field(default_factory=dict)  # by key id
    codes: dict[int, str] = field(default_factory=dict)  # account id -> the code sent last
    elsewhere: set[int] = field(default_factory=set)  # keys of another data centre
    _exported: dict[bytes, Account] = field(default_factory=dict)  # whom a login can move
    _owners: dict[int, Account] = field(default_factory=dict)  # by key id
    _hashes: dict[int, str] = field(default_factory=dict)  # account id -> phone_code_hash
    _owing: dict[int, Account] = field(default_factory=dict)  # key id -> owes a password
    _challenges: dict[int, _Challenge] = field(default_factory=dict)  # by account id

    def owner(self, key_id: int) -> Account | None:
        """Who has signed in with a key."""
        return self._owners.get(key_id)

    def sign_in(self, key_id: int, account: Account) -> None:
        self._owing.pop(key_id, None)
        self._owners[key_id] = account

    def sign_out(self, key_id: int) -> None:
        self._owners.pop(key_id, None)

    def export(self, account: Account) -> bytes:
        """What lets an account sign in at another data centre, once."""
        token = self.rnd.randbytes(32)
        self._exported[token] = account
        return token

    def sign_in_elsewhere(self, key_id: int, token: bytes) -> Account:
        account = self._exported.pop(token, None)
        if account is None:
            raise RpcError("AUTH_BYTES_INVALID")
        self.elsewhere.add(key_id)
        self.sign_in(key_id, account)
        return account

    def send_code(self, account: Account) -> str:
        """Make a new code for an account; returns the hash it is to come back with."""
        self.codes[account.id] = f"{self.rnd.randrange(100_000):05d}"
        self._hashes[account.id] = f"{self.rnd.getrandbits(64):016x}"
        return self._hashes[account.id]

    def check_code(self, account: Account, code_hash: str, code: str | None) -> None:
        if not code:
            raise RpcError("PHONE_CODE_EMPTY")
        if self._hashes.get(account.id) != code_hash:
            raise RpcError("PHONE_CODE_EXPIRED")
        if self.codes[account.id] != code:
            raise RpcError("PHONE_CODE_INVALID")
        del self._hashes[account.id]

    def wait_for_password(self, key_id: int, account: Account) -> None:
        self._owing[key_id] = account

    def owing_password(self, key_id: int) -> Account | None:
        """Who has given the right code over a key and not yet the password."""
        return self._owing.get(key_id)

    def ask_password(self, account: Account) -> T.account.Password:
        """A new challenge for the account's password; without one, the fact that there is none."""
        common = {
            "new_algo": _ALGORITHM(os.urandom(8), os.urandom(16), DH_GENERATOR, _PRIME),
            "new_secure_algo": T.SecurePasswordKdfAlgoUnknown(),
            "secure_random": os.urandom(32),
        }
        if account.password is None:
            return T.account.Password(**common)
        challenge = _challenge(account.password)
        self._challenges[account.id] = challenge
        return T.account.Password(
            **common,
            has_password=True,
            current_algo=challenge.algorithm,
            srp_B=_padded(challenge.public),
            srp_id=challenge.id,
        )

    def check_password(self, account: Account, proof: T.InputCheckPasswordSRP) -> None:
        """Whether the client knows the password. Raises RpcError; a challenge works once."""
        challenge = self._challenges.pop(account.id, None)
        if challenge is None or challenge.id != getattr(proof, "srp_id", None):
            raise RpcError("SRP_ID_INVALID")
        if not compare_digest(_proof(challenge, int.from_bytes(proof.A, "big")), proof.M1):
            raise RpcError("PASSWORD_HASH_INVALID")


def _challenge(password: str) -> _Challenge:
    algorithm = _ALGORITHM(os.urandom(8), os.urandom(16), DH_GENERATOR, _PRIME)
    exponent = int.from_bytes(compute_hash(algorithm, password), "big")
    verifier = pow(DH_GENERATOR, exponent, DH_PRIME)
    secret = int.from_bytes(os.urandom(256), "big") % DH_PRIME
    multiplier = int.from_bytes(_hash(_PRIME, _padded(DH_GENERATOR)), "big")
    public = (multiplier * verifier + pow(DH_GENERATOR, secret, DH_PRIME)) % DH_PRIME
    number = int.from_bytes(os.urandom(7), "big")
    return _Challenge(number, secret, public, verifier, algorithm)


def _proof(challenge: _Challenge, client_public: int) -> bytes:
    """What a client with the right password answers (M1 in the documentation)."""
    ours, theirs = _padded(challenge.public), _padded(client_public)
    mixed = int.from_bytes(_hash(theirs, ours), "big")
    base = client_public * pow(challenge.verifier, mixed, DH_PRIME) % DH_PRIME
    shared = _hash(_padded(pow(base, challenge.secret, DH_PRIME)))
    of_prime, of_generator = _hash(_PRIME), _hash(_padded(DH_GENERATOR))
    return _hash(
        bytes(one ^ other for one, other in zip(of_prime, of_generator, strict=True)),
        _hash(challenge.algorithm.salt1),
        _hash(challenge.algorithm.salt2),
        theirs,
        ours,
        shared,
    )


def _padded(number: int) -> bytes:
    return number.to_bytes(256, "big")


def _hash(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()
