"""The documented settings file that `postwatch init` writes."""

import os
from importlib.resources import files
from pathlib import Path

from config.problems import Problem, SettingsError


def text() -> str:
    """Every setting with its meaning; the required ones are left to be filled in."""
    return files("config").joinpath("example.toml").read_text(encoding="utf-8")


def write(path: Path) -> None:
    """Write it where nobody else can read it. Raises SettingsError if that cannot be done."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        advice = "Nothing was changed. Move it away first, or name another file with --settings."
        raise SettingsError([Problem(str(path), "is there already", advice)]) from None
    except OSError as error:
        advice = "Choose a folder that exists and that you may write to, with --settings."
        raise SettingsError(
            [Problem(str(path), f"cannot be written: {error.strerror}", advice)]
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text())
