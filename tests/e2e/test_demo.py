"""The demo is what a newcomer runs first: it must end well, and say so."""

import asyncio
import re
import sys

from tests.program import ROOT


async def demo(*options: str, typed: str = "") -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", *options, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(50):
        printed, _ = await process.communicate(typed.encode())
    assert process.returncode is not None
    return process.returncode, printed.decode()


async def test_the_demo_saves_and_tells_everything_once_and_then_talks() -> None:
    status, printed = await demo("--chat", typed="/search лисичанск\n1\n/nonsense\n\n")
    assert status == 0, printed
    counted = dict(re.findall(r"^ *(\w+) +(\d+) ", printed, re.MULTILINE))
    assert int(counted["posted"]) == int(counted["saved"]) >= 25
    assert int(counted["delivered"]) > 20
    assert counted["joined"] == "3"  # one repost, told to three
    assert counted["lost"] == counted["doubled"] == "0"
    assert "Sample texts" in printed
    assert re.search(r"-> Helen, edited\n.*?\n    Also: Донецька ОВА 08:05\n", printed, re.DOTALL)
    assert "*Білогорівка* повністю під контролем" in printed
    assert "There is no command /nonsense" in printed
