"""`postwatch backfill`: a wish for history, written into the archive, and how it is fulfilled."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bot.clock import Clock
from bot.errors import OperatorError
from bot.opening import opened_beside
from storage import channels, histories
from storage.db import Archive, Connection
from storage.records import Channel, History

DAY = 86_400_000
LOOK_SECONDS = 1.0
ID_DIGITS = 19  # more than any id has, and than SQLite's integers hold


@dataclass(frozen=True, slots=True)
class Wish:
    """So many days of a channel's history; 0 is all of it."""

    channel: str  # its username, with or without @, or its id
    days: int


class NoSuchChannelError(OperatorError):
    """The archive has no channel of that name."""


async def backfill(path: Path, wish: Wish, clock: Clock, *, running: bool) -> str:
    """Write a wish into the archive at `path`; what became of it, in a line.

    While the program runs, draws how the history is fetched until it is done; else it will be
    fetched once the program runs. Raises NoSuchChannelError, ArchiveError.
    """
    async with opened_beside(path, clock.now()) as archive:
        channel = await named(archive.reader, wish.channel)
        goal_at = clock.now() - wish.days * DAY if wish.days else 0
        async with archive.transaction() as tx:
            history = await histories.want(tx, channel.id, goal_at, clock.now())
        if history is None:
            raise NoSuchChannelError(f"{channel.title} was never joined, so it has no history yet.")
        if not history.wanted:
            return f"{channel.title}: that is in the archive already."
        if not running:
            return f"{channel.title}: noted. The history is fetched while `postwatch run` runs."
        return await _watch(archive, channel, history, clock)


async def named(conn: Connection, name: str) -> Channel:
    """The channel of that username or id. Raises NoSuchChannelError."""
    if name.isdecimal() and len(name) < ID_DIGITS:
        found = await channels.get(conn, int(name))
    else:
        # What a terminal passes on may hold bytes that are no letters.
        found = await channels.named(conn, name.encode("utf-8", "replace").decode())
    if found is None:
        known = ", ".join(each.username or str(each.id) for each in await channels.watched(conn))
        raise NoSuchChannelError(
            f"The archive has no channel {name}. It has: {known or 'none yet'}."
        )
    return found


async def _watch(archive: Archive, channel: Channel, asked: History, clock: Clock) -> str:
    """Draw a bar until the history is there. Interrupting this leaves the wish as it is."""
    columns: Sequence[BarColumn | TextColumn | TaskProgressColumn] = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[fetched]} posts"),
    )
    with Progress(*columns) as bar:
        task = bar.add_task(channel.title, total=1.0, fetched=asked.fetched)
        history: History | None = asked
        while history is not None and history.wanted:
            await clock.pass_by(LOOK_SECONDS)
            history = await histories.get(archive.reader, channel.id)
            now = await channels.get(archive.reader, channel.id)
            if history is not None and now is not None:
                done = 1.0 if not history.wanted else _share(channel, asked, now, history)
                bar.update(task, completed=done, fetched=history.fetched)
    if history is not None and history.error is not None:
        return f"{channel.title}: Telegram refuses the rest ({history.error})."
    return f"{channel.title}: the history is there."


def _share(before: Channel, asked: History, now: Channel, history: History) -> float:
    """How much of the way is behind: by time, and where everything is wanted, by ids."""
    if history.goal_at and before.archive_from_at and now.archive_from_at:
        way = before.archive_from_at - history.goal_at
        return (before.archive_from_at - now.archive_from_at) / way if way > 0 else 1.0
    return 1 - history.first_id / asked.first_id if asked.first_id else 1.0
