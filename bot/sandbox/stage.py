"""What the faces of channels and people share: the world, the server, the inboxes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.sandbox.errors import SandboxMisused
from bot.sandbox.inbox import Inbox
from bot.sandbox.server import Server
from bot.sandbox.tl import T
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.world import World

Idle = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Stage:
    world: World
    server: Server
    inboxes: dict[int, Inbox] = field(default_factory=dict)  # of people without a client
    idle: Idle | None = None  # the program's own word that it has nothing to do

    def push(self, account_id: int, updates: T.Updates) -> None:
        inbox = self.inboxes.get(account_id)
        if inbox is not None:
            inbox.take(updates)
        self.server.push(account_id, updates)

    async def told(self) -> None:
        """Let what was just pushed go out, so that a long run of posts cannot pile up."""
        await self.server.drained()
        await asyncio.sleep(0)

    def only_bot(self) -> Account:
        """The bot that is meant where none is named."""
        bots = [account for account in self.world.accounts.values() if account.is_bot]
        if len(bots) != 1:
            raise SandboxMisused(f"there are {len(bots)} bots: say which one with to=")
        return bots[0]
