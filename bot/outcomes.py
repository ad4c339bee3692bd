"""What asking something of Telegram can come to, in words of ours.

``bot.telegram`` raises these and nothing of Telethon's, so that no other part needs to
know Telethon's several hundred errors.
"""


class Outcome(Exception):
    """Telegram did not do what it was asked."""


class Busy(Outcome):
    """Not now: try again after `seconds`.

    `everybody` is true where the whole account must wait, not this chat alone; `own` where the
    chat lets nobody write more often, which says nothing of the account; `undone` where Telegram
    itself says so. Otherwise it may have done what it was asked.
    """

    def __init__(
        self,
        seconds: float,
        *,
        everybody: bool = False,
        own: bool = False,
        undone: bool = False,
    ) -> None:
        super().__init__(f"busy for {seconds:g} s")
        self.seconds = seconds
        self.everybody = everybody
        self.own = own
        self.undone = undone


class Gone(Outcome):
    """The chat cannot be reached any more: it blocked the bot, or was deleted."""


class Moved(Outcome):
    """The small group went on as a supergroup, which is `chat_id` and has an `access_hash`."""

    def __init__(self, chat_id: int, access_hash: int) -> None:
        super().__init__(f"moved to {chat_id}")
        self.chat_id = chat_id
        self.access_hash = access_hash


class Refused(Outcome):
    """It will not work this way, however often it is tried. `reason` is Telegram's name for it.

    `forbidden` is true where it is not the request that is wrong: this account may not do it.
    """

    def __init__(self, reason: str, *, forbidden: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.forbidden = forbidden


class SignedOut(Outcome):
    """The account itself may not go on: its session was revoked, or it is banned.

    Only its owner can mend that. `reason` is Telegram's name for it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Frozen(SignedOut):
    """Telegram has frozen the account: it may not do this, while other things go on."""
