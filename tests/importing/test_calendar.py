"""Times of exports, in every form they were ever written in, and those that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.importing.calendar import OLDEST, Calendar
from bot.importing.words import UnusableError
from tests.importing.desktop import AT, NOW

HOUR = 60 * 60 * 1000


def posted(zone: str = "UTC", **fields: object) -> int:
    return Calendar(zone, NOW).posted(fields)


@pytest.mark.parametrize("written", [str(AT), AT])
def test_a_number_of_seconds_is_utc_and_wins_over_a_local_time(written: object) -> None:
    assert posted("Europe/Kyiv", date="2022-01-01T00:00:00", date_unixtime=written) == AT * 1000


@pytest.mark.parametrize(
    ("zone", "date", "offset", "hours_after_utc"),
    [
        ("UTC", "2022-09-19T18:30:00", None, 0),
        ("Europe/Kyiv", "2022-09-19T21:30:00", None, 0),
        # The offset of an HTML page is that of winter: where it is our zone's, its rules hold.
        ("Europe/Kyiv", "2022-09-19T21:30:00", 120, 0),
        ("Europe/Kyiv", "2022-09-19T21:30:00", 180, 0),  # another zone's: as it says
        ("UTC", "2022-09-19T21:30:00", 180, 0),
        ("UTC", "2022-09-19T21:30:00", 120, 1),  # nobody says that it was summer
        ("Europe/Moscow", "2022-09-19T21:30:00", 180, 0),
        ("America/New_York", "2022-09-19T14:30:00", -300, 0),
        ("Asia/Kolkata", "2022-09-20T00:00:00", 330, 0),
    ],
)
def test_local_times_are_read_in_their_zone(
    zone: str, date: str, offset: int | None, hours_after_utc: int
) -> None:
    assert posted(zone, date=date, date_offset=offset) == AT * 1000 + hours_after_utc * HOUR


def test_a_change_of_the_zones_rules_is_followed() -> None:
    """Moscow was at UTC+4 in 2013; the page says +3, which is its standard time today."""
    fields = {"date": "2013-12-31T23:59:59", "date_offset": 180}
    assert posted("Europe/Moscow", **fields) == posted("UTC", **fields) - HOUR


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "no date"),
        ({"date": None}, "no date"),
        ({"date": "yesterday"}, "cannot be read"),
        ({"date": 5}, "cannot be read"),
        ({"date_unixtime": "9" * 30}, "no date|cannot be read"),
        ({"date_unixtime": True}, "cannot be read"),
        ({"date_unixtime": [1]}, "cannot be read"),
        ({"date": "2022-13-45T00:00:00"}, "none of the calendar"),
        ({"date": "2022-02-30T00:00:00"}, "none of the calendar"),
        ({"date": "2022-02-03T00:00:00", "date_offset": 99 * 60}, "none of the calendar"),
        ({"date": "0000-01-01T00:00:00"}, "none of the calendar"),
        ({"date": "0001-01-01T00:00:00"}, "before Telegram existed"),
        ({"date": "2013-08-13T00:00:00"}, "before Telegram existed"),
        ({"date_unixtime": "0"}, "before Telegram existed"),
        ({"date_unixtime": "-62135596800"}, "before Telegram existed"),
        ({"date_unixtime": str(10**18)}, "in the future"),
        ({"date": "9999-12-31T23:59:59"}, "in the future"),
        ({"date_unixtime": str(NOW // 1000 + 2 * 60 * 60)}, "in the future"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_date_that_cannot_be_is_refused_with_the_reason(
    fields: dict[str, object], why: str, zone: str
) -> None:
    with pytest.raises(UnusableError, match=why):
        posted(zone, **fields)


@pytest.mark.parametrize(
    ("fields", "edited", "odd"),
    [
        ({}, None, 0),
        ({"edited_unixtime": str(AT + 60)}, (AT + 60) * 1000, 0),
        ({"edited": "2022-09-19T18:31:00"}, (AT + 60) * 1000, 0),
        ({"edited": "1970-01-01T03:00:00"}, None, 0),  # how exports of 2018 say "never"
        ({"edited": "1969-12-31T19:00:00"}, None, 0),
        ({"edited_unixtime": str(AT - 60)}, None, 0),  # before it was posted
        ({"edited": "9999-01-01T00:00:00"}, None, 1),
        ({"edited": "nonsense"}, None, 1),
    ],
)
def test_edits_are_dated_where_that_can_be(
    fields: dict[str, object], edited: int | None, odd: int
) -> None:
    calendar = Calendar("UTC", NOW)
    assert calendar.edited(fields, AT * 1000) == edited
    assert calendar.odd_edits == odd


def test_how_local_times_were_read_is_counted() -> None:
    calendar = Calendar("Europe/Kyiv", NOW)
    for offset in (None, 120, 180, 180):
        calendar.posted({"date": "2022-09-19T21:30:00", "date_offset": offset})
    calendar.posted({"date_unixtime": str(AT)})
    assert calendar.read_as == {"Europe/Kyiv": 2, "UTC+03:00": 2}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=5,
)


@given(date=anything, seconds=anything, offset=anything)
def test_whatever_is_written_a_date_is_possible_or_refused(
    date: object, seconds: object, offset: object
) -> None:
    fields = {"date": date, "date_unixtime": seconds, "date_offset": offset}
    try:
        at = Calendar("Europe/Kyiv", NOW).posted(fields)
    except UnusableError:
        return
    assert OLDEST <= at <= NOW + HOUR
