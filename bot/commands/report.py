"""/coverage: what the archive knows to be complete, and what it does not."""

from collections.abc import Sequence

from bot.alerts.presses import Verb
from bot.commands.backfill import progress
from bot.commands.channels import STATES
from bot.commands.context import Context, Request, answer, replacement
from bot.commands.latest import watched_by_name
from bot.commands.pages import leafing, numbered
from bot.locales import Html, Say, bold, inline, joined, shortened
from bot.locales.times import MINUTE
from storage import coverage
from storage.coverage import Coverage, Lateness
from storage.records import Button, ChannelState, Reply, Stretch

SIZE = 8
GAPS_SHOWN = 5
TITLE_UNITS = 64
SECOND = 1000


async def report(ctx: Context, request: Request) -> Reply:
    """Of all channels, or of one in full."""
    if not request.args:
        return answer(*await _all(ctx, request, 0))
    channel = await watched_by_name(ctx, request.args)
    async with ctx.archive.heavy() as conn:
        [found] = await coverage.of_all(conn, ctx.clock.now(), channel.id)
    zone, say = request.here.zone, request.say
    times = say("Times: {place}.", place=say.place(zone))
    return answer(joined("\n", (*_full(found, ctx.clock.now(), zone, say), times)))


async def page(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Another page of all."""
    return replacement(*await _all(ctx, request, numbers[0]))


async def _all(ctx: Context, request: Request, number: int) -> tuple[Html, tuple[Button, ...]]:
    """The channels with something to be said of come first."""
    say, zone, now = request.say, request.here.zone, ctx.clock.now()
    async with ctx.archive.heavy() as conn:
        found = await coverage.of_all(conn, now)
    if not found:
        return say("No channel is watched yet."), ()
    found.sort(key=lambda each: not _notable(each, now))  # stable: by title within
    number, pages = numbered(len(found), SIZE, number)
    shown = found[number * SIZE : (number + 1) * SIZE]
    lines = [_brief(each, now, zone, say) for each in shown]
    times = say("Times: {place}.", place=say.place(zone))
    one = say("More of one channel: /coverage @name")
    html = joined("\n\n", (_head(found, say), *lines, joined(" ", (times, one))))
    return html, leafing(Verb.COVERAGE, request.here.id, number, pages, say)


def _notable(found: Coverage, now: int) -> bool:
    lost = found.channel.state not in (ChannelState.JOINED, ChannelState.POLLED)
    return bool(found.gaps or lost or found.silent_since(now) is not None)


def _head(found: Sequence[Coverage], say: Say) -> Html:
    missing = sum(each.missing for each in found)
    count = say.plural("{count} channel", "{count} channels", len(found))
    gaps = say.plural(
        "{count} message number is not accounted for",
        "{count} message numbers are not accounted for",
        missing,
    )
    whole = say("every message number is accounted for")
    return joined(": ", (bold(count), gaps if missing else whole))


def _brief(found: Coverage, now: int, zone: str, say: Say) -> Html:
    title = bold(shortened(found.channel.title, TITLE_UNITS))
    facts = (say(STATES[found.channel.state]), _span(found, zone, say))
    notes = (_missing(found.gaps, say), _silence(found, now, zone, say))
    return joined("\n", (title, joined(" · ", facts), *notes))


def _full(found: Coverage, now: int, zone: str, say: Say) -> tuple[Html, ...]:
    fetching = progress(found.history, zone, say) if found.history else Html()
    return (
        _brief(found, now, zone, say),
        Html() if found.gaps else say("Every message number is accounted for."),
        fetching,
        _lateness(found.lateness, say),
    )


def _span(found: Coverage, zone: str, say: Say) -> Html:
    """From when to when it is complete."""
    start, end = found.channel.archive_from_at, found.to_at
    if start is None or end is None:
        return say("nothing is known to be complete yet")
    return say(
        "complete from {date} to {moment}", date=say.date(start, zone), moment=say.moment(end, zone)
    )


def _missing(gaps: Sequence[Stretch], say: Say) -> Html:
    """How many ids, and which; the audit asks for them at night."""
    if not gaps:
        return Html()
    count = say.plural(
        "{count} message number is not accounted for",
        "{count} message numbers are not accounted for",
        sum(len(gap) for gap in gaps),
    )
    shown = [
        f"{gap.first}" if gap.first == gap.last else f"{gap.first}–{gap.last}"
        for gap in gaps[:GAPS_SHOWN]
    ]
    more = ["…"] if len(gaps) > GAPS_SHOWN else []
    return joined(": ", (count, inline(", ".join(shown + more))))


def _silence(found: Coverage, now: int, zone: str, say: Say) -> Html:
    since = found.silent_since(now)
    if since is None or found.usual_pause is None:
        return Html()
    return say(
        "silent since {moment}, though its pauses are rarely longer than {span}",
        moment=say.moment(since, zone),
        span=say.span(max(found.usual_pause, MINUTE)),
    )


def _lateness(late: Lateness | None, say: Say) -> Html:
    if late is None:
        return say("Nothing came in the last 7 days.")
    posts = say.plural("{count} post", "{count} posts", late.posts)
    return say(
        "In the last 7 days ({posts}) a post was here after {p50}, 95 of 100 after {p95}, the "
        "latest after {worst}.",
        posts=posts,
        p50=_short(late.p50, say),
        p95=_short(late.p95, say),
        worst=_short(late.worst, say),
    )


def _short(millis: int, say: Say) -> str:
    if millis >= 2 * MINUTE:
        return say.span(millis)
    seconds = f"{millis / SECOND:.1f}" if millis < 10 * SECOND else str(millis // SECOND)
    return say("{seconds} s", seconds=seconds)
