"""People who talk to the bot, in tests: chats, what they show, and buttons to press."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.alerts import stories
from bot.alerts.deciding import Deciding
from bot.commands.router import Router
from bot.ingest import Ingest
from bot.outcomes import Busy, Outcome, Refused
from storage import channels, posts, profiles
from storage.db import Archive
from storage.records import (
    Asked,
    Batch,
    Button,
    Channel,
    ChannelState,
    Deletion,
    Pack,
    Post,
    Profile,
    Reply,
    Swept,
    Via,
)
from tests.clocks import ManualClock

NOW = 1_663_600_000_000  # 2022-09-19 15:06:40 UTC, 18:06 in Kyiv
OWNER = 7
READER = 8
STRANGER = 9
GROUP = -100_500
STARTER = "референдум"  # the query of the rule that is offered
HOUR = 3_600_000
DAY = 24 * HOUR

HAIDAI = Channel(
    101, "Сергій Гайдай", "luhanskaVTSA", ChannelState.JOINED, archive_from_at=NOW - 30 * DAY
)
PUSHILIN = Channel(
    102, "Пушилин Д.В.", "pushilindenis", ChannelState.JOINED, archive_from_at=NOW - 30 * DAY
)


@dataclass
class Telegram:
    """What the watcher finds when it looks a target up."""

    known: dict[str, Channel] = field(default_factory=dict)
    failure: Outcome = field(default_factory=lambda: Refused("USERNAME_NOT_OCCUPIED"))
    looked_up: list[str] = field(default_factory=list)
    swept: Swept | None = None
    admins: set[int] = field(default_factory=lambda: {OWNER, READER})  # of every group
    silent: bool = False  # on who runs a group

    async def look(self, target: str) -> Channel:
        self.looked_up.append(target)
        if target not in self.known:
            raise self.failure
        return self.known[target]

    async def is_admin(self, chat_id: int, _access_hash: int, user_id: int) -> bool:
        assert chat_id < 0, "a private chat has no admins"
        if self.silent:
            raise Refused("CHAT_ADMIN_REQUIRED")
        return user_id in self.admins

    async def sweep(self) -> Swept:
        if self.swept is None:
            raise Busy(60)
        return self.swept


@dataclass
class Chat:
    """One chat with the bot, as a person in it sees it."""

    router: Router
    asked: Asked
    shown: Reply = field(default_factory=Reply)

    async def says(self, text: str) -> Reply | None:
        reply = await self.router.answer(replace(self.asked, text=text))
        self.shown = reply or Reply()
        return reply

    async def sees(self, text: str) -> str:
        """The text of the answer to something said; empty where there is none."""
        await self.says(text)
        return self.html

    @property
    def html(self) -> str:
        return self.shown.message.html if self.shown.message else ""

    @property
    def buttons(self) -> list[Button]:
        rows = self.shown.message.buttons if self.shown.message else ()
        return [button for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.text for button in self.buttons]

    async def watches(self, query: str) -> None:
        """Ask for a rule, and keep it."""
        await self.says(f"/watch {query}")
        reply = await self.presses("Keep")
        assert reply.toast == "Kept. Alerts come to this chat."

    async def presses(self, label: str) -> Reply:
        """Press the first button of that label under the message that is shown."""
        data = next(button.data for button in self.buttons if button.text == label)
        return await self.sends(data)

    async def sends(self, data: str) -> Reply:
        """Send a button's data, whoever made it up."""
        reply = await self.router.answer(replace(self.asked, press_id=1, data=data))
        assert reply is not None, "every press is answered"
        assert reply.toast or reply.message, "a press is answered by a toast or a text"
        if reply.message:
            self.shown = reply
        return reply


@dataclass
class Bot:
    """The bot with its archive, and ways to come to it."""

    archive: Archive
    clock: ManualClock
    telegram: Telegram
    joins_woken: list[str]
    router: Router

    def chat(
        self, user: int = OWNER, chat: int | None = None, topic: int = 0, language: str = "en"
    ) -> Chat:
        asked = Asked(
            chat if chat is not None else user,
            user,
            topic_id=topic,
            user_name=f"Person {user}",
            language=language,
        )
        return Chat(self.router, asked)

    async def watches(self, *watched: Channel) -> None:
        async with self.archive.transaction() as tx:
            for channel in watched:
                await channels.save(tx, channel)

    async def knows_pack(self, name: str, *channels: Channel) -> None:
        """A pack of the seeds, whose name is the label of its channels once they are watched."""
        listed = tuple(
            Profile(channel.username or "", channel.title, "ministry", "UA", "uk", "2022-09")
            for channel in channels
        )
        async with self.archive.transaction() as tx:
            await profiles.load(tx, [Pack(name, listed)])

    async def posts(self, *texts: str, channel: Channel = HAIDAI) -> list[Post]:
        """One post a minute from now on, with ids counted per channel from the clock."""
        made: list[Post] = []
        for text in texts:
            self.clock.forward(60)
            made.append(Post(channel.id, self.clock.now() // 60_000, self.clock.now(), text))
        await self.writes(*made)
        return made

    async def writes(self, *made: Post, gone: Sequence[Deletion] = ()) -> None:
        batch = Batch(Via.LIVE, self.clock.now(), made, tuple(gone))
        async with self.archive.transaction() as tx:
            await posts.apply(tx, batch)

    async def takes_in(
        self, *made: Post, gone: Sequence[Deletion] = (), via: Via = Via.LIVE
    ) -> None:
        """As `writes`, and who is told of it is decided with it."""
        following = (stories.follow, Deciding(self.clock).follow)
        ingest = Ingest(self.archive, self.clock, lambda: None, following)
        await ingest.apply(Batch(via, self.clock.now(), made, tuple(gone)))

    async def lets_in(self, user: int) -> Chat:
        """A person who was invited by the owner and came."""
        link = await self.chat().sees("/invite")
        chat = self.chat(user)
        await chat.says(f"/start {link.partition('start=')[2]}")
        return chat
