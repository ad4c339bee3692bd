"""What was said or pressed -> the command it is for -> an answer, whatever happens."""

import logging
import re
from dataclasses import replace
from typing import NamedTuple

from bot.alerts.presses import decode
from bot.commands.context import (
    Context,
    Request,
    Right,
    Stale,
    UserError,
    answer,
)
from bot.commands.hint import hint
from bot.commands.people import refusal
from bot.commands.rights import must_manage, right_of
from bot.commands.table import COMMANDS, PRESSES
from bot.locales import Say, bare, deferred, shortened, speaker
from bot.query.cleaning import whole
from storage import subscribers
from storage.records import Asked, Reply

logger = logging.getLogger(__name__)

SORRY = deferred("Something went wrong here; it was noted. Please try again later.")

TOAST_UNITS = 200  # what Telegram shows over a button, and without markup

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)


class Said(NamedTuple):
    """A command with its arguments; the name is empty for plain text."""

    name: str
    args: str


def read(text: str, bot_name: str) -> Said | None:
    """What a message asks of this bot; None if it is a command for another one."""
    command = _COMMAND.fullmatch(text.strip())
    if command is None:
        return Said("", text.strip())
    name, addressed, args = command.groups()
    if addressed is not None and addressed.lower() != bot_name.lower():
        return None
    return Said(name.lower(), (args or "").strip())


class Router:
    """Answers everything that people say to the bot and every button they press."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._commands = {command.name: command for command in COMMANDS}

    async def answer(self, asked: Asked) -> Reply | None:
        """The answer, or None for silence. Never raises but for cancellation: a failure is
        logged with its ids and answered with an apology."""
        asked = replace(
            asked,
            text=whole(asked.text),
            chat_title=whole(asked.chat_title),
            user_name=whole(asked.user_name),
            language=asked.language or self._ctx.language,
        )
        say = speaker(asked.language)
        try:
            reply = await (self._pressed(asked) if asked.press_id else self._said(asked))
        except Exception:  # the edge: one broken answer must not end the others
            logger.exception(
                "no answer: chat=%d user=%d message=%d press=%d",
                asked.chat_id,
                asked.user_id,
                asked.message_id,
                asked.press_id,
            )
            return self._apology(asked, say)
        return None if reply == Reply() else reply

    async def _said(self, asked: Asked) -> Reply | None:
        said = read(asked.text, self._ctx.bot_name())
        command = self._commands.get(said.name) if said else None
        if said is None or (command is None and not asked.private):
            return None
        right = await right_of(self._ctx, asked)
        needed = command.right if command else Right.MEMBER
        if right < needed:
            return await self._refused(asked, right)
        request = await self._request(asked, right, said.args)
        try:
            if command is None:
                return await hint(self._ctx, request, said.name)
            if command.manages:
                await must_manage(self._ctx, request)
            return await command.handler(self._ctx, request)
        except UserError as error:
            return answer(request.say(error.text, **error.values))

    async def _refused(self, asked: Asked, right: Right) -> Reply:
        say = speaker(asked.language)
        if right is Right.EVERYONE:
            return await refusal(self._ctx, Request(asked, right, say))
        return answer(say("Only the owner of this bot can do this."))

    async def _request(self, asked: Asked, right: Right, args: str) -> Request:
        if right is Right.EVERYONE:
            return Request(asked, right, speaker(asked.language), args)
        async with self._ctx.archive.transaction() as tx:
            here = await subscribers.ensure(tx, asked, self._ctx.zone, self._ctx.clock.now())
        return Request(asked, right, speaker(here.language), args, here)

    async def _pressed(self, asked: Asked) -> Reply:
        """What comes back from a button is checked against the chat it comes from."""
        say = speaker(asked.language)
        stale = Reply(toast=say.plain("This button is no longer valid."))
        press = decode(asked.data)
        conn = self._ctx.archive.reader
        here = await subscribers.standing(conn, press.subscriber_id) if press else None
        if press is None or here is None or here.chat_id != asked.chat_id:
            return stale
        pressed = PRESSES[press.verb]
        right = await right_of(self._ctx, asked)
        if right < pressed.right:
            return Reply(toast=_not_allowed(right, say))
        request = Request(asked, right, speaker(here.language), subscriber=here)
        try:
            if pressed.manages:
                await must_manage(self._ctx, request)
            reply = await pressed.handler(self._ctx, request, press.numbers)
            return replace(reply, topic_id=here.topic_id)
        except Stale:
            return stale
        except UserError as error:
            told = bare(request.say(error.text, **error.values))
            return Reply(toast=shortened(told, TOAST_UNITS))

    @staticmethod
    def _apology(asked: Asked, say: Say) -> Reply:
        return Reply(toast=say.plain(SORRY)) if asked.press_id else answer(say(SORRY))


def _not_allowed(right: Right, say: Say) -> str:
    if right is Right.EVERYONE:
        return say.plain("This button is for people who were invited.")
    return say.plain("This button is for the owner of the bot.")
