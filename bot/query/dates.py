"""The days of a search -> moments, in the zone of whoever asks.

A day lasts from its midnight to the next one there, 23 or 25 hours where the clocks change; a
month, a year or a week likewise. `since:` takes the beginning and `until:` the end, so that both
days are part of the search. Hours and what is counted back from now (24h, 7d) are moments.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.query import limits, naturaldates
from bot.query.errors import QueryError
from bot.query.syntax import Day, Query

_LENGTHS: Mapping[str, timedelta] = {
    **dict.fromkeys(("min", "хв", "мин"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "г", "ч"), timedelta(hours=1)),
}
_DAYS: Mapping[str, int] = {
    **dict.fromkeys(("d", "д"), 1),
    **dict.fromkeys(("w", "т", "н"), 7),
}
_MONTHS: Mapping[str, int] = {
    **dict.fromkeys(("m", "м"), 1),
    **dict.fromkeys(("y", "р", "л"), 12),
}
_UNITS = "|".join([*_LENGTHS, *_DAYS, *_MONTHS])
_BACK = re.compile(rf"(\d{{1,9}}) ?({_UNITS})")
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?")
_HOURS = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})[t ](\d{1,2}):(\d{2})(?::(\d{2}))?(z|[+-]\d{2}:?\d{2})?"
)
_NUMBER = re.compile(r"[-+]?\d+")


class _Far(Exception):
    """A date beyond the years that are looked at."""


@dataclass(frozen=True, slots=True)
class _Span:
    """From and to, in ms UTC; the end is not part of it. A moment is where both are the same."""

    start: int
    end: int


def window(query: Query, now: int, zone: str) -> tuple[int | None, int | None]:
    """From when (inclusive) until when (exclusive) a search looks, in ms UTC; None is open.

    `zone` is an IANA name; UTC where there is none of that name. Raises QueryError. The first
    date in words costs a quarter of a second, for reading dateparser's tables; others do not.
    """
    here = datetime.fromtimestamp(now / 1000, _zone(zone))
    since = None if query.since is None else _span(query, query.since, "since", here).start
    until = None if query.until is None else _span(query, query.until, "until", here).end
    if query.since is not None and since is not None and since > now:
        raise _error("future", query, query.since, value=query.since.text)
    if query.until is not None and since is not None and until is not None and since >= until:
        raise _error("backwards", query, query.until)
    return since, until


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name; the name of a directory
        return UTC


def _span(query: Query, day: Day, name: str, here: datetime) -> _Span:
    first, last = limits.YEARS
    try:
        found = _read(day.text, here) if len(day.text) <= limits.DAY else None
    except (_Far, OverflowError) as error:
        raise _error(
            "far_day", query, day, value=day.text, first=str(first), last=str(last)
        ) from error
    except ValueError:  # a thirteenth month, a twenty-fifth hour
        found = None
    if found is None:
        raise _error("bad_day", query, day, filter=name, value=day.text)
    return found


def _error(code: str, query: Query, day: Day, **values: str | int) -> QueryError:
    return QueryError(code, text=query.text, at=day.at, end=None, **values)


def _read(text: str, here: datetime) -> _Span | None:
    """What `text` names, read at the time and in the zone of `here`.

    Raises ValueError for what is written as a date and is none, _Far and OverflowError for one
    that is too far away.
    """
    readers: list[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], _Span]]] = [
        (_BACK, _back),
        (_HOURS, _hours),
        (_YEAR_FIRST, _year_first),
        (_DAY_FIRST, _day_first),
    ]
    for pattern, read in readers:
        if match := pattern.fullmatch(text.lower()):
            return read(match, here)
    return None if _NUMBER.fullmatch(text) else _in_words(text, here)


def _back(match: re.Match[str], here: datetime) -> _Span:
    """7d: counted back from now; days and longer by the calendar, to the same time of day."""
    count, unit = int(match[1]), match[2]
    if unit in _LENGTHS:
        return _moment(here.astimezone(UTC) - count * _LENGTHS[unit])
    if unit in _DAYS:
        return _moment(here - timedelta(days=count * _DAYS[unit]))
    return _moment(_months_before(here, count * _MONTHS[unit]))


def _months_before(here: datetime, months: int) -> datetime:
    year, month = divmod(here.year * 12 + here.month - 1 - months, 12)
    _check_year(year)
    last = monthrange(year, month + 1)[1]
    return here.replace(year=year, month=month + 1, day=min(here.day, last))


def _hours(match: re.Match[str], here: datetime) -> _Span:
    """2022-09-19T14:00, with or without its own offset."""
    day = _day(*map(int, match[1].split("-")))
    clock = time(int(match[2]), int(match[3]), int(match[4] or 0))
    own = match[5] and datetime.strptime(match[5].upper(), "%z").tzinfo
    return _moment(datetime.combine(day, clock, own or here.tzinfo))


def _year_first(match: re.Match[str], here: datetime) -> _Span:
    """2022, 2022-09 or 2022-09-19: all of it."""
    year = int(match[1])
    first = _day(year, int(match[2] or 1), int(match[3] or 1))
    return _whole(first, "day" if match[3] else "month" if match[2] else "year", here)


def _day_first(match: re.Match[str], here: datetime) -> _Span:
    """19.09.2022, or 19/09: the last one that has begun."""
    day, month = int(match[1]), int(match[2])
    if match[3]:
        year = int(match[3])
        return _whole(_day(year + 2000 if year < 100 else year, month, day), "day", here)
    passed = (month, day) <= (here.month, here.day)
    return _whole(_day(here.year if passed else here.year - 1, month, day), "day", here)


def _in_words(text: str, here: datetime) -> _Span | None:
    found = naturaldates.read(text, here)
    if found is None:
        return None
    moment, period = found
    return _moment(moment) if period == "time" else _whole(moment.date(), period, here)


def _whole(day: date, period: str, here: datetime) -> _Span:
    """The day, week, month or year in which `day` is, from midnight to midnight."""
    _check_year(day.year)
    match period:
        case "week":
            first = day - timedelta(days=day.weekday())
            behind = first + timedelta(days=7)
        case "month":
            first = day.replace(day=1)
            behind = first + timedelta(days=monthrange(day.year, day.month)[1])
        case "year":
            first, behind = date(day.year, 1, 1), date(day.year + 1, 1, 1)
        case _:
            first, behind = day, day + timedelta(days=1)
    return _Span(_midnight(first, here), _midnight(behind, here))


def _midnight(day: date, here: datetime) -> int:
    return _millis(datetime.combine(day, time(), here.tzinfo))


def _moment(moment: datetime) -> _Span:
    _check_year(moment.year)
    return _Span(_millis(moment), _millis(moment))


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _day(year: int, month: int, day: int) -> date:
    """Raises _Far, or ValueError where the month has no such day."""
    _check_year(year)
    return date(year, month, day)


def _check_year(year: int) -> None:
    first, last = limits.YEARS
    if not first <= year <= last:
        raise _Far
