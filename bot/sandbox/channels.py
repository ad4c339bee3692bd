"""A channel and its posts, as a test or the demo moves them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Unpack

from bot.sandbox.drafts import Content, draft, found_entities, picture
from bot.sandbox.people import Actor
from bot.sandbox.services.messages import forwarded
from bot.sandbox.stage import Stage
from bot.sandbox.tl import T
from bot.sandbox.world import places, viewing
from bot.sandbox.world.mailbox import changed
from bot.sandbox.world.sending import audience, delete, edit, post
from bot.sandbox.world.standing import tell_standing


class PostContent(Content, total=False):
    reply_to: "Post | int"
    forward_from: "Post"
    withhold: bool  # kept, and in the event log, but nobody is told
    copies: int  # how often everybody is told


class Channel:
    def __init__(self, stage: Stage, state: places.Channel) -> None:
        self._stage = stage
        self.state = state

    @property
    def id(self) -> int:
        """The bare, positive id."""
        return self.state.id

    @property
    def marked_id(self) -> int:
        """The id as the Bot API writes it: -100..."""
        return self.state.marked_id

    @property
    def title(self) -> str:
        return self.state.title

    @property
    def username(self) -> str | None:
        return self.state.username

    @property
    def link(self) -> str:
        """Where the channel is found: its t.me address, or its invite link."""
        return f"https://t.me/{self.username}" if self.username else self.invite_link

    @property
    def invite_link(self) -> str:
        if self.state.invite is None:
            self.state.invite = f"{self._stage.world.rnd.getrandbits(96):024x}"
        return f"https://t.me/+{self.state.invite}"

    @property
    def pts(self) -> int:
        return self.state.mailbox.pts

    @property
    def messages(self) -> dict[int, T.Message]:
        """What is there now, by id: the truth a copy of the channel is compared with."""
        return dict(self.state.mailbox.messages)

    @property
    def silent(self) -> bool:
        """Whether Telegram leaves its posts to be asked for."""
        return self.state.silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self.state.silent = silent

    async def posts(self, text: str = "", **content: Unpack[PostContent]) -> "Post":
        """Publish a post."""
        message = draft(self._stage.world, text, content)
        message.reply_to = _reply(content.get("reply_to"))
        if "forward_from" in content:
            message = _forward(message, content["forward_from"])
        return await self.posts_raw(message, copies=_copies(content))

    async def posts_album(
        self, parts: Sequence[str | bytes | tuple[str, bytes]], **content: Unpack[PostContent]
    ) -> "list[Post]":
        """Publish photos as one album: captions, pictures, or both of each part."""
        content["grouped_id"] = self._stage.world.rnd.getrandbits(62)
        album = []
        for number, part in enumerate(parts):
            caption, data = _part(part, number)
            content["photo"] = data
            album.append(await self.posts(caption, **content))
        return album

    async def posts_raw(self, message: T.Message, copies: int = 1) -> "Post":
        """Publish a ready message; an id and a date it has are kept."""
        stored, _ = post(self._stage.world, self.state, message, copies=copies)
        await self._stage.told()
        return Post(self, stored.id)

    async def announces(self, action: T.TypeMessageAction) -> "Post":
        """Publish a service message."""
        return await self.posts_raw(T.MessageService(id=0, peer_id=None, action=action))

    async def deletes(self, posts: "Iterable[Post | int]", *, withhold: bool = False) -> None:
        """Delete several posts at once."""
        ids = [one.id if isinstance(one, Post) else one for one in posts]
        delete(self._stage.world, self.state, ids, copies=0 if withhold else 1)
        await self._stage.told()

    async def changes(self, **facts: str | bool | int | None) -> None:
        """Change what the channel says of itself: title, username, about, verified, ..."""
        self.state.say_of_itself(facts)
        self._tell_of_itself([one.id for one in audience(self._stage.world, self.state)])
        await self._stage.told()

    async def turns_private(self) -> None:
        """Give the username up: only members see it from now on."""
        await self.changes(username=None)

    async def appoints(self, bot: Actor, *, by: Actor) -> None:
        """Bring a bot in as an admin, which it is told."""
        self.admits(bot, admin=True)
        tell_standing(self._stage.world, bot.account, self.state, by.account)
        await self._stage.told()

    def admits(self, *accounts: Actor, admin: bool = False) -> None:
        """Make accounts members, as if they had joined long ago."""
        for one in accounts:
            self.state.members.add(one.id)
            if admin:
                self.state.admins.add(one.id)

    async def removes(self, account: Actor) -> None:
        """Take an account off the list of members."""
        self.state.members.discard(account.id)
        self.state.admins.discard(account.id)
        self._tell_of_itself([account.id])
        if account.account.is_bot:
            tell_standing(self._stage.world, account.account, self.state, account.account)
        await self._stage.told()

    async def bans(self, account: Actor) -> None:
        """Remove an account and close the channel to it."""
        self.state.banned.add(account.id)
        await self.removes(account)

    def unbans(self, account: Actor) -> None:
        self.state.banned.discard(account.id)

    def _tell_of_itself(self, account_ids: list[int]) -> None:
        about = [T.MessageEmpty(0, peer_id=self.state.peer)]
        for number in account_ids:
            account = self._stage.world.accounts[number]
            viewing.push(self._stage.world, account, [T.UpdateChannel(self.id)], about)


@dataclass(frozen=True, slots=True)
class Post:
    """A handle on a post; what it says now is looked up."""

    channel: Channel
    id: int

    @property
    def message(self) -> T.Message:
        """The post as it is now. Raises KeyError where it was deleted."""
        return self.channel.state.mailbox.messages[self.id]

    @property
    def text(self) -> str:
        text: str = self.message.message
        return text

    @property
    def link(self) -> str:
        name = self.channel.username
        return f"https://t.me/{name or f'c/{self.channel.id}'}/{self.id}"

    async def edits(
        self,
        text: str,
        entities: Sequence[T.TypeMessageEntity] | None = None,
        *,
        withhold: bool = False,
    ) -> None:
        """Say something else instead."""
        found = found_entities(text) if entities is None else list(entities)
        await self._becomes(withhold, message=text, entities=found or None)

    async def reacts(self, emoji: str, count: int) -> None:
        """Readers react, which Telegram tells as an edit that is not shown."""
        reaction = T.ReactionCount(reaction=T.ReactionEmoji(emoji), count=count)
        await self._becomes(False, reactions=T.MessageReactions([reaction]), edit_hide=True)

    def is_viewed(self, views: int, forwards: int = 0) -> None:
        """Readers see and pass it on; nobody is told."""
        mailbox = self.channel.state.mailbox
        mailbox.messages[self.id] = changed(self.message, views=views, forwards=forwards)

    async def deletes(self, *, withhold: bool = False) -> None:
        await self.channel.deletes([self], withhold=withhold)

    async def _becomes(self, withhold: bool, **changes: object) -> None:
        stage = self.channel._stage
        changes.setdefault("edit_date", stage.world.now())
        copies = 0 if withhold else 1
        edit(stage.world, self.channel.state, self.id, changes, copies=copies)
        await stage.told()


def _reply(to: "Post | int | None") -> T.MessageReplyHeader | None:
    if to is None:
        return None
    return T.MessageReplyHeader(reply_to_msg_id=to.id if isinstance(to, Post) else to)


def _forward(message: T.Message, original: Post) -> T.Message:
    """`message` with what the original says and where it was said."""
    first = original.message
    return changed(
        message,
        message=first.message,
        entities=first.entities,
        media=first.media,
        fwd_from=forwarded(original.channel.state, first),
    )


def _copies(content: PostContent) -> int:
    return 0 if content.get("withhold") else content.get("copies", 1)


def _part(part: str | bytes | tuple[str, bytes], number: int) -> tuple[str, bytes]:
    match part:
        case str():
            return part, picture(number + 1)
        case bytes():
            return "", part
    return part
