"""`postwatch search`: the archive from the terminal, and for scripts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from bot.clock import Clock
from bot.commands.queries import explained
from bot.errors import OperatorError
from bot.finding import CHECKED, Finding, finding
from bot.locales import SOURCE, bare, speaker
from bot.query.errors import QueryError
from bot.query.lexicon import Lexicon
from bot.query.match import spans
from bot.query.parse import parse
from bot.query.reading import Choices
from bot.query.words import norm
from bot.understanding import understood
from storage import channels
from storage.db import look_into
from storage.records import Channel, Kept


class BadQueryError(OperatorError):
    """A query that cannot be read; the message says where and what to write instead."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search from the command line."""

    text: str
    limit: int
    zone: str  # of the days in it, and of the times that are shown
    as_json: bool


async def run(path: Path, lexicon: Lexicon, asked: Asked, clock: Clock) -> int:
    """Print what is found, newest first; 0 if anything is, 1 if nothing. May run beside the
    program. Raises BadQueryError, ArchiveError.
    """
    async with look_into(path, norm) as conn:
        try:
            query = parse(asked.text)
            meant = await understood(conn, lexicon, query, Choices())
            found = await finding(conn, query, meant.tree, clock.now(), asked.zone)
        except QueryError as error:
            raise BadQueryError(told(error)) from error
        kept = await found.newest(asked.limit, None)
        names = await channels.several(conn, {each.post.channel_id for each in kept})
    if asked.as_json:
        print(json.dumps([_object(each, names) for each in kept], ensure_ascii=False, indent=2))
    else:
        _print(kept, names, found, asked.zone)
    return 0 if kept else 1


def told(error: QueryError) -> str:
    """What the bot would answer, without markup."""
    wrong = explained(error)
    return bare(speaker(SOURCE)(wrong.text, **wrong.values))


def _print(kept: Sequence[Kept], names: Mapping[int, Channel], found: Finding, zone: str) -> None:
    console = Console(highlight=False)
    for each in kept:
        moment = datetime.fromtimestamp(each.post.posted_at / 1000, ZoneInfo(zone))
        channel = names.get(each.post.channel_id)
        gone = "  deleted" if each.deleted_at is not None else ""
        title = channel.title if channel else ""
        console.print(
            Text(f"{moment:%Y-%m-%d %H:%M}  {title}  {_link(each, channel)}{gone}", "dim")
        )
        text = Text(each.post.text)
        for start, end in spans(each.post.text, () if found.tree is None else (found.tree,)):
            text.stylize("bold", start, end)
        console.print(text, end="\n\n")
    if found.looked_down_to is not None:
        console.print(f"Only the newest {CHECKED} candidates were looked at.")
    if not kept:
        console.print("Nothing found.")


def _object(kept: Kept, names: Mapping[int, Channel]) -> dict[str, object]:
    """A post for scripts. Times are ISO 8601 in UTC."""
    post, channel = kept.post, names.get(kept.post.channel_id)
    return {
        "channel_id": post.channel_id,
        "channel": channel.username if channel else None,
        "message_id": post.message_id,
        "link": _link(kept, channel),
        "posted_at": _iso(post.posted_at),
        "edited_at": _iso(post.edited_at),
        "deleted_at": _iso(kept.deleted_at),
        "version": kept.version,
        "language": post.language,
        "text": post.text,
    }


def _link(kept: Kept, channel: Channel | None) -> str:
    name = channel.username if channel and channel.username else f"c/{kept.post.channel_id}"
    return f"https://t.me/{name}/{kept.post.message_id}"


def _iso(at: int | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")
