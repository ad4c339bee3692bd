"""Times as people say them, in the three languages -> the few words that `schedule` reads. Pure."""

import re
from collections.abc import Mapping

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY, WEEKLY, HOURLY = "daily", "weekly", "every 1 h"

_NAMES = (
    "mon monday mondays пн понеділок понеділка понеділкам щопонеділка понедельник понедельникам",
    "tue tuesday tuesdays вт вівторок вівторка вівторкам щовівторка вторник вторникам",
    "wed wednesday wednesdays ср середа середу середам щосереди среда среду средам",
    "thu thursday thursdays чт четвер четверга четвергам щочетверга четверг",
    "fri friday fridays пт п'ятниця п'ятницю п'ятницям щоп'ятниці пятница пятницу пятницам",
    "sat saturday saturdays сб субота суботу суботам щосуботи суббота субботу субботам",
    "sun sunday sundays нд неділя неділю неділям щонеділі вс воскресенье воскресеньям",
)
_FILLING = "at on from and о об у в во і й та и по з із с"
_WORDS: Mapping[str, str] = {
    **{name: day for day, names in zip(DAYS, _NAMES, strict=True) for name in names.split()},
    **dict.fromkeys(["щодня", "щоденно", "ежедневно", "everyday"], DAILY),
    **dict.fromkeys(["щотижня", "щотижнево", "еженедельно"], WEEKLY),
    **dict.fromkeys(["hourly", "щогодини", "щогодинно", "ежечасно"], HOURLY),
    **dict.fromkeys(_FILLING.split(), ""),
}
_PHRASES: Mapping[str, str] = {
    **dict.fromkeys(
        ("every day", "once a day", "кожен день", "кожного дня", "раз на день", "каждый день",
         "раз в день"),
        DAILY,
    ),
    **dict.fromkeys(
        ("every week", "once a week", "кожен тиждень", "кожного тижня", "раз на тиждень",
         "каждую неделю", "раз в неделю"),
        WEEKLY,
    ),
}  # fmt: skip
_PHRASE = re.compile(rf"\b(?:{'|'.join(_PHRASES)})\b")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_HALF = re.compile(
    r"\b([0-9]{1,2})(?:[:.]([0-9]{2}))? ?"
    r"(?:(am|a\.m\.|ранку|утра)|(?:pm|p\.m\.|вечора|вечера))(?!\w)"
)


def plain(text: str) -> str:
    """A schedule in lower case, single blanks and no commas: days as in DAYS, DAILY, WEEKLY, times
    of 24 hours; words that mean none of these stay as they are.
    """
    said = _PHRASE.sub(lambda found: _PHRASES[found[0]], in_24_hours(text))
    said = _WORD.sub(lambda found: _WORDS.get(found[0], found[0]), said)
    return " ".join(said.replace(",", " ").split())


def in_24_hours(text: str) -> str:
    """A text in lower case and with single blanks, in which 8:30 pm has become 20:30."""
    return _HALF.sub(_in_24, " ".join(text.replace("’", "'").casefold().split()))


def _in_24(found: re.Match[str]) -> str:
    hour = int(found[1])
    if not 1 <= hour <= 12:  # 13 pm is none: it stays, and is refused
        return found[0]
    return f"{hour % 12 + (0 if found[3] else 12):02}:{found[2] or '00'}"
