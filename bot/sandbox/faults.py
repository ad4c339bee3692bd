"""What goes wrong on demand. Every switch is plain state, looked at by the server.

Methods are named as in the schema, ``messages.SendMessage`` or just ``SendMessage``;
None stands for every method.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.sandbox.errors import FLOOD, RpcError
from bot.sandbox.tl import T, TLObject

Value = TypeVar("Value")


@dataclass(slots=True)
class _Refusal:
    error: RpcError
    method: str | None
    account: int | None
    place: int | None
    left: int

    def hits(self, request: TLObject, account: int | None, place: int | None) -> bool:
        return (
            self.left > 0
            and is_called(request, self.method)
            and self.account in (None, account)
            and self.place in (None, place)
        )


class Faults:
    def __init__(self) -> None:
        self.skew = 0.0  # seconds the server's protocol clock is ahead of the true one
        self._refusals: list[_Refusal] = []
        self._lost: dict[str, int] = defaultdict(int)
        self._delays: dict[tuple[str, int | None], float | asyncio.Event] = {}
        self._raw: dict[str, bytes] = {}
        self._held: dict[int, list[T.Updates]] = {}

    def refuse(
        self,
        error: RpcError,
        method: str | None = None,
        *,
        account: int | None = None,
        place: int | None = None,
        times: int = 1,
    ) -> None:
        """Answer the next `times` matching requests with an error instead of doing them."""
        self._refusals.append(_Refusal(error, method, account, place, times))

    def flood(self, seconds: int, method: str | None, place: int | None, times: int) -> None:
        self.refuse(RpcError(f"FLOOD_WAIT_{seconds}", FLOOD), method, place=place, times=times)

    def heal(self) -> None:
        """End every fault that waits for a request. What is held back stays held."""
        self._refusals.clear()
        self._lost.clear()
        self._delays.clear()
        self._raw.clear()

    def refusal(self, request: TLObject, account: int | None, place: int | None) -> RpcError | None:
        """The error a request is to be answered with; uses one of its times up."""
        for one in self._refusals:
            if one.hits(request, account, place):
                one.left -= 1
                return one.error
        return None

    def lose_response(self, method: str, times: int = 1) -> None:
        """Do what is asked the next `times`, but cut the connection instead of answering."""
        self._lost[method] += times

    def loses(self, request: TLObject) -> bool:
        """Whether this answer is to be lost; uses one of the times up."""
        for method, left in self._lost.items():
            if left > 0 and is_called(request, method):
                self._lost[method] -= 1
                return True
        return False

    def delay(
        self, method: str, until: float | asyncio.Event | None, place: int | None = None
    ) -> None:
        """Do these requests, and answer so many seconds late, or when an event is set.

        None ends it. Other requests of the same connection are not held up.
        """
        if until is None:
            self._delays.pop((method, place), None)
        else:
            self._delays[method, place] = until

    def delay_of(self, request: TLObject, place: int | None) -> float | asyncio.Event | None:
        late = (
            until
            for (method, where), until in self._delays.items()
            if where in (None, place) and is_called(request, method)
        )
        return next(late, None)

    def answer_raw(self, method: str, body: bytes | None) -> None:
        """Answer these requests with ready bytes: an unknown constructor, or garbage."""
        if body is None:
            self._raw.pop(method, None)
        else:
            self._raw[method] = body

    def raw_answer(self, request: TLObject) -> bytes | None:
        return _of(self._raw, request)

    def hold(self, account: int) -> None:
        """Keep everything that would be pushed to an account from now on."""
        self._held.setdefault(account, [])

    def keeps(self, account: int, updates: T.Updates) -> bool:
        """Whether a push is kept back, in which case it has been remembered."""
        if account not in self._held:
            return False
        self._held[account].append(updates)
        return True

    def released(self, account: int) -> list[T.Updates]:
        """End holding; returns what was kept, oldest first."""
        return self._held.pop(account, [])


def _of(table: Mapping[str, Value], request: TLObject) -> Value | None:
    return next((value for name, value in table.items() if is_called(request, name)), None)


def method_of(request: TLObject) -> str:
    """The schema's name of a request: ``messages.SendMessage``, ``Ping``."""
    name = type(request).__name__.removesuffix("Request")
    family = type(request).__module__.rpartition(".")[2]
    return name if family == "functions" else f"{family}.{name}"


def is_called(request: TLObject, method: str | None) -> bool:
    if method is None:
        return True
    full = method_of(request)
    return method in (full, full.rpartition(".")[2])
