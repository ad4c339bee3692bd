"""Reading TOML tables that people edit by hand: every mistake is told with its file and entry."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from bot.errors import OperatorError

T = TypeVar("T")

_CALLED = {
    str: 'a text in quotation marks, as in "this"',
    bool: "true or false, without quotation marks",
    int: "a whole number, without quotation marks",
    date: "a day such as 2022-09-19, without quotation marks",
    datetime: "a time in UTC such as 2022-09-19T06:48:00Z, without quotation marks",
    list: "a list in square brackets",
    dict: "a table in curly brackets",
}


class SeedsError(OperatorError):
    """A file under seeds/ cannot be used; the message says where and what to write instead."""


class Table:
    """One TOML table with its file and a name for people. `done` refuses what nobody asked for."""

    def __init__(self, file: str, entry: str, values: Mapping[str, object]) -> None:
        self._file = file
        self._entry = entry
        self._values = values
        self._asked: set[str] = set()

    def wrong(self, what: str) -> SeedsError:
        """The error to raise about this table."""
        return SeedsError(f"{self._file}, {self._entry}: {what}")

    def maybe(self, key: str, kind: type[T]) -> T | None:
        """The value of `key`, or None where there is none."""
        self._asked.add(key)
        value = self._values.get(key)
        if value is None:
            return None
        if type(value) is not kind:
            raise self.wrong(f"{key} must be {_CALLED[kind]}, not {value!r:.60}.")
        return value

    def take(self, key: str, kind: type[T]) -> T:
        """The value of `key`, which must be there, and must not be an empty text."""
        value = self.maybe(key, kind)
        if value is None or value == "":
            raise self.wrong(f"{key} is missing: write {_CALLED[kind]}.")
        return value

    def maybe_moment(self, key: str) -> int | None:
        """A UTC time as milliseconds since 1970."""
        moment = self.maybe(key, datetime)
        if moment is None:
            return None
        if moment.tzinfo is None or moment.utcoffset() != UTC.utcoffset(None):
            raise self.wrong(f"{key} must end in Z, since times here are UTC.")
        return int(moment.timestamp()) * 1000

    def moment(self, key: str) -> int:
        """A UTC time as milliseconds since 1970, which must be there."""
        self.take(key, datetime)
        moment = self.maybe_moment(key)
        assert moment is not None
        return moment

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none where `key` is missing."""
        found = self.maybe(key, list) or []
        if not all(isinstance(each, str) and each for each in found):
            raise self.wrong(f"{key} must be a list of texts, each in quotation marks.")
        return tuple(found)

    def tables(self, key: str, label: str = "", lines: Sequence[int] = ()) -> list["Table"]:
        """A list of tables, each called by its value of `label`, or by its line in the file where
        `lines` has one for each, or by its number."""
        found = self.maybe(key, list) or []
        if not all(isinstance(each, dict) for each in found):
            raise self.wrong(f"{key} must be a list of tables in curly brackets.")
        known = len(lines) == len(found)
        return [
            Table(
                self._file,
                f"line {lines[number - 1]}" if known else _entry(key, each.get(label), number),
                each,
            )
            for number, each in enumerate(found, start=1)
        ]

    def table(self, key: str) -> "Table | None":
        """A table inside this one."""
        found = self.maybe(key, dict)
        return None if found is None else Table(self._file, f"{self._entry}, {key}", found)

    def done(self) -> None:
        """Refuse keys that were never asked for: misspelled, they would be silently ignored."""
        for key in self._values:
            if key not in self._asked:
                close = get_close_matches(key, self._asked, n=1)
                hint = f" Did you mean {close[0]}?" if close else " Remove it."
                raise self.wrong(f"there is no {key!r} here.{hint}")


def read(path: Path) -> Table:
    """The whole of a file."""
    try:
        with path.open("rb") as file:
            return Table(path.name, "at the top", tomllib.load(file))
    except OSError as error:
        raise SeedsError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:  # not TOML, or not UTF-8
        raise SeedsError(f"{path.name} is not valid TOML: {error}. Mend that line.") from None


def _entry(key: str, name: object, number: int) -> str:
    return f"[[{key}]] {name}" if isinstance(name, str) and name else f"[[{key}]] number {number}"
