"""What is said or pressed reaches its command, by whoever may use it, and is always answered."""

import logging
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.presses import Verb, encode
from bot.commands.context import Right
from bot.commands.router import Said, read
from bot.commands.table import COMMANDS, PRESSES, bot_commands, menu, readme_table
from bot.locales import units
from storage import channels, rules, subscribers
from tests.unit.commands.conftest import archive, bot, lexicon
from tests.unit.commands.talk import GROUP, HAIDAI, OWNER, READER, STRANGER, Bot

__all__ = ["archive", "bot", "lexicon"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/search", Said("search", "")),
        ("/search Крим", Said("search", "Крим")),
        ("  /Search   два  слова \n", Said("search", "два  слова")),
        ("/search\nКрим", Said("search", "Крим")),
        ("/search@postwatch_bot Крим", Said("search", "Крим")),
        ("/search@POSTWATCH_BOT", Said("search", "")),
        ("/search@other_bot Крим", None),
        ("/start AbC-_9", Said("start", "AbC-_9")),
        ("Крим", Said("", "Крим")),
        ("/рф|росі[яї]/", Said("", "/рф|росі[яї]/")),
        ("/", Said("", "/")),
        ("/ search", Said("", "/ search")),
        ("", Said("", "")),
        ("/a@b@c x", Said("", "/a@b@c x")),
    ],
)
def test_a_command_is_told_from_plain_text_and_from_other_bots_commands(
    text: str, expected: Said | None
) -> None:
    assert read(text, "postwatch_bot") == expected


@given(st.text() | st.from_regex(r"/[a-z]{0,9}@?[a-z_]{0,9}\s?.*"))
def test_reading_what_was_said_never_raises(text: str) -> None:
    said = read(text, "postwatch_bot")
    assert said is None or said.name == said.name.lower()


# --------------------------------------------------------------- the table


def test_every_command_has_help_and_every_name_is_one_that_telegram_takes() -> None:
    names = [command.name for command in COMMANDS]
    assert len(set(names)) == len(names)
    for command in COMMANDS:
        assert command.name.isascii()
        assert command.name.islower()
        assert 3 <= len(command.help) <= 256


def test_every_button_has_its_handler() -> None:
    assert set(PRESSES) == set(Verb)


def test_the_menu_offers_what_an_invited_person_may_use_in_each_language() -> None:
    assert [name for name, _ in bot_commands("uk")] == [
        "start", "help", "watch", "rules", "search", "why", "post", "latest", "digest",
        "settings", "channels", "coverage",
    ]  # fmt: skip
    assert ("add", "watch one more channel") in bot_commands("en", Right.OWNER)
    assert dict(menu()["ru"])["help"] == "этот список"
    assert menu()[""] == bot_commands("en")
    assert set(menu()) == {"", "uk", "ru"}


def test_the_readmes_table_has_a_row_for_every_command() -> None:
    lines = readme_table().splitlines()
    assert lines[0] == "| command | what it does | for |"
    assert len(lines) == len(COMMANDS) + 2
    assert "| `/invite` | a link that lets one more person in | the owner |" in lines
    assert all(line.count("|") == 4 for line in lines)


async def test_help_lists_what_this_person_may_use(bot: Bot) -> None:
    assert "/invite – a link that lets one more person in" in await bot.chat().sees("/help")
    reader = await bot.lets_in(READER)
    listed = await reader.sees("/help")
    assert "/watch &lt;query&gt; – an alert for every new post that fits" in listed
    assert "/invite" not in listed
    assert listed.count("\n") == len(bot_commands("en")) - 1


# --------------------------------------------------------------- rights


@pytest.mark.parametrize("command", [c.name for c in COMMANDS if c.right is not Right.EVERYONE])
async def test_a_stranger_is_refused_politely_once_and_then_not_heard(
    bot: Bot, command: str
) -> None:
    stranger = bot.chat(STRANGER)
    assert await stranger.sees(f"/{command} x") == (
        "Hello. This bot is for people who were invited. If you were, open your invitation link."
    )
    assert await stranger.says(f"/{command} x") is None
    assert await stranger.says("/start") is None
    assert await stranger.says("hello?") is None


async def test_a_stranger_leaves_no_subscriber_behind(bot: Bot) -> None:
    await bot.chat(STRANGER).says("/watch Крим")
    assert await subscribers.find(bot.archive.reader, STRANGER, 0) is None


@pytest.mark.parametrize("command", [c.name for c in COMMANDS if c.right is Right.OWNER])
async def test_what_is_the_owners_is_refused_to_others(bot: Bot, command: str) -> None:
    reader = await bot.lets_in(READER)
    assert await reader.sees(f"/{command} @luhanskaVTSA") == (
        "Only the owner of this bot can do this."
    )


async def test_a_stranger_is_refused_in_their_own_language(bot: Bot) -> None:
    assert (await bot.chat(STRANGER, language="uk").sees("/help")).startswith("Вітаємо.")


async def test_an_anonymous_admin_may_ask_where_a_member_brought_the_bot(bot: Bot) -> None:
    """The group then speaks for itself; elsewhere its admin is a stranger like any other."""
    anonymous = bot.chat(0, GROUP)
    assert (await anonymous.sees("/rules")).startswith("Hello.")
    await bot.chat(OWNER, GROUP).says("/rules")
    assert (await anonymous.sees("/rules")).startswith("Nothing is watched")
    assert (await bot.chat(0, GROUP, topic=5).sees("/rules")).startswith("Nothing is watched")
    assert (await bot.chat(0, GROUP - 1).sees("/rules")).startswith("Hello.")


async def test_a_group_of_anonymous_strangers_is_refused_once_each(bot: Bot) -> None:
    assert (await bot.chat(0, GROUP).sees("/help")).startswith("Hello.")
    assert await bot.chat(0, GROUP).says("/help") is None
    assert (await bot.chat(0, GROUP - 1).sees("/help")).startswith("Hello.")


# --------------------------------------------------------------- what is no command


async def test_plain_text_can_be_searched_for_by_a_button(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    await bot.posts("Білогорівка під нашим контролем")
    owner = bot.chat()
    assert "/watch" in await owner.sees("білогорівка контролем")
    reply = await owner.presses("Search for “білогорівка контролем”")
    assert reply.replace
    assert "<b>Білогорівка</b> під нашим <b>контролем</b>" in owner.html


@pytest.mark.parametrize("text", ["", "🙂", "https://t.me/x/1", "а" * 4000])
async def test_text_that_cannot_be_searched_for_gets_a_hint(bot: Bot, text: str) -> None:
    owner = bot.chat()
    assert "/search" in await owner.sees(text)
    assert owner.buttons == []


async def test_an_unknown_command_gets_a_hint_in_private_and_silence_in_a_group(bot: Bot) -> None:
    assert await bot.chat().sees("/wach x") == (
        "There is no command /wach. /help lists what there is."
    )
    group = bot.chat(OWNER, GROUP)
    assert await group.says("/wach x") is None
    assert await group.says("just talking") is None
    assert await group.says("/search@other_bot x") is None


async def test_in_a_topic_the_topic_is_the_subscriber(bot: Bot) -> None:
    await bot.chat(OWNER, GROUP, topic=5).watches("Крим")
    assert "Крим" in await bot.chat(OWNER, GROUP, topic=5).sees("/rules@postwatch_bot")
    assert "Крим" not in await bot.chat(OWNER, GROUP, topic=6).sees("/rules@postwatch_bot")


async def test_a_subscriber_is_answered_in_its_own_language_whoever_asks(bot: Bot) -> None:
    await bot.chat(OWNER, GROUP, language="uk").says("/rules")
    assert "Правил тут ще немає" in await bot.chat(OWNER, GROUP, language="ru").sees("/rules")


# --------------------------------------------------------------- buttons that are not ours

STALE = "This button is no longer valid."


@pytest.mark.parametrize(
    "data",
    ["", "x", "find:1:1:1:1", "mute:1:99:1", "rules:99:0", "mute:1:1:7", "unwatch:1:99",
     "find:1:99:0", "findup:1:99:5", "last:1:404:0", "add:1:99", "remove:1:404", "unqueue:1:9",
     "cmute:1:1:7", "card:1:99", "keep:1:99", "words:1:99:0", "switch:1:1:1:0", "into:1:1:77",
     "watchit:1:99", "best:1:99", "starter:1:9", "starter:1:-1",
     "mute:-1:-1:-1", "\x00", "mute:1:9223372036854775807:1"],
)  # fmt: skip
async def test_made_up_or_stale_data_gets_a_polite_toast(bot: Bot, data: str) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    reply = await owner.sends(data)
    assert (reply.toast, reply.message) == (STALE, None)


async def test_a_page_that_does_not_exist_shows_one_that_does(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    for data in ("rules:1:99", "rules:1:-99", "chans:1:5", "last:1:0:1", "lastup:1:0:1"):
        reply = await owner.sends(data)
        assert reply.replace, data


async def test_a_button_works_only_in_the_chat_it_was_made_for(bot: Bot) -> None:
    """Neither rules nor questions of another chat are shown or changed."""
    owner, reader = bot.chat(), await bot.lets_in(READER)
    await owner.watches("Крим")
    mine = await subscribers.find(bot.archive.reader, OWNER, 0)
    theirs = await subscribers.find(bot.archive.reader, READER, 0)
    assert mine and theirs
    [rule] = await rules.of(bot.archive.reader, mine.id)
    for subscriber in (mine.id, theirs.id):
        for verb, rest in [
            (Verb.KEEP, (rule.id,)),
            (Verb.DROP, (rule.id,)),
            (Verb.CARD, (rule.id,)),
            (Verb.MUTE, (rule.id, 1)),
            (Verb.CARD_MUTE, (rule.id, 24)),
            (Verb.WORDS, (rule.id, 0)),
            (Verb.SWITCH, (rule.id, 1, 0)),
            (Verb.NARROW, (rule.id, 0)),
            (Verb.NARROW_TO, (rule.id, 0)),
        ]:
            reply = await reader.sends(encode(verb, subscriber, *rest))
            assert (reply.toast, reply.message) == (STALE, None)
    assert await rules.of(bot.archive.reader, mine.id) == [rule]


async def test_a_question_of_another_chat_is_not_answered(bot: Bot) -> None:
    await bot.chat().says("Крим")
    reader = await bot.lets_in(READER)
    theirs = await subscribers.find(bot.archive.reader, READER, 0)
    assert theirs
    reply = await reader.sends(encode(Verb.SEARCH, theirs.id, 1, 0))
    assert reply.toast == STALE


async def test_a_question_of_another_kind_is_stale(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("Крим")
    reply = await owner.sends(encode(Verb.ADD, 1, 1))
    assert reply.toast == STALE


async def test_buttons_in_a_group_are_for_members_and_the_owners_for_the_owner(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    group = bot.chat(OWNER, GROUP)
    await group.says("/watch Крим")
    passer_by = bot.chat(STRANGER, GROUP)
    passer_by.shown = group.shown
    for label in group.labels:
        reply = await passer_by.presses(label)
        assert reply.toast == "This button is for people who were invited."
    reply = await passer_by.presses("Keep")
    assert reply.toast == "This button is for people who were invited."
    await group.says("/remove @luhanskaVTSA")
    reader = await bot.lets_in(READER)
    reader.asked = replace(reader.asked, chat_id=GROUP)
    reader.shown = group.shown
    reply = await reader.presses("Remove")
    assert reply.toast == "This button is for the owner of the bot."
    assert (await channels.get(bot.archive.reader, HAIDAI.id)) == HAIDAI


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
async def test_toasts_fit_into_the_200_characters_that_telegram_shows(
    bot: Bot, language: str
) -> None:
    owner = bot.chat(language=language)
    await owner.says("/watch " + "😀 слово" * 40)
    await owner.sends(owner.buttons[0].data)
    card = owner.shown
    for place in (2, 3):
        owner.shown = card
        reply = await owner.sends(owner.buttons[place].data)
        assert 0 < units(reply.toast) <= 200


# --------------------------------------------------------------- when something breaks

NASTY = [
    "", " ", "<b>", "</b><a href='x'>", "&amp;", "'; DROP TABLE posts --", '" OR "', "NEAR(a b)",
    "body : x", "*", "-", "(", "a AND", "{0}", "{text.__class__}", "%s", "\\", "\x00", "\ud800",
    "\u202eabc", "Z\u0300" * 400, "😀" * 2000, "-9223372036854775809", "9" * 30, "१२३", "@", "//",
    "https://[", "t.me/+", "a\nb\n" * 500,
]  # fmt: skip


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
async def test_no_argument_breaks_a_command(bot: Bot, command: str) -> None:
    """Each gets an answer that says something else than that something broke."""
    await bot.watches(HAIDAI)
    for text in NASTY:
        for asker in (bot.chat(), bot.chat(0, GROUP), bot.chat(READER)):
            assert "Something went wrong" not in await asker.sees(f"/{command} {text}"), text


async def test_a_failure_is_answered_with_an_apology_and_logged_by_ids_alone(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    owner = bot.chat()
    await owner.says("/watch таємниця")
    remove = owner.buttons[0].data
    async with bot.archive.transaction() as tx:
        await tx.execute("DROP TABLE rules")
    with caplog.at_level(logging.ERROR):
        sorry = await owner.sees("/watch таємниця наша")
        reply = await owner.sends(remove)
    assert sorry == "Something went wrong here; it was noted. Please try again later."
    assert reply.toast == sorry
    assert [record.getMessage() for record in caplog.records] == [
        f"no answer: chat={OWNER} user={OWNER} message=0 press=0",
        f"no answer: chat={OWNER} user={OWNER} message=0 press=1",
    ]
    assert "таємниця" not in caplog.text
