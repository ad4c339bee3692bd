"""What the settings say, as the parts of the program want it."""

from bot.joinpace import JoinPace
from bot.telegram.client import Login, Server
from bot.watching.shelf import Keeping
from config.settings import Settings
from storage.records import Keep


def login_of(settings: Settings, who: str) -> Login:
    """What it takes to be the "watcher" or the "bot"."""
    telegram = settings.telegram
    of_bot = who == "bot"
    server = telegram.server
    return Login(
        name=who,
        session=settings.bot_session if of_bot else settings.watcher_session,
        api_id=telegram.api_id,
        api_hash=telegram.api_hash,
        bot_token=telegram.bot_token if of_bot else "",
        server=None
        if server is None
        else Server(server.host, server.port, server.dc_id, server.public_key),
    )


def keeping(settings: Settings) -> Keeping:
    """What the settings say about the files of posts."""
    media = settings.media
    return Keeping(Keep(media.keep), media.max_megabytes, media.min_free_gigabytes)


def join_pace(settings: Settings) -> JoinPace:
    """How fast channels may be joined."""
    return JoinPace(settings.watch.join_minutes, settings.watch.joins_a_day)
