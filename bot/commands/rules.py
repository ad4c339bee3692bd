"""/rules: what is watched for here: to open, edit, rename, mute and remove."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from bot.alerts.presses import UNTIL_WOKEN, Verb, encode
from bot.commands.card import muted_line, opened
from bot.commands.context import Context, Request, Stale, UserError, answer, replacement
from bot.commands.held import changed, choices_of, own_rule
from bot.commands.pages import leafing, numbered
from bot.commands.queries import read_query
from bot.commands.rights import must_manage
from bot.locales import Html, Say, bold, deferred, joined, shortened
from bot.locales.times import HOUR
from bot.query.cleaning import clean, is_blank
from storage import rules as rule_table
from storage import verdicts
from storage.records import FOR_GOOD, Button, Reply, Rule

SIZE = 8
MUTES = (1, 24, UNTIL_WOKEN)  # hours
NOT_MUTED = 0
NAME_UNITS = 100  # of a rule in a toast, which holds 200, or in the list
TITLE_LENGTH = 60

Row = tuple[Button, ...]

_WHICH = re.compile(r"(\d{1,9})(?:\s+(name|query)\b\s*(.*))?", re.DOTALL)
HOW = deferred(
    "A number opens a rule. By hand: /rules 3 opens it, /rules 3 name Luhansk names it, "
    "/rules 3 query Білогорівка changes what it asks for."
)
NO_NAME = deferred("Write the name behind it: /rules {number} name Luhansk")
NO_QUERY = deferred("Write what to watch for behind it: /rules {number} query Білогорівка")


async def rules(ctx: Context, request: Request) -> Reply:
    """The list; one rule, where a number is given; changed, where more is."""
    if not request.args:
        html, rows = await _listed(ctx, request, 0)
        return answer(html, *rows)
    asked = _WHICH.fullmatch(request.args)
    if asked is None:
        raise UserError(HOW)
    number, what, text = asked.groups(default="")
    rule = await _numbered(ctx, request, int(number))
    if what:
        await must_manage(ctx, request)
        rule = await _CHANGES[what](ctx, rule, " ".join(text.split()), int(number))
    html, rows = await opened(ctx, request, rule)
    return answer(html, *rows)


async def page(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """Another page of the list."""
    html, rows = await _listed(ctx, request, numbers[0])
    return replacement(html, *rows)


async def mute(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """From under an alert, which stays as it is."""
    rule_id, hours = numbers
    if hours not in MUTES:
        raise Stale
    return Reply(toast=await _mute(ctx, request, rule_id, hours))


async def mute_on_card(ctx: Context, request: Request, numbers: tuple[int, ...]) -> Reply:
    """From under the rule: for some hours, or no longer."""
    rule_id, hours = numbers
    if hours not in (*MUTES, NOT_MUTED):
        raise Stale
    toast = await _mute(ctx, request, rule_id, hours)
    rule = await own_rule(ctx.archive.reader, request, rule_id)
    html, rows = await opened(ctx, request, rule)
    return replacement(html, *rows, toast=toast)


async def _numbered(ctx: Context, request: Request, number: int) -> Rule:
    """The rule with this number in the list. Raises UserError where there is none."""
    kept = await rule_table.of(ctx.archive.reader, request.here.id)
    if not 0 < number <= len(kept):
        raise UserError("There is no rule {number} here. /rules lists all.", number=number)
    return kept[number - 1]


async def _renamed(ctx: Context, rule: Rule, title: str, number: int) -> Rule:
    title = clean(title)
    if is_blank(title):
        raise UserError(NO_NAME, number=number)
    if len(title) > TITLE_LENGTH:
        raise UserError("A name has at most {limit} characters.", limit=TITLE_LENGTH)
    async with ctx.archive.transaction() as tx:
        await rule_table.rename(tx, rule.id, title)
    return replace(rule, title=title)


async def _requeried(ctx: Context, rule: Rule, text: str, number: int) -> Rule:
    if not text:
        raise UserError(NO_QUERY, number=number)
    query = read_query(text, NO_QUERY, rule=True)
    return (await changed(ctx, rule, query, await choices_of(ctx, rule))).rule


_CHANGES: Mapping[str, Callable[[Context, Rule, str, int], Awaitable[Rule]]] = {
    "name": _renamed,
    "query": _requeried,
}


async def _mute(ctx: Context, request: Request, rule_id: int, hours: int) -> str:
    """Mute a rule for some hours from now, or no longer; what to tell of it."""
    rule = await own_rule(ctx.archive.reader, request, rule_id)
    until = _until(ctx.clock.now(), hours)
    async with ctx.archive.transaction() as tx:
        await rule_table.mute(tx, rule.id, until)
    say, zone, name = request.say, request.here.zone, shortened(rule.name, NAME_UNITS)
    if until is None:
        return say.plain("Alerts again: {query}", query=name)
    if hours == UNTIL_WOKEN:
        return say.plain("Muted until you wake it, by /rules: {query}", query=name)
    return say.plain(
        "Muted until {moment} ({place}): {query}",
        moment=say.moment(until, zone),
        place=say.place(zone),
        query=name,
    )


def _until(now: int, hours: int) -> int | None:
    if hours == UNTIL_WOKEN:
        return FOR_GOOD
    return now + hours * HOUR if hours else None


async def _listed(ctx: Context, request: Request, number: int) -> tuple[Html, Sequence[Row]]:
    say, here = request.say, request.here
    kept = await rule_table.of(ctx.archive.reader, here.id)
    if not kept:
        return say("Nothing is watched for here yet. Begin with /watch Білогорівка"), ()
    number, pages = numbered(len(kept), SIZE, number)
    first = number * SIZE
    shown = list(enumerate(kept[first : first + SIZE], first + 1))
    now = ctx.clock.now()
    head = say.plural("{count} rule", "{count} rules", len(kept))
    ids = [rule.id for _, rule in shown]
    hits = await rule_table.hits(ctx.archive.reader, ids)
    beside = await verdicts.counts(ctx.archive.reader, ids)
    lines = [
        joined(
            " · ",
            (
                _name(place, rule),
                _hits(hits[rule.id], beside[rule.id], say),
                muted_line(rule, now, request),
            ),
        )
        for place, rule in shown
    ]
    html = joined("\n\n", (Html(f"<b>{head}</b>"), joined("\n", lines), say(HOW)))
    opening = [Button(str(place), encode(Verb.CARD, here.id, rule.id)) for place, rule in shown]
    return html, (tuple(opening), leafing(Verb.RULES, here.id, number, pages, say))


def _name(place: int, rule: Rule) -> Html:
    return Html(f"{place}. {bold(shortened(rule.name, NAME_UNITS))}")


def _hits(count: int, beside: int, say: Say) -> Html:
    """How many there are, and how many of them somebody called not relevant."""
    if not count:
        return say("no hits")
    hits = say.plural("{count} hit", "{count} hits", count)
    if not beside:
        return hits
    return joined(", ", (hits, say.plural("{count} not relevant", "{count} not relevant", beside)))
