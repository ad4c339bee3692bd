"""Telegram as delivery sees it, without a connection."""

import asyncio

from bot.outcomes import Outcome
from storage.records import Due, Message, Subscriber


class Telegram:
    """What a send comes to: deduplicates by random_id as Telegram does."""

    def __init__(self) -> None:
        self.received: list[tuple[int, str]] = []
        self.troubles: dict[int, list[Outcome]] = {}
        self.held: dict[int, asyncio.Event] = {}
        self.answers: dict[str, int | None] = {}  # by text: what it answers
        self.edits: list[tuple[int, str]] = []
        self.silent: list[bool] = []  # whether each that was received made no sound
        self._ids: dict[int, int] = {}
        self.asked = asyncio.Event()

    async def send(
        self, subscriber: Subscriber, message: Message, random_id: int, reply_to: int | None = None
    ) -> int:
        await self._asked(subscriber)
        if random_id not in self._ids:
            self._ids[random_id] = len(self._ids) + 1
            self.received.append((subscriber.chat_id, message.html))
            self.answers[message.html] = reply_to
            self.silent.append(message.silent)
        return self._ids[random_id]

    async def edit(self, subscriber: Subscriber, message_id: int, message: Message) -> None:
        await self._asked(subscriber)
        self.edits.append((message_id, message.html))

    async def _asked(self, subscriber: Subscriber) -> None:
        self.asked.set()
        if subscriber.chat_id in self.held:
            await self.held[subscriber.chat_id].wait()
        if troubles := self.troubles.get(subscriber.chat_id):
            raise troubles.pop(0)

    def texts(self, chat_id: int) -> list[str]:
        return [text for chat, text in self.received if chat == chat_id]


async def no_picture(_due: Due) -> bool:
    """Nothing waits for its picture."""
    return False
