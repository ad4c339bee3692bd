"""A rule as it is shown: how it was understood, what it would have caught, and its buttons."""

from collections.abc import Sequence

from bot.alerts.presses import UNTIL_WOKEN, Verb, encode
from bot.commands.context import Context, Request, UserError
from bot.commands.held import Held, read
from bot.commands.preview import preview
from bot.commands.readings import ignored_line, missing_lines, reading_lines, renamed_lines
from bot.locales import Html, Say, bold, inline, joined
from storage import channels
from storage.records import FOR_GOOD, Button, Rule

Row = tuple[Button, ...]


async def card(ctx: Context, request: Request, one: Held) -> tuple[Html, Sequence[Row]]:
    """The rule and what can be done with it."""
    say, rule = request.say, one.rule
    count = len(await channels.watched(ctx.archive.reader))
    understood = (
        reading_lines(one.meant.readings, say),
        ignored_line(one.query, say),
        await renamed_lines(ctx.archive.reader, one.meant.channels, say),
        missing_lines(one.meant, ctx.lexicon.missing, say),
    )
    parts = (
        _head(rule, ctx.clock.now(), request),
        joined("\n", understood),
        await preview(ctx, request, one.query, one.tree),
        _where(count, say),
    )
    buttons = _proposed(request, rule) if rule.pending else _kept(ctx, request, rule)
    return joined("\n\n", parts), buttons


async def opened(ctx: Context, request: Request, rule: Rule) -> tuple[Html, Sequence[Row]]:
    """The card of a rule, which may be one that cannot be read any more: then it can be
    changed by hand, or removed."""
    try:
        return await card(ctx, request, await read(ctx, rule))
    except UserError as error:
        say, now = request.say, ctx.clock.now()
        told = say("This rule cannot be read any more, and goes on as it was understood.")
        reason = say(error.text, **error.values)
        html = joined("\n\n", (_head(rule, now, request), joined("\n", (told, reason))))
        return html, (_muting(ctx, request, rule), _leaving(request, rule))


def muted_line(rule: Rule, now: int, request: Request) -> Html:
    """Until when a rule is muted; empty where it is not."""
    if not _is_muted(rule, now):
        return Html()
    say, zone = request.say, request.here.zone
    if rule.muted_until_at == FOR_GOOD:
        return say("muted until you wake it")
    until = say.moment(rule.muted_until_at or 0, zone)
    return say("muted until {moment} ({place})", moment=until, place=say.place(zone))


def _is_muted(rule: Rule, now: int) -> bool:
    return rule.muted_until_at is not None and rule.muted_until_at > now


def _head(rule: Rule, now: int, request: Request) -> Html:
    if rule.pending:
        return request.say("New rule, <b>not kept yet</b>: {query}", query=rule.query)
    query = Html() if rule.title is None else inline(rule.query)
    return joined("\n", (bold(rule.name), query, muted_line(rule, now, request)))


def _where(count: int, say: Say) -> Html:
    if not count:
        return say("No channel is watched yet; the rule waits for the first.")
    return say.plural(
        "{count} channel is watched. Alerts come to this chat.",
        "{count} channels are watched. Alerts come to this chat.",
        count,
    )


def _proposed(request: Request, rule: Rule) -> Sequence[Row]:
    say, here = request.say, request.here.id
    deciding = (
        Button(say.plain("Keep"), encode(Verb.KEEP, here, rule.id)),
        Button(say.plain("Cancel"), encode(Verb.DROP, here, rule.id)),
    )
    return deciding, _correcting(request, rule)


def _kept(ctx: Context, request: Request, rule: Rule) -> Sequence[Row]:
    return (
        _correcting(request, rule),
        (*_muting(ctx, request, rule), _delivery(request, rule)),
        _leaving(request, rule),
    )


def _correcting(request: Request, rule: Rule) -> Row:
    say, here = request.say, request.here.id
    return (
        Button(say.plain("Words…"), encode(Verb.WORDS, here, rule.id, 0)),
        Button(say.plain("Channels…"), encode(Verb.NARROW, here, rule.id, 0)),
    )


def _delivery(request: Request, rule: Rule) -> Button:
    return Button(request.say.plain("Alerts…"), encode(Verb.DELIVERY, request.here.id, rule.id))


def _muting(ctx: Context, request: Request, rule: Rule) -> Row:
    say, here = request.say, request.here.id
    if _is_muted(rule, ctx.clock.now()):
        return (Button(say.plain("Unmute"), encode(Verb.CARD_MUTE, here, rule.id, 0)),)
    return (
        Button(say.plain("Mute 1 h"), encode(Verb.CARD_MUTE, here, rule.id, 1)),
        Button(say.plain("Mute 24 h"), encode(Verb.CARD_MUTE, here, rule.id, 24)),
        Button(say.plain("Until woken"), encode(Verb.CARD_MUTE, here, rule.id, UNTIL_WOKEN)),
    )


def _leaving(request: Request, rule: Rule) -> Row:
    say, here = request.say, request.here.id
    return (
        Button(say.plain("Remove"), encode(Verb.DROP, here, rule.id)),
        Button(say.plain("All rules"), encode(Verb.RULES, here, 0)),
    )
