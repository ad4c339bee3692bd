"""Quiet hours and digest times, through every clock change of ten years."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts import schedule
from bot.alerts.schedule import (
    DAY_MINUTES,
    NEVER,
    WEEK,
    Schedule,
    ScheduleError,
    last_due,
    next_digest,
    next_due,
    parse,
    parse_quiet,
    quiet_until,
    written,
)
from storage.records import Wishes

KYIV = "Europe/Kyiv"
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def at(text: str, zone: str = "UTC") -> int:
    """ms of a local time, the first where it comes twice."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


START, END = at("2020-01-01"), at("2031-01-01")


def local(moment: int, zone: str) -> str:
    return datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def due_times(text: str, zone: str, start: str, days: int) -> list[str]:
    times, now = list[str](), at(start, zone)
    end = now + days * DAY
    while (due := next_due(parse(text), zone, now)) is not None and due < end:
        times.append(local(due, zone))
        now = due
    return times


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("08:00, 20:00", "08:00, 20:00"),
        ("20:00 8:00", "08:00, 20:00"),
        ("8.30", "08:30"),
        ("every 4 h", "every 4 h"),
        ("Every 4 hours", "every 4 h"),
        ("every4h", "every 4 h"),
        ("every hour", "every 1 h"),
        ("кожні 4 год", "every 4 h"),
        ("каждые 6 часов", "every 6 h"),
        ("00:00, 12:00", "every 12 h"),
        ("mon 08:00", "mon 08:00"),
        ("Monday, thursday 8:00 20:00", "mon, thu 08:00, 20:00"),
        ("mon-fri 09:00", "mon, tue, wed, thu, fri 09:00"),
        ("sat-mon 09:00", "mon, sat, sun 09:00"),
        ("mon-sun 09:00", "09:00"),
        ("пн 08:00", "mon 08:00"),
        ("п’ятниця 08:00", "fri 08:00"),
        ("воскресенье 24:00", "sun 00:00"),
        ("off", "off"),
        ("ВИМК", "off"),
        ("нет", "off"),
    ],
)
def test_a_schedule_is_read_as_people_write_it_and_kept_in_one_way(typed: str, kept: str) -> None:
    assert written(parse(typed)) == kept
    assert parse(kept) == parse(typed)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", schedule.NOT_A_SCHEDULE),
        ("sometimes", schedule.NOT_A_SCHEDULE),
        ("<b>", schedule.NOT_A_SCHEDULE),
        ("08:00 sometimes", schedule.NOT_A_TIME),
        ("25:00", schedule.NOT_A_TIME),
        ("08:60", schedule.NOT_A_TIME),
        ("24:01", schedule.NOT_A_TIME),
        ("mon", schedule.NO_TIME),
        ("every 5 h", schedule.NOT_EVERY),
        ("every 0 h", schedule.NOT_EVERY),
        ("every 999 h", schedule.NOT_EVERY),
        (" ".join(f"10:{n:02}" for n in range(25)), schedule.TOO_MANY),
        ("٠٨:٠٠", schedule.NOT_A_SCHEDULE),
    ],
)
def test_what_is_no_schedule_is_answered_with_what_to_write(typed: str, text: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse(typed)
    assert caught.value.text == text
    text.format(**caught.value.values)


@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (parse, parse_quiet):
        try:
            read(text)
        except ScheduleError as error:
            error.text.format(**error.values)


SCHEDULES = st.builds(
    lambda minutes, days: Schedule(tuple(sorted(minutes)), tuple(sorted(days))),
    st.sets(st.integers(0, DAY_MINUTES - 1), min_size=1, max_size=6),
    st.sets(st.sampled_from(WEEK), min_size=1),
)


@given(SCHEDULES)
def test_a_schedule_comes_back_as_it_was_kept(one: Schedule) -> None:
    assert parse(written(one)) == one


@pytest.mark.parametrize(
    ("typed", "quiet"),
    [
        ("23:00-07:00", (23 * 60, 7 * 60)),
        ("23:00 – 07:30", (23 * 60, 7 * 60 + 30)),
        ("23-7", (23 * 60, 7 * 60)),
        ("01:00 to 06:00", (60, 360)),
        ("22:00-24:00", (22 * 60, 0)),
        ("off", None),
    ],
)
def test_quiet_hours_are_read(typed: str, quiet: tuple[int, int] | None) -> None:
    assert parse_quiet(typed) == quiet


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", schedule.NOT_QUIET),
        ("23:00", schedule.NOT_QUIET),
        ("night", schedule.NOT_QUIET),
        ("25:00-07:00", schedule.NOT_A_TIME),
        ("07:00-07:00", schedule.ALL_DAY),
        ("0-24", schedule.ALL_DAY),
    ],
)
def test_what_are_no_quiet_hours_is_answered(typed: str, text: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse_quiet(typed)
    assert caught.value.text == text


def test_digests_come_at_their_times() -> None:
    assert due_times("08:00, 20:00", KYIV, "2022-09-19 08:00", 2) == [
        "2022-09-19 20:00",
        "2022-09-20 08:00",
        "2022-09-20 20:00",
    ]
    assert due_times("mon 08:00", KYIV, "2022-09-19 08:00", 14) == ["2022-09-26 08:00"]
    assert due_times("every 12 h", KYIV, "2022-09-19 08:00", 1) == [
        "2022-09-19 12:00",
        "2022-09-20 00:00",
    ]
    assert next_due(NEVER, KYIV, 0) is None
    assert last_due(NEVER, KYIV, 0) is None


def test_a_time_that_does_not_exist_is_due_once_at_the_next_that_does() -> None:
    """In Kyiv 27 March 2022 goes from 02:59 to 04:00."""
    assert due_times("03:30", KYIV, "2022-03-26 12:00", 2) == [
        "2022-03-27 04:00",
        "2022-03-28 03:30",
    ]
    assert due_times("03:00, 03:30, 04:00", KYIV, "2022-03-26 12:00", 1) == ["2022-03-27 04:00"]


def test_a_time_that_comes_twice_is_due_once() -> None:
    """In Kyiv 30 October 2022 has 03:00 to 03:59 twice."""
    assert due_times("03:30", KYIV, "2022-10-29 12:00", 2) == [
        "2022-10-30 03:30",
        "2022-10-31 03:30",
    ]
    first = next_due(parse("03:30"), KYIV, at("2022-10-29 12:00", KYIV))
    assert first == at("2022-10-30 00:30")
    assert next_due(parse("03:30"), KYIV, at("2022-10-30 01:15")) == at("2022-10-31 01:30")


def changes(zone: str) -> Iterator[int]:
    """The hours before the clocks of a zone change; no zone changes them twice in two weeks."""
    place, step = ZoneInfo(zone), 14 * DAY

    def offset(moment: int) -> timedelta | None:
        return datetime.fromtimestamp(moment / 1000, place).utcoffset()

    for start in range(START, END, step):
        low, high = start // HOUR, (start + step) // HOUR
        before = offset(start)
        if offset(high * HOUR) == before:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle * HOUR) == before else (low, middle)
        yield low * HOUR


def unlike() -> Iterator[tuple[str, int]]:
    """Every change that differs from all others in what a schedule sees of it: the day of the
    week, the time of the day, and the offsets from the day before it to the day after.
    """
    seen = set()
    for zone in sorted(available_timezones()):
        place = ZoneInfo(zone)
        for change in changes(zone):
            shown = datetime.fromtimestamp(change / 1000, place)
            around = (change + hours * HOUR for hours in range(-36, 37))
            offsets = tuple(
                datetime.fromtimestamp(each / 1000, place).utcoffset() for each in around
            )
            seen_of_it = (shown.weekday(), shown.time(), offsets)
            if seen_of_it not in seen:
                seen.add(seen_of_it)
                yield zone, change


def expected(one: Schedule, zone: str, start: int, end: int) -> list[int]:
    """Minute by minute: due when the clock reaches, or jumps over, a minute not yet had."""
    place, due = ZoneInfo(zone), list[int]()
    had = datetime.fromtimestamp((start - MINUTE) / 1000, place).replace(tzinfo=None)
    for now in range(start, end, MINUTE):
        shown = datetime.fromtimestamp(now / 1000, place).replace(tzinfo=None)
        passed = int((shown - had) / timedelta(minutes=1))
        minutes = [had + timedelta(minutes=step + 1) for step in range(passed)]
        if any(m.hour * 60 + m.minute in one.minutes and m.weekday() in one.days for m in minutes):
            due.append(now)
        had = max(had, shown)
    return due


def test_around_clock_changes_of_all_zones_nothing_is_doubled_or_left_out() -> None:
    dense = Schedule(tuple(range(0, DAY_MINUTES, 15)))
    checked = 0
    for zone, change in unlike():
        start, end = change - 3 * HOUR, change + 6 * HOUR
        due, now = [], start - 1
        while (now := next_due(dense, zone, now) or end) < end:
            due.append(now)
        assert due == expected(dense, zone, start, end), (zone, local(change, zone))
        checked += 1
    assert checked > 70


ZONES = st.sampled_from(sorted(available_timezones()))
TIMES = st.integers(START // MINUTE, END // MINUTE).map(lambda minute: minute * MINUTE)


@given(SCHEDULES, ZONES, TIMES)
def test_due_times_ascend_and_are_found_from_either_side(
    one: Schedule, zone: str, start: int
) -> None:
    due = [start]
    for _ in range(12):
        following = next_due(one, zone, due[-1])
        assert following is not None
        assert due[-1] < following <= due[-1] + 9 * DAY
        due.append(following)
    for earlier, later in pairwise(due[1:]):
        assert last_due(one, zone, later) == earlier
        assert next_due(one, zone, later - 1) == later


QUIET = st.tuples(st.integers(0, DAY_MINUTES - 1), st.integers(0, DAY_MINUTES - 1)).filter(
    lambda both: both[0] != both[1]
)


@given(QUIET, ZONES, TIMES)
def test_quiet_hours_end_when_it_is_not_quiet_any_more(
    quiet: tuple[int, int], zone: str, now: int
) -> None:
    end = quiet_until(quiet, zone, now)
    if end is None:
        return
    assert now < end
    assert quiet_until(quiet, zone, end) is None
    assert quiet_until(quiet, zone, end - 1) == end


@given(QUIET, TIMES)
def test_without_clock_changes_quiet_hours_are_what_the_clock_shows(
    quiet: tuple[int, int], now: int
) -> None:
    shown = datetime.fromtimestamp(now / 1000, UTC)
    minute, (start, end) = shown.hour * 60 + shown.minute, quiet
    is_quiet = start <= minute < end if start < end else minute >= start or minute < end
    assert (quiet_until(quiet, "UTC", now) is not None) == is_quiet


@pytest.mark.parametrize(
    ("quiet", "now", "end"),
    [
        ("23:00-07:00", "2022-09-19 22:59", None),
        ("23:00-07:00", "2022-09-19 23:00", "2022-09-20 07:00"),
        ("23:00-07:00", "2022-09-20 06:59", "2022-09-20 07:00"),
        ("23:00-07:00", "2022-09-20 07:00", None),
        ("13:00-14:00", "2022-09-20 13:30", "2022-09-20 14:00"),
        ("23:00-03:30", "2022-03-27 02:59", "2022-03-27 04:00"),  # 03:30 is left out
        ("03:10-03:40", "2022-03-27 04:00", None),  # left out whole
        ("23:00-03:30", "2022-10-30 03:10", "2022-10-30 03:30"),
    ],
)
def test_quiet_hours_over_midnight_and_clock_changes(quiet: str, now: str, end: str | None) -> None:
    found = quiet_until(parse_quiet(quiet), KYIV, at(now, KYIV))
    assert (found and local(found, KYIV)) == end


def test_quiet_hours_that_ended_do_not_begin_again_when_the_clock_goes_back() -> None:
    assert quiet_until(parse_quiet("23:00-03:30"), KYIV, at("2022-10-30 01:10")) is None


def test_a_digest_that_falls_into_quiet_hours_comes_when_they_end() -> None:
    wishes = Wishes(quiet=(23 * 60, 7 * 60), digest="05:00, 12:00")
    due = [at("2022-09-19 12:00", KYIV)]
    for _ in range(2):
        due.append(next_digest(wishes, KYIV, due[-1]) or 0)
    assert [local(each, KYIV) for each in due[1:]] == ["2022-09-20 07:00", "2022-09-20 12:00"]


def test_a_zone_that_does_not_exist_is_utc() -> None:
    assert next_due(parse("08:00"), "Europe/Atlantis", at("2022-09-19")) == at("2022-09-19 08:00")
