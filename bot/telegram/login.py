"""Signing the watcher in: a code that Telegram sends, and the 2FA password where one is set."""

import asyncio
from collections.abc import Callable
from typing import Any

from telethon import errors

from bot.errors import OperatorError
from bot.telegram.client import CONNECT_SECONDS, Login, open_client
from bot.telegram.errors import name
from bot.telegram.tuning import Client

TRIES = 3

Prompt = Callable[[str], str]


class LoginError(OperatorError):
    """Signing in did not work; the message says why and what to do."""


async def sign_in(login: Login, phone: str, ask: Prompt, ask_secretly: Prompt) -> str:
    """Sign in and write the session file; the account's display name.

    `ask` and `ask_secretly` put a question to the person at the terminal. Raises LoginError.
    """
    client = open_client(login, connection_retries=3)
    try:
        await _connect(client)
        me = await client.get_me() or await _with_code(client, phone, ask, ask_secretly)
        return _name(me)
    except errors.FloodWaitError as wait:
        raise LoginError(
            f"Telegram asks to wait {wait.seconds} s before another try. Please wait that long: "
            "trying again sooner makes it longer."
        ) from None
    except errors.RPCError as error:
        raise LoginError(EXPLAINED.get(name(error), _unexplained(error))) from None
    finally:
        await client.disconnect()


async def _connect(client: Client) -> None:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.connect()
    except (OSError, EOFError, TimeoutError):
        where = f"{client.session.server_address}:{client.session.port}"
        raise LoginError(
            f"Telegram cannot be reached at {where}. Check the network, and a firewall or proxy "
            "between here and there; then try again."
        ) from None


async def _with_code(client: Client, phone: str, ask: Prompt, ask_secretly: Prompt) -> Any:
    sent = await client.send_code_request(phone)
    for left in reversed(range(TRIES)):
        code = ask("The code Telegram has just sent you (in the app, or by SMS): ").strip()
        try:
            return await client.sign_in(phone, code, phone_code_hash=sent.phone_code_hash)
        except errors.SessionPasswordNeededError:
            return await _with_password(client, ask_secretly)
        except (errors.PhoneCodeInvalidError, errors.PhoneCodeEmptyError):
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


async def _with_password(client: Client, ask_secretly: Prompt) -> Any:
    for left in reversed(range(TRIES)):
        password = ask_secretly("The password of your two-step verification: ")
        try:
            return await client.sign_in(password=password)
        except errors.PasswordHashInvalidError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def _name(user: Any) -> str:
    full = f"{user.first_name or ''} {user.last_name or ''}".strip()
    return f"{full} (@{user.username})" if user.username else full


def _unexplained(error: errors.RPCError) -> str:
    return f"Telegram refused: {name(error)}. Nothing was changed; `postwatch login` tries again."


EXPLAINED = {
    "API_ID_INVALID": "Telegram does not know this pair of api_id and api_hash. Copy both once "
    "more from my.telegram.org, 'API development tools'.",
    "PHONE_NUMBER_INVALID": "Telegram does not know this phone number. Write it with + and the "
    "country code, for example +380441234567.",
    "PHONE_NUMBER_BANNED": "Telegram has banned this phone number. Another account is needed.",
    "PHONE_NUMBER_FLOOD": "This number asked for too many codes today. Try again tomorrow.",
    "PHONE_CODE_INVALID": f"The code was wrong {TRIES} times. Run `postwatch login` again for a "
    "new one.",
    "PHONE_CODE_EXPIRED": "The code has expired. Run `postwatch login` again for a new one.",
    "PASSWORD_HASH_INVALID": f"The password was wrong {TRIES} times. It is the one of Telegram's "
    "two-step verification (Settings, Privacy and Security), not a code.",
}
