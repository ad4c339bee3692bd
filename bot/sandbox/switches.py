"""Everything that can be made to go wrong, by one switch each."""

import asyncio
from collections.abc import Callable, Iterable

from bot.sandbox.channels import Channel
from bot.sandbox.errors import RpcError
from bot.sandbox.groups import Group
from bot.sandbox.people import Actor
from bot.sandbox.stage import Stage
from bot.sandbox.tl import T
from bot.sandbox.world import viewing
from bot.sandbox.world.sending import audience

Order = Callable[[list[T.Updates]], Iterable[T.Updates]]


class Switches:
    """Methods are named as in the schema: ``messages.SendMessage``, or ``SendMessage``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._faults = stage.server.faults

    def heal(self) -> None:
        """End all floods, errors, delays and lost or raw answers that are still to come."""
        self._faults.heal()

    def drop_connections(self, account: Actor | None = None) -> None:
        """Cut the connections of an account, or all, without a word."""
        self._stage.server.drop(account.id if account else None)

    def hold(self, account: Actor) -> None:
        """Keep back what would be pushed to an account, until it is released."""
        self._faults.hold(account.id)

    def release(self, account: Actor, order: Order = list) -> None:
        """Push what was kept back, as `order` arranges it: reversed, doubled, thinned out."""
        for updates in order(self._faults.released(account.id)):
            self._stage.server.push_now(account.id, updates)

    def burn_pts(self, channel: Channel, count: int = 1) -> None:
        """Move a channel's event log on with nothing to show for it."""
        channel.state.mailbox.burn(count, self._stage.world.now())

    def too_long(self, channel: Channel) -> None:
        """Tell a channel's members that they have missed too much to be told."""
        world = self._stage.world
        update = T.UpdateChannelTooLong(channel.id, channel.pts)
        about = [T.MessageEmpty(0, peer_id=channel.state.peer)]
        for account in audience(world, channel.state):
            viewing.push(world, account, [update], about)

    @property
    def too_long_after(self) -> int:
        """After how many missed events a difference is refused as too long."""
        return self._stage.world.too_long_after

    @too_long_after.setter
    def too_long_after(self, events: int) -> None:
        self._stage.world.too_long_after = events

    @property
    def most_channels(self) -> int:
        """How many channels an account may be in before CHANNELS_TOO_MUCH."""
        return self._stage.world.most_channels

    @most_channels.setter
    def most_channels(self, count: int) -> None:
        self._stage.world.most_channels = count

    @property
    def skew(self) -> float:
        """Seconds by which the server's protocol clock is ahead of the true time."""
        return self._faults.skew

    @skew.setter
    def skew(self, seconds: float) -> None:
        self._faults.skew = seconds

    def flood(
        self,
        method: str | None,
        seconds: int,
        chat: Actor | Group | Channel | None = None,
        times: int = 1,
    ) -> None:
        """Answer FLOOD_WAIT to a method, or to whatever is asked of one chat."""
        self._faults.flood(seconds, method, _marked(chat), times)

    def error(
        self,
        method: str | None,
        code: int,
        message: str,
        times: int = 1,
        chat: Actor | Group | Channel | None = None,
    ) -> None:
        """Refuse a method, for all or one chat, with an error of one's own choice."""
        self._faults.refuse(RpcError(message, code), method, place=_marked(chat), times=times)

    def error_to(self, account: Actor, method: str, code: int, message: str) -> None:
        """Refuse a method once to an account, with an error of one's own choice."""
        self._faults.refuse(RpcError(message, code), method, account=account.id)

    def lose_response(self, method: str, times: int = 1) -> None:
        """Do what is asked, then cut the connection instead of answering."""
        self._faults.lose_response(method, times)

    def delay(
        self,
        method: str,
        until: float | asyncio.Event | None,
        chat: Actor | Group | Channel | None = None,
    ) -> None:
        """Do what is asked at once, but answer so many seconds later, or once the event is set.

        None puts it right again.
        """
        self._faults.delay(method, until, _marked(chat))

    def raw_result(self, method: str, body: bytes | None) -> None:
        """Answer with ready bytes, such as a constructor of a layer to come; None ends it."""
        self._faults.answer_raw(method, body)

    def push_raw(self, account: Actor, body: bytes) -> None:
        """Push ready bytes."""
        for connection in self._stage.server.listening(account.id):
            connection.send(body)

    def revoke(self, account: Actor, error: str | None = "SESSION_REVOKED") -> None:
        """Answer everything an account asks with an error; None lets it in again."""
        account.account.refusal = RpcError(error) if error else None

    def freeze(self, account: Actor, frozen: bool = True) -> None:
        """Let an account read what it follows and do nothing else, until it is thawed."""
        account.account.frozen = frozen

    def expire_file_references(self) -> None:
        """Make every file reference handed out so far FILE_REFERENCE_EXPIRED."""
        self._stage.world.files.age += 1


def _marked(chat: Actor | Group | Channel | None) -> int | None:
    match chat:
        case None:
            return None
        case Channel():
            return chat.state.marked_id
    return chat.id
