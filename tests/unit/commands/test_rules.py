"""/rules: the list, and what can be done with a rule by buttons and by hand."""

from dataclasses import replace

import pytest

from bot.alerts.presses import Verb, encode
from storage import rules, subscribers
from storage.records import Post, Rule
from tests.unit.commands.talk import DAY, HAIDAI, HOUR, OWNER, Bot

HOW = (
    "A number opens a rule. By hand: /rules 3 opens it, /rules 3 name Luhansk names it, "
    "/rules 3 query Білогорівка changes what it asks for."
)


async def held(bot: Bot) -> list[Rule]:
    here = await subscribers.find(bot.archive.reader, OWNER, 0)
    assert here is not None
    return await rules.of(bot.archive.reader, here.id)


async def test_the_card_leads_to_all_rules_and_the_list_to_the_card(bot: Bot) -> None:
    owner = bot.chat()
    await owner.watches("Крим")
    await owner.presses("All rules")
    assert owner.html == f"<b>1 rule</b>\n\n1. <b>Крим</b> · no hits\n\n{HOW}"
    assert owner.labels == ["1"]
    await owner.presses("1")
    assert owner.html.startswith("<b>Крим</b>\n\n<b>Крим</b>: 15 forms")
    assert "Remove" in owner.labels


async def test_rules_are_listed_in_pages_of_eight(bot: Bot) -> None:
    owner = bot.chat()
    for number in range(1, 11):
        await owner.watches(f"слово{number}")
    first = await owner.sees("/rules")
    assert first.startswith("<b>10 rules</b>\n\n1. <b>слово1</b> · no hits\n")
    assert "9." not in first
    assert owner.labels == [*map(str, range(1, 9)), "Next ›"]
    await owner.presses("Next ›")
    assert "9. <b>слово9</b>" in owner.html
    assert "8." not in owner.html
    assert owner.labels == ["9", "10", "‹ Back"]
    await owner.presses("‹ Back")
    assert owner.html == first


async def test_numbers_follow_the_order_of_keeping(bot: Bot) -> None:
    """A rule that was shown before others and kept after them shifts no number."""
    owner = bot.chat()
    await owner.says("/watch Крим")
    keep = owner.buttons[0].data
    await owner.watches("Ялта")
    bot.clock.forward(60)
    await owner.sends(keep)
    assert "1. <b>Ялта</b> · no hits\n2. <b>Крим</b>" in await owner.sees("/rules")


@pytest.mark.parametrize("asked", ["x", "3 nam Luhansk", "1 2", "-1", "1.5", "name Luhansk", "१"])
async def test_what_is_no_number_is_answered_with_how_to_write(bot: Bot, asked: str) -> None:
    owner = bot.chat()
    await owner.watches("Крим")
    told = await owner.sees(f"/rules {asked}")
    assert told == HOW or told.startswith("<b>Крим</b>")


@pytest.mark.parametrize("number", ["0", "2", "999999999"])
async def test_a_number_that_no_rule_has_is_told(bot: Bot, number: str) -> None:
    owner = bot.chat()
    await owner.watches("Крим")
    told = await owner.sees(f"/rules {number}")
    assert told == f"There is no rule {int(number):,} here. /rules lists all."


async def test_a_rule_is_renamed_and_shows_its_query_below(bot: Bot) -> None:
    owner = bot.chat()
    await owner.watches("Крим OR Севастополь")
    shown = await owner.sees("/rules 1 name  Півострів \n <i>")
    assert shown.startswith("<b>Півострів &lt;i&gt;</b>\nКрим OR Севастополь\n\n<b>Крим</b>: 15")
    assert "1. <b>Півострів &lt;i&gt;</b> · no hits" in await owner.sees("/rules")
    assert await owner.sees("/rules 1 name ") == "Write the name behind it: /rules 1 name Luhansk"
    for blank in ("\u200b\u200b", "\u3164", "\u2800 \u0301"):
        told = await owner.sees(f"/rules 1 name {blank}")
        assert told == "Write the name behind it: /rules 1 name Luhansk", "nobody would see it"
    assert await owner.sees("/rules 1 name " + "а" * 61) == "A name has at most 60 characters."
    assert [rule.title for rule in await held(bot)] == ["Півострів <i>"]


async def test_a_rule_is_edited_by_hand_and_keeps_its_name_and_edition(bot: Bot) -> None:
    owner = bot.chat()
    await owner.watches("Крим")
    await owner.watches("Ялта")
    await owner.says("/rules 2 name Місто")
    [_, before] = await held(bot)
    shown = await owner.sees("/rules 2 query Севастополь -навчання")
    assert shown.startswith("<b>Місто</b>\nСевастополь -навчання\n\n<b>Севастополь</b>: ")
    [_, after] = await held(bot)
    assert (after.id, after.title, after.query) == (before.id, "Місто", "Севастополь -навчання")
    assert after.edition > before.edition


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "Write what to watch for behind it: /rules 1 query Білогорівка"),
        ("-Крим", "This says only what must not be in a post."),
        ("Ялта", "This is watched here already, as <b>Ялта</b>. /rules lists all."),
        ("(Ялта)", "This is watched here already, as <b>Ялта</b>. /rules lists all."),
        ("Крим from:@nobody", "No channel named “nobody” is watched."),
        ("Крим since:7d", "since: works in /search only"),
    ],
)
async def test_an_edit_that_cannot_be_changes_nothing(bot: Bot, query: str, expected: str) -> None:
    owner = bot.chat()
    await owner.watches("Крим")
    await owner.watches("Ялта")
    before = await held(bot)
    assert (await owner.sees(f"/rules 1 query {query}")).startswith(expected)
    assert await held(bot) == before


async def test_a_rule_is_muted_for_an_hour_or_a_day_and_woken_on_its_card(bot: Bot) -> None:
    owner = bot.chat()
    await owner.watches("Крим")
    reply = await owner.presses("Mute 1 h")
    assert reply.toast == "Muted until 19 Sep 2022, 19:06 (Kyiv): Крим"
    assert owner.html.startswith("<b>Крим</b>\nmuted until 19 Sep 2022, 19:06 (Kyiv)\n\n")
    assert "Unmute" in owner.labels and "Mute 1 h" not in owner.labels
    assert "· no hits · muted until 19 Sep 2022, 19:06 (Kyiv)" in await owner.sees("/rules")
    await owner.presses("1")
    assert (await owner.presses("Unmute")).toast == "Alerts again: Крим"
    await owner.presses("Mute 24 h")
    assert [rule.muted_until_at for rule in await held(bot)] == [bot.clock.now() + 24 * HOUR]


async def test_a_mute_that_is_over_is_not_shown(bot: Bot) -> None:
    owner = bot.chat()
    await owner.watches("Крим")
    await owner.presses("Mute 1 h")
    bot.clock.forward(3601)
    assert "muted" not in await owner.sees("/rules")
    await owner.presses("1")
    assert "Mute 1 h" in owner.labels


async def test_a_rule_is_removed_on_its_card_and_can_be_watched_again(bot: Bot) -> None:
    owner = bot.chat()
    await owner.watches("Крим")
    card = owner.shown
    await owner.presses("Remove")
    assert owner.html == "No longer watched: <b>Крим</b>"
    assert owner.labels == ["All rules"]
    assert await held(bot) == []
    owner.shown = card
    assert (await owner.presses("Words…")).toast == "This button is no longer valid."
    await owner.watches("Крим")


async def test_the_button_under_an_alert_mutes_and_leaves_the_alert_as_it_is(bot: Bot) -> None:
    owner = bot.chat()
    await owner.watches("Крим")
    [rule] = await held(bot)
    reply = await owner.sends(encode(Verb.MUTE, rule.subscriber_id, rule.id, 24))
    assert reply.message is None
    assert reply.toast == "Muted until 20 Sep 2022, 18:06 (Kyiv): Крим"


async def test_without_rules_the_list_says_how_to_begin(bot: Bot) -> None:
    assert await bot.chat().sees("/rules") == (
        "Nothing is watched for here yet. Begin with /watch Білогорівка"
    )


async def test_a_rule_of_a_label_that_is_gone_can_be_mended_or_removed(bot: Bot) -> None:
    """It goes on as it was understood; nothing that opens it must fail."""
    await bot.knows_pack("luhansk", HAIDAI)
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await owner.watches("Крим in:luhansk")
    async with bot.archive.transaction() as tx:
        await tx.execute("DELETE FROM labels")
    await owner.says("/rules")
    await owner.presses("1")
    assert owner.html.startswith(
        "<b>Крим in:luhansk</b>\n"
        "\n"
        "This rule cannot be read any more, and goes on as it was understood.\n"
        "No channel has the label “luhansk”."
    )
    assert owner.labels == ["Mute 1 h", "Mute 24 h", "Until woken", "Remove", "All rules"]
    await owner.presses("Mute 1 h")
    assert "Unmute" in owner.labels
    assert (await owner.sees("/rules 1 name Крим")).startswith("<b>Крим</b>\nКрим in:")
    assert (await owner.sees("/rules 1 query Ялта")).startswith("<b>Крим</b>\nЯлта\n")


async def test_how_often_a_rule_hit_is_told(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await owner.watches("Крим")
    await bot.takes_in(*(Post(101, n, bot.clock.now() - DAY + n, "У Криму") for n in (1, 2, 3)))
    assert "1. <b>Крим</b> · 3 hits" in await owner.sees("/rules")


async def test_halves_of_signs_are_answered_like_any_text(bot: Bot) -> None:
    """No text that is stored or sent can hold them."""
    owner = bot.chat()
    owner.asked = replace(owner.asked, user_name="\udc00", chat_title="\ud800")
    await owner.watches("Крим")
    assert (await owner.sees("/rules 1 name \ud800")).startswith("<b>\ufffd</b>\nКрим\n")
    for text in ("/why t.me/\ud800/5", "/search \ud800", "\udfff", "/add @\ud800"):
        assert "Something went wrong" not in await owner.sees(text)
