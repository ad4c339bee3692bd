"""Every setting there is: what it may hold, an example, and its default.

`example.toml` says what each is for; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from config import kinds
from config.kinds import Kind


@dataclass(frozen=True, slots=True)
class Setting:
    """How one setting is read."""

    kind: Kind
    example: str  # as written in TOML
    default: object = None
    required: bool = False  # one of an optional section: if anything of it is given
    secret: bool = False


OPTIONAL_SECTION = "telegram.server."

_API_ID = kinds.whole_number(
    1, 2**31 - 1, "Write the api_id that https://my.telegram.org shows, as a number."
)
_API_HASH = kinds.matching(
    "[0-9a-fA-F]{32}",
    "does not have the form of an api_hash",
    "Write the 32 letters and digits that https://my.telegram.org shows as api_hash.",
)
_BOT_TOKEN = kinds.matching(
    "[0-9]+:[A-Za-z0-9_-]{10,}",
    "does not have the form of a bot's token",
    "Write what @BotFather gave for your bot: a number, a colon, letters and digits.",
)
_OWNER = kinds.whole_number(
    1, 2**53, "Write your numeric user id, not your @name; bots like @userinfobot show it."
)
_PHONE = kinds.matching(
    r"\+[0-9]{7,15}",
    "is not a phone number with + and country code",
    "Write the number of the account that watches, or leave it out: login asks for it.",
    leave_out=r"\s().-",
)
_PACKS = kinds.names("Write names of files in seeds/packs, without .toml.")

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "data": Setting(kinds.path(), '"data"'),
        "telegram.api_id": Setting(_API_ID, "1234567", required=True),
        "telegram.api_hash": Setting(
            _API_HASH, '"0123456789abcdef0123456789abcdef"', required=True, secret=True
        ),
        "telegram.bot_token": Setting(
            _BOT_TOKEN, '"123456789:AbCdEfGhIjKlMnOpQrStUvWxYz"', required=True, secret=True
        ),
        "telegram.owner": Setting(_OWNER, "123456789", required=True),
        "telegram.phone": Setting(_PHONE, '"+380501234567"', secret=True),
        "telegram.server.address": Setting(kinds.address(), '"127.0.0.1:4430"', required=True),
        "telegram.server.public_key": Setting(kinds.public_key(), '"server.pem"', required=True),
        "telegram.server.dc_id": Setting(kinds.whole_number(1, 1000), "2", default=2),
        "reading.zone": Setting(kinds.zone(), '"Europe/Kyiv"', default="UTC"),
        "reading.language": Setting(kinds.choice("en", "uk", "ru"), '"en"', default="en"),
        "watch.packs": Setting(_PACKS, '["ua-oblasts", "ua-national"]', default=()),
        "watch.sweep_seconds": Setting(kinds.whole_number(5, 3600), "30", default=30),
        "watch.join_minutes": Setting(kinds.whole_number(1, 1440), "10", default=10),
        "watch.joins_a_day": Setting(kinds.whole_number(0, 100), "15", default=15),
        "watch.history_days": Setting(kinds.whole_number(0, 36_500), "30", default=30),
        "watch.hot": Setting(kinds.usernames(10), '["luhanskaVTSA"]', default=()),
        "watch.pts_source": Setting(
            kinds.choice("peer_dialogs", "dialogs", "full_channel"),
            '"peer_dialogs"',
            default="peer_dialogs",
        ),
        "query.dictionaries": Setting(
            kinds.choices("uk", "ru", "en"), '["uk", "ru", "en"]', default=("uk", "ru", "en")
        ),
        "media.keep": Setting(kinds.choice("none", "photos", "all"), '"none"', default="none"),
        "media.max_megabytes": Setting(kinds.whole_number(1, 4000), "20", default=20),
        "media.min_free_gigabytes": Setting(kinds.whole_number(0, 10_000), "1", default=1),
        "log.level": Setting(
            kinds.choice("debug", "info", "warning", "error"), '"info"', default="info"
        ),
        "log.format": Setting(kinds.choice("human", "json"), '"human"', default="human"),
        "log.file": Setting(kinds.path(), '"postwatch.log"'),
    }
)
