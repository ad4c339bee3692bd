"""How the hits of a rule are told: with a sound or without, at once or in digests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.alerts.presses import Verb, encode
from bot.commands.card import opened
from bot.commands.context import Context, Request, Stale, answer, replacement
from bot.commands.held import own_rule
from bot.commands.wishing import schedule_shown
from bot.locales import Html, Say, deferred, joined
from bot.locales.times import HOUR, MINUTE
from storage import rules
from storage.records import NEVER_LATE, Button, Handling, Mode, Reply, Rule

Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A button that gives one field of a rule's handling another value."""

    label: str  # deferred
    field: str
    value: Any

    def chosen(self, handling: Handling) -> bool:
        return bool(getattr(handling, self.field) == self.value)


ROWS: Sequence[Sequence[Option]] = (
    (
        Option(deferred("With a sound"), "mode", Mode.INSTANT),
        Option(deferred("Silently"), "mode", Mode.SILENT),
        Option(deferred("In the digest"), "mode", Mode.DIGEST),
    ),
    (
        Option(deferred("Tell edits, deletions"), "follows", True),
        Option(deferred("Do not"), "follows", False),
    ),
    (
        Option(deferred("No pause"), "cooldown", 0),
        Option(deferred("10 min"), "cooldown", 10 * MINUTE),
        Option(deferred("1 h"), "cooldown", HOUR),
        Option(deferred("6 h"), "cooldown", 6 * HOUR),
    ),
    (
        Option(deferred("Late: 1 h"), "late_after", HOUR),
        Option(deferred("6 h"), "late_after", 6 * HOUR),
        Option(deferred("24 h"), "late_after", 24 * HOUR),
        Option(deferred("Never"), "late_after", NEVER_LATE),
    ),
)
OPTIONS: Sequence[Option] = [option for row in ROWS for option in row]

MODES: Mapping[Mode, str] = {
    Mode.INSTANT: deferred("Told at once, with a sound."),
    Mode.SILENT: deferred("Told at once, without a sound."),
    Mode.DIGEST: deferred("Told in the digest: {schedule}."),
}
NO_DIGEST = deferred(
    "Told in the digest; but there is none here (/digest), so it is told at once, without a sound."
)
FOLLOWED = deferred("Edits and deletions of what was told are told, too.")
NOT_FOLLOWED = deferred("Edits and deletions of what was told are not told.")
NO_PAUSE = deferred("No pause: every hit is told.")
PAUSE = deferred("Pause: for {span} after an alert further hits go to the digest.")
LATE = deferred("What is found more than {span} after its posting goes to the digest.")
NEVER = deferred("What is found late is told like the rest.")


async def delivery(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """How it is now, and the choices."""
    return _page(request, await own_rule(ctx.archive.reader, request, numbers[0]))


async def handle(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Make a choice."""
    rule_id, number = numbers
    rule = await own_rule(ctx.archive.reader, request, rule_id)
    if not 0 <= number < len(OPTIONS):
        raise Stale
    option = OPTIONS[number]
    handling = replace(rule.handling, **{option.field: option.value})
    async with ctx.archive.transaction() as tx:
        await rules.handle(tx, rule.id, handling)
    return _page(request, replace(rule, handling=handling))


async def open_rule(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """The rule, below the message whose button was pressed, which stays."""
    rule = await own_rule(ctx.archive.reader, request, numbers[0])
    html, rows = await opened(ctx, request, rule)
    return answer(html, *rows)


def _page(request: Request, rule: Rule) -> Reply:
    say = request.say
    head = say("How hits of <b>{rule}</b> are told", rule=rule.name)
    html = joined("\n\n", (head, joined("\n", _lines(request, rule.handling))))
    done = (Button(say.plain("Done"), encode(Verb.CARD, request.here.id, rule.id)),)
    return replacement(html, *_buttons(request.here.id, rule, say), done)


def _lines(request: Request, handling: Handling) -> Iterable[Html]:
    say, wishes = request.say, request.here.wishes
    if handling.mode is Mode.DIGEST and wishes.digest == "off":
        yield say(NO_DIGEST)
    elif handling.mode is Mode.DIGEST:
        yield say(MODES[handling.mode], schedule=schedule_shown(wishes.digest, say))
    else:
        yield say(MODES[handling.mode])
    yield say(FOLLOWED) if handling.follows else say(NOT_FOLLOWED)
    yield say(PAUSE, span=say.span(handling.cooldown)) if handling.cooldown else say(NO_PAUSE)
    late = handling.late_after
    yield say(NEVER) if late >= NEVER_LATE else say(LATE, span=say.span(late))


def _buttons(here: int, rule: Rule, say: Say) -> Iterable[Row]:
    for row in ROWS:
        yield tuple(
            Button(
                ("✓ " if option.chosen(rule.handling) else "") + say.plain(option.label),
                encode(Verb.HANDLE, here, rule.id, OPTIONS.index(option)),
            )
            for option in row
        )
