"""Buttons that were pressed and wait for the bot's answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from bot.sandbox.errors import RpcError
from bot.sandbox.tl import F


@dataclass(frozen=True, slots=True)
class Query:
    bot_id: int
    answered: Callable[[F.messages.SetBotCallbackAnswerRequest], None]


@dataclass(slots=True)
class Queries:
    rnd: Random
    _waiting: dict[int, Query] = field(default_factory=dict)

    def ask(self, query: Query) -> int:
        """Remember a query; returns the id the bot answers it by."""
        number = self.rnd.getrandbits(62)
        self._waiting[number] = query
        return number

    def answer(self, bot_id: int, request: F.messages.SetBotCallbackAnswerRequest) -> None:
        """Hand the bot's answer to whoever pressed; a second one is refused."""
        query = self._waiting.get(request.query_id)
        if query is None or query.bot_id != bot_id:
            raise RpcError("QUERY_ID_INVALID")
        del self._waiting[request.query_id]
        query.answered(request)

    def forget(self, query_id: int) -> None:
        """Nobody waits any more: an answer from now on comes too late."""
        self._waiting.pop(query_id, None)
