"""`postwatch coverage`: what the archive knows to be complete, for the terminal and for scripts."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from bot.clock import Clock
from bot.operator.history import named
from bot.query.words import norm
from storage import coverage
from storage.coverage import Coverage
from storage.db import look_into
from storage.records import History


async def report(path: Path, clock: Clock, name: str | None) -> list[Coverage]:
    """The coverage of all channels, or of the one that is named. May run beside the program.

    Raises NoSuchChannelError, ArchiveError.
    """
    async with look_into(path, norm) as conn:
        only = (await named(conn, name)).id if name is not None else None
        return await coverage.of_all(conn, clock.now(), only)


def as_json(found: Sequence[Coverage], now: int) -> str:
    """A list with an object for each channel. Times are ISO 8601 in UTC, spans milliseconds."""
    return json.dumps([_object(each, now) for each in found], ensure_ascii=False, indent=2)


def as_table(found: Sequence[Coverage], now: int) -> Table:
    """The same for people; times in UTC."""
    table = Table(
        "channel", "state", "complete from", "to", "ids missing", "late p50 / p95 / worst", "silent"
    )
    for each in found:
        late = each.lateness
        spans = (late.p50, late.p95, late.worst) if late else ()
        table.add_row(
            each.channel.title,
            each.channel.state,
            _iso(each.channel.archive_from_at) or "-",
            _iso(each.to_at) or "-",
            str(each.missing),
            " / ".join(f"{span / 1000:.1f} s" for span in spans) or "-",
            _iso(each.silent_since(now)) or "",
        )
    return table


def _object(found: Coverage, now: int) -> dict[str, object]:
    channel, late, history = found.channel, found.lateness, found.history
    return {
        "id": channel.id,
        "username": channel.username,
        "title": channel.title,
        "state": channel.state,
        "complete_from": _iso(channel.archive_from_at),
        "complete_to": _iso(found.to_at),
        "whole_history": bool(history and history.whole),
        "history_wanted_from": _wanted(history),
        "ids_not_accounted_for": found.missing,
        "ranges_not_accounted_for": [[gap.first, gap.last] for gap in found.gaps],
        "lateness_7_days": None
        if late is None
        else {"posts": late.posts, "p50": late.p50, "p95": late.p95, "worst": late.worst},
        "last_post_at": _iso(found.last_post_at),
        "usual_pause_p95": found.usual_pause,
        "silent_since": _iso(found.silent_since(now)),
    }


def _wanted(history: History | None) -> str | None:
    """Back to when history is still being fetched."""
    if history is None or not history.wanted:
        return None
    return _iso(history.goal_at) if history.goal_at else "the first message"


def _iso(at: int | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")
