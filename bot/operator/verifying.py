"""`postwatch verify`: whether the archive is what was written, told to the person who asks."""

import json
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiosqlite import Connection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.query.words import norm
from storage import anchors, channels, journal, verify
from storage.anchors import Anchor
from storage.db import look_into
from storage.files import Files
from storage.flaws import Check, Flaw, Problem
from storage.journal import Head

WORDS: Mapping[Flaw, str] = {
    Flaw.GAP: "the journal's entries before this one are missing",
    Flaw.LINK: "the journal's entry, or the one before it, was altered or moved",
    Flaw.ANCHOR: "it is not the entry that was anchored: the journal was rewritten or cut off",
    Flaw.ROW: "it was removed",
    Flaw.FACTS: "its ids, its dates or the road by which it came were altered",
    Flaw.TEXT: "its text was altered",
    Flaw.STATE: "its text or something else of it was altered",
    Flaw.RAW: "the object as received was altered, added or removed",
    Flaw.FILE: "the stored file was altered or removed",
    Flaw.UNLISTED: "it was added without an entry in the journal, or its entry was removed",
    Flaw.SHOWN: "the post is shown otherwise than its versions and deletions say",
}
_ANCHOR = re.compile(r"([0-9]{1,18}):([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True)
class Place:
    """A problem, and the post that it concerns, where that can still be told."""

    problem: Problem
    channel_id: int | None = None
    message_id: int | None = None
    link: str | None = None

    def __str__(self) -> str:
        problem = self.problem
        entry = "" if problem.seq is None else f" (entry {problem.seq})"
        if problem.flaw is Flaw.ANCHOR:
            return f"the journal{entry}: {WORDS[problem.flaw]}"
        where = self.link or f"row {problem.subject}"
        return f"{where}, {problem.kind}{entry}: {WORDS[problem.flaw]}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at and what was found."""

    path: Path
    archive_id: bytes
    head: Head
    sent: Sequence[Anchor]
    given: Sequence[Anchor]
    checked: Mapping[str, int]
    problems: Sequence[Place]


def parse_anchor(written: str) -> Anchor:
    """An anchor as its message has it, SEQ:HASH. Raises ValueError that says what to write."""
    found = _ANCHOR.fullmatch(written.strip())
    if found is None:
        raise ValueError(
            "an anchor is the number and the 64 letters and digits of its message, with a colon "
            "between them"
        )
    return Anchor(Head(int(found[1]), bytes.fromhex(found[2])))


async def examine(path: Path, media: Path, given: Sequence[Anchor], *, as_json: bool) -> int:
    """Look at the whole archive and print what was found; 0 if all is well, else 1.

    Runs beside a running program, and looks at the archive as it was when this began.
    """
    async with look_into(path, norm) as conn:
        files = Files(media)
        problems: list[Place] = []
        checked: dict[str, int] = {}
        with _bars() as bars:
            for check in await verify.checks(conn, files, given):
                checked[check.name] = check.rows
                problems += [found async for found in _problems(conn, check, bars)]
        report = Report(
            path=path,
            archive_id=await anchors.archive_id(conn),
            head=await journal.head(conn),
            sent=await anchors.every(conn),
            given=given,
            checked=checked,
            problems=problems,
        )
    shown = _json(report) if as_json else _text(report)
    # Damaged bytes are part of what is shown, and no terminal can write them.
    print(shown.encode("utf-8", "backslashreplace").decode())
    return 1 if problems else 0


def _bars() -> Progress:
    """A bar for each check, on a terminal only; what is found is printed above them."""
    return Progress(
        TextColumn("{task.description:>22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


async def _problems(conn: Connection, check: Check, bars: Progress) -> AsyncIterator[Place]:
    task = bars.add_task(check.name, total=check.rows)
    async with aclosing(check.look(lambda: bars.advance(task))) as problems:
        async for problem in problems:
            yield await _placed(conn, problem)


async def _placed(conn: Connection, problem: Problem) -> Place:
    found = await verify.place(conn, problem)
    if found is None:
        return Place(problem)
    channel = await channels.get(conn, found[0])
    name = channel.username if channel is not None else None
    link = f"https://t.me/{name or f'c/{found[0]}'}/{found[1]}"
    return Place(problem, *found, link)


def _text(report: Report) -> str:
    lines = [
        f"{report.path} (archive {report.archive_id.hex()})",
        *(f"  {count:>10,} {name}" for name, count in report.checked.items() if count),
        f"  the journal's last entry: {shown(report.head)}",
        f"  anchors compared: {len(report.sent)} sent{_last(report.sent)}, "
        f"{len(report.given)} given by hand",
    ]
    count = len(report.problems)
    if count:
        verdict = f"{count} {'problem was' if count == 1 else 'problems were'} found: see above."
    else:
        verdict = "No problem was found."
    return "\n".join((*map(str, report.problems), *lines, verdict))


def shown(head: Head) -> str:
    """A place in the journal as people keep it."""
    return f"{head.seq}:{head.hash.hex()}"


def _last(sent: Sequence[Anchor]) -> str:
    if not sent:
        return ""
    return f" (the last one {datetime.fromtimestamp(sent[-1].at / 1000, UTC):%Y-%m-%d %H:%M} UTC)"


def _json(report: Report) -> str:
    return json.dumps(
        {
            "archive": str(report.path),
            "id": report.archive_id.hex(),
            "head": shown(report.head),
            "checked": report.checked,
            "anchors_sent": [shown(anchor.head) for anchor in report.sent],
            "anchors_given": [shown(anchor.head) for anchor in report.given],
            "problems": [_plain(found) for found in report.problems],
            "sound": not report.problems,
        },
        ensure_ascii=False,
    )


def _plain(found: Place) -> dict[str, object]:
    problem = found.problem
    return {
        "flaw": problem.flaw,
        "kind": problem.kind,
        "row": problem.subject,
        "entry": problem.seq,
        "channel": found.channel_id,
        "message": found.message_id,
        "link": found.link,
        "says": WORDS[problem.flaw],
    }
