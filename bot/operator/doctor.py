"""`postwatch doctor`: what is right, what is wrong, and what to do about it."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from bot.clock import Clock
from bot.configured import login_of
from bot.lock import is_held, only_one
from bot.opening import opened_beside
from bot.query.lexicon import LANGUAGES, NAMES, PACKAGES, Lexicon
from bot.telegram.checkup import Checkup, check_up
from config.settings import Settings, environment_name
from storage import posts, reindex, subscribers
from storage.db import Archive
from storage.errors import ArchiveError

CLOCK_TOLERANCE = 10.0  # seconds; Telegram drops packets of clocks that are 30 s ahead


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `advice` is empty where it is well."""

    what: str
    found: str
    advice: str = ""


async def examine(settings: Settings, clock: Clock) -> int:
    """Look at everything and print a line each; 0 if all is well, else 1."""
    ill = 0
    async for finding in _findings(settings, clock):
        ill += bool(finding.advice)
        print(f"{'!!' if finding.advice else 'ok'}  {finding.what:<10} {finding.found}")
        if finding.advice:
            print(f"    {'':<10} {finding.advice}")
    return 1 if ill else 0


async def _findings(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    yield Finding("settings", settings.source)
    yield _dictionaries(settings)
    async for finding in _archive(settings, clock):
        yield finding
    if is_held(settings.data):
        # A second program on the same sessions would spoil them for the first.
        yield Finding("program", "is running; stop it to have the two accounts checked as well")
        return
    with only_one(settings.data):
        watcher = await check_up(login_of(settings, "watcher"))
        yield _watcher(watcher)
        yield _bot(await check_up(login_of(settings, "bot")))
        if watcher.reached:
            yield _clock(watcher)


def _dictionaries(settings: Settings) -> Finding:
    """A language that was left out on purpose is well, and told all the same."""
    wanted = settings.query.dictionaries
    missing = Lexicon(languages=wanted).missing
    lacking = [language for language in missing if language in wanted]
    told = _listed(language for language in wanted if language not in missing)
    left_out = [language for language in LANGUAGES if language not in wanted]
    found = f"dictionaries of {told}" + (f"; left out: {_listed(left_out)}" if left_out else "")
    if not lacking:
        return Finding("words", found)
    packages = " ".join(PACKAGES[language] for language in lacking)
    return Finding(
        "words",
        f"{found}; not installed: {_listed(lacking)}, so rules and searches miss forms",
        f"Install what is missing: pip install {packages}",
    )


def _listed(languages: Iterable[str]) -> str:
    return ", ".join(NAMES[language] for language in languages) or "no language"


async def _archive(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    try:
        async with opened_beside(settings.archive, clock.now()) as archive:
            counts = await posts.counts(archive.reader)
            yield Finding("archive", f"{settings.archive}: {counts.posts} posts")
            owner = await subscribers.find(archive.reader, settings.owner, 0)
            yield _owner(settings.owner, started=owner is not None)
            yield await _index(archive, counts.posts, running=is_held(settings.data))
    except ArchiveError as error:
        yield Finding("archive", str(settings.archive), str(error))


async def _index(archive: Archive, posts: int, *, running: bool) -> Finding:
    """The check reads every text again, and nothing can be written meanwhile."""
    if (progress := await reindex.progress(archive.reader)) is not None:
        done = f"{progress.done:,} of {progress.posts:,} posts"
        return Finding("index", f"is built anew while the program runs: {done} are in it")
    if running:
        return Finding("index", "not checked while the program runs; stop it to have that done")
    async with archive.transaction() as tx:
        damaged = await reindex.damaged(tx)
        if damaged:
            await reindex.distrust(tx)
    if not damaged:
        return Finding("index", f"holds the words of {posts:,} posts, and no others")
    return Finding(
        "index",
        f"is damaged ({' and '.join(damaged)}), so searches may miss posts",
        "Start `postwatch run`: the index is built anew from the posts, which are not concerned, "
        "and everything else goes on meanwhile.",
    )


def _owner(owner: int, *, started: bool) -> Finding:
    if started:
        return Finding("owner", f"user {owner}, has pressed Start")
    return Finding(
        "owner",
        f"user {owner}, has not pressed Start",
        "Once `postwatch run` runs, open the bot in Telegram from that account and press Start: "
        "a bot cannot write first.",
    )


def _watcher(found: Checkup) -> Finding:
    if found.account:
        return Finding("watcher", f"signed in as {found.account}")
    if not found.reached:
        return _unreachable("watcher", found)
    return Finding("watcher", f"not signed in ({found.problem})", "Run `postwatch login`.")


def _bot(found: Checkup) -> Finding:
    if found.account:
        return Finding("bot", f"signed in as {found.account}")
    if not found.reached:
        return _unreachable("bot", found)
    return Finding(
        "bot",
        f"Telegram refuses the token ({found.problem})",
        "Copy the token once more from @BotFather (/mybots, API Token) into telegram.bot_token "
        f"or {environment_name('telegram.bot_token')}.",
    )


def _unreachable(what: str, found: Checkup) -> Finding:
    return Finding(
        what,
        f"Telegram cannot be reached ({found.problem})",
        "Check the network, and a firewall or proxy between here and Telegram.",
    )


def _clock(found: Checkup) -> Finding:
    ahead = found.clock_ahead
    if abs(ahead) <= CLOCK_TOLERANCE:
        return Finding("clock", f"within {CLOCK_TOLERANCE:.0f} s of Telegram's")
    return Finding(
        "clock",
        f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} Telegram's",
        "Set this machine's clock by network time (NTP): Telegram ignores packets whose time is "
        "off.",
    )
