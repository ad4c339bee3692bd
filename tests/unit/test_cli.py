"""What the command line takes before a command runs."""

import subprocess
import sys

import pytest

from bot.cli import main, parser
from bot.options import with_minus

SLOW = {"telethon", "rich", "apscheduler", "babel", "dateparser", "lark", "pymorphy3", "aiosqlite"}


def test_help_and_wrong_options_wait_for_no_library() -> None:
    """Each takes a tenth of a second to import, or more, and all of them together most of one."""
    listed = "import sys, bot.cli; bot.cli.parser(); print(*sys.modules)"
    command = [sys.executable, "-c", listed]
    printed = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 -- from above
    assert SLOW & set(printed.decode().split()) == set()


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        (["обстріл", "-навчання"], "обстріл -навчання"),
        (["-навчання", "обстріл", "--limit", "5"], "-навчання обстріл"),
        (
            ["--json", "обстріл", "-(навчання", "OR", "тренування)"],
            "обстріл -(навчання OR тренування)",
        ),
        (["--limit", "5", "обстріл", "-hail"], "обстріл -hail"),
        (["обстріл", "-5"], "обстріл -5"),
        (["обстріл", "-"], "обстріл -"),
        (["обстріл", "\u2212навчання"], "обстріл -навчання"),
        (["--", "-навчання", "обстріл"], "-навчання обстріл"),
        (["--", "-навчання", "--json"], "-навчання --json"),
    ],
)
def test_a_search_takes_a_leading_minus_for_what_it_is_in_a_query(
    typed: list[str], query: str
) -> None:
    asked = parser().parse_args(with_minus(["search", *typed]))
    assert " ".join(asked.query) == query
    assert asked.limit == (5 if "--limit" in typed else 20)
    assert asked.json is (typed[0] == "--json")


@pytest.mark.parametrize(
    "typed", [["search", "-h"], ["search", "обстріл", "--help"], ["run", "-h"]]
)
def test_help_is_help(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(typed)
    assert ended.value.code == 0 and "usage: postwatch" in capsys.readouterr().out


@pytest.mark.parametrize("typed", [["search", "обстріл", "--слово"], ["coverage", "-x"]])
def test_an_option_that_there_is_none_of_is_refused(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(typed)
    assert ended.value.code == 2 and typed[-1] in capsys.readouterr().err
