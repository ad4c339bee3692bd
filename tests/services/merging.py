"""A desk with several channels, and a chat that shows what its messages say by now."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.alerts import stories
from bot.alerts.composing import Composer
from bot.alerts.deciding import Deciding
from bot.ingest import Ingest
from bot.query.parse import parse
from bot.query.reading import Choices
from bot.understanding import stored, understood
from storage import channels, outbox, queues, rules, subscribers
from storage.db import Archive
from storage.records import (
    Asked,
    Batch,
    Channel,
    ChannelState,
    Does,
    Due,
    Forward,
    Post,
    Subscriber,
    Via,
)
from tests.clocks import ManualClock
from tests.unit.query.lexicons import lexicon

NAMES = {77: "luhanskaVTSA", 78: "truha", 79: "suspilne", 80: "radio", 81: "donbas"}
LINK = re.compile(r'href="https://t\.me/(\w+)/(\d+)"')

NEWS = (
    "Сергій Гайдай: Білогорівка повністю під контролем наших захисників. За кожен сантиметр "
    "іде запекла боротьба, ворог готує оборону і підтягує підрозділи з півночі області."
)


def said(channel: int, message_id: int, text: str = NEWS, at: int = 0, **more: object) -> Post:
    """A post, some seconds after the story began."""
    posted_at = 1_663_600_000_000 + at * 1000
    return Post(channel, message_id, posted_at, text, pts=message_id, **more)  # type: ignore[arg-type]  # a test's shorthand


def forward(of: Post) -> Forward:
    return Forward(of.posted_at, of.channel_id, of.message_id)


async def watch_all(archive: Archive) -> None:
    """Channels that repost what others say."""
    async with archive.transaction() as tx:
        for number, name in NAMES.items():
            await channels.save(tx, Channel(number, f"Title {name}", name, ChannelState.JOINED))


@dataclass
class Desk:
    """The archive, what writes into it, and the chats of its subscribers."""

    archive: Archive
    clock: ManualClock
    ingest: Ingest = field(init=False)
    composer: Composer = field(init=False)
    chats: dict[int, dict[int, str]] = field(default_factory=dict)  # html by message id, by chat
    sent: int = 0
    sounds: list[tuple[str, bool]] = field(default_factory=list)  # (kind, silent) of what was sent
    failed: set[tuple[int, str]] = field(default_factory=set)  # alerts that could not be sent

    def __post_init__(self) -> None:
        following = [stories.follow, Deciding(self.clock).follow]
        self.ingest = Ingest(self.archive, self.clock, lambda: None, following)
        self.composer = Composer(self.archive, self.clock)

    async def watches(self) -> None:
        await watch_all(self.archive)

    async def hears(self, *posts: Post, via: Via = Via.LIVE) -> None:
        await self.ingest.apply(Batch(via, self.clock.now(), posts))

    async def subscribes(self, chat_id: int, *queries: str) -> Subscriber:
        """A chat with rules."""
        made = []
        for query in queries:
            found = await understood(
                self.archive.reader, lexicon(), parse(query, rule=True), Choices()
            )
            assert found.tree is not None
            made.append((query, stored(found, Choices(), lexicon())))
        async with self.archive.transaction() as tx:
            here = await subscribers.ensure(tx, Asked(chat_id, chat_id), "Europe/Kyiv", 0)
            for query, meant in made:
                await rules.add(tx, here.id, query, 0, meant)
        return here

    async def delivers(self, fails: Callable[[Due], bool] | None = None) -> None:
        """Send all that is due until nothing is, as delivery does; what fails fails for good."""
        self.clock.forward(2)
        while rows := await queues.due(self.archive.reader, self.clock.now(), 100):
            for due in rows:
                await self.attempts(due, fails is not None and fails(due))

    async def attempts(self, due: Due, fails: bool) -> None:
        async with self.archive.transaction() as tx:
            message = due.message or await self.composer.compose(due)
            assert message is not None, "what is owed has something to tell"
            await outbox.freeze(tx, due.id, message)
        async with self.archive.transaction() as tx:
            if fails:
                if due.kind == "alert":
                    number, _, told = due.subject.partition("/")
                    self.failed.add((due.subscriber.chat_id, f"{NAMES[int(number)]}/{told}"))
                await outbox.failed(tx, due.id, "REFUSED", self.clock.now())
                return
            self.sent += 1
            self.sounds.append((due.kind, message.silent))
            shown = self.chats.setdefault(due.subscriber.chat_id, {})
            place = self.sent
            if due.does is Does.EDIT:
                assert due.target_message_id is not None, "what is edited was sent"
                place = due.target_message_id
            shown[place] = message.html
            await outbox.sent(tx, due.id, place, self.clock.now())

    def links(self, chat: int) -> list[list[str]]:
        """The posts that each message of a chat links to, as name/id: the head comes last."""
        return [
            [f"{name}/{number}" for name, number in LINK.findall(html)]
            for html in self.chats.get(chat, {}).values()
        ]

    def told(self, chat: int) -> Counter[str]:
        """How often each post is told of in a chat."""
        return Counter(link for links in self.links(chat) for link in links)

    async def told_stories(self, chat: int) -> Counter[str]:
        """How often each post or album is told of: as a head, or as what joined one."""
        albums = await self._albums()
        found: Counter[str] = Counter()
        for html in self.chats.get(chat, {}).values():
            if "a further part of an album" in html:
                continue  # which another rule hit after the album was told
            # What the head forwards is linked to before it; the head itself comes last.
            own = html.rindex("<a ")
            _, _, also = html[:own].partition("\nAlso: ")
            links = [f"{name}/{number}" for name, number in LINK.findall(also + html[own:])]
            found.update({albums.get(link, link) for link in links})
        return found

    async def matched(self, chat: int) -> set[str]:
        """The posts and albums that rules of a chat caught."""
        albums = await self._albums()
        rows = await self.archive.reader.execute_fetchall(
            """
            SELECT channels.username || '/' || posts.message_id AS link
            FROM subscribers
                JOIN rules ON rules.subscriber_id = subscribers.id
                JOIN matches ON matches.rule_id = rules.id
                JOIN posts ON posts.id = matches.post_id
                JOIN channels ON channels.id = posts.channel_id
            WHERE subscribers.chat_id = ?
            """,
            (chat,),
        )
        return {albums.get(row["link"], row["link"]) for row in rows}

    async def _albums(self) -> dict[str, str]:
        """The albums of their parts."""
        rows = await self.archive.reader.execute_fetchall(
            """
            SELECT username || '/' || message_id AS link, username || '/g' || grouped_id AS album
            FROM posts JOIN channels ON channels.id = posts.channel_id
            WHERE grouped_id IS NOT NULL
            """
        )
        return {row["link"]: row["album"] for row in rows}
