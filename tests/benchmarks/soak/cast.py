"""Who takes part: accounts, channels, subscribers with their rules, the archive they start with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.clock import Clock
from bot.query.words import norm
from bot.sandbox.channels import Channel
from bot.sandbox.groups import Group
from bot.sandbox.inbox import Received
from bot.sandbox.people import Bot, User
from bot.sandbox.reader import Reader
from bot.sandbox.telegram import Telegram
from storage import joins, profiles, subscribers
from storage.db import open_archive
from storage.records import Asked, Handling, Mode, Pack, Profile, Wishes
from tests.program import Process, environment, settings_for, sign_in

SWEEP_SECONDS = 5
LOG = "postwatch.log"

# The words that rules ask for, and the share of texts that have them. With what edits bring and
# what follows the alerts, they stay below what the bot may send: one message a second to a chat,
# twenty a minute to a group, so that the outbox can be emptied while posts go on coming.
SHARES = {"варта": 0.003, "обрій": 0.0025, "маяк": 0.003, "дзвін": 0.002, "сполох": 0.0015}
FORMS = {
    "варта": ("варта", "варти", "вартою"),
    "обрій": ("обрій", "обрію"),
    "маяк": ("маяк", "маяка", "маяки"),
    "дзвін": ("дзвін", "дзвони"),
    "сполох": ("сполох", "сполохи"),
}
COMMON = ("північ", "південь", "річка", "міст", "дорога", "поле", "ліс", "місто", "ранок", "ніч")
HOUR = 3_600_000  # ms
LABEL = "soak"  # which every fourth channel carries
FOLLOWED = Handling()
UNFOLLOWED = Handling(follows=False)
BUNDLED = Handling(mode=Mode.DIGEST)


@dataclass(frozen=True, slots=True)
class Taste:
    """What a subscriber asks for, and how it wants to be told."""

    rules: tuple[str, ...]
    handling: Handling = FOLLOWED
    merging: bool = True


PEOPLE = {
    "Anna": Taste(("варта", "обрій")),
    "Borys": Taste(("варта NOT ліс", "дзвін"), merging=False),
    "Clara": Taste((f'"північ міст" in:{LABEL}', "маяк OR дзвін")),
    "Danylo": Taste(("from:@soak003 ранок", "варта lang:uk"), UNFOLLOWED, merging=False),
    "Olena": Taste(("маяк", "обрій"), BUNDLED),
}
GROUP = Taste(("дзвін NOT ліс", "сполох NOT ранок"))
TOPIC = Taste(("(сполох OR маяк) міст", "дзвін поле"))
# While it runs: a rule more, another query, a rule less.
ADDED = ("Anna", "сполох")
CHANGED = ("Borys", "варта NOT ліс", "варта OR сполох")
REMOVED = ("Clara", "маяк OR дзвін")


@dataclass(frozen=True, slots=True)
class Listener:
    """A subscriber, and the person through whose eyes its chat is seen."""

    name: str
    reader: Reader
    place: int  # the chat as the reader knows it
    chat: Reader | Group  # the chat as the bot knows it
    topic_id: int
    taste: Taste

    def received(self) -> list[Received]:
        """Every message that came, in its order, as it came."""
        return [message for message in self.everything() if not message.edited]

    def everything(self) -> list[Received]:
        """Every message that came and every edit of one, in their order."""
        return [
            message
            for message in self.reader.unread
            if (message.place, message.topic) == (self.place, self.topic_id)
        ]


@dataclass(frozen=True, slots=True)
class Cast:
    telegram: Telegram
    watcher: User
    bot: Bot
    channels: Sequence[Channel]
    listeners: Sequence[Listener]
    program: Process


async def gather(telegram: Telegram, channels: int, folder: Path) -> Cast:
    """Everybody in their places; the program is not running yet."""
    watcher = telegram.user("Watcher", phone="380990000001")
    bot = telegram.bot("postwatch_bot", token="1000:sandbox-token")
    watched = [
        telegram.channel(f"soak{number:03}", f"Канал {number}", verified=True)
        for number in range(channels)
    ]
    for channel in watched:
        channel.admits(watcher)
    listeners = [*_people(telegram, bot), *await _groups(telegram, bot)]
    owner = listeners[0].reader
    more = {
        "watch.sweep_seconds": str(SWEEP_SECONDS),
        "log.level": "debug",
        "log.file": str(folder / LOG),
    }
    variables = environment(telegram, bot, owner, folder, **more)
    settings = settings_for(telegram, bot, owner, folder, **more)
    sign_in(telegram, settings, watcher, bot)
    program = Process(variables, folder)
    cast = Cast(telegram, watcher, bot, watched, listeners, program)
    await _fill(cast, settings.archive)
    for listener in listeners[: len(PEOPLE)]:
        await listener.reader.says("/start")  # a bot cannot write first
    return cast


def _people(telegram: Telegram, bot: Bot) -> list[Listener]:
    readers = [telegram.reader(name, username=name.lower()) for name in PEOPLE]
    return [
        Listener(reader.name, reader, bot.id, reader, 0, PEOPLE[reader.name]) for reader in readers
    ]


async def _groups(telegram: Telegram, bot: Bot) -> list[Listener]:
    member = telegram.reader("Emma", username="emma")
    desk = telegram.group("Desk", members=[member, bot])
    forum = telegram.group("Forum", members=[member, bot], forum=True)
    topic = await forum.topic("Alerts", by=member)
    return [
        Listener("Desk", member, desk.id, desk, 0, GROUP),
        Listener("Forum", member, forum.id, forum, topic.id, TOPIC),
    ]


async def _fill(cast: Cast, path: Path) -> None:
    """What people would have told the bot: the channels to watch, how they want to be told."""
    now = Clock().now()
    async with open_archive(path, norm, now) as archive, archive.transaction() as tx:
        await profiles.load(tx, [Pack(LABEL, tuple(map(_profile, labelled(cast.channels))))])
        for channel in cast.channels:
            await joins.ask(tx, str(channel.username), 0, now)
        for listener in cast.listeners:
            access_hash = cast.telegram.world.access_hash(cast.bot.id, listener.chat.marked_id)
            asked = Asked(
                chat_id=listener.chat.marked_id,
                user_id=listener.reader.id,
                topic_id=listener.topic_id,
                chat_title=listener.name,
                chat_access_hash=access_hash,
            )
            subscriber = await subscribers.ensure(tx, asked, "UTC", now)
            await subscribers.wish(tx, subscriber.id, _wishes(listener.taste, now))


def labelled(channels: Sequence[Channel]) -> Sequence[Channel]:
    """Those that carry the label."""
    return channels[::4]


def _profile(channel: Channel) -> Profile:
    return Profile(str(channel.username), "Рада", "council", "UA", "uk", "2026-01-01")


def _wishes(taste: Taste, now: int) -> Wishes:
    """Digests are far from due: what is held stays so until the end."""
    away = (now // HOUR + 12) % 24
    return replace(Wishes(), digest=f"{away:02}:00", merging=taste.merging)
