"""The line of an alert that names what joined it: reposts and near-duplicates. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.alerts.passage import link
from bot.locales import Html, Say, anchor, bare, inline, joined, shortened, units
from storage.records import Channel, Post, Rule

NAMED = 20  # posts: each is a link, of which a message may hold a hundred
TITLE_UNITS = 40
RULE_UNITS = 40
RULES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Also:
    """A post, or an album by one of its parts, that joined an alert."""

    channel: Channel
    post: Post
    rules: tuple[Rule, ...] = ()  # that it hit, and what the alert is about did not


@dataclass(frozen=True, slots=True)
class Joined:
    """All that joined an alert."""

    named: tuple[Also, ...] = ()  # as many as may be, oldest first
    more: int = 0  # that are only counted
    rules: tuple[Rule, ...] = ()  # that these hit, and what the alert is about did not

    @property
    def hit(self) -> Sequence[Rule]:
        """All rules that what joined hit, and what the alert is about did not."""
        return [*(rule for each in self.named for rule in each.rules), *self.rules]


def also_line(also: Joined, head: Post, zone: str, room: int, say: Say) -> Html:
    """Where else it was said, and when, in about `room` UTF-16 units; what does not fit is
    counted. Empty for nothing.
    """
    entries = [_entry(each, head, zone, say) for each in also.named]
    shown: list[Html] = []
    for entry in entries[:NAMED]:
        room -= units(bare(entry)) + 2
        if room < 0:
            break
        shown.append(entry)
    left = also.named[len(shown) :]
    if count := len(left) + also.more:
        more = say("and {count} more", count=count)
        of_left = Joined(left, also.more, also.rules).hit
        rules = tuple({rule.id: rule for rule in of_left}.values())
        shown.append(joined(" ", (more, _rules(rules, say))))
    return say("Also: {places}", places=joined(", ", shown)) if shown else Html()


def _entry(each: Also, head: Post, zone: str, say: Say) -> Html:
    at = each.post.posted_at
    same_day = say.date(at, zone) == say.date(head.posted_at, zone)
    title = shortened(each.channel.title, TITLE_UNITS)
    return joined(
        " ",
        (
            anchor(link(each.channel, each.post.message_id), title),
            inline(say.time(at, zone) if same_day else say.moment(at, zone)),
            _rules(each.rules, say),
        ),
    )


def _rules(rules: Sequence[Rule], say: Say) -> Html:
    """In parentheses, since they are not those of the title."""
    named = [inline(rule.name, RULE_UNITS) for rule in rules[:RULES_NAMED]]
    if more := len(rules) - len(named):
        named.append(say.plural("and {count} more rule", "and {count} more rules", more))
    return Html(f"({joined(', ', named)})") if named else Html()
