"""How the server says no."""

from telethon.errors.rpcerrorlist import rpc_errors_dict

BAD_REQUEST = 400
FLOOD = 420


class RpcError(Exception):
    """A request refused by name, as Telegram names it: ``CHANNEL_INVALID``.

    The numeric code is the one Telethon's own table of errors has for that name;
    a name it does not know, such as ``FLOOD_WAIT_17``, needs its code told.
    """

    def __init__(self, name: str, code: int | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.code: int = code or getattr(rpc_errors_dict.get(name), "code", None) or BAD_REQUEST


class NotKnown(Exception):
    """A request no table has an answer to."""


class SandboxMisused(AssertionError):
    """A test or the demo asked the sandbox for something that makes no sense."""


class UnknownRequests(AssertionError):
    """The program asked for what the sandbox cannot answer; its docstring says how to add it."""


class NeverSettled(AssertionError):
    """The program under test did not come to rest; the message says what it kept asking."""


class NotReceived(AssertionError):
    """What was waited for did not come in time; the message says what came instead."""
