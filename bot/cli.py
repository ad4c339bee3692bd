"""The command line: one function a command, no logic of its own."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import doctor
from bot.app import BotRefusedError, login_of, run
from bot.clock import Clock
from bot.demo import play
from bot.lock import AlreadyRunningError
from bot.supervise import stop_on_signals
from bot.telegram.login import LoginError, sign_in
from config import example
from config.logging import configure
from config.settings import Settings, SettingsError, load
from seeds import SeedsError
from storage.errors import ArchiveError

DEFAULT = Path("postwatch.toml")
OPERATOR_ERRORS = (
    SettingsError,
    SeedsError,
    ArchiveError,
    LoginError,
    AlreadyRunningError,
    BotRefusedError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 is well, 1 is not, 2 is something the operator must change."""
    asked = parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = asked.command
    try:
        return command(asked)
    except OPERATOR_ERRORS as error:
        return _complain(error)
    except ExceptionGroup as group:
        expected, unexpected = group.split(OPERATOR_ERRORS)
        if unexpected is not None or expected is None:
            raise
        return _complain(_first(expected))
    except KeyboardInterrupt:
        return 130


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

    def command(name: str, does: Callable[[argparse.Namespace], int], text: str) -> None:
        one = commands.add_parser(name, help=text, description=text, parents=[settings])
        one.set_defaults(command=does)
        if name == "demo":
            one.add_argument("--chat", action="store_true", help="stay, and let me type commands")

    command("demo", _demo, "Play a day of September 2022 through the program, without Telegram.")
    command("init", _init, "Write a settings file to fill in.")
    command(
        "login", _login, "Sign the watcher in: a code, and the 2FA password where there is one."
    )
    command("doctor", _doctor, "Check the settings, the archive, the clock and both accounts.")
    command("run", _run, "Watch, alert and answer until stopped.")
    return whole


def _demo(asked: argparse.Namespace) -> int:
    return asyncio.run(play(chat=asked.chat))


def _init(asked: argparse.Namespace) -> int:
    path = asked.settings or DEFAULT
    example.write(path)
    print(f"Wrote {path}. Fill in what it asks for, then: postwatch login")
    return 0


def _login(asked: argparse.Namespace) -> int:
    settings = _settings(asked)
    phone = settings.telegram.phone or input("Your phone number, with + and country code: ")
    name = asyncio.run(sign_in(login_of(settings, "watcher"), phone, input, getpass.getpass))
    print(f"Signed in as {name}. Next: postwatch doctor, then postwatch run")
    return 0


def _doctor(asked: argparse.Namespace) -> int:
    return asyncio.run(doctor.examine(_settings(asked), Clock()))


def _run(asked: argparse.Namespace) -> int:
    settings = _settings(asked)
    if not settings.watcher_session.exists():
        raise LoginError("The watcher has not signed in yet. Run `postwatch login` first.")
    configure(settings.log, settings.secrets)
    asyncio.run(_run_until_stopped(settings))
    return 0


async def _run_until_stopped(settings: Settings) -> None:
    with stop_on_signals() as stop:
        await run(settings, Clock(), stop)


def _settings(asked: argparse.Namespace) -> Settings:
    """From the file that was named; or else from the usual one, if there is one."""
    usual = DEFAULT if DEFAULT.exists() else None
    return load(asked.settings or usual, os.environ)


def _complain(error: BaseException) -> int:
    print(error, file=sys.stderr)
    return 2


def _first(group: BaseException) -> BaseException:
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group
