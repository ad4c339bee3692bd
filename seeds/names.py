"""One thing under its names in three languages: the readers of places and of the glossary."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from bot.query.reading import Name
from seeds.tables import SeedsError, Table, read

LANGUAGES = ("uk", "ru", "en")
KINDS = ("place", "person", "office", "term")
GLOSSARY = Path(__file__).parent / "glossary.toml"
SUPPLEMENT = Path(__file__).parent / "places" / "supplement.toml"
PLACES = Path(__file__).parent / "places" / "places.tsv"

_HEAD = re.compile(r"\s*\[\[\s*entry\s*\]\]\s*(?:#.*)?")
_COLUMNS = 4  # country and the three languages


@cache
def names() -> Sequence[Name]:
    """Everything that has names in several languages; read once. Raises SeedsError."""
    return tuple(names_in(GLOSSARY, SUPPLEMENT, PLACES))


def names_in(glossary: Path, supplement: Path, places: Path) -> list[Name]:
    """The names of these files together. Raises SeedsError.

    A spelling belongs to one name only: what the glossary has, the places lose, and what
    supplement.toml has, places.tsv does. A name left with one spelling joins nothing, and is not
    among them.
    """
    found: list[Name] = []
    taken: set[str] = set()
    for part in (entries(glossary), entries(supplement), _places(places)):
        rest = [_without(name, taken) for name in part]
        found += [name for name in rest if sum(map(len, name.spellings.values())) > 1]
        taken.update(_compared(each) for name in part for each in _spellings(name))
    return found


def entries(path: Path) -> list[Name]:
    """The names of a file of [[entry]] tables. Raises SeedsError, also for a spelling that is in
    two entries: a text with it could mean either. One that is doubtful in an entry may be the
    name of another, which is what it means every day."""
    top = read(path)
    lines = _heads(path)
    found: list[Name] = []
    owners: dict[tuple[bool, str], int] = {}  # by whether it is doubtful, and the spelling
    for number, table in enumerate(top.tables("entry", lines=lines)):
        name = _entry(table)
        for spelling in _spellings(name):
            doubtful = spelling in name.doubtful
            owner = owners.setdefault((doubtful, _compared(spelling)), number)
            if owner != number:
                raise table.wrong(
                    f"{spelling} is in the entry of line {lines[owner]} too. "
                    "Leave it in one of the two, or make them one."
                )
        found.append(name)
    top.done()
    return found


def _heads(path: Path) -> list[int]:
    """The lines where entries begin."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines, start=1) if _HEAD.fullmatch(line)]


def _entry(table: Table) -> Name:
    kind = table.take("kind", str)
    if kind not in KINDS:
        raise table.wrong(f"kind must be one of {', '.join(KINDS)}.")
    spellings = {language: table.texts(language) for language in LANGUAGES}
    doubtful = table.texts("doubtful")
    table.done()
    if sum(map(bool, spellings.values())) < 2:
        raise table.wrong("it needs names in two languages: uk, ru, en.")
    for language, group in {**spellings, "doubtful": doubtful}.items():
        for each in group:
            if not any(map(str.isalnum, each)):
                raise table.wrong(f"{each} has no letters.")
        if len({_compared(each) for each in group}) < len(group):
            raise table.wrong(f"{language} has a name twice.")
    named = {language: group for language, group in spellings.items() if group}
    joined = set(map(_compared, chain.from_iterable(named.values())))
    if twice := [each for each in doubtful if _compared(each) in joined]:
        raise table.wrong(f"{twice[0]} is there twice: leave it in one of uk, ru, en, doubtful.")
    return Name(kind, named, doubtful)


def _places(path: Path) -> list[Name]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SeedsError(f"{path} cannot be read: {error}.") from None
    return list(_rows(path, lines))


def _rows(path: Path, lines: Sequence[str]) -> Iterator[Name]:
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            raise SeedsError(
                f"{path.name}, line {number}: there are {len(columns)} columns. Write country, "
                "Ukrainian, Russian and Latin names with tabs between."
            )
        groups = zip(LANGUAGES, columns[1:], strict=True)
        yield Name("place", {language: tuple(g.split("|")) for language, g in groups if g})


def _without(name: Name, taken: set[str]) -> Name:
    groups = (
        (language, tuple(each for each in group if _compared(each) not in taken))
        for language, group in name.spellings.items()
    )
    left = {language: group for language, group in groups if group}
    return Name(name.kind, left, name.doubtful)


def _spellings(name: Name) -> Iterator[str]:
    return chain(*name.spellings.values(), name.doubtful)


def _compared(spelling: str) -> str:
    """Enough to see that two entries have the same spelling; ours are written plainly."""
    return spelling.lower().replace("-", " ").replace("ё", "е")
