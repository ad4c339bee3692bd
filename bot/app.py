"""The composition root: run() opens the archive, builds the program, and supervises it."""

import asyncio
import logging
from collections.abc import Iterable

import seeds
from bot import jobs
from bot.clock import Clock
from bot.lock import only_one
from bot.program import Program
from bot.query.lexicon import NAMES, PACKAGES, Lexicon
from bot.query.words import norm
from bot.supervise import supervise
from bot.understanding import begin
from config.problems import Problem
from config.settings import Settings, SettingsError
from storage import joins, profiles
from storage.db import Archive, open_archive

logger = logging.getLogger(__name__)


async def run(settings: Settings, lexicon: Lexicon, clock: Clock, stop: asyncio.Event) -> None:
    """Watch, alert and answer until `stop` is set. Words are understood by the lexicon."""
    with only_one(settings.data):
        async with open_archive(settings.archive, norm, clock.now()) as archive:
            await plant_seeds(archive, settings, clock)
            tell_missing(lexicon)
            await begin(archive, lexicon)
            program = Program(settings, archive, clock, lexicon)
            with jobs.schedule(program.bells(), clock):
                await supervise(program.services(), stop)


def tell_missing(lexicon: Lexicon) -> None:
    """Log which words rules and searches will not know in all forms."""
    for language in lexicon.missing:
        logger.warning(
            "no dictionary of %s (package %s): its words are not known in all forms",
            NAMES[language],
            PACKAGES[language],
        )


async def plant_seeds(archive: Archive, settings: Settings, clock: Clock) -> None:
    """Bring the archive to what the seeds say now, and queue the packs that are watched."""
    packs = seeds.packs()
    by_name = {pack.name: pack for pack in packs}
    if unknown := [name for name in settings.watch.packs if name not in by_name]:
        raise SettingsError([_no_such_pack(name, by_name) for name in unknown])
    wanted = [
        profile.username for name in settings.watch.packs for profile in by_name[name].profiles
    ]
    async with archive.transaction() as tx:
        await profiles.load(tx, packs)
        for username in wanted:
            await joins.ask(tx, username, asked_by=0, now=clock.now())


def _no_such_pack(name: str, packs: Iterable[str]) -> Problem:
    return Problem(
        "watch.packs", f"there is no pack {name!r}", f"Choose from: {', '.join(sorted(packs))}."
    )
