"""What people can ask of the bot: a table of commands, a router, and one module a subject."""

from bot.commands.context import Command, Context, Request, Right, UserError
from bot.commands.router import Router
from bot.commands.table import COMMANDS, bot_commands, readme_table

__all__ = [
    "COMMANDS",
    "Command",
    "Context",
    "Request",
    "Right",
    "Router",
    "UserError",
    "bot_commands",
    "readme_table",
]
