"""The state of the server, and the only ways to look things up in it."""

from collections.abc import Callable, Container
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from random import Random

from telethon.utils import get_peer_id

from bot.sandbox.tl import T
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.files import Files
from bot.sandbox.world.logins import Logins
from bot.sandbox.world.places import Channel, Chat
from bot.sandbox.world.queries import Queries

Place = Account | Chat | Channel
Clock = Callable[[], datetime]


class World:
    def __init__(self, now: Clock | None = None, seed: int = 1) -> None:
        self.rnd = Random(seed)
        self.accounts: dict[int, Account] = {}
        self.channels: dict[int, Channel] = {}
        self.chats: dict[int, Chat] = {}
        self.files = Files(self.rnd)
        self.queries = Queries(self.rnd)
        self.logins = Logins(self.rnd)
        self.on_push: Callable[[int, T.Updates], None] = lambda _account, _updates: None
        self.too_long_after = 1000  # events after which a difference is refused as too long
        self.most_channels = 500  # an account may be in
        self._seed = seed
        self._now = now or (lambda: datetime.now(UTC))

    def now(self) -> datetime:
        """The time that messages carry: whole seconds, as in the protocol."""
        return self._now().astimezone(UTC).replace(microsecond=0)

    def moment(self) -> float:
        """The same time in seconds since 1970, not rounded, for limits."""
        return self._now().timestamp()

    def next_account_id(self) -> int:
        return self._free(5_000_001, self.accounts)

    def next_channel_id(self) -> int:
        return self._free(1_400_000_001, self.channels)

    def next_chat_id(self) -> int:
        return self._free(700_001, self.chats)

    @staticmethod
    def _free(first: int, taken: Container[int]) -> int:
        return next(number for number in count(first) if number not in taken)

    def access_hash(self, viewer_id: int, place_id: int) -> int:
        """The number by which one account knows a place (a marked id); others know it by others."""
        digest = sha256(f"{self._seed} {viewer_id} {place_id}".encode()).digest()
        return int.from_bytes(digest[:8], "little", signed=True) or 1

    def place(self, peer: T.TypePeer | int | None) -> Place | None:
        """What a peer, or a marked id, stands for."""
        match peer:
            case int() if peer > 0:
                return self.accounts.get(peer)
            case int():
                return self._group(peer)
            case T.PeerUser() | T.PeerChat() | T.PeerChannel():
                return self.place(int(get_peer_id(peer)))
        return None

    def _group(self, marked_id: int) -> Chat | Channel | None:
        if marked_id > -(10**12):
            return self.chats.get(-marked_id)
        return self.channels.get(-marked_id - 10**12)

    def named(self, username: str) -> Account | Channel | None:
        """Who has a username, whatever the case of its letters."""
        owners: list[Account | Channel] = [*self.channels.values(), *self.accounts.values()]
        for owner in owners:
            if owner.username and owner.username.lower() == username.lower():
                return owner
        return None

    def invited(self, invite: str) -> Channel | None:
        return next((one for one in self.channels.values() if one.invite == invite), None)
