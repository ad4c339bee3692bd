"""The table of commands and the table of buttons.

/help, Telegram's menu of commands, the router and the README's table are all made from here.
"""

from collections.abc import Mapping, Sequence

from bot.alerts.presses import Verb
from bot.commands import (
    add,
    around,
    backfill,
    channels,
    choosing,
    digest,
    handling,
    latest,
    media,
    narrowing,
    notrelevant,
    people,
    remove,
    report,
    rules,
    search,
    settings,
    sweeping,
    versions,
    watch,
    why,
)
from bot.commands.context import Command, Context, Pressed, Request, Right, answer
from bot.locales import LANGUAGES, SOURCE, Html, deferred, inline, joined, speaker
from storage.records import Reply


async def show_help(_ctx: Context, request: Request) -> Reply:
    """/help: what this person may use."""
    say = request.say
    lines = [
        joined(" – ", (_called(command, request), say(command.help)))
        for command in COMMANDS
        if command.right <= request.right
    ]
    return answer(joined("\n", lines))


def _called(command: Command, request: Request) -> Html:
    usage = inline(request.say.plain(command.usage)) if command.usage else Html()
    return joined(" ", (inline(f"/{command.name}"), usage))


COMMANDS: Sequence[Command] = (
    Command("start", people.start, "", deferred("begin here"), Right.EVERYONE),
    Command("help", show_help, "", deferred("this list"), Right.MEMBER),
    Command(
        "watch",
        watch.watch,
        deferred("<query>"),
        deferred("an alert for every new post that fits"),
        Right.MEMBER,
        manages=True,
    ),
    Command(
        "rules",
        rules.rules,
        deferred("[number [name … | query …]]"),
        deferred("what is watched for here; open, change, mute or remove it"),
        Right.MEMBER,
    ),
    Command(
        "search",
        search.search,
        deferred("<query>"),
        deferred("posts of the archive that fit, newest first"),
        Right.MEMBER,
    ),
    Command(
        "why",
        why.why,
        deferred("<link of a post> [number]"),
        deferred("why your rules caught a post, or why not"),
        Right.MEMBER,
    ),
    Command(
        "latest",
        latest.latest,
        deferred("[@channel]"),
        deferred("the newest posts, of one channel or of all"),
        Right.MEMBER,
    ),
    Command(
        "digest",
        digest.digest,
        deferred("[08:00, 20:00 or every 4 h or mon 08:00 or off]"),
        deferred("what is held for the next digest, and when it comes"),
        Right.MEMBER,
    ),
    Command(
        "settings",
        settings.settings,
        deferred("[zone, quiet, digest or language …]"),
        deferred("language, time zone, quiet hours, digests, pictures, reposts"),
        Right.MEMBER,
    ),
    Command(
        "channels",
        channels.channels,
        "",
        deferred("which channels are watched, and which are next"),
        Right.MEMBER,
    ),
    Command(
        "coverage",
        report.report,
        deferred("[@channel]"),
        deferred("from when to when the archive is complete"),
        Right.MEMBER,
    ),
    Command(
        "add",
        add.add,
        deferred("<@channel or link>"),
        deferred("watch one more channel"),
        Right.OWNER,
    ),
    Command(
        "remove",
        remove.remove,
        deferred("<@channel>"),
        deferred("stop watching a channel; its archive stays"),
        Right.OWNER,
    ),
    Command(
        "backfill",
        backfill.backfill,
        deferred("<@channel> [30d, all or 2022-09-01]"),
        deferred("fetch more of a channel’s history"),
        Right.OWNER,
    ),
    Command(
        "media",
        media.media,
        deferred("[@channel none/photos/all/default]"),
        deferred("which photos and files of posts are stored"),
        Right.OWNER,
    ),
    Command(
        "sweep",
        sweeping.sweep,
        "",
        deferred("compare with Telegram now"),
        Right.OWNER,
    ),
    Command(
        "invite",
        people.invite,
        "",
        deferred("a link that lets one more person in"),
        Right.OWNER,
    ),
)

PRESSES: Mapping[Verb, Pressed] = {
    Verb.MUTE: Pressed(rules.mute, Right.MEMBER, manages=True),
    Verb.AROUND: Pressed(around.around, Right.MEMBER),
    Verb.VERSIONS: Pressed(versions.versions, Right.MEMBER),
    Verb.VERSIONS_PAGE: Pressed(versions.page, Right.MEMBER),
    Verb.NOT_RELEVANT: Pressed(notrelevant.judge, Right.MEMBER),
    Verb.RULES: Pressed(rules.page, Right.MEMBER),
    Verb.CARD: Pressed(choosing.back, Right.MEMBER),
    Verb.CARD_MUTE: Pressed(rules.mute_on_card, Right.MEMBER, manages=True),
    Verb.OPEN_RULE: Pressed(handling.open_rule, Right.MEMBER),
    Verb.DELIVERY: Pressed(handling.delivery, Right.MEMBER),
    Verb.HANDLE: Pressed(handling.handle, Right.MEMBER, manages=True),
    Verb.DIGEST_NOW: Pressed(digest.now, Right.MEMBER, manages=True),
    Verb.SETTINGS: Pressed(settings.page, Right.MEMBER),
    Verb.CHOOSE: Pressed(settings.choose, Right.MEMBER, manages=True),
    Verb.KEEP: Pressed(watch.keep, Right.MEMBER, manages=True),
    Verb.DROP: Pressed(watch.drop, Right.MEMBER, manages=True),
    Verb.WORDS: Pressed(choosing.words, Right.MEMBER),
    Verb.SWITCH: Pressed(choosing.switch, Right.MEMBER, manages=True),
    Verb.NARROW: Pressed(narrowing.narrow, Right.MEMBER),
    Verb.NARROW_TO: Pressed(narrowing.narrow_to, Right.MEMBER, manages=True),
    Verb.STARTER: Pressed(watch.starter, Right.MEMBER, manages=True),
    Verb.SEARCH: Pressed(search.older, Right.MEMBER),
    Verb.SEARCH_NEWER: Pressed(search.newer, Right.MEMBER),
    Verb.RELEVANT: Pressed(search.relevant, Right.MEMBER),
    Verb.WATCH_FOUND: Pressed(search.watch_found, Right.MEMBER, manages=True),
    Verb.LATEST: Pressed(latest.older, Right.MEMBER),
    Verb.LATEST_NEWER: Pressed(latest.newer, Right.MEMBER),
    Verb.CHANNELS: Pressed(channels.page, Right.MEMBER),
    Verb.ADD: Pressed(add.confirm, Right.OWNER),
    Verb.REMOVE: Pressed(remove.confirm, Right.OWNER),
    Verb.UNQUEUE: Pressed(remove.unqueue, Right.OWNER),
    Verb.CANCEL: Pressed(add.cancel, Right.OWNER),
    Verb.HISTORY: Pressed(backfill.want, Right.OWNER),
    Verb.COVERAGE: Pressed(report.page, Right.MEMBER),
    Verb.MEDIA: Pressed(media.page, Right.OWNER),
}


def bot_commands(language: str, right: Right = Right.MEMBER) -> list[tuple[str, str]]:
    """(name, help) for Telegram's menu of commands in a language."""
    say = speaker(language)
    return [
        (command.name, say.plain(command.help)) for command in COMMANDS if command.right <= right
    ]


def menu() -> dict[str, list[tuple[str, str]]]:
    """The menu for each language; English, under "", for all others."""
    return {
        "" if language == SOURCE else language: bot_commands(language) for language in LANGUAGES
    }


_FOR = {Right.EVERYONE: "everyone", Right.MEMBER: "people invited", Right.OWNER: "the owner"}


def readme_table() -> str:
    """The commands as the README lists them."""
    rows = [
        f"| `/{command.name}{command.usage and ' '}{_in_table(command.usage)}` "
        f"| {command.help} | {_FOR[command.right]} |"
        for command in COMMANDS
    ]
    return "\n".join(("| command | what it does | for |", "| --- | --- | --- |", *rows)) + "\n"


def _in_table(text: str) -> str:
    """Where a stroke would begin the next column."""
    return text.replace("|", "/")
