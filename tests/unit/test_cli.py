"""What the command line takes before a command runs."""

import subprocess
import sys

SLOW = {"telethon", "rich", "apscheduler", "babel", "dateparser", "lark", "pymorphy3", "aiosqlite"}


def test_help_and_wrong_options_wait_for_no_library() -> None:
    """Each takes a tenth of a second to import, or more, and all of them together most of one."""
    listed = "import sys, bot.cli; bot.cli.parser(); print(*sys.modules)"
    command = [sys.executable, "-c", listed]
    printed = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 -- from above
    assert SLOW & set(printed.decode().split()) == set()
