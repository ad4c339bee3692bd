"""What a request handler is given, and the tables that say which one answers what."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from bot.sandbox.errors import RpcError
from bot.sandbox.limits import Limits
from bot.sandbox.tl import T
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.world import World


class Rights(Enum):
    ANYBODY = auto()  # also before signing in
    SIGNED_IN = auto()
    PEOPLE = auto()  # not bots
    BOTS = auto()


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is, as it tells its clients."""

    host: str
    port: int
    dc_id: int
    other_dc_id: int  # another data centre, which is the same server


@dataclass(frozen=True, slots=True)
class Call:
    """One request being answered: who asks, over which key, in which world."""

    world: World
    key_id: int
    signed_in: Account | None
    server: Address
    limits: Limits
    own_push: Callable[[T.Updates], None]  # to the other connections of the same account

    @property
    def account(self) -> Account:
        if self.signed_in is None:
            raise RpcError("AUTH_KEY_UNREGISTERED")
        return self.signed_in


# A request and its result are whatever the schema says. A handler may be a coroutine.
Handler = Callable[[Call, Any], Any]


@dataclass(frozen=True, slots=True)
class Route:
    handler: Handler
    rights: Rights


class Table(dict[type, Route]):
    """Request class -> who answers it, and who may ask."""

    def answers(
        self, *requests: type, rights: Rights = Rights.SIGNED_IN
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            for request in requests:
                self[request] = Route(handler, rights)
            return handler

        return register
