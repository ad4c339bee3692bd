"""Whoever has an account and a client to sign in with."""

from bot.sandbox.errors import SandboxMisused
from bot.sandbox.stage import Stage
from bot.sandbox.tl import T
from bot.sandbox.world.accounts import Account


class Actor:
    """Anybody with an account."""

    def __init__(self, stage: Stage, account: Account) -> None:
        self._stage = stage
        self.account = account

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def marked_id(self) -> int:
        """The id as the Bot API writes it, which for people and bots is the same."""
        return self.account.id

    @property
    def name(self) -> str:
        return self.account.first_name

    @property
    def username(self) -> str | None:
        return self.account.username


class User(Actor):
    """A person who signs in with a client of their own: the watcher."""

    @property
    def phone(self) -> str:
        return self.account.phone or ""

    @property
    def code(self) -> str:
        """The login code Telegram sent last."""
        code = self._stage.world.logins.codes.get(self.id)
        if code is None:
            raise SandboxMisused(f"nobody has asked for a login code for {self.name}")
        return code


class Bot(Actor):
    """A bot, which signs in with a client and its token."""

    @property
    def token(self) -> str:
        return self.account.token or ""

    @property
    def privacy(self) -> bool:
        """Whether it hears in groups only what is meant for it, as bots do by default."""
        return self.account.privacy

    @privacy.setter
    def privacy(self, on: bool) -> None:
        self.account.privacy = on

    @property
    def commands(self) -> dict[str, str]:
        """The command menu everybody sees by default, name to description."""
        return self.commands_in("")

    def commands_in(self, language: str) -> dict[str, str]:
        """The default menu as people with another language see it."""
        key = (bytes(T.BotCommandScopeDefault()), language)
        return {one.command: one.description for one in self.account.commands.get(key, [])}
