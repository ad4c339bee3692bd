"""Posts as an answer lists them: when, who, the passage, the link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import aiosqlite

from bot.alerts.about import deletion_line, media_line
from bot.alerts.passage import link, passage
from bot.commands.pages import Page, Story
from bot.finding import CHECKED, Finding
from bot.locales import Html, Say, anchor, inline, joined, quote, shortened
from bot.query.match import spans
from bot.query.tree import Tree
from storage import channels
from storage.records import Channel, Kept, Subscriber

PASSAGE_UNITS = 300
TITLE_UNITS = 64


@dataclass(frozen=True, slots=True)
class Marking:
    """What of the posts to show, and what to mark in it."""

    trees: Sequence[Tree] = ()
    # Texts that were edited away, by row id, for posts that are found by nothing else.
    past: Mapping[int, str] = field(default_factory=dict)
    size: int = PASSAGE_UNITS  # of a passage


async def listed(
    conn: aiosqlite.Connection, page: Page, marking: Marking, here: Subscriber, say: Say
) -> Html:
    """The stories of a page."""
    names = await channels.several(conn, {story[0].post.channel_id for story in page.stories})
    return joined(
        "\n\n",
        [
            _entry(story, names[story[0].post.channel_id], marking, here.zone, say)
            for story in page.stories
        ],
    )


def _entry(story: Story, channel: Channel, marking: Marking, zone: str, say: Say) -> Html:
    parts = story[::-1]  # an album in its order
    first = next((kept for kept in parts if kept.post.text.strip()), parts[0])
    edited_away = marking.past.get(first.id)
    text = first.post.text if edited_away is None else edited_away
    found = spans(text, marking.trees)
    return joined(
        "\n",
        (
            _head(first, channel, zone, say),
            quote(passage(text, found, marking.size)),
            Html() if edited_away is None else say("This text was edited away."),
            media_line([kept.post for kept in parts], say),
            deletion_line(first, zone, say),
        ),
    )


def _head(kept: Kept, channel: Channel, zone: str, say: Say) -> Html:
    """The time, the channel as a link to the post, and how the post came to look so."""
    post = kept.post
    title = anchor(link(channel, post.message_id), shortened(channel.title, TITLE_UNITS))
    edited = kept.version > 1 or post.edited_at is not None
    return joined(
        " · ",
        (
            inline(say.moment(post.posted_at, zone)),
            title,
            say("forwarded") if post.forward else Html(),
            say("edited") if edited else Html(),
        ),
    )


def stopped(found: Finding, say: Say) -> Html:
    """How far was looked, where not all could be: empty where all was."""
    if found.looked_down_to is None:
        return Html()
    return say("Looked at the newest {count} posts that could fit.", count=CHECKED)
