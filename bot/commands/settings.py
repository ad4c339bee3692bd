"""/settings: language, time zone, quiet hours, digests, pictures and merging of a place."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from zlib import crc32

from bot.alerts.presses import Verb, encode
from bot.alerts.schedule import DAY_MINUTES, ScheduleError, parse_quiet
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.digest import read_schedule
from bot.commands.rights import must_manage
from bot.commands.wishing import quiet_shown, schedule_shown, wish
from bot.locales import LANGUAGES, Html, Say, bare, deferred, joined, speaker
from bot.locales.zones import (
    close_zones,
    current_name,
    distance_named,
    zone_named,
    zones,
    zones_at,
)
from storage.records import Button, Reply, Subscriber


class Setting(IntEnum):
    """What is chosen on a page. The numbers stand in buttons: none is given to another."""

    MAIN = 0  # all of them
    LANGUAGE = 1
    ZONE = 2
    QUIET = 3
    DIGEST = 4
    PICTURES = 5
    MERGING = 6


NAMES: Mapping[str, str] = {"en": "English", "uk": "Українська", "ru": "Русский"}
ZONES = (
    "Europe/Kyiv",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Warsaw",
    "Europe/Moscow",
    "Europe/Istanbul",
    "Asia/Tbilisi",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)
QUIETS = (None, (23 * 60, 7 * 60), (22 * 60, 8 * 60), (0, 6 * 60), (0, 8 * 60))
NO_QUIET = 0  # as a number; others are from * 1440 + until
DIGESTS = ("08:00", "08:00, 20:00", "every 4 h", "mon 08:00", "off")

TITLES: Mapping[int, str] = {
    Setting.LANGUAGE: deferred("The language of alerts and answers here"),
    Setting.ZONE: deferred(
        "The zone of all times here. Another one: <code>/settings zone Europe/Kyiv</code>"
    ),
    Setting.QUIET: deferred(
        "In quiet hours nothing makes a sound: what hits waits, and comes in one message when "
        "they end. Others: <code>/settings quiet 23:30-06:30</code>, or off"
    ),
    Setting.DIGEST: deferred(
        "When digests come. Other times: <code>/digest mon-fri 07:30, 18:00</code>"
    ),
}
HOW = deferred(
    "Write /settings alone for buttons, or one of: /settings zone Europe/Kyiv, "
    "/settings quiet 23:00-07:00, /settings digest 08:00, /settings language en, uk or ru."
)
NO_ZONE = deferred(
    "There is no time zone “{text}”. Write one by the name of a large city, such as "
    "/settings zone Europe/Kyiv"
)
NO_ZONE_LIKE = deferred("There is no time zone “{text}”. Did you mean one of these?")
DISTANCE = deferred(
    "“{text}” is a distance from UTC, which changes with summer time. Whose clock do you mean? "
    "Choose a city, or write one: /settings zone Europe/Kyiv"
)
NO_LANGUAGE = deferred("“{text}” is not spoken here. Choose en, uk or ru.")

IN_ROW = 2
Row = tuple[Button, ...]


async def settings(ctx: Context, request: Request) -> Reply:
    """Show the settings, or change the one that is named."""
    if not request.args:
        return _answered(ctx, request)
    name, _, value = request.args.partition(" ")
    typed = TYPED.get(name.casefold())
    if typed is None or not value.strip():
        raise UserError(HOW)
    await must_manage(ctx, request)
    return await typed(ctx, request, value.strip())


async def page(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The choices for one setting, or all settings again."""
    if numbers[0] == Setting.MAIN:
        html, rows = _main(ctx, request)
        return replacement(html, *rows)
    if numbers[0] not in TITLES:
        raise Stale
    html, rows = _choices(request, numbers[0])
    return replacement(html, *rows)


async def choose(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Take a choice."""
    wanted = _chosen(request.here, *numbers)
    request = await wish(ctx, request, wanted)
    html, rows = _main(ctx, request)
    return replacement(html, *rows, toast=request.say.plain("Saved."))


async def _zone(ctx: Context, request: Request, text: str) -> Reply:
    say, here = request.say, request.here
    distance = distance_named(text)
    zone = "UTC" if distance == 0 else zone_named(text, say.locale)
    if zone is not None:
        return await _saved(ctx, request, replace(here, zone=zone))
    if distance is not None and (there := zones_at(distance, ctx.clock.now())):
        return answer(say(DISTANCE, text=text), *_proposed(here, {z: say.place(z) for z in there}))
    if alike := close_zones(text, say.locale):
        return answer(say(NO_ZONE_LIKE, text=text), *_proposed(here, {z: z for z in alike}))
    raise UserError(NO_ZONE, text=text)


def _proposed(here: Subscriber, zones: Mapping[str, str]) -> Sequence[Row]:
    """Buttons for zones, with what they are called."""
    named = zones.items()
    return _rows([_button(here.id, Setting.ZONE, _number(zone), name) for zone, name in named])


async def _quiet(ctx: Context, request: Request, text: str) -> Reply:
    try:
        quiet = parse_quiet(text)
    except ScheduleError as error:
        raise UserError(error.text, **error.values) from error
    here = request.here
    return await _saved(ctx, request, replace(here, wishes=replace(here.wishes, quiet=quiet)))


async def _digest(ctx: Context, request: Request, text: str) -> Reply:
    wishes = replace(request.here.wishes, digest=read_schedule(text))
    return await _saved(ctx, request, replace(request.here, wishes=wishes))


async def _language(ctx: Context, request: Request, text: str) -> Reply:
    said = text.casefold()
    known = {code: code for code in LANGUAGES} | {n.casefold(): c for c, n in NAMES.items()}
    if said not in known:
        raise UserError(NO_LANGUAGE, text=text)
    return await _saved(ctx, request, replace(request.here, language=known[said]))


async def _saved(ctx: Context, request: Request, wanted: Subscriber) -> Reply:
    return _answered(ctx, await wish(ctx, request, wanted))


Typed = Callable[[Context, Request, str], Awaitable[Reply]]
TYPED: Mapping[str, Typed] = {
    "zone": _zone,
    "quiet": _quiet,
    "digest": _digest,
    "language": _language,
}


def _chosen(here: Subscriber, setting: int, number: int) -> Subscriber:
    """A place with another choice. Raises Stale for what was never one."""
    wishes = here.wishes
    match setting:
        case Setting.LANGUAGE if 0 <= number < len(LANGUAGES):
            return replace(here, language=LANGUAGES[number])
        case Setting.ZONE if (zone := _numbered(number)) is not None:
            return replace(here, zone=zone)
        case Setting.QUIET if number == NO_QUIET or _is_stretch(number):
            quiet = None if number == NO_QUIET else divmod(number, DAY_MINUTES)
            return replace(here, wishes=replace(wishes, quiet=quiet))
        case Setting.DIGEST if 0 <= number < len(DIGESTS):
            return replace(here, wishes=replace(wishes, digest=DIGESTS[number]))
        case Setting.PICTURES:
            return replace(here, wishes=replace(wishes, pictures=number == 1))
        case Setting.MERGING:
            return replace(here, wishes=replace(wishes, merging=number == 1))
    raise Stale


def _is_stretch(number: int) -> bool:
    start, end = divmod(number, DAY_MINUTES)
    return 0 <= start < DAY_MINUTES and start != end


def _number(zone: str) -> int:
    """For a button: places in a list shift when the zones of the world change."""
    return crc32(zone.encode())


def _numbered(number: int) -> str | None:
    return next((zone for zone in zones() if _number(zone) == number), None)


def _answered(ctx: Context, request: Request) -> Reply:
    html, rows = _main(ctx, request)
    return answer(html, *rows)


def _main(ctx: Context, request: Request) -> tuple[Html, Sequence[Row]]:
    say, here = request.say, request.here
    wishes = here.wishes
    now = say.time(ctx.clock.now(), here.zone)
    lines = (
        say("Language: {name}", name=NAMES[speaker(here.language).language]),
        say("Time zone: {place}, now {time}", place=say.place(here.zone), time=now),
        say("Quiet hours: {hours}", hours=quiet_shown(wishes.quiet, say)),
        say("Digests: {schedule}", schedule=schedule_shown(wishes.digest, say)),
        say("Alerts with the picture of the post")
        if wishes.pictures
        else say("Alerts without pictures"),
        say("Reposts join the alert of what they repeat")
        if wishes.merging
        else say("Reposts are alerts of their own"),
    )
    html = joined("\n\n", (say("<b>Settings of this chat</b>"), joined("\n", lines)))
    return html, _main_buttons(here, say)


def _main_buttons(here: Subscriber, say: Say) -> Sequence[Row]:
    wishes = here.wishes
    pictures = say.plain("No pictures") if wishes.pictures else say.plain("Pictures")
    merging = say.plain("Do not join reposts") if wishes.merging else say.plain("Join reposts")
    return (
        (
            Button(say.plain("Language…"), encode(Verb.SETTINGS, here.id, Setting.LANGUAGE)),
            Button(say.plain("Time zone…"), encode(Verb.SETTINGS, here.id, Setting.ZONE)),
        ),
        (
            Button(say.plain("Quiet hours…"), encode(Verb.SETTINGS, here.id, Setting.QUIET)),
            Button(say.plain("Digests…"), encode(Verb.SETTINGS, here.id, Setting.DIGEST)),
        ),
        (
            _button(here.id, Setting.PICTURES, not wishes.pictures, pictures),
            _button(here.id, Setting.MERGING, not wishes.merging, merging),
        ),
    )


def _choices(request: Request, setting: int) -> tuple[Html, Sequence[Row]]:
    say, here = request.say, request.here
    buttons = [
        _button(here.id, setting, number, f"{'✓ ' if chosen else ''}{label}")
        for number, label, chosen in _options(here, setting, say)
    ]
    back = (Button(say.plain("‹ Back"), encode(Verb.SETTINGS, here.id, Setting.MAIN)),)
    return say(TITLES[setting]), (*_rows(buttons), back)


def _options(here: Subscriber, setting: int, say: Say) -> Sequence[tuple[int, str, bool]]:
    """(number, label, whether it is so now) of the choices for a setting."""
    wishes = here.wishes
    if setting == Setting.LANGUAGE:
        return [(n, NAMES[code], code == say.language) for n, code in enumerate(LANGUAGES)]
    if setting == Setting.ZONE:
        now = current_name(here.zone)
        return [(_number(each), say.place(each), each == now) for each in ZONES]
    if setting == Setting.QUIET:
        return [
            (_quiet_number(each), quiet_shown(each, say), each == wishes.quiet) for each in QUIETS
        ]
    return [
        (n, bare(schedule_shown(each, say)), each == wishes.digest)
        for n, each in enumerate(DIGESTS)
    ]


def _quiet_number(quiet: tuple[int, int] | None) -> int:
    return NO_QUIET if quiet is None else quiet[0] * DAY_MINUTES + quiet[1]


def _button(here: int, setting: int, number: int, label: str) -> Button:
    return Button(label, encode(Verb.CHOOSE, here, setting, int(number)))


def _rows(buttons: Sequence[Button]) -> tuple[Row, ...]:
    return tuple(tuple(buttons[start : start + IN_ROW]) for start in range(0, len(buttons), IN_ROW))
