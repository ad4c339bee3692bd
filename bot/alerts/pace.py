"""How fast a bot may send, from the limits in Telegram's bot FAQ.

Thirty messages a second over all; one a second to a chat, with a short burst; twenty a
minute to a group. Everything the bot sends passes here, answers to commands first. The
limits are kept a little tighter than stated, since what counts is when Telegram receives.
"""

from collections import deque

from bot.clock import Clock
from bot.outcomes import Busy

SLACK = 1.05  # windows are stretched by this much
OVERALL = (30, 1.0)  # messages, seconds
GROUP = (20, 60.0)
BURST = 5  # messages a person's chat takes at once, then one a second
IDLE_CHATS = 1_000  # chats remembered before those long silent are forgotten
FLOODS_IN_A_ROW = 3  # of different chats: then it is not the chat, it is the bot
WAIT_AT_MOST = 0.25  # an answer looks again at least this often: another may have gone first


class Window:
    """At most `count` sendings within any `seconds`."""

    def __init__(self, count: int, seconds: float) -> None:
        self._millis = seconds * 1000 * SLACK
        self._sent: deque[int] = deque(maxlen=count)

    def delay(self, now: int) -> float:
        """Seconds until one more may go."""
        if self._sent.maxlen is None or len(self._sent) < self._sent.maxlen:
            return 0.0
        return max(0.0, (self._sent[0] + self._millis - now) / 1000)

    def spend(self, now: int) -> None:
        self._sent.append(now)

    def idle(self, now: int) -> bool:
        """Whether forgetting it would change nothing."""
        return not self._sent or self._sent[-1] + self._millis < now


class Bucket:
    """At most `burst` sendings at once, and one a second in the long run."""

    def __init__(self, burst: int) -> None:
        self._millis = 1000 * SLACK
        self._slack = (burst - 1) * self._millis
        self._full_at = 0.0  # when the whole burst will be free again

    def delay(self, now: int) -> float:
        """Seconds until one more may go."""
        return max(0.0, (self._full_at - self._slack - now) / 1000)

    def spend(self, now: int) -> None:
        self._full_at = max(self._full_at, now) + self._millis

    def idle(self, now: int) -> bool:
        """Whether forgetting it would change nothing."""
        return self._full_at <= now


class Pace:
    """Says when a message may go to a chat, and remembers that it went."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._overall = Window(*OVERALL)
        self._chats: dict[int, Window | Bucket] = {}
        self._answers = 0  # waiting for their turn: they go before alerts
        self._everybody_until = 0
        self._flooded: set[int] = set()  # chats that had to wait since anything last went

    def delay(self, chat_id: int) -> float:
        """Seconds until an alert may go to the chat; 0 is now."""
        if self._answers:
            return WAIT_AT_MOST
        return self._delay(chat_id)

    def spend(self, chat_id: int) -> None:
        """A message goes to the chat now."""
        now = self._clock.now()
        self._overall.spend(now)
        if len(self._chats) > IDLE_CHATS:
            self._chats = {id: w for id, w in self._chats.items() if not w.idle(now)}
        self._chat(chat_id).spend(now)

    def hold_everybody(self, seconds: float) -> None:
        """Telegram wants the whole bot to wait."""
        self._everybody_until = self._clock.now() + int(seconds * 1000)

    def went(self) -> None:
        """Something has arrived."""
        self._flooded.clear()

    def flooded(self, chat_id: int, busy: Busy) -> None:
        """A flood concerns the chat; when chat after chat is flooded, it concerns the bot."""
        self._flooded.add(chat_id)
        if busy.everybody or len(self._flooded) >= FLOODS_IN_A_ROW:
            self.hold_everybody(busy.seconds)

    async def turn(self, chat_id: int) -> None:
        """Wait until an answer may go to the chat, and take that place."""
        self._answers += 1
        try:
            while (wait := self._delay(chat_id)) > 0:
                await self._clock.pass_by(min(wait, WAIT_AT_MOST))
            self.spend(chat_id)
        finally:
            self._answers -= 1

    def _delay(self, chat_id: int) -> float:
        now = self._clock.now()
        held = (self._everybody_until - now) / 1000
        return max(held, self._overall.delay(now), self._chat(chat_id).delay(now))

    def _chat(self, chat_id: int) -> Window | Bucket:
        if chat_id not in self._chats:
            self._chats[chat_id] = Bucket(BURST) if chat_id > 0 else Window(*GROUP)
        return self._chats[chat_id]
