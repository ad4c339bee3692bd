"""When the night's work is due. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = 3  # in the zone of the settings, when channels are quiet


def last_night(zone: str, now: int) -> int:
    """The last time, in ms and not after `now`, that it was three o'clock in a zone."""
    here = datetime.fromtimestamp(now / 1000, ZoneInfo(zone))
    three = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if three > here:
        three -= timedelta(days=1)
    return int(three.astimezone(UTC).timestamp() * 1000)
