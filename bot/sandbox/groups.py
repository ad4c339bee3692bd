"""Groups and their topics, as a test or the demo moves them."""

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.errors import SandboxMisused
from bot.sandbox.people import Actor
from bot.sandbox.services.writing import topic_of
from bot.sandbox.stage import Stage
from bot.sandbox.tl import T
from bot.sandbox.world import viewing
from bot.sandbox.world.places import Channel, Chat
from bot.sandbox.world.places import Topic as TopicState
from bot.sandbox.world.sending import delete, send
from bot.sandbox.world.standing import tell_standing

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
        if isinstance(self.state, Channel):
            self.state.banned.discard(member.id)
        if admin:
            self.state.admins.add(member.id)
        self._tell_standing(member, by)
        await self._announces(T.MessageActionChatAddUser([member.id]), by)

    async def removes(self, member: Actor, *, by: Actor | None = None) -> None:
        """Throw somebody out; of a supergroup until somebody brings them in again."""
        self.state.members.discard(member.id)
        self.state.admins.discard(member.id)
        if isinstance(self.state, Channel):
            self.state.banned.add(member.id)
            update = T.UpdateChannel(self.state.id)
        else:
            update = T.UpdateChat(self.state.id)
        about = [T.MessageEmpty(0, peer_id=self.state.peer)]
        viewing.push(self._stage.world, member.account, [update], about)
        self._tell_standing(member, by or member)
        await self._stage.told()

    async def ends(self) -> None:
        """Delete the group for everybody."""
        for number in sorted(self.state.members):
            self.state.members.discard(number)
            account = self._stage.world.accounts[number]
            if account.is_bot:
                tell_standing(self._stage.world, account, self.state, account)
        await self._stage.told()

    def mutes(self, member: Actor, *, by: Actor | None = None) -> None:
        """Take a member's right to write away."""
        self._supergroup.muted.add(member.id)
        self._tell_standing(member, by or member)

    def unmutes(self, member: Actor, *, by: Actor | None = None) -> None:
        self._supergroup.muted.discard(member.id)
        self._tell_standing(member, by or member)

    def _tell_standing(self, member: Actor, by: Actor) -> None:
        if member.account.is_bot:
            tell_standing(self._stage.world, member.account, self.state, by.account)

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

    async def _announces(
        self, action: T.TypeMessageAction, by: Actor, topic_id: int | None = None
    ) -> int:
        within = T.MessageReplyHeader(forum_topic=True, reply_to_msg_id=topic_id)
        notice = T.MessageService(
            id=0, peer_id=None, action=action, reply_to=within if topic_id else None
        )
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

    async def closes(self, *, by: Actor) -> None:
        """Let nobody but admins write there, which everybody in the group is told."""
        await self._becomes(closed=True, by=by)

    async def reopens(self, *, by: Actor) -> None:
        await self._becomes(closed=False, by=by)

    async def deletes(self) -> None:
        """Take it away with everything that was said in it."""
        self.state.deleted = True
        group, stage = self.group.state, self.group._stage
        assert isinstance(group, Channel)
        said = [one.id for one in group.mailbox.newest_first() if topic_of(one) == self.id]
        delete(stage.world, group, [self.id, *said])
        await stage.told()

    async def _becomes(self, *, closed: bool, by: Actor) -> None:
        self.state.closed = closed
        action = T.MessageActionTopicEdit(closed=closed)
        await self.group._announces(action, by, self.id)
