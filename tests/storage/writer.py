"""A program that writes until it is killed: `python -m tests.storage.writer PATH FIRST_ID`.

Prints the last message id of every batch after it was committed.
"""

import asyncio
import itertools
import sys
from pathlib import Path

from storage.db import open_archive
from storage.records import Deletion, Post
from tests.storage.archives import CHANNEL, NOW, apply, gone, norm, save_channels

BATCH = 20


async def write(path: Path, first: int) -> None:
    async with open_archive(path, norm, NOW) as archive:
        await save_channels(archive, CHANNEL)
        for start in itertools.count(first, BATCH):
            batch: list[Post | Deletion] = [
                Post(CHANNEL, i, NOW + i * 1000, f"слово{i} спільне", pts=i, raw=b"object" * 50)
                for i in range(start, start + BATCH)
            ]
            await apply(archive, *batch, gone(message_id=start))
            sys.stdout.write(f"{start + BATCH - 1}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2])))
