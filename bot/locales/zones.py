"""Time zones as people call them: by IANA name, or by the city in their own language."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global

from bot.locales.times import DAY

CLOSE = 5  # proposals
LIKENESS = 0.7
LONGEST = 60  # characters of a name, with some to spare
QUARTER = 91 * DAY  # in one of four summer time holds, and in one it does not, wherever it is

# Where most of those live who name a distance from UTC instead of a city, from west to east.
_KNOWN = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver",
    "America/Chicago", "America/New_York", "America/Halifax", "America/Sao_Paulo",
    "Atlantic/Azores", "Europe/London", "Europe/Berlin", "Europe/Warsaw", "Europe/Kyiv",
    "Europe/Istanbul", "Europe/Moscow", "Asia/Tehran", "Asia/Tbilisi", "Asia/Kabul",
    "Asia/Tashkent", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Adelaide", "Australia/Sydney",
    "Asia/Kamchatka", "Pacific/Auckland",
)  # fmt: skip
_DISTANCE = re.compile(r"(?:utc|gmt)? ?([+\-−–]) ?([0-9]{1,2})(?::?(00|15|30|45))?")
_FARTHEST = 14 * 60  # minutes from UTC
# In the table of a machine, but of another zone on each, or of none.
_NO_ZONES = frozenset({"localtime", "Factory", "posixrules"})
# Names that say nothing to people; nor do those of Etc, where the signs are the other way round.
_NO_PLACES = frozenset({"GMT+0", "GMT-0", "GMT0"})


def zones() -> Iterable[str]:
    """All zones of places, and UTC, by their IANA names."""
    return _names().values()


def is_zone(name: str) -> bool:
    """Whether it is just so in the IANA table, also under a former name or as no place."""
    return name in _known()


def current_name(zone: str) -> str:
    """What a zone is called now: Europe/Kyiv for Europe/Kiev; as it is, where this machine's table
    does not know that yet, or it is no place, as UTC."""
    newer = str(get_global("zone_aliases").get(zone, zone))
    return newer if newer in _names().values() else zone


def zone_named(text: str, locale: Locale) -> str | None:
    """The IANA name that somebody means; None where it is not known, or could be several."""
    said = _folded(text)
    return _names().get(said) or _cities(locale).get(said)


def close_zones(text: str, locale: Locale) -> list[str]:
    """Zones whose names look like what was typed, the likest first; each once, by its current
    name."""
    known = {**_cities(locale), **_names()}
    said = _folded(text[:LONGEST])
    alike = get_close_matches(said, known, n=3 * CLOSE, cutoff=LIKENESS)
    return list(dict.fromkeys(current_name(known[name]) for name in alike))[:CLOSE]


def distance_named(text: str) -> int | None:
    """The minutes east of UTC that somebody wrote: UTC+2, GMT-5, +05:30; None for anything else."""
    said = _DISTANCE.fullmatch(_folded(text))
    if said is None:
        return None
    minutes = int(said[2]) * 60 + int(said[3] or 0)
    if minutes > _FARTHEST:
        return None
    return minutes if said[1] == "+" else -minutes


def zones_at(distance: int, now: int) -> list[str]:
    """Well-known zones that are so many minutes east of UTC, those first that are so now; then
    those that are at another time of the year."""
    found = [
        zone
        for at in range(now, now + 4 * QUARTER, QUARTER)
        for zone in _KNOWN
        if datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).utcoffset()
        == timedelta(minutes=distance)
    ]
    return list(dict.fromkeys(found))[:CLOSE]


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_ZONES)


@cache
def _names() -> Mapping[str, str]:
    places = sorted(_known() - _NO_PLACES)
    return {_folded(zone): zone for zone in places if not zone.startswith("Etc/")}


@cache
def _cities(locale: Locale) -> Mapping[str, str]:
    """By city: the last part of the name, and what the language calls it."""
    zones = _names().values()
    newer = get_global("zone_aliases")
    named = [(_folded(zone.rpartition("/")[2]), zone) for zone in zones if "/" in zone]
    for zone, facts in locale.time_zones.items():
        if city := facts.get("city"):
            named.append((_folded(city), newer.get(zone, zone)))
    cities: dict[str, set[str]] = {}
    for city, zone in named:
        cities.setdefault(city, set()).add(newer.get(zone, zone))
    known = set(zones)
    return {
        city: next(iter(found))
        for city, found in cities.items()
        if len(found) == 1 and found <= known
    }
