"""The whole demo, from the curtain to the count."""

import sys

from rich.console import Console

from bot.demo.chat import converse
from bot.demo.screen import Screen
from bot.demo.stage import set_up
from bot.demo.story import Story
from bot.demo.tally import count
from seeds import demo_day


async def play(*, chat: bool) -> int:
    """Play the day; 0 if everything was saved and told once, else 1.

    With `chat` it goes on afterwards, and the terminal is the owner's chat with the bot.
    """
    day = demo_day()
    async with set_up(day) as stage:
        # A file or a pipe gets whole lines, whatever width somebody's terminal has.
        console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        screen = Screen(console, stage.clock, day)
        screen.opens(day)
        story = Story(stage, day, screen)
        await story.begins()
        await story.unfolds()
        outcome = story.outcome
        wrongs = [f"answer to {asked}" for asked in outcome.wrong_answers]
        wrongs += [f"not told in time: {missed}" for missed in outcome.missed]
        tally = await count(stage, day, outcome.posted, wrongs)
        screen.counts(tally)
        if chat:
            await converse(stage, screen)
    return 0 if tally.well else 1
