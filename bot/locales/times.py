"""Dates, times and spans as people write them, by locale (CLDR, through Babel)."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_datetime, get_timezone_gmt, get_timezone_location
from babel.units import format_unit

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_UNITS = (("duration-day", DAY), ("duration-hour", HOUR), ("duration-minute", MINUTE))


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name; the name of a directory
        return UTC


def shown(at: int, zone: str, pattern: str, locale: Locale) -> str:
    """`at` (ms, UTC) in `zone`, by a pattern of CLDR."""
    moment = datetime.fromtimestamp(at / 1000, zone_of(zone))
    return format_datetime(moment, pattern, locale=locale)


def next_day(at: int, zone: str) -> int:
    """When the day (in `zone`) of a time ends, in ms."""
    known = zone_of(zone)
    day = datetime.fromtimestamp(at / 1000, known).date() + timedelta(days=1)
    return round(datetime.combine(day, time(), known).timestamp() * 1000)


def iso_day(at: int, zone: str) -> str:
    """2022-09-19, as it is typed into a search."""
    return datetime.fromtimestamp(at / 1000, zone_of(zone)).date().isoformat()


def place(zone: str, locale: Locale) -> str:
    """What people call the zone: the name of its city, or how far it is from UTC."""
    known = zone_of(zone)
    if not isinstance(known, ZoneInfo) or known.key in ("UTC", "Etc/UTC", "Etc/UCT", "Zulu"):
        return "UTC"
    if known.key.startswith("Etc/"):  # where Etc/GMT+3 is three hours behind
        return get_timezone_gmt(datetime.fromtimestamp(0, known), locale=locale)
    return _city(known.key, locale) or get_timezone_location(known, locale, return_city=True)


def _city(zone: str, locale: Locale) -> str | None:
    """CLDR keeps some cities under the zone's former name: Kyiv under Europe/Kiev."""
    former = [old for old, new in get_global("zone_aliases").items() if new == zone]
    for name in (zone, *former):
        if city := locale.time_zones.get(name, {}).get("city"):
            return str(city)
    return None


def span(millis: int, locale: Locale) -> str:
    """A length of time in its two largest units, in full minutes: 3 hours 5 minutes."""
    parts: list[str] = []
    for unit, length in _UNITS:
        count, millis = divmod(millis, length)
        if count:
            parts.append(format_unit(count, unit, "long", locale=locale))
        elif parts:
            break
    return " ".join(parts[:2]) or format_unit(0, "duration-minute", "long", locale=locale)
