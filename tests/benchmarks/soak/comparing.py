"""The archive against the truth."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from json import loads
from pathlib import Path
from sqlite3 import DatabaseError

from bot.query.words import norm
from bot.sandbox.tl import T
from storage.db import openers
from storage.verify import verify
from tests.benchmarks.soak.ledger import Key, Ledger
from tests.program import Archive

Difference = tuple[str, str]  # what sort, and where


@dataclass(frozen=True, slots=True)
class Row:
    """A post as the archive has it."""

    text: str
    deleted: bool
    grouped_id: int | None
    service: str | None
    forward: str | None


def rows(archive: Archive) -> dict[Key, Row]:
    """All posts of the archive."""
    found = archive.rows(
        """
        SELECT channel_id, message_id, text, deleted_at IS NOT NULL, grouped_id, service, forward
        FROM posts
        """
    )
    return {(row[0], row[1]): Row(row[2], bool(row[3]), *row[4:]) for row in found}


def behind(ledger: Ledger, archive: Archive) -> Iterator[Difference]:
    """What a sweep has to mend: missing, stale, undeleted, wrongly deleted."""
    kept, truth = rows(archive), dict(ledger.truth)
    for key, message in truth.items():
        row = kept.get(key)
        if row is None:
            yield "missing", _named(key)
        elif row.deleted:
            yield "wrongly deleted", _named(key)
        elif isinstance(message, T.Message) and row.text != message.message:
            yield "stale", f"{_named(key)}: {row.text!r} is {message.message!r}"
    for key, row in kept.items():
        if key not in truth and not row.deleted:
            yield "undeleted", _named(key)


def lost_or_invented(ledger: Ledger, archive: Archive) -> Iterator[Difference]:
    """What no sweep mends: posts that were seen and are gone, states that never were."""
    kept = rows(archive)
    for key, life in ledger.lives.items():
        if life.seen and key not in kept:
            yield "missing", f"{_named(key)}, {life.seen}, deleted since"
    for key in kept.keys() - ledger.lives.keys():
        yield "invented", _named(key)
    for key, message in ledger.truth:
        if (row := kept.get(key)) is not None:
            yield from _facts(key, row, message)
    yield from _versions(ledger, archive)


def unseeable(ledger: Ledger, archive: Archive) -> int:
    """How many posts were deleted before anyone could see them, and are in nobody's archive."""
    kept = rows(archive)
    return sum(not life.seen for key, life in ledger.lives.items() if key not in kept)


def _facts(key: Key, row: Row, message: T.Message) -> Iterator[Difference]:
    if (row.service is not None) != isinstance(message, T.MessageService):
        yield "wrong facts", f"{_named(key)}: service {row.service}"
    if row.grouped_id != getattr(message, "grouped_id", None):
        yield "wrong facts", f"{_named(key)}: album {row.grouped_id}"
    header = getattr(message, "fwd_from", None)
    said = (header.from_id.channel_id, header.channel_post) if header else None
    forward = loads(row.forward) if row.forward else None
    if said != (forward and (forward["channel_id"], forward["message_id"])):
        yield "wrong facts", f"{_named(key)}: forwarded from {forward}"


def _versions(ledger: Ledger, archive: Archive) -> Iterator[Difference]:
    """Every version is a state that was; and as no text was said twice, each is one of its own."""
    seen: dict[Key, list[str]] = defaultdict(list)
    query = """
        SELECT posts.channel_id, posts.message_id, versions.text
        FROM versions JOIN posts ON posts.id = versions.post_id
        ORDER BY versions.id
        """
    for channel_id, message_id, text in archive.rows(query):
        seen[channel_id, message_id].append(text)
    for key, texts in seen.items():
        states = ledger.lives[key].states if key in ledger.lives else set()
        if not states.issuperset(texts):
            yield "invented", f"{_named(key)}: {texts} of {states}"
        if len(set(texts)) < len(texts):
            yield "needless versions", f"{_named(key)}: {texts}"


async def unsound(path: Path) -> list[Difference]:
    """Where the archive is not what its journal says, or its index not what its posts say."""
    found = []
    async with openers(path, norm).writer() as conn:
        async for problem in verify(conn):
            found.append(("journal", str(problem)))
        try:
            await conn.execute(
                "INSERT INTO posts_index (posts_index, rank) VALUES ('integrity-check', 1)"
            )
        except DatabaseError as error:
            found.append(("index", str(error)))
    return found


def complaints(log: Path) -> Iterator[Difference]:
    """What the program itself calls an error: nothing that goes wrong here should be one."""
    if not log.exists():
        yield "log", "there is none"
        return
    for line in log.read_text().splitlines():
        _day, _time, level, *said = f"{line}   ".split(" ", 3)
        if level in ("error", "critical"):
            yield "logged errors", " ".join(said)


def _named(key: Key) -> str:
    return f"{key[0]}/{key[1]}"
