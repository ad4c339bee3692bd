"""When a subscriber is told: quiet hours and the times of digests, through clock changes. Pure.

Times of the day are minutes of a zone's own day. Where a clock change leaves a minute out, the
first one that exists after it stands for it; of a minute that comes twice the first counts. So
nothing is due twice, and nothing is left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from bot.alerts.spoken import DAILY, DAYS, WEEKLY, in_24_hours, plain
from bot.locales import deferred
from bot.locales.times import zone_of
from storage.records import Wishes

DAY_MINUTES = 24 * 60
WEEK = tuple(range(7))  # Monday is 0
EVERY = (1, 2, 3, 4, 6, 8, 12)  # hours: what divides a day, so that every day has the same times
MOST_TIMES = 24
OFF = frozenset({"off", "no", "never", "вимк", "вимкнути", "ні", "выкл", "выключить", "нет"})

_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})")
_HOURS = re.compile(
    r"(?:every|кожн\w+|кажд\w+)\s*([0-9]{0,3})\s*(?:h|hours?|г|год\w*|ч|час\w*)\.?", re.IGNORECASE
)
_RANGE = re.compile(
    r"(?:(?:from|з|із|с) )?([0-9:.]{1,5})\s*(?:-|–|—|to|до)\s*([0-9:.]{1,5})", re.IGNORECASE
)

NOT_A_SCHEDULE = deferred(
    "“{text}” does not say when. Write times of the day (08:00, 20:00), a distance "
    "(every 4 h), a day and time (mon 08:00), or off."
)
NOT_A_TIME = deferred("“{text}” is no time of the day. Write hours and minutes, such as 08:00.")
NO_TIME = deferred("The time of the day is missing. Write it behind the day: mon 08:00")
NOT_TOGETHER = deferred(
    "A digest comes at the same times on all its days. Write the days first, then the times: "
    "mon, fri 08:00, 18:00"
)
NOT_EVERY = deferred(
    "A digest cannot come every {count} hours. Choose 1, 2, 3, 4, 6, 8 or 12, or write times of "
    "the day: 08:00, 20:00"
)
TOO_MANY = deferred("A digest has at most {limit} times a day. Write fewer.")
NOT_QUIET = deferred(
    "“{text}” does not say from when to when. Write two times of the day, such as 23:00-07:00, "
    "or off."
)
ALL_DAY = deferred(
    "Quiet hours cannot last the whole day. Write two different times, such as 23:00-07:00. To "
    "hear of nothing for a while mute the rules: /rules"
)


class ScheduleError(Exception):
    """What was typed cannot be read: `text`, deferred, says with `values` what to write."""

    def __init__(self, text: str, /, **values: str | int) -> None:
        super().__init__(text)
        self.text = text
        self.values = values


@dataclass(frozen=True, slots=True)
class Schedule:
    """Minutes of the day on days of the week, ascending; none: never."""

    minutes: tuple[int, ...] = ()
    days: tuple[int, ...] = WEEK

    @property
    def every(self) -> int | None:
        """Every how many hours, where that is what it says."""
        if self.days != WEEK:
            return None
        return next((hours for hours in EVERY if self.minutes == _each(hours)), None)


NEVER = Schedule()
USUAL = Schedule((8 * 60,))
_ALONE: Mapping[str, Schedule] = {DAILY: USUAL, WEEKLY: Schedule(USUAL.minutes, (0,))}


def parse(text: str) -> Schedule:
    """What somebody typed, or `written` wrote. Raises ScheduleError."""
    said = plain(text)
    if said in OFF:
        return NEVER
    if said in _ALONE:
        return _ALONE[said]
    if hours := _HOURS.fullmatch(said):
        return _every(int(hours[1] or 1))
    words = said.split()
    parts = [word for word in words if word != WEEKLY]
    days = sorted({day for part in parts for day in _days(part)})
    times = [part for part in parts if not _days(part)]
    if not parts or (not days and not any(_TIME.fullmatch(part) for part in times)):
        raise ScheduleError(NOT_A_SCHEDULE, text=text)
    minutes = _minutes(times)
    if sum(bool(_days(one)) != bool(_days(other)) for one, other in pairwise(parts)) > 1:
        raise ScheduleError(NOT_TOGETHER)
    return Schedule(minutes, tuple(days) or (_ALONE[WEEKLY].days if WEEKLY in words else WEEK))


def written(schedule: Schedule) -> str:
    """A schedule as it is kept: `parse` reads it back."""
    if not schedule.minutes:
        return "off"
    if schedule.every is not None:
        return f"every {schedule.every} h"
    times = ", ".join(map(clock_face, schedule.minutes))
    if schedule.days == WEEK:
        return times
    return f"{', '.join(DAYS[day] for day in schedule.days)} {times}"


def kept(text: str) -> Schedule:
    """A schedule that the archive keeps; the usual one where another program wrote nonsense."""
    try:
        return parse(text)
    except ScheduleError:
        return USUAL


def parse_quiet(text: str) -> tuple[int, int] | None:
    """Quiet hours as typed: their first minute and the first after them; None: none at all.

    Raises ScheduleError.
    """
    said = in_24_hours(text)
    if said in OFF:
        return None
    both = _RANGE.fullmatch(said)
    if both is None:
        raise ScheduleError(NOT_QUIET, text=text)
    start, end = (_minute(one if _TIME.fullmatch(one) else f"{one}:00") for one in both.groups())
    if start == end:
        raise ScheduleError(ALL_DAY)
    return start, end


def clock_face(minute: int) -> str:
    """08:00"""
    return f"{minute // 60:02}:{minute % 60:02}"


def next_due(schedule: Schedule, zone: str, after: int) -> int | None:
    """The first due time (ms, UTC) later than `after`; None where there is none."""
    return next((at for at in _due(schedule, zone, after, 1) if at > after), None)


def last_due(schedule: Schedule, zone: str, before: int) -> int | None:
    """The last due time earlier than `before`; None where there is none."""
    return next((at for at in _due(schedule, zone, before, -1) if at < before), None)


def quiet_until(quiet: tuple[int, int] | None, zone: str, at: int) -> int | None:
    """When the quiet hours that hold at a time are over; None where it is none of them."""
    if quiet is None:
        return None
    end = None
    while (later := _stretch_end(quiet, zone_of(zone), at)) is not None:
        at = end = later  # where a clock change cuts the day short, two may touch
    return end


def next_digest(wishes: Wishes, zone: str, now: int) -> int | None:
    """When a subscriber's next digest is due: after the quiet hours, if they hold then."""
    due = next_due(kept(wishes.digest), zone, now)
    return None if due is None else quiet_until(wishes.quiet, zone, due) or due


def _every(hours: int) -> Schedule:
    if hours == 24:
        return USUAL
    if hours not in EVERY:
        raise ScheduleError(NOT_EVERY, count=hours)
    return Schedule(_each(hours))


def _each(hours: int) -> tuple[int, ...]:
    return tuple(range(0, DAY_MINUTES, hours * 60))


def _minutes(times: Sequence[str]) -> tuple[int, ...]:
    if not times:
        raise ScheduleError(NO_TIME)
    minutes = tuple(sorted({_minute(each) for each in times}))
    if len(minutes) > MOST_TIMES:
        raise ScheduleError(TOO_MANY, limit=MOST_TIMES)
    return minutes


def _days(part: str) -> tuple[int, ...]:
    """The days of the week that a word names: mon, mon-fri, daily; none for any other word."""
    if part == DAILY:
        return WEEK
    first, dash, last = part.replace("–", "-").partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        return ()
    start, end = DAYS.index(first), DAYS.index(last or first)
    return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))


def _minute(text: str) -> int:
    """The minute of the day; 24:00 is the first."""
    read = _TIME.fullmatch(text)
    minute = int(read[1]) * 60 + int(read[2]) if read and int(read[2]) < 60 else None
    if minute is None or minute > DAY_MINUTES:
        raise ScheduleError(NOT_A_TIME, text=text)
    return minute % DAY_MINUTES


def _due(schedule: Schedule, zone: str, near: int, step: int) -> Iterator[int]:
    """The due times about `near` and onwards for a week, ascending or (step -1) descending."""
    place = zone_of(zone)
    today = datetime.fromtimestamp(near / 1000, place).date()
    # A day before: its last minutes may have been moved into today.
    for offset in range(-1, 9):
        day = today + timedelta(days=offset * step)
        if day.weekday() in schedule.days:
            yield from (_instant(day, minute, place) for minute in schedule.minutes[::step])


def _stretch_end(quiet: tuple[int, int], zone: tzinfo, at: int) -> int | None:
    start, end = quiet
    today = datetime.fromtimestamp(at / 1000, zone).date()
    for offset in (-1, 0, 1):  # tomorrow: a clock may go back over midnight
        day = today + timedelta(days=offset)
        last = _instant(day + timedelta(days=end < start), end, zone)
        if _instant(day, start, zone) <= at < last:
            return last
    return None


def _instant(day: date, minute: int, zone: tzinfo) -> int:
    """When the clock of a zone shows a minute for the first time on a day, or has passed it."""
    shown = datetime.combine(day, time(minute // 60, minute % 60), zone)
    at = int(shown.timestamp())
    if datetime.fromtimestamp(at, zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return at * 1000
    # It does not exist: the clock jumps somewhere between its two readings.
    before, after = int(shown.replace(fold=1).timestamp()), at
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after * 1000
