"""The parts of README.md that are made from the code: `python -m tests.readme` writes them anew."""

import argparse
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bot.cli import parser
from bot.commands.table import readme_table
from config.settings import environment_name
from config.table import OPTIONAL_SECTION, SETTINGS, Setting

README = Path(__file__).parent.parent / "README.md"


def cli_table() -> str:
    """The commands of the command line."""
    actions = parser()._actions
    commands = next(each for each in actions if isinstance(each, argparse._SubParsersAction))
    rows = [f"| `postwatch {each.dest}` | {each.help} |" for each in commands._choices_actions]
    return "\n".join(["| command | what it does |", "| --- | --- |", *rows]) + "\n"


def settings_table() -> str:
    """The settings with their variables and defaults."""
    rows = [
        f"| `{name}` | `{environment_name(name)}` | {_default(name, setting)} |"
        for name, setting in SETTINGS.items()
    ]
    return "\n".join(["| setting | variable | default |", "| --- | --- | --- |", *rows]) + "\n"


def _default(name: str, setting: Setting) -> str:
    if setting.required:
        return "" if name.startswith(OPTIONAL_SECTION) else "required"
    if isinstance(setting.default, tuple):
        return ", ".join(f"`{each}`" for each in setting.default)
    return "" if setting.default is None else f"`{setting.default}`"


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": readme_table,
    "cli": cli_table,
    "settings": settings_table,
}


def _generated(make: Callable[[], str], _former: re.Match[str]) -> str:
    return make()


def written(text: str) -> str:
    """`text` with every generated part as the code has it now."""
    for name, make in PARTS.items():
        text = re.sub(
            rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)",
            partial(_generated, make),
            text,
            flags=re.DOTALL,
        )
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
