"""Time zones as people call them: by IANA name, or by the city in their own language."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

CLOSE = 5  # proposals
LIKENESS = 0.7
LONGEST = 60  # characters of a name, with some to spare


def zones() -> Iterable[str]:
    """All zones there are, by their IANA names."""
    return _names().values()


def zone_named(text: str, locale: Locale) -> str | None:
    """The IANA name that somebody means; None where it is not known, or could be several."""
    said = _folded(text)
    return _names().get(said) or _cities(locale).get(said)


def close_zones(text: str, locale: Locale) -> list[str]:
    """Zones whose names look like what was typed, the likest first."""
    known = {**_cities(locale), **_names()}
    said = _folded(text[:LONGEST])
    alike = get_close_matches(said, known, n=2 * CLOSE, cutoff=LIKENESS)
    return list(dict.fromkeys(known[name] for name in alike))[:CLOSE]


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


@cache
def _names() -> Mapping[str, str]:
    return {_folded(zone): zone for zone in sorted(available_timezones())}


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
