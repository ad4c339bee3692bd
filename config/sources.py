"""What was written, before it is understood: a TOML file and the environment, by dotted names."""

import os
import stat
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from config.problems import Problem
from config.table import SETTINGS

PREFIX = "POSTWATCH_"


@dataclass(frozen=True, slots=True)
class Written:
    """One value as it was written, and where."""

    value: object
    where: str


def environment_name(name: str) -> str:
    """The variable for a setting.

    One rule: its name in capitals after POSTWATCH_, a low line for each dot, and a leading
    ``telegram.`` left out. So telegram.api_id is POSTWATCH_API_ID, log.level POSTWATCH_LOG_LEVEL.
    """
    return PREFIX + name.removeprefix("telegram.").replace(".", "_").upper()


def from_file(path: Path) -> tuple[dict[str, Written], list[Problem]]:
    """The values of a TOML file; an empty text counts as not set.

    A file that other users can read must not hold a secret.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            tables = tomllib.load(file)
    except OSError as error:
        advice = "Check the path, or write a new file with `postwatch init`."
        return {}, [Problem(str(path), f"cannot be read: {error.strerror}", advice)]
    except ValueError as error:  # not TOML, or not UTF-8
        advice = "Mend that line. Texts stand in quotation marks, sections in square brackets."
        return {}, [Problem(str(path), f"is not valid TOML: {error}", advice)]
    flat = dict(_flattened(tables))
    problems = [_unknown(name, SETTINGS, str(path)) for name in flat if name not in SETTINGS]
    written = {name: Written(value, str(path)) for name, value in flat.items() if value != ""}
    exposed = [name for name in written if name in SETTINGS and SETTINGS[name].secret]
    if exposed and os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        problems.append(_exposed(exposed, path))
    return written, problems


def from_environment(environ: Mapping[str, str]) -> tuple[dict[str, Written], list[Problem]]:
    """The values of POSTWATCH_* variables; an empty one counts as not set."""
    settings = {environment_name(name): name for name in SETTINGS}
    ours = {name: value for name, value in environ.items() if name.startswith(PREFIX) and value}
    written = {
        settings[variable]: Written(value, f"the environment: {variable}")
        for variable, value in ours.items()
        if variable in settings
    }
    strange = [variable for variable in ours if variable not in settings]
    return written, [_unknown(variable, settings, "the environment") for variable in strange]


def _flattened(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        name = prefix + key
        if isinstance(value, dict) and name not in SETTINGS:
            yield from _flattened(value, f"{name}.")
        else:
            yield name, value


def _unknown(name: str, known: Collection[str], where: str) -> Problem:
    last = name.rpartition(".")[2]
    elsewhere = [other for other in known if other.rpartition(".")[2] == last]
    close = elsewhere or get_close_matches(name, known, n=1)
    if any(other.startswith(f"{name}.") for other in known):
        advice = f"It is a section: write [{name}] on a line of its own."
    elif close:
        advice = f"Did you mean {close[0]}?"
    else:
        advice = "Remove it. A file written by `postwatch init` shows all settings there are."
    return Problem(name, "there is no such setting", advice, where)


def _exposed(names: list[str], path: Path) -> Problem:
    variables = ", ".join(environment_name(name) for name in names)
    return Problem(
        ", ".join(names),
        "other users of this machine can read the file, and this is secret",
        f"Run `chmod 600 {path}`, or move it to the environment: {variables}.",
        str(path),
    )
