"""How a place wants to be told: written down, with what is held for it moved to its new time."""

from dataclasses import replace

import aiosqlite

from bot.alerts.schedule import NEVER, Schedule, clock_face, kept, next_digest, quiet_until
from bot.commands.context import Context, Request
from bot.locales import Html, Say, inline, speaker
from storage import held, subscribers
from storage.records import Reason, Subscriber

FOR_DIGESTS = (Reason.DIGEST, Reason.COOLDOWN, Reason.LATE)


async def wish(ctx: Context, request: Request, wanted: Subscriber) -> Request:
    """Give the place of a request the wishes, language and zone of `wanted`; the request as it
    goes on from there, in the language chosen.
    """
    now = ctx.clock.now()
    async with ctx.archive.transaction() as tx:
        await subscribers.wish(tx, wanted.id, wanted.wishes)
        await subscribers.speak(tx, wanted.id, wanted.language, wanted.zone)
        before = await held.tell(tx, ctx.archive.id, wanted.id, now)  # its time has come
        await _move(tx, wanted, now)
        after = await held.tell(tx, ctx.archive.id, wanted.id, now)
    if before or after:
        ctx.wake_delivery()
    return replace(request, subscriber=wanted, say=speaker(wanted.language))


async def tell_now(ctx: Context, request: Request) -> bool:
    """Owe the digest of all that is held for a place; whether anything is."""
    now, here = ctx.clock.now(), request.here.id
    async with ctx.archive.transaction() as tx:
        await held.move(tx, here, tuple(Reason), now)
        owed = await held.tell(tx, ctx.archive.id, here, now)
    if owed:
        ctx.wake_delivery()
    return owed


async def _move(tx: aiosqlite.Connection, here: Subscriber, now: int) -> None:
    """What was to wait for a time that does not come any more is due at once."""
    quiet = quiet_until(here.wishes.quiet, here.zone, now) or now
    await held.move(tx, here.id, (Reason.QUIET,), quiet)
    await held.move(tx, here.id, FOR_DIGESTS, next_digest(here.wishes, here.zone, now) or quiet)


def schedule_shown(text: str, say: Say) -> Html:
    """When digests come, as a person reads it."""
    schedule = kept(text)
    if schedule == NEVER:
        return say("none")
    if schedule.every is not None:
        return say.plural("every {count} hour", "every {count} hours", schedule.every)
    return _days_and_times(schedule, say)


def _days_and_times(schedule: Schedule, say: Say) -> Html:
    times = ", ".join(clock_face(minute) for minute in schedule.minutes)
    if schedule == Schedule(schedule.minutes):
        return say("every day at {times}", times=times)
    days = ", ".join(say.weekday(day) for day in schedule.days)
    return inline(f"{days} {times}")


def quiet_shown(quiet: tuple[int, int] | None, say: Say) -> str:
    """Quiet hours, as a person reads them."""
    if quiet is None:
        return say.plain("none")
    return "–".join(map(clock_face, quiet))
