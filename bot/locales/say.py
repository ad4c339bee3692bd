"""Saying something in somebody's language: look up, then fill in, everything made harmless."""

import gettext
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot.locales import times
from bot.locales.markup import Html, flat, inline

SOURCE = "en"
LANGUAGES = (SOURCE, "uk", "ru")
Value = str | int


def deferred(text: str) -> str:
    """A text of a table, to be looked up when it is said; marks it for the catalogues."""
    return text


@dataclass(frozen=True, slots=True)
class Say:
    """The voice of one language.

    The texts are literals at the call (or `deferred`), so that a test can hold the catalogues
    against the code. Values: an int is written by locale, `Html` is put in as it is, any other
    string becomes one short escaped line.
    """

    language: str
    catalogue: gettext.NullTranslations
    locale: Locale

    def __call__(self, text: str, /, **values: Value) -> Html:
        return self._filled(self.catalogue.gettext(text), values)

    def plural(self, one: str, many: str, count: int, /, **values: Value) -> Html:
        """The form that `count` needs; it is filled in as {count}."""
        return self._filled(self.catalogue.ngettext(one, many, count), {"count": count, **values})

    def plain(self, text: str, /, **values: Value) -> str:
        """For where there is no markup: buttons, toasts, menus. Values must not be `Html`."""
        shown = {name: self._plain(value) for name, value in values.items()}
        return self.catalogue.gettext(text).format_map(shown)

    def number(self, number: int) -> str:
        return format_decimal(number, locale=self.locale)

    def moment(self, at: int, zone: str) -> str:
        """19 Sep 2022, 14:07"""
        return times.shown(at, zone, "d MMM y, HH:mm", self.locale)

    def date(self, at: int, zone: str) -> str:
        """19 September 2022"""
        return times.shown(at, zone, "d MMMM y", self.locale)

    def time(self, at: int, zone: str) -> str:
        """14:07"""
        return times.shown(at, zone, "HH:mm", self.locale)

    def place(self, zone: str) -> str:
        """The zone by its city, Kyiv; to stand behind a time."""
        return times.place(zone, self.locale)

    def weekday(self, day: int) -> str:
        """Mon; 0 is Monday."""
        return str(self.locale.days["stand-alone"]["abbreviated"][day])

    def span(self, millis: int) -> str:
        """3 hours 5 minutes"""
        return times.span(millis, self.locale)

    def _filled(self, template: str, values: dict[str, Value]) -> Html:
        return Html(template.format_map({name: self._safe(v) for name, v in values.items()}))

    def _safe(self, value: Value) -> str:
        return self.number(value) if isinstance(value, int) else inline(value)

    def _plain(self, value: Value) -> str:
        assert not isinstance(value, Html), "there is no markup in plain text"
        return self.number(value) if isinstance(value, int) else flat(value)


def speaker(language: str) -> Say:
    """The voice of `language` (a tag such as uk or uk-UA); English where we do not speak it."""
    spoken = language.replace("_", "-").partition("-")[0].lower()
    return _say(spoken if spoken in LANGUAGES else SOURCE)


@cache
def _say(language: str) -> Say:
    return Say(language, _catalogue(language), Locale(language))


def _catalogue(language: str) -> gettext.NullTranslations:
    """The .po file, compiled in memory: what is shipped is what a translator edits."""
    if language == SOURCE:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with files("bot.locales").joinpath(f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
