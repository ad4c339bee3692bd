"""A piece of a query with a colon -> the condition on the post that it states."""

import re
from collections.abc import Iterator, Mapping

from bot.query import limits
from bot.query.lexemes import Lexeme
from bot.query.syntax import Day, Filter, Sort

# What people write -> the kinds that the archive marks posts with.
_HAS: Mapping[str, tuple[str, ...]] = {
    "audio": ("audio",),
    "contact": ("contact",),
    "document": ("document",),
    "file": ("document",),
    "gif": ("animation",),
    "link": ("link",),
    "photo": ("photo",),
    "place": ("geo", "geolive", "venue"),
    "poll": ("poll",),
    "sticker": ("sticker",),
    "story": ("story",),
    "video": ("video", "roundvideo"),
    "voice": ("voice",),
}
_IS: Mapping[str, tuple[str, ...]] = {
    "deleted": ("deleted",),
    "edited": ("edited",),
    "forward": ("forward",),
    "forwarded": ("forward",),
}
_LANG: Mapping[str, tuple[str, ...]] = {
    "en": ("en",),
    "ru": ("ru",),
    "ua": ("uk",),  # the country's code, which many write
    "uk": ("uk",),
}
_KNOWN: Mapping[Sort, Mapping[str, tuple[str, ...]]] = {
    Sort.HAS: _HAS,
    Sort.IS: _IS,
    Sort.LANG: _LANG,
}
ALLOWED: Mapping[Sort, str] = {
    Sort.HAS: "photo, video, link, file, audio, voice, gif, poll, place, sticker, story, contact",
    Sort.IS: "forward, edited, deleted",
    Sort.LANG: "uk, ru, en",
}
_QUOTED = re.compile('"[^"]*"|«[^»]*»')
_VALUE = re.compile('(?:"[^"]*"|«[^»]*»|[^,])+')
_MARKS = '"«»'

_CHANNEL = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:t\.me|telegram\.(?:me|dog))/(?:[sc]/)?)?@?"
    r"(?P<name>[a-z0-9_]{1,32})(?:[/?#]\S*)?"
)


def name(lexeme: Lexeme) -> str:
    """What stands before the colon."""
    return lexeme.plain.partition(":")[0].lower()


def condition(lexeme: Lexeme) -> Filter:
    """What a FILTER of one of the sorts of `syntax.Sort` asks for. Raises QueryError."""
    sort = Sort(name(lexeme))
    values = tuple(dict.fromkeys(_read(lexeme, sort)))
    return Filter(sort, values, lexeme.start)


def day(lexeme: Lexeme) -> Day:
    """A since: or until:, whose date is not looked at yet. Raises QueryError."""
    return Day(" ".join(_text(lexeme).split()), lexeme.start)


def check_versions(lexeme: Lexeme) -> None:
    """Raises QueryError for a versions: of anything but all."""
    value = _text(lexeme).lower()
    if value != "all":
        raise lexeme.error("bad_value", filter=name(lexeme), value=value, allowed="all")


def _text(lexeme: Lexeme) -> str:
    """The only value, which may hold commas."""
    written = _written(lexeme)
    if not written.strip(_MARKS + " "):
        raise lexeme.error("empty_value", filter=name(lexeme))
    return "".join(each for each in written if each not in _MARKS)


def _written(lexeme: Lexeme) -> str:
    """What stands behind the colon."""
    written = lexeme.plain.partition(":")[2]
    if not written and lexeme.behind in _MARKS:
        raise lexeme.error("open_quote")
    return written


def _read(lexeme: Lexeme, sort: Sort) -> Iterator[str]:
    for value in _values(lexeme):
        if sort is Sort.FROM:
            yield _channel(lexeme, value)
        elif sort is Sort.IN:
            yield value
        elif value in _KNOWN[sort]:
            yield from _KNOWN[sort][value]
        else:
            raise lexeme.error("bad_value", filter=name(lexeme), value=value, allowed=ALLOWED[sort])


def _values(lexeme: Lexeme) -> list[str]:
    written = _written(lexeme)
    found = [each.strip(_MARKS + " ").lower() for each in _VALUE.findall(written)]
    commas = _QUOTED.sub("", written).count(",")
    if len(found) <= commas or not all(found):
        raise lexeme.error("empty_value", filter=name(lexeme))
    if len(found) > limits.VALUES:
        raise lexeme.error("too_many_values", filter=name(lexeme), limit=limits.VALUES)
    return found


def _channel(lexeme: Lexeme, value: str) -> str:
    """The username (or the number, where there is none) in what names a channel."""
    found = _CHANNEL.fullmatch(value)
    if found is None:
        raise lexeme.error("bad_channel", filter=name(lexeme), value=value)
    return found["name"]
