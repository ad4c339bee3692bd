"""How fast a bot may send, from the limits in Telegram's bot FAQ.

Thirty messages a second over all; one a second to a chat, with a short burst; twenty a
minute to a group. Everything the bot sends passes here, answers to commands first: those of
their own chat always, and before the alerts of others where it is the bot that may not send.
What counts is when Telegram receives: no later than the answer to a request is here.

Alerts come in any number, so they are held to the strictest reading: no five seconds with
more than five messages to a chat. In a conversation a burst is followed by one a second.
"""

import math
from collections import Counter
from collections.abc import Iterable

from bot.clock import Clock
from bot.outcomes import Busy

SLACK = 1.05  # what is counted from its start keeps this much more distance
TRAVEL = 100  # ms after which what is not watched is taken to have arrived
OVERALL = (30, 1.0)  # messages, seconds
GROUP = (20, 60.0)
ALERTS = (5, 5.0)
BURST = 5  # messages a person's chat takes at once, then one a second
IDLE_CHATS = 1_000  # chats remembered before those long silent are forgotten
FLOODS_IN_A_ROW = 3  # of different chats: then it may be not the chats, but the bot
HOLD_AT_MOST = 120.0  # seconds; then one chat that was not flooded shows whether it is
WAIT_AT_MOST = 0.25  # an answer looks again at least this often: another may have gone first


REMEMBERED = 60_000  # ms; what went longer ago limits nothing any more


class Going:
    """A message on its way. Until it is known to have arrived, it may arrive at any time."""

    __slots__ = ("at",)

    def __init__(self, at: float = math.inf) -> None:
        self.at = at


class Window:
    """At most `count` sendings within any `seconds`."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._millis = seconds * 1000 + 1
        self._sent: list[Going] = []  # the latest

    def delay(self, now: int) -> float:
        """Seconds until one more may go."""
        if len(self._sent) < self._count:
            return 0.0
        return max(0.0, (min(going.at for going in self._sent) + self._millis - now) / 1000)

    def spend(self, going: Going) -> None:
        if len(self._sent) == self._count:
            self._sent.remove(min(self._sent, key=lambda each: each.at))
        self._sent.append(going)

    def idle(self, now: int) -> bool:
        """Whether forgetting it would change nothing."""
        return all(going.at + self._millis < now for going in self._sent)


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


class Chat:
    """What one chat takes."""

    def __init__(self, group: bool) -> None:
        self._talk: Window | Bucket = Window(*GROUP) if group else Bucket(BURST)
        self._alerts = Window(*ALERTS)

    def delay(self, now: int, *, answer: bool) -> float:
        """Seconds until an answer, or an alert, may go."""
        talk = self._talk.delay(now)
        return talk if answer else max(talk, self._alerts.delay(now))

    def spend(self, going: Going, now: int) -> None:
        if isinstance(self._talk, Window):
            self._talk.spend(going)
        else:
            self._talk.spend(now)
        self._alerts.spend(going)

    def idle(self, now: int) -> bool:
        """Whether forgetting it would change nothing."""
        return self._talk.idle(now) and self._alerts.idle(now)


class Pace:
    """Says when a message may go to a chat, and remembers that it went."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._overall = Window(*OVERALL)
        self._chats: dict[int, Chat] = {}
        self._answers = Counter[int]()  # waiting for their turn, by chat
        self._everybody_until = 0
        self._flooded: set[int] = set()  # chats that had to wait since anything last went
        self._probe = Going(0)  # what went last while the bot itself may be flooded

    def remember(self, sendings: Iterable[tuple[int, int]]) -> None:
        """These went, as (time, chat id), before this program was started; oldest first."""
        for at, chat_id in sendings:
            going = Going(at)
            self._overall.spend(going)
            self._chat(chat_id).spend(going, at)

    def held(self) -> float:
        """Seconds until an alert may go to anybody; 0 is now."""
        now = self._clock.now()
        everybody = max((self._everybody_until - now) / 1000, self._overall.delay(now))
        return max(WAIT_AT_MOST, everybody) if self._stand_back(now) else everybody

    def delay(self, chat_id: int) -> float:
        """Seconds until an alert may go to the chat; 0 is now."""
        if chat_id in self._answers or self._stand_back(self._clock.now()):
            return WAIT_AT_MOST
        return self._delay(chat_id, answer=False)

    def spend(self, chat_id: int) -> None:
        """A message goes to the chat now."""
        self._spend(chat_id, Going(self._clock.now() + TRAVEL))

    def sets_out(self, chat_id: int) -> Going:
        """A message goes to the chat now, and `arrived` will be called when that is over."""
        going = Going()
        self._spend(chat_id, going)
        if len(self._flooded) >= FLOODS_IN_A_ROW:
            self._probe = going
        return going

    def arrived(self, going: Going) -> None:
        """It has arrived, or will not: it counts from now on at the latest."""
        going.at = self._clock.now()

    def hold_everybody(self, seconds: float) -> None:
        """Telegram wants the whole bot to wait."""
        until = self._clock.now() + int(seconds * 1000)
        self._everybody_until = max(self._everybody_until, until)

    def went(self) -> None:
        """Something was sent."""
        self._flooded.clear()

    def flooded(self, chat_id: int, busy: Busy) -> None:
        """A flood concerns the chat; when chat after chat is flooded, it may concern the bot."""
        if busy.everybody:
            self.hold_everybody(busy.seconds)
        if busy.own:
            return
        self._flooded.add(chat_id)
        if len(self._flooded) >= FLOODS_IN_A_ROW:
            self.hold_everybody(min(busy.seconds, HOLD_AT_MOST))

    async def turn(self, chat_id: int) -> None:
        """Wait until an answer may go to the chat, and take that place."""
        self._answers[chat_id] += 1
        try:
            while (wait := self._delay(chat_id, answer=True)) > 0:
                await self._clock.pass_by(min(wait, WAIT_AT_MOST))
            self.spend(chat_id)
        finally:
            self._answers[chat_id] -= 1
            self._answers += Counter()  # forgets chats without any

    def _stand_back(self, now: int) -> bool:
        """Whether alerts wait for something else: one that shows whether the bot is flooded; or
        an answer that waits for nothing but that the bot may send again. One that its own chat
        keeps waiting holds up no other chat.
        """
        if len(self._flooded) >= FLOODS_IN_A_ROW and self._probe.at == math.inf:
            return True
        return any(self._chat(each).delay(now, answer=True) <= 0 for each in self._answers)

    def _delay(self, chat_id: int, *, answer: bool) -> float:
        now = self._clock.now()
        held = (self._everybody_until - now) / 1000
        here = self._chat(chat_id).delay(now, answer=answer)
        return max(held, self._overall.delay(now), here)

    def _spend(self, chat_id: int, going: Going) -> None:
        now = self._clock.now()
        self._overall.spend(going)
        if len(self._chats) > IDLE_CHATS:
            self._chats = {id: w for id, w in self._chats.items() if not w.idle(now)}
        self._chat(chat_id).spend(going, now)

    def _chat(self, chat_id: int) -> Chat:
        if chat_id not in self._chats:
            self._chats[chat_id] = Chat(group=chat_id < 0)
        return self._chats[chat_id]
