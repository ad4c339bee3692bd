"""Telethon's client with what it lacks: an ear for all that is pushed, and a sense of time."""

import asyncio
from collections.abc import Callable
from typing import Any

from telethon import TelegramClient
from telethon.network.mtprotostate import MTProtoState
from telethon.sessions import SQLiteSession
from telethon.tl import types


class Pushed(asyncio.Queue[Any]):
    """Telethon's queue of what the server pushes, which also says at once what comes.

    Behind it Telethon puts updates in order: one that does not follow is held for half a
    second, dropped if a difference does not bring it, and while any channel's difference is
    waited for, or refused, all channels wait.
    """

    def __init__(self) -> None:
        super().__init__()
        self.on_update: Callable[[Any], None] = lambda _update: None

    def put_nowait(self, item: Any) -> None:
        inside = [item.update] if isinstance(item, types.UpdateShort) else []
        for update in getattr(item, "updates", inside):
            self.on_update(update)
        super().put_nowait(item)


class Timely(MTProtoState):  # type: ignore[misc]  # Telethon has no types
    """Telethon's state of a connection, which learns the server's time with every connection.

    Telethon learns it from a refusal and keeps it for good; when a wrong clock is put right,
    it would then ignore all that comes. A salt that is unknown is refused at once.
    """

    def reset(self) -> None:
        super().reset()
        self.time_offset = self.salt = 0


class Client(TelegramClient):  # type: ignore[misc]  # Telethon has no types
    """Telethon's client, which also says what is pushed and when it has reconnected by itself."""

    on_reconnect: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self, session: SQLiteSession, *login: Any, **settings: Any) -> None:
        super().__init__(session, *login, **settings)
        self.pushed = Pushed()
        # There is no public way to have either.
        sender = self._sender
        self._updates_queue = sender._updates_queue = self.pushed
        sender._state = Timely(sender.auth_key, loggers=sender._loggers)
        sender._send_queue._state = sender._state

    async def connect(self) -> None:
        if not self.is_connected():
            self._sender._state.reset()
        await super().connect()

    async def _handle_auto_reconnect(self) -> None:
        await super()._handle_auto_reconnect()
        if self._catch_up:  # Telethon does this when it connects, not when it reconnects
            await self.catch_up()
        self.on_reconnect()
