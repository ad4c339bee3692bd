"""Groups and their topics, as a test or the demo moves them."""

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.errors import SandboxMisused
from bot.sandbox.people import Actor
from bot.sandbox.stage import Stage
from bot.sandbox.tl import T
from bot.sandbox.world import viewing
from bot.sandbox.world.places import Channel, Chat
from bot.sandbox.world.places import Topic as TopicState
from bot.sandbox.world.sending import send

Kind = Literal["supergroup", "basic"]


class Group:
    """A supergroup, or a small group where its state is a `Chat`."""

    def __init__(self, stage: Stage, state: Channel | Chat) -> None:
        self._stage = stage
        self.state = state

    @property
    def id(self) -> int:
        """The marked id, as a subscriber's chat is known by: -100... for a supergroup."""
        return self.state.marked_id

    @property
    def marked_id(self) -> int:
        return self.state.marked_id

    @property
    def title(self) -> str:
        return self.state.title

    @property
    def messages(self) -> dict[int, T.Message]:
        """What is there now, by id. A small group has no messages of its own."""
        return dict(self._supergroup.mailbox.messages)

    async def adds(self, member: Actor, *, by: Actor, admin: bool = False) -> None:
        """A member brings somebody in, which everybody there is told."""
        self.state.members.add(member.id)
        if admin:
            self.state.admins.add(member.id)
        await self._announces(T.MessageActionChatAddUser([member.id]), by)

    async def removes(self, member: Actor) -> None:
        """Throw somebody out; of a supergroup for good."""
        self.state.members.discard(member.id)
        self.state.admins.discard(member.id)
        if isinstance(self.state, Channel):
            self.state.banned.add(member.id)
            update = T.UpdateChannel(self.state.id)
        else:
            update = T.UpdateChat(self.state.id)
        about = [T.MessageEmpty(0, peer_id=self.state.peer)]
        viewing.push(self._stage.world, member.account, [update], about)
        await self._stage.told()

    def mutes(self, member: Actor) -> None:
        """Take a member's right to write away."""
        self._supergroup.muted.add(member.id)

    def unmutes(self, member: Actor) -> None:
        self._supergroup.muted.discard(member.id)

    async def upgrades(self, *, by: Actor) -> None:
        """Go on as a supergroup under a new id, as a small group does when it grows."""
        old, world = self.state, self._stage.world
        if not isinstance(old, Chat):
            raise SandboxMisused(f"{self.title!r} is a supergroup already")
        new = Channel(world.next_channel_id(), old.title, world.now(), broadcast=False)
        new.members, new.admins = set(old.members), set(old.admins)
        world.channels[new.id] = new
        old.upgraded_to = new.id
        await self._announces(T.MessageActionChatMigrateTo(new.id), by)
        self.state = new
        await self._announces(T.MessageActionChannelMigrateFrom(old.title, old.id), by)

    async def topic(self, title: str, *, by: Actor) -> "Topic":
        """Open a topic of a forum."""
        group = self._supergroup
        if group.topics is None:
            raise SandboxMisused(f"{self.title!r} is no forum: make it with forum=True")
        number = await self._announces(T.MessageActionTopicCreate(title, icon_color=0), by)
        group.topics[number] = TopicState(number, title)
        return Topic(self, number)

    async def _announces(self, action: T.TypeMessageAction, by: Actor) -> int:
        notice = T.MessageService(id=0, peer_id=None, action=action)
        sent = send(self._stage.world, by.account, self.state, notice)
        await self._stage.told()
        number: int = sent.message.id
        return number

    @property
    def _supergroup(self) -> Channel:
        if not isinstance(self.state, Channel):
            raise SandboxMisused(f"{self.title!r} is a small group, which has no such thing")
        return self.state


@dataclass(frozen=True, slots=True)
class Topic:
    group: Group
    id: int

    @property
    def state(self) -> TopicState:
        group = self.group.state
        assert isinstance(group, Channel)
        assert group.topics is not None
        return group.topics[self.id]

    def closes(self) -> None:
        self.state.closed = True

    def reopens(self) -> None:
        self.state.closed = False

    def deletes(self) -> None:
        self.state.deleted = True
