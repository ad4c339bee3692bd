"""`postwatch import`: an export of Telegram Desktop into the archive."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.clock import Clock
from bot.importing import progress, sources
from bot.importing.importer import Importer
from bot.importing.jsonfile import bare_id
from bot.importing.report import Report
from bot.importing.words import ExportError
from bot.locales.zones import is_zone
from bot.opening import opened_beside
from storage import channels
from storage.db import Archive
from storage.records import Channel

_NUMBER = re.compile(r"-?\d{1,15}")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, as it was typed."""

    path: Path
    channel: str | None  # an id, or the @name of a channel in the archive
    zone: str  # of local times without one
    as_json: bool


async def run(archive_path: Path, order: Order, clock: Clock) -> int:
    """Import and print the report; 0 if all of it was imported, else 1.

    Raises ExportError or ArchiveError with what to do instead.
    """
    if not is_zone(order.zone):
        raise ExportError(
            f"{order.zone} is no name of a time zone. Write a continent and a city, such as "
            "--zone Europe/Kyiv, or UTC."
        )
    with sources.opened(order.path) as source:
        async with opened_beside(archive_path, clock.now()) as archive:
            wanted = await _wanted(archive, order.channel)
            with progress.shown(source, Console(stderr=True)) as tell:
                importer = Importer(archive, clock, source, order.zone)
                report = await importer.run(wanted, tell)
    _print(report, as_json=order.as_json)
    return 0 if report.complete else 1


async def _wanted(archive: Archive, written: str | None) -> Channel | None:
    if written is None:
        return None
    if _NUMBER.fullmatch(written):
        channel_id = bare_id(int(written))
        if channel_id is not None:
            return Channel(channel_id, "")
    elif (found := await channels.named(archive.reader, written)) is not None:
        return found
    raise ExportError(
        f"There is no channel {written} in the archive. Write --channel and the channel's number "
        "(the id in a JSON export), or the @name of a channel that /channels shows."
    )


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(report.plain(), ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in report.lines())
