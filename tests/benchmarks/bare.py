"""A bare Telethon client that counts posts: `python -m tests.benchmarks.bare SESSION N`.

Prints a line when it listens, and one when it was told of N posts: the seconds from the first to
the last, and those of the processor.
"""

import asyncio
import sys
import time

from telethon import TelegramClient, events
from telethon.sessions import SQLiteSession

from bot.sandbox import keys
from tests.program import API_HASH


async def listen(session: SQLiteSession, count: int) -> None:
    client = TelegramClient(session, 1, API_HASH)
    took: list[float] = []
    done = asyncio.Event()

    async def hear(_event: events.NewMessage.Event) -> None:
        took.append(time.perf_counter())
        if len(took) == count:
            done.set()

    client.add_event_handler(hear, events.NewMessage())
    await client.connect()
    await client.get_me()
    used = time.process_time()
    print("listening", flush=True)
    await done.wait()
    print(took[-1] - took[0], time.process_time() - used, flush=True)
    await client.disconnect()


if __name__ == "__main__":
    keys.only_this_server()
    keys.loopback_only()
    asyncio.run(listen(SQLiteSession(sys.argv[1]), int(sys.argv[2])))
