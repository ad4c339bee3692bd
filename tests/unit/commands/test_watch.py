"""/watch and /rules."""

import pytest

from bot.alerts.presses import Verb, encode
from bot.commands.watch import MAX_RULES
from bot.locales import units
from storage import rules, subscribers
from storage.records import Rule
from tests.unit.commands.talk import GROUP, HAIDAI, HOUR, OWNER, PUSHILIN, STARTER, Bot


async def held(bot: Bot, chat: int = OWNER) -> list[Rule]:
    here = await subscribers.find(bot.archive.reader, chat, 0)
    assert here is not None
    return await rules.of(bot.archive.reader, here.id)


async def test_a_new_rule_is_shown_as_it_was_understood(bot: Bot) -> None:
    await bot.watches(HAIDAI, PUSHILIN)
    owner = bot.chat()
    assert await owner.sees("/watch  Білогорівка,   наш Ворог") == (
        "New rule: <b>Білогорівка, наш Ворог</b>\n"
        "A post must have each of these words: білогорівка, наш, ворог\n"
        "2 channels are watched. Alerts come to this chat."
    )
    assert owner.labels == ["Remove", "All rules"]
    assert [rule.query for rule in await held(bot)] == ["Білогорівка, наш Ворог"]


async def test_a_rule_before_the_first_channel_says_that_it_waits(bot: Bot) -> None:
    assert (await bot.chat().sees("/watch Крим")).endswith(
        "A post must have this word: крим\nNo channel is watched yet; the rule waits for the first."
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", "Write what to watch for after the command: /watch Білогорівка"),
        ("   \n ", "Write what to watch for after the command: /watch Білогорівка"),
        ("🙂 !!!", "There is no word in this."),
        ("https://t.me/x/1", "There is no word in this."),
        ("слово " * 500, "This is too long: 2,999 characters, and the most is 1,000."),
        ("й" * 4000, "This is too long: 4,000 characters"),
        (" ".join(map(str, range(100, 160))), "These are 60 different words, and the most is 50."),
    ],
)
async def test_what_cannot_be_a_rule_is_answered_with_what_to_write(
    bot: Bot, words: str, expected: str
) -> None:
    assert (await bot.chat().sees(f"/watch {words}")).startswith(expected)
    assert await held(bot) == []


@pytest.mark.parametrize("again", ["Крим наш", "крим  НАШ", "наш, Крим!"])
async def test_the_same_words_are_not_watched_twice(bot: Bot, again: str) -> None:
    """Whatever their order, capitals and signs; in another chat they are."""
    owner = bot.chat()
    await owner.says("/watch Крим наш")
    assert await owner.sees(f"/watch {again}") == (
        "This is watched here already, as <b>Крим наш</b>. /rules lists all."
    )
    assert "New rule" in await bot.chat(OWNER, GROUP).sees(f"/watch {again}")
    assert len(await held(bot)) == 1


async def test_there_is_a_most_of_rules_and_it_is_told(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/rules")
    here = await subscribers.find(bot.archive.reader, OWNER, 0)
    assert here
    async with bot.archive.transaction() as tx:
        for number in range(MAX_RULES):
            await rules.add(tx, here.id, f"слово {number}", bot.clock.now())
    assert await owner.sees("/watch ще") == (
        "There are 200 rules here, and that is the most. Remove one first: /rules"
    )
    assert len(await held(bot)) == MAX_RULES


async def test_markup_in_a_rule_is_shown_as_text(bot: Bot) -> None:
    owner = bot.chat()
    assert "<b>&lt;i&gt;Крим&lt;/i&gt; &amp;</b>" in await owner.sees("/watch <i>Крим</i> &")
    assert "<b>&lt;i&gt;Крим&lt;/i&gt; &amp;</b>" in await owner.sees("/rules")


async def test_a_new_rule_can_be_taken_back_by_its_button(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    taken = owner.buttons[0].data
    assert (await owner.presses("Remove")).replace
    assert owner.html == "No longer watched: <b>Крим</b>"
    assert await held(bot) == []
    assert (await owner.sends(taken)).toast == "This button is no longer valid."
    assert "New rule" in await owner.sees("/watch Крим")


async def test_the_answer_to_watch_leads_to_all_rules(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    await owner.presses("All rules")
    assert owner.html == "<b>1 rule</b>\n\n1. <b>Крим</b> · no hits"


async def test_rules_are_listed_in_pages_of_five(bot: Bot) -> None:
    owner = bot.chat()
    for number in range(1, 8):
        await owner.says(f"/watch слово{number}")
    first = await owner.sees("/rules")
    assert first.startswith("<b>7 rules</b>\n\n1. <b>слово1</b> · no hits\n")
    assert "6." not in first
    assert owner.labels[-1] == "Next ›"
    await owner.presses("Next ›")
    assert "6. <b>слово6</b>" in owner.html
    assert "5." not in owner.html
    assert owner.labels == [
        "6. Mute 1 h", "24 h", "Remove", "7. Mute 1 h", "24 h", "Remove", "‹ Back",
    ]  # fmt: skip
    await owner.presses("‹ Back")
    assert owner.html == first


async def test_a_rule_is_muted_for_an_hour_or_a_day_and_woken_from_the_list(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    await owner.says("/rules")
    reply = await owner.presses("1. Mute 1 h")
    assert reply.toast == "Muted until 19 Sep 2022, 19:06 (Kyiv): Крим"
    assert owner.html.endswith("· no hits · muted until 19 Sep 2022, 19:06 (Kyiv)")
    assert owner.labels == ["1. Unmute", "Remove"]
    reply = await owner.presses("1. Unmute")
    assert reply.toast == "Alerts again: Крим"
    await owner.presses("24 h")
    assert [rule.muted_until_at for rule in await held(bot)] == [bot.clock.now() + 24 * HOUR]


async def test_a_mute_that_is_over_is_not_shown(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    await owner.says("/rules")
    await owner.presses("1. Mute 1 h")
    bot.clock.forward(3601)
    assert "muted" not in await owner.sees("/rules")
    assert "1. Mute 1 h" in owner.labels


async def test_the_last_rule_of_a_page_removed_shows_the_page_before(bot: Bot) -> None:
    owner = bot.chat()
    for number in range(1, 7):
        await owner.says(f"/watch слово{number}")
    await owner.says("/rules")
    await owner.presses("Next ›")
    reply = await owner.presses("Remove")
    assert reply.toast == "Removed: слово6"
    assert owner.html.startswith("<b>5 rules</b>\n\n1. ")


async def test_the_button_under_an_alert_mutes_and_leaves_the_alert_as_it_is(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    [rule] = await held(bot)
    reply = await owner.sends(encode(Verb.MUTE, rule.subscriber_id, rule.id, 24))
    assert reply.message is None
    assert reply.toast == "Muted until 20 Sep 2022, 18:06 (Kyiv): Крим"


async def test_without_rules_the_list_says_how_to_begin(bot: Bot) -> None:
    assert await bot.chat().sees("/rules") == (
        "Nothing is watched for here yet. Begin with /watch Білогорівка"
    )


async def test_an_offered_rule_that_is_there_already_is_told_in_plain_text(bot: Bot) -> None:
    """A line over a button shows markup as it is written."""
    owner = bot.chat()
    await owner.says(f"/watch {STARTER}!")
    await owner.says("/watch")
    assert owner.labels == ["Referendums"]
    reply = await owner.presses("Referendums")
    assert reply.toast == f"This is watched here already, as {STARTER}!. /rules lists all."
    assert reply.message is None
    assert len(await held(bot)) == 1


async def test_however_long_the_rule_is_what_is_told_over_the_button_fits(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says(f"/watch {STARTER} " + "<&>" * 60)
    await owner.says("/watch")
    reply = await owner.presses("Referendums")
    assert reply.toast.startswith(f"This is watched here already, as {STARTER} <&><&>")
    assert reply.toast.endswith("…") and units(reply.toast) <= 200
