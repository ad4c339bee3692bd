"""A short look at one account, for `postwatch doctor`."""

import asyncio
import contextlib
import time
from dataclasses import dataclass

from telethon import errors
from telethon.tl import functions

from bot.telegram.client import CLOSE_SECONDS, Login, open_client
from bot.telegram.errors import name
from bot.telegram.tuning import Client

CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found. `account` is None where nobody is signed in; then `problem` says why."""

    reached: bool
    account: str | None = None
    problem: str = ""
    clock_ahead: float = 0.0  # seconds by which this machine's clock is ahead of Telegram's


async def check_up(login: Login) -> Checkup:
    """Connect, see who is signed in, compare clocks, disconnect. Signs a bot in."""
    client = open_client(login, connection_retries=1)
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.connect()
            return await _look(client, login)
    except (OSError, EOFError, TimeoutError) as error:
        return Checkup(reached=False, problem=str(error) or "no answer")
    except errors.RPCError as error:
        return Checkup(reached=True, problem=name(error))
    except errors.AuthKeyNotFound:
        return Checkup(reached=True, problem="AUTH_KEY_UNREGISTERED")
    finally:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await client.disconnect()


async def _look(client: Client, login: Login) -> Checkup:
    config = await client(functions.help.GetConfigRequest())
    ahead = time.time() - config.date.timestamp()
    me = await client.get_me()
    if me is None and login.bot_token:
        me = await client.sign_in(bot_token=login.bot_token)
    if me is None:
        return Checkup(True, problem="AUTH_KEY_UNREGISTERED", clock_ahead=ahead)
    shown = f"@{me.username}" if me.username else f"{me.first_name or ''} ({me.id})".strip()
    return Checkup(True, account=shown, clock_ahead=ahead)
