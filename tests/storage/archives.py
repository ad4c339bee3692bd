"""What the tests of the archive share: a plain normaliser, posts, and questions to ask."""

import re
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from pathlib import Path

from aiosqlite import Connection

from storage import channels, posts, reindex, search, verify
from storage.db import Archive
from storage.records import (
    Absence,
    Asked,
    Batch,
    Change,
    Channel,
    ChannelState,
    Deletion,
    Post,
    Subscriber,
    Via,
)
from storage.search import Search
from storage.subscribers import ensure

NOW = 1_663_657_200_000  # 20 September 2022, 07:00 UTC
CHANNEL = 1_111
POST = Post(CHANNEL, 7, NOW, text="Білогорівка під контролем", pts=1)


class Plain:
    """Words in small letters: as much as the tests of the archive need."""

    version = "plain"

    def __call__(self, text: str) -> str:
        return " ".join(re.findall(r"\w+", text.casefold()))


norm = Plain()


def state(text: str, pts: int = 0, edited_at: int | None = None) -> Post:
    """POST with another text."""
    return replace(POST, text=text, pts=pts, edited_at=edited_at)


def gone(absence: Absence = Absence.NOTICE, pts: int = 0, message_id: int = 7) -> Deletion:
    """The end of POST."""
    return Deletion(CHANNEL, message_id, absence, pts)


async def save_channels(archive: Archive, *ids: int) -> None:
    async with archive.transaction() as tx:
        for channel_id in ids:
            channel = Channel(channel_id, f"Channel {channel_id}", state=ChannelState.JOINED)
            await channels.save(tx, channel)


async def apply(
    archive: Archive, *items: Post | Deletion, via: Via = Via.LIVE, seen_at: int = NOW
) -> list[Change]:
    """Apply posts and deletions as one batch, in a transaction of its own."""
    batch = Batch(
        via,
        seen_at,
        posts=tuple(item for item in items if isinstance(item, Post)),
        deletions=tuple(item for item in items if isinstance(item, Deletion)),
    )
    async with archive.transaction() as tx:
        return await posts.apply(tx, batch)


async def subscriber(archive: Archive, chat_id: int = 5, topic_id: int = 0) -> Subscriber:
    asked = Asked(chat_id, user_id=5, topic_id=topic_id, user_name="Reader", language="en")
    async with archive.transaction() as tx:
        return await ensure(tx, asked, "Europe/Kyiv", NOW)


async def found(conn: Connection, match: str) -> list[int]:
    """The message ids an expression finds, newest first."""
    hits = await search.newest(conn, Search(match), 100, None)
    return [kept.post.message_id for kept in hits]


async def problems(archive: Archive) -> list[verify.Problem]:
    async with archive.heavy() as conn:
        return [problem async for problem in verify.verify(conn)]


async def check_index(archive: Archive) -> None:
    """The indexes hold exactly the texts and filters that they must, of now and of the past."""
    async with archive.transaction() as tx:
        assert await reindex.damaged(tx) == []
    async with archive.heavy() as conn:
        held = await conn.execute_fetchall("SELECT id, text, meta FROM past_texts ORDER BY id")
        wanted = await conn.execute_fetchall("SELECT id, text, meta FROM past_wanted ORDER BY id")
    assert [tuple(row) for row in held] == [tuple(row) for row in wanted]


async def tamper(archive: Archive, *statements: str) -> None:
    """What somebody with a hand on the file could do."""
    async with archive.transaction() as tx:
        for statement in statements:
            await tx.execute(statement)


async def plans(conn: Connection, work: Awaitable[object]) -> list[str]:
    """The steps by which SQLite answers every SELECT that `work` asks on `conn`."""
    asked: list[str] = []
    await conn.set_trace_callback(asked.append)
    await work
    await conn.set_trace_callback(lambda _: None)
    return [
        row["detail"]
        for statement in asked
        if statement.lstrip().startswith("SELECT")
        for row in await conn.execute_fetchall(f"EXPLAIN QUERY PLAN {statement}")
    ]


def files(folder: Path) -> set[str]:
    """The names in a folder."""
    return {file.name for file in folder.iterdir()}


def texts(states: Iterable[Post]) -> list[str]:
    return [each.text for each in states]
