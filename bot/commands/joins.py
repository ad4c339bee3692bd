"""The queue of channels to be joined, with the time of each."""

from dataclasses import dataclass

from bot.commands.context import Context
from bot.joinpace import DAY, forecast
from storage import joins
from storage.records import Join


@dataclass(frozen=True, slots=True)
class Waiting:
    """A channel in the queue, and when its turn will come."""

    join: Join
    at: int

    @property
    def name(self) -> str:
        """The channel as people write it."""
        target = self.join.target
        return f"t.me/{target}" if target.startswith("+") else f"@{target}"

    def asks_for(self, target: str) -> bool:
        """Whether it waits for this username or invite; capitals make no difference."""
        return self.join.target.lower() == target.lower()


async def waiting(ctx: Context) -> list[Waiting]:
    """The queue, in its order."""
    conn, now = ctx.archive.reader, ctx.clock.now()
    queue = await joins.waiting(conn)
    done = [join.done_at for join in await joins.joined_since(conn, now - DAY) if join.done_at]
    times = forecast(len(queue), done, ctx.pace, now)
    return [Waiting(join, at) for join, at in zip(queue, times, strict=True)]
