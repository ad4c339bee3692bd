"""What the watcher needs to know and to write down of the channels it watches.

The root gives an implementation over the archive; this package knows only the shape.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from storage.records import (
    Channel,
    ChannelState,
    Cursor,
    Facts,
    History,
    Join,
    Place,
    Stretch,
)


class Watchlist(Protocol):
    async def places(self, account_id: int) -> list[Place]:
        """The channels to sweep: those the account can see."""

    async def newest_id(self, channel_id: int) -> int:
        """The highest message id that was ever seen in a channel, 0 where none was."""

    async def alive_ids(self, channel_id: int, below: int) -> Sequence[int]:
        """The messages below an id that are believed to be there, the newest first."""

    async def chosen(self, account_id: int, usernames: Sequence[str]) -> dict[str, Place | None]:
        """Those of the usernames that the account knows; None for one it cannot read now."""

    async def compared(self, channel_ids: Sequence[int], at: int) -> None:
        """These channels are as Telegram had them at that time."""

    async def adopt(
        self, account_id: int, channel: Channel, access_hash: int, cursor: Cursor
    ) -> None:
        """Watch a channel from `cursor` on. One that is watched keeps its older cursor."""

    async def wait_again(self, account_id: int) -> None:
        """Channels that are watched and that this account has never reached wait to be joined."""

    async def waiting(self) -> list[Join]:
        """The channels still to be joined, oldest first."""

    async def pinned_id(self, target: str) -> int | None:
        """The numeric id the seeds vouch for, where they do."""

    async def seconds_to_next_join(self) -> float:
        """How long until one more channel may be joined; 0 or less: now."""

    async def joined(self, join: Join, channel_id: int) -> None:
        """A join is done: Telegram counts it."""

    async def adopted(self, join: Join, channel_id: int) -> None:
        """The account followed the channel already: nothing that Telegram counts."""

    async def join_failed(self, join: Join, reason: str) -> None:
        """A join will not work, however often it is tried."""


class Register(Protocol):
    async def observe(self, seen: Sequence[Facts]) -> None:
        """Note what channels, watched or not, say of themselves."""

    async def mark(self, channel_id: int, state: ChannelState) -> None:
        """Note what has become of a channel."""

    async def readings_due(self, account_id: int) -> list[Place]:
        """The channels whose facts are to be read in full now, the lost ones among them."""

    async def was_read(self, channel_id: int) -> None:
        """That was tried, and is not due before the next night."""

    async def former_usernames(self) -> list[tuple[int, str]]:
        """The names that channels (their ids) gave up, to see where they lead now."""

    async def leads_elsewhere(self, channel_id: int, username: str, other_id: int) -> None:
        """A former name of a channel leads to another one."""


class Ledger(Protocol):
    async def audits_due(self, account_id: int) -> list[Place]:
        """The channels to audit now: those the account can see, once a night."""

    async def gaps(self, channel_id: int) -> tuple[Stretch | None, list[Stretch]]:
        """The ids that have to be accounted for, and those that are not, in ascending order."""

    async def account(self, channel_id: int, stretch: Stretch) -> None:
        """Every id of the stretch is a post, a deletion, or absent."""

    async def audited(self, channel_id: int) -> None:
        """The audit of a channel is done for this night."""


class Histories(Protocol):
    async def next_wanted(
        self, account_id: int, but: Collection[int]
    ) -> tuple[Place, History] | None:
        """The history to go on with, of a channel that the account can see; `but` not these."""

    async def history_failed(self, channel_id: int, reason: str) -> None:
        """The history cannot be read, however often it is tried."""
