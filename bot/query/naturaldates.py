"""Dates in words, in Ukrainian, Russian and English, by the library dateparser.

Its import and its first date take a quarter of a second together, a date later on about one
millisecond: hence nothing of it happens before somebody writes a date in words. What it does not
know of the three languages is put into words that it knows.
"""

import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import datetime

LANGUAGES = ["uk", "ru", "en"]

_APOSTROPHES = str.maketrans("’ʼ`´", "''''")
_COUNTED = re.compile(r"\b(?:ago|тому|назад)$|^\d+ ?[^\W\d]+$")
_LEADING = re.compile(r"^(?:(?:у|в|во|на|in|on) )?(?:(?:минул|прошл|последн|останн)\w+ )?")
# Names of days and months in cases that the library does not know: how they begin.
_NAMES: Mapping[str, str] = {
    "понеділ": "понеділок",
    "вівтор": "вівторок",
    "серед": "середа",
    "п'ятниц": "п'ятниця",
    "субот": "субота",
    "неділ": "неділя",
    "четвер": "четвер",
    "понедельн": "понедельник",
    "вторн": "вторник",
    "сред": "среда",
    "пятниц": "пятница",
    "суббот": "суббота",
    "воскресен": "воскресенье",
    "січ": "січень",
    "лют": "лютий",
    "берез": "березень",
    "квіт": "квітень",
    "трав": "травень",
    "черв": "червень",
    "лип": "липень",
    "серп": "серпень",
    "верес": "вересень",
    "жовт": "жовтень",
    "листопад": "листопад",
    "груд": "грудень",
    "январ": "январь",
    "феврал": "февраль",
    "март": "март",
    "апрел": "апрель",
    "ма": "май",
    "июн": "июнь",
    "июл": "июль",
    "август": "август",
    "сентябр": "сентябрь",
    "октябр": "октябрь",
    "ноябр": "ноябрь",
    "декабр": "декабрь",
}
_NAME = re.compile(rf"\b({'|'.join(_NAMES)})[^\W\d_]{{0,3}}\b")


def read(text: str, here: datetime) -> tuple[datetime, str] | None:
    """When `text` is, seen from `here` and in its zone: a moment, and how much of the time around
    it is meant (time: none; day, week, month or year). None where it is no date.

    Without a year the last such day is meant, not the next.
    """
    for attempt in _attempts(text.lower().translate(_APOSTROPHES)):
        found = _parsed(attempt, here)
        if found is not None:
            moment, period = found
            # Three weeks ago is a day; last week is a week.
            counted = period != "time" and _COUNTED.search(attempt)
            return moment, "day" if counted else period
    return None


def _attempts(text: str) -> Iterator[str]:
    yield text
    bare = _LEADING.sub("", text)
    named = _NAME.sub(lambda match: _NAMES[match[1]], text)
    if _COUNTED.search(text):
        yield f"1 {text}"
    if named != text:
        yield named
    if bare != text:
        yield _NAME.sub(lambda match: _NAMES[match[1]], bare)


def _parsed(text: str, here: datetime) -> tuple[datetime, str] | None:
    from dateparser.date import DateDataParser  # noqa: PLC0415 -- slow, and seldom needed

    settings = {
        "RELATIVE_BASE": here.replace(tzinfo=None),
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "DMY",
        "RETURN_TIME_AS_PERIOD": True,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own use of Python
            found = DateDataParser(languages=LANGUAGES, settings=settings).get_date_data(text)
    except Exception:  # noqa: BLE001 -- a library over anybody's text: what breaks it is no date
        return None
    if found.date_obj is None:
        return None
    return _placed(found.date_obj, here), str(found.period)


def _placed(moment: datetime, here: datetime) -> datetime:
    """In the zone of `here`, unless a zone was written."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=here.tzinfo)
    return moment.astimezone(here.tzinfo)
