"""Rules that are told in their own ways, and what is held and owed because of them."""

from dataclasses import replace
from typing import Any

from bot.query.reading import Choices
from bot.query.tree import AnyOf, dumps
from bot.query.words import norm
from storage import rules, subscribers
from storage.db import Archive
from storage.records import Asked, Handling, Rule, Subscriber, Wishes
from storage.rules import Stored


async def reader(archive: Archive, chat_id: int, zone: str = "UTC", **wishes: Any) -> Subscriber:
    """A chat that wants to be told in its own way."""
    async with archive.transaction() as tx:
        made = await subscribers.ensure(tx, Asked(chat_id, chat_id), zone, 0)
        await subscribers.wish(tx, made.id, replace(Wishes(), **wishes))
        found = await subscribers.get(tx, made.id)
    assert found is not None
    return found


async def rule(archive: Archive, subscriber: Subscriber, word: str, **handling: Any) -> Rule:
    """A rule for a single word, told as `handling` says."""
    stored = Stored(dumps(AnyOf(frozenset({norm(word)}))), Choices().dumps(), "a test's")
    async with archive.transaction() as tx:
        made = await rules.add(tx, subscriber.id, word, 0, stored)
        await rules.handle(tx, made.id, replace(Handling(), **handling))
        found = await rules.get(tx, made.id)
    assert found is not None
    return found


async def held(archive: Archive) -> list[tuple[str, str, int]]:
    """(query, reason, due time) of what no digest has told, in the order of its coming."""
    rows = await archive.reader.execute_fetchall(
        """
        SELECT query, reason, due_at FROM held JOIN rules ON rules.id = rule_id
        WHERE told_in IS NULL ORDER BY held.id
        """
    )
    return [(row["query"], row["reason"], row["due_at"]) for row in rows]


async def owed(archive: Archive) -> list[tuple[str, str, bool]]:
    """(kind, subject, whether silent) of all rows, in their order."""
    rows = await archive.reader.execute_fetchall(
        "SELECT kind, subject, silent FROM outbox ORDER BY id"
    )
    return [(row["kind"], row["subject"], bool(row["silent"])) for row in rows]
