"""The sending limits of the bot FAQ, as Telegram enforces them: FLOOD_WAIT.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
About 30 messages a second overall, one a second in a chat with short bursts let
through, 20 a minute in a group.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from bot.sandbox.errors import FLOOD, RpcError


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` messages in any `seconds`."""

    count: int
    seconds: float


OVERALL = (Limit(30, 1.0),)
# One a second on average, counted over the burst that is tolerated.
CHAT = (Limit(5, 5.0),)
GROUP = (*CHAT, Limit(20, 60.0))


class Limits:
    def __init__(self, moment: Callable[[], float]) -> None:
        """`moment` is the time in seconds the limits are counted in; it may run fast."""
        self.enforced = False
        self.provoked = 0  # how often somebody had to be told to wait
        self._moment = moment
        self._sent: dict[tuple[int, int], deque[float]] = {}

    def spend(self, bot_id: int, place: int, messages: int = 1) -> None:
        """Count messages of a bot to a place (a marked id). Raises RpcError(FLOOD_WAIT_n)."""
        if not self.enforced:
            return
        now = self._moment()
        checks = [((bot_id, 0), OVERALL), ((bot_id, place), CHAT if place > 0 else GROUP)]
        wait = max(self._wait(key, limits, now, messages) for key, limits in checks)
        if wait > 0:
            self.provoked += 1
            raise RpcError(f"FLOOD_WAIT_{ceil(wait)}", FLOOD)
        for key, _ in checks:
            self._sent.setdefault(key, deque(maxlen=100)).extend([now] * messages)

    def _wait(
        self, key: tuple[int, int], limits: tuple[Limit, ...], now: float, messages: int
    ) -> float:
        sent = self._sent.get(key, ())
        return max(_until_free(sent, limit, now, messages) for limit in limits)


def _until_free(sent: "deque[float] | tuple[()]", limit: Limit, now: float, messages: int) -> float:
    recent = [moment for moment in sent if moment > now - limit.seconds]
    over = len(recent) + messages - limit.count
    if over <= 0:
        return 0.0
    return recent[min(over, len(recent)) - 1] + limit.seconds - now if recent else 0.0
