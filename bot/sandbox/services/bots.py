"""What only bots ask, and what people ask of bots."""

import asyncio
import re
from collections.abc import Awaitable

from bot.sandbox.errors import RpcError
from bot.sandbox.services import peers
from bot.sandbox.services.content import utf16_length
from bot.sandbox.table import Call, Rights, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world.pressing import press

table = Table()
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MAX_DESCRIPTION = 256
MAX_COMMANDS = 100
MAX_ANSWER = 200
PATIENCE = 10  # seconds a person waits for a bot to answer a button


@table.answers(F.bots.SetBotCommandsRequest, rights=Rights.BOTS)
def set_commands(call: Call, request: F.bots.SetBotCommandsRequest) -> bool:
    if len(request.commands) > MAX_COMMANDS:
        raise RpcError("BOT_COMMAND_INVALID")
    for one in request.commands:
        if not COMMAND.fullmatch(one.command):
            raise RpcError("BOT_COMMAND_INVALID")
        if not 0 < len(one.description) <= MAX_DESCRIPTION:
            raise RpcError("BOT_COMMAND_DESCRIPTION_INVALID")
    call.account.commands[bytes(request.scope), request.lang_code] = request.commands
    return True


@table.answers(F.bots.ResetBotCommandsRequest, rights=Rights.BOTS)
def reset_commands(call: Call, request: F.bots.ResetBotCommandsRequest) -> bool:
    call.account.commands.pop((bytes(request.scope), request.lang_code), None)
    return True


@table.answers(F.bots.GetBotCommandsRequest, rights=Rights.BOTS)
def get_commands(call: Call, request: F.bots.GetBotCommandsRequest) -> list[T.BotCommand]:
    return call.account.commands.get((bytes(request.scope), request.lang_code), [])


@table.answers(F.messages.SetBotCallbackAnswerRequest, rights=Rights.BOTS)
def answer_press(call: Call, request: F.messages.SetBotCallbackAnswerRequest) -> bool:
    if utf16_length(request.message or "") > MAX_ANSWER:
        raise RpcError("MESSAGE_TOO_LONG")
    call.world.queries.answer(call.account.id, request)
    return True


@table.answers(F.messages.GetBotCallbackAnswerRequest, rights=Rights.PEOPLE)
def press_button(
    call: Call, request: F.messages.GetBotCallbackAnswerRequest
) -> Awaitable[T.messages.BotCallbackAnswer]:
    """An account with a client of its own presses a button and waits for the answer."""
    place = peers.place(call, request.peer)
    answered: asyncio.Future[F.messages.SetBotCallbackAnswerRequest] = (
        asyncio.get_running_loop().create_future()
    )
    press(call.world, call.account, place, (request.msg_id, request.data), answered.set_result)
    return _patiently(answered)


async def _patiently(
    answered: "asyncio.Future[F.messages.SetBotCallbackAnswerRequest]",
) -> T.messages.BotCallbackAnswer:
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await answered
    except TimeoutError:
        raise RpcError("BOT_RESPONSE_TIMEOUT") from None
    return T.messages.BotCallbackAnswer(
        cache_time=answer.cache_time, alert=answer.alert, message=answer.message, url=answer.url
    )


@table.answers(F.messages.SetTypingRequest)
def set_typing(call: Call, request: F.messages.SetTypingRequest) -> bool:
    peers.place(call, request.peer)
    return True
