"""Transactions: whole or not at all, one at a time, also when cancelled."""

import asyncio
import itertools
import sqlite3
from asyncio import Task
from collections.abc import Coroutine, Generator
from functools import partial
from typing import Any

import pytest

from storage import posts
from storage.db import Archive
from tests.storage.archives import POST, apply, gone, problems, state


async def titles(archive: Archive) -> list[str]:
    rows = await archive.reader.execute_fetchall("SELECT title FROM channels ORDER BY id")
    return [row["title"] for row in rows]


async def rename(archive: Archive, title: str) -> None:
    async with archive.transaction() as tx:
        await tx.execute("UPDATE channels SET title = ?", (title,))


async def test_an_exception_undoes_everything(archive: Archive) -> None:
    with pytest.raises(ZeroDivisionError):
        async with archive.transaction() as tx:
            await tx.execute("UPDATE channels SET title = 'lost'")
            raise ZeroDivisionError
    assert await titles(archive) == ["Channel 1111"]


async def test_nothing_is_seen_before_the_commit(archive: Archive) -> None:
    async with archive.transaction() as tx:
        await tx.execute("UPDATE channels SET title = 'early'")
        assert await titles(archive) == ["Channel 1111"]
    assert await titles(archive) == ["early"]


async def test_transactions_do_not_interleave(archive: Archive) -> None:
    async def count_up() -> None:
        async with archive.transaction() as tx:
            [(count,)] = await tx.execute_fetchall("SELECT subscribers FROM channels")
            await tx.execute("UPDATE channels SET subscribers = ?", ((count or 0) + 1,))

    await asyncio.gather(*(count_up() for _ in range(30)))
    [(count,)] = await archive.reader.execute_fetchall("SELECT subscribers FROM channels")
    assert count == 30


async def hanging(archive: Archive) -> Task[None]:
    """A task that is within a transaction, and has written something."""
    inside = asyncio.Event()

    async def hang() -> None:
        async with archive.transaction() as tx:
            await tx.execute("UPDATE channels SET title = 'lost'")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    return task


async def test_a_cancellation_inside_leaves_no_trace(archive: Archive) -> None:
    task = await hanging(archive)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await rename(archive, "next")
    assert await titles(archive) == ["next"]


async def test_a_cancellation_while_waiting_for_the_lock_leaves_it_to_others(
    archive: Archive,
) -> None:
    async with archive.transaction():
        task = asyncio.create_task(rename(archive, "lost"))
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await rename(archive, "next")
    assert await titles(archive) == ["next"]


def cancelled_at(step: int, work: Coroutine[Any, Any, Any]) -> Task[Any]:
    """A task that does `work`, and is cancelled as soon as it waits for the `step`-th time:
    the statement it waits for is then queued to the connection's thread already.
    """

    class Work:
        def __await__(self) -> Generator[Any, Any, Any]:
            waits = work.__await__()
            resume = partial(next, waits)
            for number in itertools.count():
                try:
                    awaited = resume()
                except StopIteration as end:
                    return end.value
                if number == step:
                    task.cancel()
                try:
                    resume = partial(waits.send, (yield awaited))
                except BaseException as error:  # noqa: BLE001 -- handed on
                    resume = partial(waits.throw, error)

    async def run() -> Any:
        return await Work()

    task = asyncio.create_task(run())
    return task


@pytest.mark.parametrize("step", range(18))
async def test_a_cancellation_at_any_await_leaves_all_or_nothing(
    archive: Archive, step: int
) -> None:
    """Whatever statement is under way, BEGIN and COMMIT included. The thread finishes what is
    queued: so a cancelled commit is whole, and nothing else has left a trace.
    """
    task = cancelled_at(step, apply(archive, POST, state("edited", 2), gone()))
    await asyncio.wait([task])
    counts = await posts.counts(archive.reader)
    assert (counts.posts, counts.versions, counts.deleted) in {(0, 0, 0), (1, 2, 1)}
    assert task.cancelled() or counts.posts == 1
    await apply(archive, POST, state("edited", 2), gone())
    assert (await posts.counts(archive.reader)).versions == 2
    assert await problems(archive) == []


async def test_the_cancellations_cover_a_whole_transaction(archive: Archive) -> None:
    """The steps above reach from the first await to beyond the last."""
    first = cancelled_at(0, apply(archive, POST))
    last = cancelled_at(17, apply(archive, POST, state("edited", 2), gone()))
    await asyncio.wait([first, last])
    assert first.cancelled()
    assert not last.cancelled()


async def test_a_second_cancellation_during_the_undoing_does_not_stop_it(
    archive: Archive,
) -> None:
    task = await hanging(archive)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await rename(archive, "next")
    assert await titles(archive) == ["next"]


async def test_a_failed_statement_leaves_the_writer_usable(archive: Archive) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        async with archive.transaction() as tx:
            await tx.execute("UPDATE channels SET title = NULL")
    await rename(archive, "next")
    assert await titles(archive) == ["next"]
