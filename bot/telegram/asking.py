"""What becomes of something that is asked of Telethon, in our words."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from telethon import errors

from bot.outcomes import Busy
from bot.telegram.errors import outcome

RETRY_SECONDS = 5.0  # after which it may be asked again, where the connection was lost

# Whatever Telethon raises where a request fails.
TROUBLES = (
    errors.RPCError,
    errors.TypeNotFoundError,
    errors.AuthKeyNotFound,
    errors.SecurityError,
    errors.InvalidChecksumError,
    errors.InvalidBufferError,
    errors.BadMessageError,
    errors.ReadCancelledError,
    OSError,
    EOFError,  # cut off within the handshake
    TimeoutError,
)


async def in_our_words(doing: Awaitable[Any], seconds: float) -> Any:
    """What comes of something asked of Telethon; raises an Outcome where that is nothing."""
    try:
        async with asyncio.timeout(seconds):
            answer = await doing
    except asyncio.CancelledError:
        # Telethon cancels what waits when it disconnects. Only a cancellation of this task
        # is one: a service would take any other for its own quiet end.
        if _is_cancelled():
            raise
        raise Busy(RETRY_SECONDS) from None
    except TROUBLES as error:
        _end_if_cancelled()
        raise outcome(error) from error
    _end_if_cancelled()
    return answer


def _end_if_cancelled() -> None:
    """Where it connects, Telethon waits with asyncio.wait_for, which before Python 3.12 forgets a
    cancellation that comes with what it waits for."""
    if _is_cancelled():
        raise asyncio.CancelledError


def _is_cancelled() -> bool:
    """Whether somebody wants the current task to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
