"""How people name a channel -> the name to ask Telegram for. Pure."""

import re
from urllib.parse import parse_qs, urlsplit

from bot.commands.context import UserError
from bot.locales import deferred

HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
MAX_LENGTH = 200
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,30}[A-Za-z0-9]")
_INVITE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_WITH_SCHEME = re.compile(r"[a-z]+://", re.IGNORECASE)
# First parts of t.me paths that are no usernames.
_RESERVED = re.compile(
    "addemoji|addlist|addstickers|addtheme|bg|boost|contact|giftcode|invoice|iv|joinchat|login|m|"
    "msg|nft|proxy|setlanguage|share|socks"
)

NOT_A_TARGET = deferred(
    "“{text}” does not name a channel. Write its @name, a link such as t.me/name, "
    "or an invite link such as t.me/+AbCdEf."
)
MEMBERS_ONLY = deferred(
    "Links with /c/ work for members only and do not tell the channel’s name. "
    "Send its @name or an invite link."
)


def parse_target(text: str) -> str:
    """The username without @, or the invite as +hash, that `text` names.

    Raises UserError that says what to write instead. Telegram alone knows whether there is
    such a channel.
    """
    named = text.strip()
    if len(named) > MAX_LENGTH:
        raise UserError(NOT_A_TARGET, text=named)
    target = _of_url(named) if "/" in named or ":" in named else _username(named.removeprefix("@"))
    if target is None:
        raise UserError(NOT_A_TARGET, text=named)
    return target


def _of_url(text: str) -> str | None:
    try:
        url = urlsplit(text if _WITH_SCHEME.match(text) else f"https://{text}")
        host = (url.hostname or "").removeprefix("www.")
    except ValueError:  # such as an unfinished IPv6 address
        return None
    if url.scheme == "tg":
        return _of_app_link(host, url.query)
    if url.scheme not in ("http", "https"):
        return None
    path = [part for part in url.path.split("/") if part]
    if host in HOSTS:
        return _of_path(path)
    # name.t.me is the same as t.me/name
    name, _, domain = host.partition(".")
    return _username(name) if domain == "t.me" else None


def _of_path(path: list[str]) -> str | None:
    if path[:1] == ["s"]:  # the preview in a browser: t.me/s/name
        path = path[1:]
    match path:
        case ["joinchat", code, *_]:
            return _invite(code)
        case ["c", number, *_] if number.isdecimal():
            raise UserError(MEMBERS_ONLY)
        case [code, *_] if code.startswith("+"):
            return _invite(code[1:])
        case [name, *_] if not _RESERVED.fullmatch(name.lower()):
            return _username(name.removeprefix("@"))
    return None


def _of_app_link(action: str, query: str) -> str | None:
    values = parse_qs(query)
    if action == "resolve":
        return _username(values.get("domain", [""])[0])
    return _invite(values.get("invite", [""])[0]) if action == "join" else None


def _username(text: str) -> str | None:
    return text if _USERNAME.fullmatch(text) and "__" not in text else None


def _invite(code: str) -> str | None:
    """Codes of digits only are phone numbers: t.me/+380441234567."""
    return f"+{code}" if _INVITE.fullmatch(code) and not code.isdecimal() else None
