"""What somebody typed -> what it means here: with the dictionaries and channels of this program."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

import aiosqlite

from bot.query.compile import Directory, understand
from bot.query.errors import QueryError
from bot.query.lexicon import Lexicon
from bot.query.parse import parse
from bot.query.reading import Choices, Understood
from bot.query.syntax import Query, Sort
from bot.query.tree import All, AnyOf, Tree, dumps, loads, sense
from bot.query.words import words
from storage import channels, meanings, profiles, rules
from storage.db import Archive
from storage.records import Rule
from storage.rules import Stored

logger = logging.getLogger(__name__)

AT_ONCE = 50  # rules that are understood anew: some tenths of a second


async def understood(
    conn: aiosqlite.Connection, lexicon: Lexicon, query: Query, choices: Choices
) -> Understood:
    """What a query stands for. Raises QueryError where it names a channel we do not have.

    The dictionaries are read and asked in a thread: the first time that takes a second.
    """
    known = await directory(conn) if query.asks(Sort.FROM, Sort.IN) else Directory()
    return await asyncio.to_thread(understand, query, lexicon, choices, known)


async def directory(conn: aiosqlite.Connection) -> Directory:
    """What from: and in: can name here."""
    return Directory(await channels.usernames(conn), frozenset(await profiles.labels(conn)))


def stored(meant: Understood, choices: Choices, lexicon: Lexicon) -> Stored:
    """How a rule is kept, so that neither matching nor a restart needs a dictionary, and no
    name is looked up twice."""
    assert meant.tree is not None, "a rule asks for something"
    kept = replace(choices, channels=meant.channels)
    return _stored(meant.tree, kept, lexicon)


def _stored(tree: Tree, choices: Choices, lexicon: Lexicon) -> Stored:
    return Stored(dumps(tree), choices.dumps(), lexicon.version, sense(tree))


async def begin(archive: Archive, lexicon: Lexicon) -> None:
    """Understand the rules that never were, of a time before that: until then they hold for
    nothing."""
    await _anew(archive, lexicon, await meanings.not_understood(archive.reader))


async def renew(archive: Archive, lexicon: Lexicon, above: int = 0) -> int | None:
    """Understand anew some rules that were understood with other dictionaries: those with the
    least row ids above one. The last of them; None where there are no more.
    """
    outdated = await meanings.outdated(archive.reader, lexicon.version, above, AT_ONCE)
    await _anew(archive, lexicon, outdated)
    return outdated[-1].id if outdated else None


async def _anew(archive: Archive, lexicon: Lexicon, outdated: Sequence[Rule]) -> None:
    """Leaves alone what is changed by somebody meanwhile: that is understood as of now."""
    if not outdated:
        return
    before = await rules.stored(archive.reader, [rule.id for rule in outdated])
    known = await directory(archive.reader)
    made = await asyncio.to_thread(
        lambda: [_again(rule, before.get(rule.id), lexicon, known) for rule in outdated]
    )
    async with archive.transaction() as tx:
        for rule, now in zip(outdated, made, strict=True):
            await meanings.renew(tx, rule, before.get(rule.id), now)
    logger.info("understood %d rules anew", len(outdated))


def _again(rule: Rule, held: Stored | None, lexicon: Lexicon, known: Directory) -> Stored:
    choices = Choices.loads(held.choices if held else None)
    try:
        meant = understand(parse(rule.query, rule=True), lexicon, choices, known)
    except QueryError as error:
        # It names what is gone, or is of a time when more was allowed: it goes on as it is.
        logger.warning("rule %d is no longer understood: %s", rule.id, error.code)
        return _stored(loads(held.tree) if held else _as_written(rule.query), choices, lexicon)
    return stored(meant, choices, lexicon)


def _as_written(query: str) -> Tree:
    """All of the words, each as it was written; where there are none, nothing ever holds."""
    each = tuple(AnyOf(frozenset({word})) for word in dict.fromkeys(words(query)))
    return All(each) if len(each) > 1 else next(iter(each), AnyOf(frozenset()))
