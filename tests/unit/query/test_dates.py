"""What since: and until: mean, seen from Kyiv on Tuesday 20 September 2022, 15:30."""

import subprocess
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query import limits
from bot.query.dates import window
from bot.query.errors import QueryError
from bot.query.parse import parse

KYIV = ZoneInfo("Europe/Kyiv")
NOW = 1_663_677_000_000  # 2022-09-20 12:30 UTC
HOUR = 3_600_000
DATE_CODES = {"bad_day", "far_day", "future", "backwards"}


def moments(text: str, zone: str = "Europe/Kyiv", now: int = NOW) -> tuple[str, str]:
    """The beginning for since: and the end for until:, as clocks in `zone` show them."""
    since, _ = window(parse(f'since:"{text}"'), now, zone)
    _, until = window(parse(f'until:"{text}"'), now, zone)
    return shown(since, zone), shown(until, zone)


def shown(moment: int | None, zone: str) -> str:
    assert moment is not None
    return datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def refusal(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        window(parse(text), NOW, "Europe/Kyiv")
    return caught.value


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2022-09-19", "2022-09-19", "2022-09-20"),
        ("2022-9-1", "2022-09-01", "2022-09-02"),
        ("2022–09–19", "2022-09-19", "2022-09-20"),
        ("2022/09/08", "2022-09-08", "2022-09-09"),
        ("2022-08", "2022-08-01", "2022-09-01"),
        ("2021-12", "2021-12-01", "2022-01-01"),
        ("2022", "2022-01-01", "2023-01-01"),
        ("19.09.2022", "2022-09-19", "2022-09-20"),
        ("19.09.22", "2022-09-19", "2022-09-20"),
        ("19/09", "2022-09-19", "2022-09-20"),
        ("20.9", "2022-09-20", "2022-09-21"),
        ("21/09", "2021-09-21", "2021-09-22"),
        ("29.02.2020", "2020-02-29", "2020-03-01"),
        *((each, "2022-09-19", "2022-09-20") for each in ("вчора", "вчера", "Yesterday")),
        *((each, "2022-09-20", "2022-09-21") for each in ("сьогодні", "сегодня", "today")),
        *((each, "2022-09-18", "2022-09-19") for each in ("позавчора", "позавчера")),
        *((each, "2022-09-19", "2022-09-20") for each in ("19 вересня", "19 сентября")),
        *((each, "2022-09-19", "2022-09-20") for each in ("last monday", "понеділок")),
        ("минулого понеділка", "2022-09-19", "2022-09-20"),
        ("в прошлый понедельник", "2022-09-19", "2022-09-20"),
        *((each, "2022-09-16", "2022-09-17") for each in ("минулої п’ятниці", "у п'ятницю")),
        ("19 вересня 2021 р.", "2021-09-19", "2021-09-20"),
        ("Sept 19", "2022-09-19", "2022-09-20"),
        *((each, "2022-09-17", "2022-09-18") for each in ("3 days ago", "3 дні тому")),
        ("3 дня назад", "2022-09-17", "2022-09-18"),
        *((each, "2022-09-13", "2022-09-14") for each in ("тиждень тому", "неделю назад")),
        *((each, "2021-09-20", "2021-09-21") for each in ("a year ago", "рік тому")),
        *((each, "2022-09-12", "2022-09-19") for each in ("last week", "минулого тижня")),
        *((each, "2022-08-01", "2022-09-01") for each in ("в прошлом месяце", "серпень")),
        *((each, "2022-05-01", "2022-06-01") for each in ("в мае", "у травні", "May")),
        ("вересень 2021", "2021-09-01", "2021-10-01"),
    ],
)
def test_a_day_is_whole_on_both_sides(text: str, since: str, until: str) -> None:
    assert moments(text) == (f"{since} 00:00", f"{until} 00:00")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        *((each, "2022-09-13 15:30") for each in ("7d", "7D", "7д", "1w", "1т", "1н")),
        *((each, "2022-09-19 15:30") for each in ("24h", "24г", "24ч", "24 h")),
        *((each, "2022-09-20 15:00") for each in ("30min", "30хв", "30мин")),
        *((each, "2022-06-20 15:30") for each in ("3m", "3м")),
        *((each, "2021-09-20 15:30") for each in ("1y", "1р", "1л", "12m")),
        *((each, "2022-09-19 14:00") for each in ("2022-09-19T14:00", "2022-09-19 14:00")),
        ("2022-09-19T14:00Z", "2022-09-19 17:00"),
        ("2022-09-19T14:00+05:00", "2022-09-19 12:00"),
        *((each, "2022-09-19 14:00") for each in ("вчора о 14:00", "19.09.2022 14:00")),
        *((each, "2022-09-20 13:30") for each in ("2 hours ago", "2 години тому")),
    ],
)
def test_hours_and_what_is_counted_back_are_moments(text: str, moment: str) -> None:
    assert moments(text) == (moment, moment)


def test_the_end_of_a_month_has_no_more_days_than_it_has() -> None:
    now = int(datetime(2022, 3, 31, 10, tzinfo=KYIV).timestamp() * 1000)
    assert moments("1m", now=now)[0] == "2022-02-28 10:00"


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2022-09-19", "Europe/Kyiv", 24),
        ("2022-03-27", "Europe/Kyiv", 23),
        ("2021-10-31", "Europe/Kyiv", 25),
        ("2022-03-27", "Asia/Beirut", 23),  # has no midnight
        ("2011-12-30", "Pacific/Apia", 0),  # was left out
        ("2022-03-27", "UTC", 24),
    ],
)
def test_a_day_is_as_long_as_it_is_there(day: str, zone: str, hours: int) -> None:
    query = parse(f"since:{day} until:{day}")
    if hours:
        since, until = window(query, NOW, zone)
        assert since is not None
        assert until is not None
        assert until - since == hours * HOUR
    else:
        with pytest.raises(QueryError, match="backwards"):
            window(query, NOW, zone)


def test_counting_back_over_a_change_of_clocks_keeps_the_time_of_day() -> None:
    now = int(datetime(2022, 4, 1, 10, tzinfo=KYIV).timestamp() * 1000)
    assert moments("7d", now=now)[0] == "2022-03-25 10:00"
    assert moments("168h", now=now)[0] == "2022-03-25 09:00"


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../../etc/passwd", "Europe"])
def test_an_unknown_zone_is_utc(zone: str) -> None:
    since, _ = window(parse("since:2022-09-19"), NOW, zone)
    assert since == datetime(2022, 9, 19, tzinfo=UTC).timestamp() * 1000


def test_no_day_is_no_bound() -> None:
    assert window(parse("a"), NOW, "UTC") == (None, None)
    assert window(parse("a since:2022-09-19"), NOW, "UTC")[1] is None


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a since:31.02.2022", "bad_day", 2),
        ("a until:2022-13", "bad_day", 2),
        ("a since:2022-09-19T25:00", "bad_day", 2),
        ("a since:2022-09-19T14:00+99:99", "bad_day", 2),
        ("since:3 days ago", "bad_day", 0),
        ("since:-3", "bad_day", 0),
        ("since:last monday", "bad_day", 0),
        ("since:абищо", "bad_day", 0),
        ("since:5ᲁ", "bad_day", 0),
        (f"since:{'x' * (limits.DAY + 1)}", "bad_day", 0),
        ("since:0000-01-01", "far_day", 0),
        ("since:9999", "far_day", 0),
        ("since:9999-12-31", "far_day", 0),
        ("since:999999999d", "far_day", 0),
        ("since:999999999h", "far_day", 0),
        ("since:999999999y", "far_day", 0),
        ('since:"1 Jan 0001"', "far_day", 0),
        ("since:2022-10-01", "future", 0),
        ("since:завтра", "future", 0),
        ("since:2022-09-19 until:2022-09-18", "backwards", 17),
        ("since:1d until:7d", "backwards", 9),
    ],
)
def test_what_is_no_date_is_refused(text: str, code: str, place: int) -> None:
    error = refusal(text)
    assert (error.code, error.text, error.at) == (code, text, place)


DATES = st.one_of(
    st.text(st.characters(), min_size=1, max_size=45),
    st.from_regex(r"\d{0,9}[./-]?\d{0,9}[./-]?\d{0,9}[T ]?\d{0,3}:?\d{0,3}[dhwmyдгчтнZ+-]?"),
    st.lists(
        st.sampled_from(["last", "тому", "назад", "3", "вчора", "monday", "мая", "at", "14:00"]),
        min_size=1,
        max_size=5,
    ).map(" ".join),
)


@given(DATES, st.sampled_from(["Europe/Kyiv", "Pacific/Apia", "UTC", "x"]))
def test_any_text_is_a_date_or_is_refused(text: str, zone: str) -> None:
    for name in ("since", "until"):
        try:
            query = parse(f'{name}:"{text}"')
        except QueryError:
            continue
        try:
            since, until = window(query, NOW, zone)
        except QueryError as error:
            assert error.code in DATE_CODES
        else:
            assert (since is None) != (until is None)


def test_dates_in_figures_do_not_load_the_library() -> None:
    program = (
        "import sys; from bot.query.dates import window; from bot.query.parse import parse;"
        "window(parse('since:7d until:2022-09-19'), 1663677000000, 'UTC');"
        "sys.exit('dateparser' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=False).returncode == 0  # noqa: S603 -- this Python and a text from above
