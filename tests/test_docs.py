"""What the documents say exists, and what exists is in the documents."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.commands.table import COMMANDS
from config.table import SETTINGS
from seeds import demo_day, packs
from tests.readme import README, written

ROOT = README.parent
TEXT = README.read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_code() -> None:
    """`python -m tests.readme` writes them anew."""
    assert written(TEXT) == TEXT


def test_the_two_commands_stand_where_they_are_looked_for() -> None:
    found = re.findall(r"<!-- (\w+) -->\n```\n(python3 .*)\n```", TEXT)
    commands = dict(found)
    assert commands.keys() == {"demo", "tests"}
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands.values())
    assert commands["demo"].endswith("postwatch demo")
    assert "pytest" in commands["tests"]


def test_the_constraints_pin_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [
        *project["dependencies"],
        *(d for e in project["optional-dependencies"].values() for d in e),
    ]
    pinned = {
        line.partition("==")[0].lower()
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    }
    names = {re.split(r"[<>=\[]", each)[0].lower() for each in asked}
    assert names <= pinned
    assert all(re.fullmatch(r"[\w-]+(\[\w+\])?>=[\d.]+(,<[\d.]+)?", each) for each in asked)


def test_commands_and_settings_that_the_text_names_exist() -> None:
    names = {command.name for command in COMMANDS} | {"newbot"}  # which is @BotFather's
    assert set(re.findall(r"`/(\w+)[ `@]", TEXT)) <= names
    sections = "|".join({name.partition(".")[0] for name in SETTINGS})
    assert set(re.findall(rf"`((?:{sections})\.\w+)`", TEXT)) <= SETTINGS.keys()


def test_the_packs_that_the_text_names_exist() -> None:
    known = {pack.name for pack in packs()}
    assert set(re.findall(r"`(ua-[\w-]+|ru-[\w-]+|story)`", TEXT)) <= known


def test_links_to_files_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / target).exists(), target


def test_the_picture_is_of_the_demo() -> None:
    texts = {post.text for post in demo_day().posts}
    assert any(text in TEXT.replace("*", "") for text in texts)


PROJECT_FILES = [
    path
    for pattern in ("*.md", "*.toml", "*.txt", ".ci/*", "*/**/*.py", "*/**/*.toml", "*/**/*.sql")
    for path in sorted(ROOT.glob(pattern))
    if ".venv" not in path.parts and "build" not in path.parts
]


@pytest.mark.parametrize("path", PROJECT_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_names_a_machine_or_a_registry(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    forbidden = "|".join(["/" + "work/", "/" + "root/", "py" + "pi\\.org", "index" + "-url"])
    assert not re.search(forbidden, text)
