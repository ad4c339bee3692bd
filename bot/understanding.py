"""What somebody typed -> what it means here: with the dictionaries and channels of this program."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

import aiosqlite

from bot.query.compile import Directory, understand
from bot.query.errors import QueryError
from bot.query.lexicon import Lexicon
from bot.query.parse import parse
from bot.query.reading import Choices, Understood
from bot.query.syntax import Query
from bot.query.tree import All, AnyOf, Tree, dumps
from bot.query.words import words
from storage import channels, profiles, rules
from storage.db import Archive
from storage.records import Rule
from storage.rules import Stored

logger = logging.getLogger(__name__)


async def understood(
    conn: aiosqlite.Connection, lexicon: Lexicon, query: Query, choices: Choices
) -> Understood:
    """What a query stands for. Raises QueryError where it names a channel we do not have.

    The dictionaries are read and asked in a thread: the first time that takes a second.
    """
    known = await directory(conn)
    return await asyncio.to_thread(understand, query, lexicon, choices, known)


async def directory(conn: aiosqlite.Connection) -> Directory:
    """What from: and in: can name here."""
    return Directory(await channels.usernames(conn), frozenset(await profiles.labels(conn)))


def stored(meant: Understood, choices: Choices, lexicon: Lexicon) -> Stored:
    """How a rule is kept, so that neither matching nor a restart needs a dictionary, and no
    name is looked up twice."""
    assert meant.tree is not None, "a rule asks for something"
    kept = replace(choices, channels=meant.channels)
    return Stored(dumps(meant.tree), kept.dumps(), lexicon.version)


async def renew(archive: Archive, lexicon: Lexicon) -> None:
    """Understand anew the rules that were understood with other dictionaries, or never."""
    outdated = await rules.outdated(archive.reader, lexicon.version)
    if not outdated:
        return
    before = await rules.stored(archive.reader, [rule.id for rule in outdated])
    made = {rule.id: await _again(archive, lexicon, rule, before) for rule in outdated}
    async with archive.transaction() as tx:
        for rule in outdated:
            await rules.change(tx, rule.id, rule.query, made[rule.id])
    logger.info("understood %d rules anew", len(outdated))


async def _again(
    archive: Archive, lexicon: Lexicon, rule: Rule, before: Mapping[int, Stored]
) -> Stored:
    held = before.get(rule.id)
    choices = Choices.loads(held.choices if held else None)
    try:
        query = parse(rule.query, rule=True)
        meant = await understood(archive.reader, lexicon, query, choices)
    except QueryError as error:
        # Its channel was renamed, or it is of a time when more was allowed: it goes on as it is.
        logger.warning("rule %d is no longer understood: %s", rule.id, error.code)
        tree = held.tree if held else dumps(_as_written(rule.query))
        return Stored(tree, choices.dumps(), lexicon.version)
    return stored(meant, choices, lexicon)


def _as_written(query: str) -> Tree:
    """All of the words, each as it was written; where there are none, nothing ever holds."""
    each = tuple(AnyOf(frozenset({word})) for word in dict.fromkeys(words(query)))
    return All(each) if len(each) > 1 else next(iter(each), AnyOf(frozenset()))
