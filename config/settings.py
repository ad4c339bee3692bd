"""The settings: one TOML file, and POSTWATCH_* variables, which win over it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from config.problems import Problem, SettingsError
from config.sources import Written, environment_name, from_environment, from_file
from config.table import OPTIONAL_SECTION, SETTINGS, Setting

__all__ = [
    "Local",
    "Log",
    "Media",
    "Query",
    "Reading",
    "Server",
    "Settings",
    "SettingsError",
    "Telegram",
    "Watch",
    "environment_name",
    "load",
    "load_local",
]

HOME = Path("~/.local/share/postwatch")  # where data goes when there is no settings file
_LOCAL = ("data", "reading", "query")  # sections, and a setting of none
BESIDE = "data"  # where it goes when there is one, relative to it


@dataclass(frozen=True, slots=True)
class Server:
    """An MTProto server other than Telegram's."""

    address: str  # host:port
    public_key: str  # the PEM text
    dc_id: int

    @property
    def host(self) -> str:
        return self.address.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class Telegram:
    """Who we are there, and who owns us."""

    api_id: int
    api_hash: str = field(repr=False)
    bot_token: str = field(repr=False)
    owner: int
    phone: str | None = field(repr=False)
    server: Server | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How new subscribers are addressed, until they choose for themselves."""

    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched, and how eagerly."""

    packs: tuple[str, ...]
    sweep_seconds: int
    join_minutes: int
    joins_a_day: int
    history_days: int
    hot: tuple[str, ...]
    pts_source: str


@dataclass(frozen=True, slots=True)
class Query:
    """How rules and searches are understood."""

    dictionaries: tuple[str, ...]  # the languages whose inflections are known


@dataclass(frozen=True, slots=True)
class Media:
    """Which files of posts are stored."""

    keep: str
    max_megabytes: int
    min_free_gigabytes: int


@dataclass(frozen=True, slots=True)
class Log:
    """What the program says about itself, and where."""

    level: str
    format: str
    file: Path | None


@dataclass(frozen=True, slots=True)
class Local:
    """What it takes to look into the archive, without Telegram."""

    source: str  # where they were read, for people
    data: Path  # the folder of what follows
    reading: Reading
    query: Query

    @property
    def archive(self) -> Path:
        return self.data / "postwatch.sqlite3"

    @property
    def media_folder(self) -> Path:
        return self.data / "media"


@dataclass(frozen=True, slots=True)
class Settings(Local):
    """Everything that is decided before the program starts."""

    telegram: Telegram
    watch: Watch
    media: Media
    log: Log

    @property
    def watcher_session(self) -> Path:
        return self.data / "watcher.session"

    @property
    def bot_session(self) -> Path:
        return self.data / "bot.session"

    @property
    def owner(self) -> int:
        return self.telegram.owner

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be written into a log."""
        phone = self.telegram.phone or ""
        texts = (self.telegram.api_hash, self.telegram.bot_token, phone, phone.removeprefix("+"))
        return tuple(text for text in texts if text)


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings; without a file, from the environment alone.

    Raises SettingsError with every problem at once. The data folder is `data` beside the file,
    or ~/.local/share/postwatch where there is none.
    """
    values, source = _read(path, environ, SETTINGS)
    return _assembled(values, source)


def load_local(path: Path | None, environ: Mapping[str, str]) -> Local:
    """Read what it takes to look into the archive, as `load` does. Credentials may be wanting."""
    names = [name for name in SETTINGS if name.partition(".")[0] in _LOCAL]
    values, source = _read(path, environ, names)
    reading, query = Reading(**_of("reading", values)), Query(**_of("query", values))
    return Local(source=source, reading=reading, query=query, **_of("", values))


def _read(
    path: Path | None, environ: Mapping[str, str], names: Iterable[str]
) -> tuple[dict[str, object], str]:
    """The values of these settings, and where they were read. Raises SettingsError."""
    written, problems = from_file(path) if path is not None else ({}, [])
    variables, more = from_environment(environ)
    written |= variables
    problems += more
    folder = path.absolute().parent if path is not None else Path.cwd()
    values = {name: _value(name, written, folder, problems) for name in names}
    if problems:
        raise SettingsError(problems)
    if values["data"] is None:
        values["data"] = folder / BESIDE if path is not None else HOME.expanduser()
    return values, _source(path, variables)


def _value(
    name: str, written: Mapping[str, Written], folder: Path, problems: list[Problem]
) -> object:
    """The value meant; what is wrong with it is added to `problems`."""
    setting = SETTINGS[name]
    found = written.get(name)
    if found is None:
        if setting.required and _is_asked_for(name, written):
            problems.append(_missing(name, setting))
        return setting.default
    try:
        return setting.kind.read(found.value, folder)
    except ValueError as error:
        shown = "" if setting.secret else f"{found.value!r:.60} "
        advice = f"{setting.kind.advice} For example: {_assignment(name, setting)}"
        problems.append(Problem(name, f"{shown}{error}", advice, found.where))
        return None


def _is_asked_for(name: str, written: Mapping[str, Written]) -> bool:
    return not name.startswith(OPTIONAL_SECTION) or any(
        other.startswith(OPTIONAL_SECTION) for other in written
    )


def _missing(name: str, setting: Setting) -> Problem:
    section = name.rpartition(".")[0]
    return Problem(
        name,
        "is missing",
        f"{setting.kind.advice} For example: {_assignment(name, setting)} under [{section}], "
        f"or in the environment as {environment_name(name)}.",
    )


def _assignment(name: str, setting: Setting) -> str:
    return f"{name.rpartition('.')[2]} = {setting.example}"


def _assembled(values: Mapping[str, object], source: str) -> Settings:
    of = partial(_of, values=values)
    server = of("telegram.server")
    return Settings(
        source=source,
        telegram=Telegram(**of("telegram"), server=Server(**server) if server["address"] else None),
        reading=Reading(**of("reading")),
        watch=Watch(**of("watch")),
        query=Query(**of("query")),
        media=Media(**of("media")),
        log=Log(**of("log")),
        **of(""),
    )


def _of(section: str, values: Mapping[str, object]) -> dict[str, Any]:
    inside = [name for name in values if name.rpartition(".")[0] == section]
    return {name.rpartition(".")[2]: values[name] for name in inside}


def _source(path: Path | None, variables: Mapping[str, Written]) -> str:
    names = ", ".join(sorted(environment_name(name) for name in variables))
    parts = [str(path) if path is not None else "", names and f"environment: {names}"]
    return "; ".join(part for part in parts if part)
