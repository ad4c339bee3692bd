"""/why: for each rule, why it caught a post, or why not."""

from collections.abc import Sequence

from bot.alerts.passage import link
from bot.commands.context import Context, Request, UserError, answer
from bot.commands.postlinks import named_post, parts_of
from bot.commands.verdicts import judged, verdict
from bot.locales import Html, anchor, deferred, fitting, joined
from storage import rules
from storage.records import Kept, Reply, Rule

EXPLAINED = 10  # rules; of more one is asked for by its number
UNITS = 3500  # of all explanations together

IF_EMPTY = deferred("Write the link of a post after the command: /why https://t.me/name/123")


async def why(ctx: Context, request: Request) -> Reply:
    """What each rule of this place, or the one whose number is given, says to a post."""
    target, *rest = request.args.split(maxsplit=1) or [""]
    channel, kept = await named_post(ctx, target, IF_EMPTY)
    every = list(enumerate(await rules.of(ctx.archive.reader, request.here.id), 1))
    if not every:
        raise UserError("Nothing is watched for here yet. Begin with /watch Білогорівка")
    chosen = [each for each in every if not rest or str(each[0]) == rest[0].strip()]
    if not chosen:
        raise UserError("There is no such rule here. /rules lists all with their numbers.")
    head = anchor(link(channel, kept.post.message_id), channel.title)
    if kept.post.service:
        told = request.say("This is an announcement of Telegram, which no rule looks at.")
        return answer(joined("\n\n", (head, told)))
    return answer(joined("\n\n", (head, *await _verdicts(ctx, request, kept, chosen))))


async def _verdicts(
    ctx: Context, request: Request, kept: Kept, chosen: Sequence[tuple[int, Rule]]
) -> list[Html]:
    """The rules that caught the post, then those that did not, as far as a message holds them."""
    say, parts = request.say, await parts_of(ctx, kept)
    seen = await judged(ctx, parts, [rule for _, rule in chosen], request.here)
    ordered = sorted(chosen, key=lambda each: seen.hit(each[1]) is None)
    lines = [await verdict(ctx, place, rule, seen, say) for place, rule in ordered[:EXPLAINED]]
    shown = fitting(lines, UNITS)
    if more := len(ordered) - len(shown):
        shown.append(
            say.plural(
                "And {count} more rule; write its number behind the link to ask about it.",
                "And {count} more rules; write a number behind the link to ask about one.",
                more,
            )
        )
    return shown
