"""Channel packs: who speaks where, and for whom."""

import re
from datetime import date
from pathlib import Path

from seeds.tables import SeedsError, Table, read
from storage.records import Holder, Pack, Profile

PACKS = Path(__file__).parent / "packs"

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,30}[A-Za-z0-9]")
_LANGUAGES = ("uk", "ru", "en")
_AS_OF = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def packs(folder: Path = PACKS) -> list[Pack]:
    """Every pack, by name. Raises SeedsError.

    A channel that is in several packs has the same facts in each: otherwise it would depend on
    the order of loading which of them hold.
    """
    found = [_pack(path) for path in sorted(folder.glob("*.toml"))]
    seen: dict[str, tuple[str, Profile]] = {}
    for pack in found:
        for profile in pack.profiles:
            where, other = seen.setdefault(profile.username.lower(), (pack.name, profile))
            if other != profile:
                raise SeedsError(
                    f"{pack.name}.toml, [[channel]] {profile.username}: its facts differ from "
                    f"those in {where}.toml. Write the same in both."
                )
    return found


def _pack(path: Path) -> Pack:
    if not _NAME.fullmatch(path.stem):
        raise SeedsError(
            f"{path.name}: name the file with small letters, digits and hyphens, "
            "since people type it: in:ua-oblasts."
        )
    top = read(path)
    profiles: dict[str, Profile] = {}
    for table in top.tables("channel", label="username"):
        profile = _profile(table)
        if profile.username.lower() in profiles:
            raise table.wrong("it is in this file twice.")
        profiles[profile.username.lower()] = profile
    top.done()
    if not profiles:
        raise top.wrong("there is no [[channel]].")
    return Pack(path.stem, tuple(profiles.values()))


def _profile(table: Table) -> Profile:
    profile = Profile(
        username=username(table),
        office=table.take("office", str),
        kind=table.take("kind", str),
        country=table.take("country", str),
        language=table.take("language", str),
        as_of=table.take("as_of", str),
        region=table.maybe("region", str),
        pinned_id=table.maybe("pinned_id", int),
        holders=tuple(_holder(each) for each in table.tables("holders", label="name")),
    )
    table.done()
    if profile.language not in _LANGUAGES:
        raise table.wrong(f"language must be one of {', '.join(_LANGUAGES)}.")
    if not _AS_OF.fullmatch(profile.as_of):
        raise table.wrong('as_of must be a year, month or day such as "2026-10".')
    if profile.pinned_id is not None and profile.pinned_id <= 0:
        raise table.wrong("pinned_id must be the channel's number without -100 before it.")
    return profile


def username(table: Table) -> str:
    """The username of an entry, as Telegram allows one."""
    name = table.take("username", str)
    if not _USERNAME.fullmatch(name):
        raise table.wrong(
            "username must be 4 to 32 Latin letters, digits and _, beginning with a letter, "
            "without @ or t.me/."
        )
    return name


def _holder(table: Table) -> Holder:
    since, until = table.maybe("since", date), table.maybe("until", date)
    holder = Holder(
        name=table.take("name", str),
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
    )
    table.done()
    if since and until and until < since:
        raise table.wrong("until is before since.")
    return holder
