"""The list of commands that Telegram's apps offer while one types."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot.clock import Clock
from bot.outcomes import Outcome
from bot.telegram.client import Account
from bot.telegram.sending import Sending

logger = logging.getLogger(__name__)

Menu = Mapping[str, Sequence[tuple[str, str]]]  # language ("": any other) -> (name, help)

RETRY_SECONDS = 300.0


async def keep_menu(account: Account, sending: Sending, menu: Menu, clock: Clock) -> None:
    """Set the menu once the bot is connected, trying again where Telegram would not."""
    never = asyncio.Event()
    left = dict(menu)
    while True:
        await account.ready.wait()
        try:
            for language in list(left):
                await sending.set_commands(language, list(left[language]))
                del left[language]
        except Outcome as failed:
            logger.warning("the menu of commands could not be set: %s", failed)
        await clock.wait(never, RETRY_SECONDS if left else None)
