"""The command line: one function a command, no logic of its own.

Each command imports what it needs when it is run: what the whole program needs takes most of a
second to import, and `--help`, a wrong option or a search are not to wait for it.
"""

import argparse
import asyncio
import gc
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import options
from bot.errors import OperatorError
from config.problems import SettingsError
from config.settings import Local, Settings, load, load_local
from storage.errors import ArchiveError

DEFAULT = Path("postwatch.toml")
OPERATOR_ERRORS = (OperatorError, SettingsError, ArchiveError)
# New objects after which a running program looks for those that only hold each other. Python's 700
# are fewer than a batch of posts is made of: a tenth of the time went into looking through all that
# is in use, up to 0.1 s at once.
LOOK_FOR_GARBAGE = 10_000


Does = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 is well, 1 is not, 2 is something the operator must change."""
    asked = parser().parse_args(
        options.with_minus(sys.argv[1:] if arguments is None else list(arguments))
    )
    command: Does = asked.command
    try:
        return command(asked)
    except OPERATOR_ERRORS as error:
        return _complain(error)
    except ExceptionGroup as group:
        expected, unexpected = group.split(OPERATOR_ERRORS)
        if unexpected is not None or expected is None:
            raise
        return _complain(_first(expected))
    except (KeyboardInterrupt, EOFError):  # nobody is there to answer
        return 130


@dataclass(frozen=True, slots=True)
class Row:
    """A command of the table. The docstring of its function is what `--help` says of it."""

    name: str
    does: Does
    options: Callable[[argparse.ArgumentParser], None] | None = None


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    settings = argparse.ArgumentParser(add_help=False)
    settings.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help=f"the settings file (default: {DEFAULT} in this folder)",
    )
    whole = argparse.ArgumentParser(
        prog="postwatch", description="A lookout for official Telegram channels."
    )
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for row in _table():
        told = row.does.__doc__
        one = commands.add_parser(row.name, help=told, description=told, parents=[settings])
        one.set_defaults(command=row.does)
        if row.options is not None:
            row.options(one)
    return whole


def _table() -> Sequence[Row]:
    return (
        Row("demo", _demo, options.demo),
        Row("init", _init),
        Row("login", _login),
        Row("doctor", _doctor, options.doctor),
        Row("run", _run),
        Row("backfill", _backfill, options.backfill),
        Row("coverage", _coverage, options.coverage),
        Row("search", _search, options.search),
        Row("verify", _verify, options.verify),
        Row("import", _import, options.bring),
        Row("explain", _explain, options.explain),
    )


def _backfill(asked: argparse.Namespace) -> int:
    """Have more of a channel's history fetched."""
    from bot.clock import Clock
    from bot.lock import is_held
    from bot.operator import history

    settings = _local(asked)
    wish, running = history.Wish(asked.channel, asked.days), is_held(settings.data)
    print(asyncio.run(history.backfill(settings.archive, wish, Clock(), running=running)))
    return 0


def _coverage(asked: argparse.Namespace) -> int:
    """Say from when to when the archive is complete."""
    from rich.console import Console

    from bot.clock import Clock
    from bot.operator import completeness

    clock = Clock()
    found = asyncio.run(completeness.report(_local(asked).archive, clock, asked.channel))
    if asked.json:
        print(completeness.as_json(found, clock.now()))
    else:
        Console().print(completeness.as_table(found, clock.now()))
    return 0


def _search(asked: argparse.Namespace) -> int:
    """Find posts in the archive, newest first."""
    import seeds
    from bot.clock import Clock
    from bot.operator import searching
    from bot.query.lexicon import Lexicon

    settings = _local(asked)
    lexicon = Lexicon(seeds.names(), settings.query.dictionaries)
    wanted = searching.Asked(
        " ".join(asked.query), asked.limit, settings.reading.zone, as_json=asked.json
    )
    return asyncio.run(searching.run(settings.archive, lexicon, wanted, Clock()))


def _demo(asked: argparse.Namespace) -> int:
    """Play a day of September 2022 through the program, without Telegram."""
    from bot.demo import play

    return asyncio.run(play(chat=asked.chat))


def _init(asked: argparse.Namespace) -> int:
    """Write a settings file to fill in."""
    from config import example

    path = asked.settings or DEFAULT
    example.write(path)
    print(f"Wrote {path}. Fill in what it asks for, then: postwatch login")
    return 0


def _login(asked: argparse.Namespace) -> int:
    """Sign the watcher in: a code, and the 2FA password where there is one."""
    from bot.configured import login_of
    from bot.lock import only_one
    from bot.telegram.login import sign_in

    settings = _settings(asked)
    with only_one(settings.data):
        phone = settings.telegram.phone or input("Your phone number, with + and country code: ")
        name = asyncio.run(sign_in(login_of(settings, "watcher"), phone, input, getpass.getpass))
    print(f"Signed in as {name}. Next: postwatch doctor, then postwatch run")
    return 0


def _doctor(asked: argparse.Namespace) -> int:
    """Check the settings, the archive, the clock and both accounts."""
    from rich.console import Console

    from bot.clock import Clock
    from bot.operator import doctor, probing

    settings = _settings(asked)
    if asked.probe:
        Console().print(asyncio.run(probing.compare(settings, Clock())))
        return 0
    return asyncio.run(doctor.examine(settings, Clock()))


def _verify(asked: argparse.Namespace) -> int:
    """Check that nothing in the archive was altered or removed."""
    from bot.operator import verifying

    settings = _local(asked)
    return asyncio.run(
        verifying.examine(settings.archive, settings.media_folder, asked.anchor, as_json=asked.json)
    )


def _import(asked: argparse.Namespace) -> int:
    """Take an export of Telegram Desktop (JSON or HTML) in."""
    from bot.clock import Clock
    from bot.importing import command as importing

    settings = _local(asked)
    zone = asked.zone or settings.reading.zone
    order = importing.Order(asked.path, asked.channel, zone, as_json=asked.json)
    return asyncio.run(importing.run(settings.archive, order, Clock()))


def _explain(asked: argparse.Namespace) -> int:
    """Say whether a rule finds a text, by which words, or what it lacks."""
    import seeds
    from bot.operator import explaining
    from bot.query.lexicon import LANGUAGES, Lexicon

    languages = (
        load_local(asked.settings, os.environ).query.dictionaries if asked.settings else LANGUAGES
    )
    explainer = explaining.Explainer(Lexicon(seeds.names(), languages))
    if (asked.rule is None) is not (asked.text is None):
        raise explaining.ExplainError("Give both --rule and --text, or neither.")
    if asked.rule is not None:
        print(explainer.answer(asked.rule, asked.text, asked.lang))
        return 0
    for answer in explainer.as_json(sys.stdin.buffer):
        print(answer, flush=True)
    return 0


def _run(asked: argparse.Namespace) -> int:
    """Watch, alert and answer until stopped."""
    from config.logging import configure

    settings = _settings(asked)
    if not settings.watcher_session.exists():
        raise OperatorError("The watcher has not signed in yet. Run `postwatch login` first.")
    configure(settings.log, settings.secrets)
    gc.set_threshold(LOOK_FOR_GARBAGE)
    asyncio.run(_run_until_stopped(settings))
    return 0


async def _run_until_stopped(settings: Settings) -> None:
    import seeds
    from bot.app import run
    from bot.clock import Clock
    from bot.query.lexicon import Lexicon
    from bot.supervise import stop_on_signals

    lexicon = Lexicon(seeds.names(), settings.query.dictionaries)
    with stop_on_signals() as stop:
        await run(settings, lexicon, Clock(), stop)


def _settings(asked: argparse.Namespace) -> Settings:
    return load(_file(asked), os.environ)


def _local(asked: argparse.Namespace) -> Local:
    return load_local(_file(asked), os.environ)


def _file(asked: argparse.Namespace) -> Path | None:
    """The settings file that was named; or else the usual one, if there is one."""
    usual = DEFAULT if DEFAULT.exists() else None
    return asked.settings or usual


def _complain(error: BaseException) -> int:
    print(error, file=sys.stderr)
    return 2


def _first(group: BaseException) -> BaseException:
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group
