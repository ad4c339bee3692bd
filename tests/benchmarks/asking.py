"""The bot over an archive of invented posts: asked as people ask it, in words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import seeds
from bot.clock import Clock
from bot.commands.context import Context
from bot.commands.router import Router
from bot.finding import finding
from bot.joinpace import JoinPace
from bot.query import words
from bot.query.lexicon import Lexicon
from bot.query.parse import parse
from bot.query.reading import Choices
from bot.understanding import understood
from storage.db import Archive, open_archive
from storage.records import Asked
from tests.unit.commands.talk import Telegram

OWNER = 7
ZONE = "Europe/Kyiv"


class Desk:
    """An archive, and the real commands over it."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self.archive = archive
        self._clock = clock
        self._lexicon = Lexicon(seeds.names())
        self._lexicon.load()
        telegram = Telegram()
        self._router = Router(
            Context(
                archive=archive,
                clock=clock,
                owner=OWNER,
                zone=ZONE,
                bot_name=lambda: "postwatch_bot",
                look=telegram.look,
                wake_joins=lambda: None,
                wake_backfill=lambda: None,
                wake_delivery=lambda: None,
                is_admin=telegram.is_admin,
                sweep=telegram.sweep,
                pace=JoinPace(minutes=10, a_day=3),
                lexicon=self._lexicon,
                language="en",
                starters=(),
            )
        )

    async def hits(self, query: str, most: int) -> int:
        """How many posts a search finds, `most` for more."""
        asked = parse(query)
        meant = await understood(self.archive.reader, self._lexicon, asked, Choices())
        found = await finding(self.archive.reader, asked, meant.tree, self._clock.now(), ZONE)
        count = await found.count(most)
        assert count is not None, "the index decides"
        return count

    async def shows(self, query: str) -> int:
        """How many posts are on the first page of the answer to a /search."""
        reply = await self._router.answer(Asked(OWNER, OWNER, text=f"/search {query}"))
        assert reply is not None and reply.message is not None, "a search is answered"
        return reply.message.html.count("<blockquote>")

    def forget(self) -> None:
        """Drop what is remembered of words, so that the next question costs what a new one does."""
        self._lexicon.forget()


@asynccontextmanager
async def desk(path: Path, now: int) -> AsyncIterator[Desk]:
    """A desk over the archive at `path`."""
    async with open_archive(path, words.norm, now) as archive:
        yield Desk(archive, Clock(now))
