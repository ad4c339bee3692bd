"""What the watcher needs to know and to write down of the channels it watches.

The root gives an implementation over the archive; this package knows only the shape.
"""

from typing import Protocol

from storage.records import Channel, ChannelState, Cursor, Join, Place


class Watchlist(Protocol):
    async def places(self, account_id: int) -> list[Place]:
        """The channels to sweep: those the account can see."""

    async def mark(self, channel_id: int, state: ChannelState) -> None:
        """Note what has become of a channel."""

    async def adopt(
        self, account_id: int, channel: Channel, access_hash: int, cursor: Cursor
    ) -> None:
        """Watch a channel from `cursor` on. One that is watched keeps its older cursor."""

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
