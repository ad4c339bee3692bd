"""What a setting may hold: functions from what was written to the value meant.

What was written is a TOML value, or a string where it comes from the environment. A function
raises ValueError with what is wrong, in words that can follow the setting's name, and without
repeating what was written: it may be a secret.
"""

import re
import zoneinfo
from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_PEM = re.compile(
    r"-----BEGIN RSA PUBLIC KEY-----\s+[A-Za-z0-9+/=\s]+-----END RSA PUBLIC KEY-----\s*"
)

# In the table of a machine, but of another zone on each, or of none.
_NO_ZONES = frozenset({"localtime", "Factory", "posixrules"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of value: how to read it, and what to write, as a sentence."""

    read: Callable[[object, Path], object]  # the folder is what relative paths start from
    advice: str


def whole_number(least: int, most: int, advice: str = "") -> Kind:
    """An integer from `least` to `most`."""

    def read(written: object, _folder: Path) -> int:
        if isinstance(written, str) and re.fullmatch(r"\s*[-+]?[0-9]{1,19}\s*", written):
            written = int(written)
        if not isinstance(written, int) or isinstance(written, bool):
            raise ValueError("is not a whole number")
        if not least <= written <= most:
            raise ValueError(f"is not between {least} and {most}")
        return written

    return Kind(read, advice or f"Write a whole number from {least} to {most}.")


def matching(pattern: str, wrong: str, advice: str, leave_out: str = "") -> Kind:
    """A text of the form `pattern`, after `leave_out` (the inside of a character class)."""

    def read(written: object, _folder: Path) -> str:
        if not isinstance(written, str):
            raise ValueError("is not a text in quotation marks")
        text = re.sub(f"[{leave_out}]", "", written.strip()) if leave_out else written.strip()
        if not re.fullmatch(pattern, text):
            raise ValueError(wrong)
        return text

    return Kind(read, advice)


def choice(*options: str) -> Kind:
    """One of a few words, in any case."""

    def read(written: object, _folder: Path) -> str:
        word = written.strip().lower() if isinstance(written, str) else ""
        if word not in options:
            raise ValueError("is none of the words it can be")
        return word

    quoted = [f'"{option}"' for option in options]
    return Kind(read, f"Write {', '.join(quoted[:-1])} or {quoted[-1]}.")


def names(advice: str) -> Kind:
    """A list of names of small letters, digits and hyphens; with commas in the environment."""

    def read(written: object, _folder: Path) -> tuple[str, ...]:
        if isinstance(written, str):
            written = [name.strip() for name in written.split(",") if name.strip()]
        if not isinstance(written, list) or not all(isinstance(name, str) for name in written):
            raise ValueError("is not a list of names in quotation marks")
        if not all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in written):
            raise ValueError("holds a name with other signs than small letters, digits and hyphens")
        return tuple(dict.fromkeys(written))

    return Kind(read, advice)


def choices(*options: str) -> Kind:
    """A list of some of a few words, in any case; with commas in the environment."""

    def read(written: object, _folder: Path) -> tuple[str, ...]:
        if isinstance(written, str):
            written = [word for word in written.split(",") if word.strip()]
        if not isinstance(written, list) or not all(isinstance(word, str) for word in written):
            raise ValueError("is not a list of words in quotation marks")
        named = {word.strip().lower() for word in written}
        if named - set(options):
            raise ValueError("holds a word that it cannot")
        return tuple(option for option in options if option in named)

    quoted = [f'"{option}"' for option in options]
    return Kind(read, f"Write a list of any of {', '.join(quoted)}; [] is none of them.")


def usernames(most: int) -> Kind:
    """A list of usernames, with or without @; with commas in the environment."""

    def read(written: object, _folder: Path) -> tuple[str, ...]:
        if isinstance(written, str):
            written = [name.strip() for name in written.split(",") if name.strip()]
        if not isinstance(written, list) or not all(isinstance(name, str) for name in written):
            raise ValueError("is not a list of usernames in quotation marks")
        named = tuple(dict.fromkeys(name.strip().removeprefix("@") for name in written))
        if not all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}", name) for name in named):
            raise ValueError("holds something that is no username")
        if len(named) > most:
            raise ValueError(f"holds more than {most} usernames")
        return named

    return Kind(read, f"Write up to {most} usernames of channels, such as luhanskaVTSA.")


def zone() -> Kind:
    """A time zone of the IANA table."""

    def read(written: object, _folder: Path) -> str:
        name = written.strip() if isinstance(written, str) else ""
        known = zoneinfo.available_timezones() - _NO_ZONES
        if name not in known:
            close = get_close_matches(name.replace(" ", "_"), known, n=1)
            hint = f", did you mean {_current(close[0], known)}?" if close else ""
            raise ValueError(f"is no name of a time zone{hint}")
        return name

    return Kind(read, "Write a name of the IANA table: a continent and a city, or UTC.")


def _current(zone: str, known: Collection[str]) -> str:
    """What a zone is called now: Europe/Kyiv for Europe/Kiev; if this machine knows that."""
    from babel.core import get_global  # noqa: PLC0415 -- 30 ms, needed for a mistake alone

    newer = str(get_global("zone_aliases").get(zone, zone))
    return newer if newer in known and not newer.startswith("Etc/") else zone


def path() -> Kind:
    """A file or folder; relative to the settings file, ~ is the home folder."""

    def read(written: object, folder: Path) -> Path:
        if not isinstance(written, str) or "\0" in written:
            raise ValueError("is not a path in quotation marks")
        return _resolved(written, folder)

    return Kind(read, "Write a path, relative to the settings file or from the root.")


def address() -> Kind:
    """A host and a port."""

    def read(written: object, _folder: Path) -> str:
        found = re.fullmatch(
            r"\s*([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})\s*",
            written if isinstance(written, str) else "",
        )
        if found is None or not 0 < int(found[2]) < 65_536:
            raise ValueError("is not a host and a port with a colon between them")
        return f"{found[1]}:{int(found[2])}"

    return Kind(read, "Write the host and the port; an IPv6 address goes in [ ].")


def public_key() -> Kind:
    """An RSA public key as PEM (PKCS #1), inline or by the path of its file."""

    def read(written: object, folder: Path) -> str:
        if not isinstance(written, str) or "\0" in written:
            raise ValueError("is neither a key nor the path of one")
        pem = written if "-----" in written else _contents(_resolved(written, folder))
        if not _PEM.fullmatch(pem.strip()):
            raise ValueError("is not an RSA public key in PEM form (PKCS #1)")
        return pem.strip() + "\n"

    return Kind(
        read,
        "Write the path of a PEM file, or the key itself between three quotation marks, "
        "from -----BEGIN RSA PUBLIC KEY----- on.",
    )


def _resolved(written: str, folder: Path) -> Path:
    try:
        return folder / Path(written.strip()).expanduser()
    except RuntimeError:
        raise ValueError("begins with the home folder of a user who has none") from None


def _contents(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise ValueError(f"names a file that cannot be read: {error.strerror}") from None
    except ValueError:
        raise ValueError("names a file that is not text") from None
