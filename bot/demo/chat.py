"""`postwatch demo --chat`: the terminal is the owner's chat with the bot."""

import asyncio
import sys

from bot.demo.screen import Screen
from bot.demo.stage import Stage
from bot.sandbox.errors import NotReceived
from bot.sandbox.inbox import Received
from bot.sandbox.reader import Reader

HELP = (
    "You are {name} now. Type a command such as /help or /search Білогорівка, or the number of a "
    "button; an empty line ends."
)
WITHIN = 3.0


async def converse(stage: Stage, screen: Screen) -> None:
    """Pass on what is typed, show what comes back, until an empty line or the end of input."""
    owner = stage.owner
    owner.reads_everything()
    print(HELP.format(name=owner.name))
    shown: Received | None = None
    while line := (await asyncio.to_thread(_line)).strip():
        shown = await _answer(owner, line, shown)
        if shown is None:
            print("(no answer)")
            continue
        screen.shows(owner.name, shown)
        print("   ".join(f"{number}: {label}" for number, label in enumerate(shown.labels, 1)))


async def _answer(owner: Reader, line: str, shown: Received | None) -> Received | None:
    """What comes of a line: a button of the last message by its number, or something said."""
    labels = shown.labels if shown else []
    try:
        if line.isdecimal() and 0 < int(line) <= len(labels):
            answer = await owner.presses(labels[int(line) - 1], on=shown)
            if answer.text or answer.url:
                print(answer.text or f"opens {answer.url}")
        else:
            await owner.says(line)
        return await owner.receives("", WITHIN)
    except NotReceived:
        return None


def _line() -> str:
    print("> ", end="", flush=True)
    return sys.stdin.readline()
