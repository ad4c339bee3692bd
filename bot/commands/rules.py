"""/rules: what is watched for here, with buttons to mute and to remove."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.alerts.presses import Verb, encode
from bot.commands.context import Context, Request, Stale, answer, replacement
from bot.commands.pages import leafing, numbered
from bot.commands.watch import own_rule
from bot.locales import Html, Say, bold, joined, shortened
from bot.locales.times import HOUR
from storage import rules as rule_table
from storage.records import Button, Reply, Rule

SIZE = 5
MUTES = (1, 24)  # hours
NOT_MUTED = 0
NAME_UNITS = 100  # of a rule in a toast, which holds 200

Row = tuple[Button, ...]


class Listed(NamedTuple):
    """A page of rules, ready to be shown."""

    html: Html
    rows: Sequence[Row]


async def rules(ctx: Context, request: Request) -> Reply:
    """The first page."""
    shown = await _listed(ctx, request, 0)
    return answer(shown.html, *shown.rows)


async def page(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Another page."""
    return await _refreshed(ctx, request, numbers[0])


async def mute(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """From under an alert, which stays as it is."""
    rule_id, hours = numbers
    if hours not in MUTES:
        raise Stale
    return Reply(toast=await _mute(ctx, request, rule_id, hours))


async def mute_in_list(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """From the list: for some hours, or no longer."""
    rule_id, hours, number = numbers
    if hours not in (*MUTES, NOT_MUTED):
        raise Stale
    toast = await _mute(ctx, request, rule_id, hours)
    return await _refreshed(ctx, request, number, toast)


async def remove(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """From the list."""
    rule = await own_rule(ctx.archive.reader, request, numbers[0])
    async with ctx.archive.transaction() as tx:
        await rule_table.remove(tx, rule.id, ctx.clock.now())
    toast = request.say.plain("Removed: {query}", query=shortened(rule.query, NAME_UNITS))
    return await _refreshed(ctx, request, numbers[1], toast)


async def _mute(ctx: Context, request: Request, rule_id: int, hours: int) -> str:
    """Mute a rule for some hours from now, or no longer; what to tell of it."""
    rule = await own_rule(ctx.archive.reader, request, rule_id)
    until = ctx.clock.now() + hours * HOUR if hours else None
    async with ctx.archive.transaction() as tx:
        await rule_table.mute(tx, rule.id, until)
    say, zone, name = request.say, request.here.zone, shortened(rule.query, NAME_UNITS)
    if until is None:
        return say.plain("Alerts again: {query}", query=name)
    return say.plain(
        "Muted until {moment} ({place}): {query}",
        moment=say.moment(until, zone),
        place=say.place(zone),
        query=name,
    )


async def _refreshed(ctx: Context, request: Request, number: int, toast: str = "") -> Reply:
    shown = await _listed(ctx, request, number)
    return replacement(shown.html, *shown.rows, toast=toast)


async def _listed(ctx: Context, request: Request, number: int) -> Listed:
    say, here = request.say, request.here
    held = await rule_table.of(ctx.archive.reader, here.id)
    if not held:
        return Listed(say("Nothing is watched for here yet. Begin with /watch Білогорівка"), ())
    number, pages = numbered(len(held), SIZE, number)
    first = number * SIZE
    shown = list(enumerate(held[first : first + SIZE], first + 1))
    hits = await rule_table.hits(ctx.archive.reader, [rule.id for _, rule in shown])
    now = ctx.clock.now()
    head = say.plural("{count} rule", "{count} rules", len(held))
    lines = [
        joined(" · ", (_name(place, rule), _hits(hits[rule.id], say), _muted(rule, now, request)))
        for place, rule in shown
    ]
    rows = [_buttons(place, rule, now, request) for place, rule in shown]
    html = joined("\n\n", (Html(f"<b>{head}</b>"), joined("\n", lines)))
    return Listed(html, (*rows, leafing(Verb.RULES, here.id, number, pages, say)))


def _name(place: int, rule: Rule) -> Html:
    return Html(f"{place}. {bold(rule.query)}")


def _hits(count: int, say: Say) -> Html:
    return say.plural("{count} hit", "{count} hits", count) if count else say("no hits")


def _muted(rule: Rule, now: int, request: Request) -> Html:
    if rule.muted_until_at is None or rule.muted_until_at <= now:
        return Html()
    say, zone = request.say, request.here.zone
    until = say.moment(rule.muted_until_at, zone)
    return say("muted until {moment} ({place})", moment=until, place=say.place(zone))


def _buttons(place: int, rule: Rule, now: int, request: Request) -> Row:
    """What can be done with a rule, by its number in the list."""
    say, here, number = request.say, request.here.id, (place - 1) // SIZE
    remove_it = encode(Verb.RULE_REMOVE, here, rule.id, number)

    def muting(hours: int) -> str:
        return encode(Verb.RULE_MUTE, here, rule.id, hours, number)

    if rule.muted_until_at is not None and rule.muted_until_at > now:
        first: Row = (Button(say.plain("{place}. Unmute", place=place), muting(NOT_MUTED)),)
    else:
        first = (
            Button(say.plain("{place}. Mute 1 h", place=place), muting(1)),
            Button(say.plain("24 h"), muting(24)),
        )
    return (*first, Button(say.plain("Remove"), remove_it))
