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
WITHIN = 10.0  # seconds; the bot keeps to Telegram's limits also with somebody who types fast
AFTER_A_NOTICE = 1.0  # what a button says above the chat is often all that comes of it


async def converse(stage: Stage, screen: Screen) -> None:
    """Pass on what is typed, show what comes back, until an empty line or the end of input."""
    owner = stage.owner
    owner.reads_everything()
    print(HELP.format(name=owner.name))
    shown: Received | None = None
    while line := (await asyncio.to_thread(_line)).strip():
        labels = shown.labels if shown else []
        try:
            if shown and line.isdecimal() and 0 < int(line) <= len(labels):
                came = await _pressed(owner, labels[int(line) - 1], shown)
            else:
                came = await _said(owner, line)
        except NotReceived:
            print("(no answer)")
            continue
        if came is not None:
            shown = came
            screen.shows(owner.name, shown)
            _print_choices(shown)


async def _said(owner: Reader, line: str) -> Received:
    """What is answered to something said. Raises NotReceived."""
    said = await owner.says(line)
    return await owner.hears(lambda message: message.id > said.id, WITHIN, "an answer")


async def _pressed(owner: Reader, label: str, shown: Received) -> Received | None:
    """What comes of pressing a button, unless it is only a notice, which is printed.

    Raises NotReceived.
    """
    answer = await owner.presses(label, on=shown)
    if not (answer.text or answer.url):
        return await owner.receives("", WITHIN)
    print(answer.text or f"opens {answer.url}")
    try:
        return await owner.receives("", AFTER_A_NOTICE)
    except NotReceived:
        return None


def _print_choices(shown: Received) -> None:
    if shown.labels:
        print("   ".join(f"{number}: {label}" for number, label in enumerate(shown.labels, 1)))


def _line() -> str:
    print("> ", end="", flush=True)
    return sys.stdin.readline()
