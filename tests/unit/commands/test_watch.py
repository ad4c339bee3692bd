"""/watch: a rule is shown as it was understood, corrected, and kept or not."""

import pytest

from bot.alerts.presses import Verb, encode
from bot.commands.watch import MAX_RULES, REMEMBERED
from bot.locales import units
from bot.query.lexicon import Lexicon
from storage import rules, subscribers
from storage.records import Post, Rule
from tests.unit.commands.talk import DAY, GROUP, HAIDAI, NOW, OWNER, PUSHILIN, STARTER, Bot

WHERE = "2 channels are watched. Alerts come to this chat."


async def held(bot: Bot, chat: int = OWNER) -> list[Rule]:
    here = await subscribers.find(bot.archive.reader, chat, 0)
    assert here is not None
    return await rules.of(bot.archive.reader, here.id)


async def fills(bot: Bot, count: int = MAX_RULES) -> None:
    """As many rules as a place can have."""
    await bot.chat().says("/rules")
    here = await subscribers.find(bot.archive.reader, OWNER, 0)
    assert here
    async with bot.archive.transaction() as tx:
        for number in range(count):
            await rules.add(tx, here.id, f"слово {number}", bot.clock.now())


async def test_a_new_rule_is_shown_as_it_was_understood(bot: Bot) -> None:
    """The words with their forms and names, what was ignored, and what it would have caught."""
    await bot.watches(HAIDAI, PUSHILIN)
    bot.clock.forward(-20 * DAY / 1000)
    await bot.posts("Білогорівка давно")
    bot.clock.forward(20 * DAY / 1000)
    [one, *_, last] = await bot.posts("Ворог у Білогорівці", "Крим", "Bilohorivka is <ours>")
    owner = bot.chat()
    assert await owner.sees("/watch  Білогорівка,   🙂 @luhanskaVTSA") == (
        "New rule, <b>not kept yet</b>: Білогорівка, 🙂 @luhanskaVTSA\n"
        "\n"
        "<b>Білогорівка</b>: 6 forms; also Белогоровка, Bilohorivka, Bilogorivka, Belogorovka\n"
        "Not counted: 🙂 @luhanskaVTSA\n"
        "\n"
        "In the last 30 days 3 posts, by weeks: ▁▁▅▁█\n"
        "\n"
        "19 Sep 2022, 18:10 · "
        f'<a href="https://t.me/luhanskaVTSA/{last.message_id}">Сергій Гайдай</a>\n'
        "<blockquote><b>Bilohorivka</b> is &lt;ours&gt;</blockquote>\n"
        "\n"
        "19 Sep 2022, 18:08 · "
        f'<a href="https://t.me/luhanskaVTSA/{one.message_id}">Сергій Гайдай</a>\n'
        "<blockquote>Ворог у <b>Білогорівці</b></blockquote>\n"
        "\n"
        "30 Aug 2022, 18:07 · "
        f'<a href="https://t.me/luhanskaVTSA/{one.message_id - 20 * 1440 - 1}">Сергій Гайдай</a>\n'
        "<blockquote><b>Білогорівка</b> давно</blockquote>\n"
        "\n"
        f"{WHERE}"
    )
    assert owner.labels == ["Keep", "Cancel", "Words…", "Channels…"]
    assert await held(bot) == []


async def test_the_three_newest_are_shown_and_an_album_is_one_of_them(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    await bot.posts("Крим №0", "Крим №1", "Крим №2")
    at = bot.clock.now() + 60_000
    await bot.writes(*(Post(101, 900 + n, at, "Крим №3", grouped_id=5) for n in range(4)))
    shown = await bot.chat().sees("/watch Крим")
    assert [f"№{n}" in shown for n in range(4)] == [False, True, True, True]
    assert shown.count("№3") == 1


async def test_posts_before_the_last_thirty_days_are_not_counted(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    await bot.posts("Крим")
    bot.clock.forward(31 * DAY / 1000)
    assert "Nothing in the last 30 days." in await bot.chat().sees("/watch Крим")


async def test_an_expression_is_shown_without_a_count(bot: Bot) -> None:
    """To count what it finds every post would have to be read."""
    await bot.watches(HAIDAI)
    await bot.posts("Удар С-300", "Удар ракетою")
    shown = await bot.chat().sees("/watch удар /С-?[34]00/")
    assert "The newest of the last 30 days:" in shown
    assert "<b>Удар С-300</b>" in shown
    assert "ракетою" not in shown


async def test_a_rule_before_the_first_channel_says_that_it_waits(bot: Bot) -> None:
    assert (await bot.chat().sees("/watch Крим")).endswith(
        "No channel is watched yet; the rule waits for the first."
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
        (" ".join(map(str, range(100, 160))), "These are 60 words and filters, and the most is"),
        ("Крим since:7d", "since: works in /search only"),
        ("has:photo", "A rule needs a word"),
        ("Крим from:@nobody", "No channel named “nobody” is watched."),
        ("Крим from:@luhanskVTSA", "No channel named “luhanskvtsa” is watched."),
        ("Крим in:nowhere", "No channel has the label “nowhere”."),
    ],
)
async def test_what_cannot_be_a_rule_is_answered_with_what_to_write(
    bot: Bot, words: str, expected: str
) -> None:
    assert (await bot.chat().sees(f"/watch {words}")).startswith(expected)
    assert await held(bot) == []
    for topic, language in enumerate(("uk", "ru"), 1):
        there = bot.chat(OWNER, GROUP, topic, language)
        told = await there.sees(f"/watch {words}")
        assert told and expected[:12] not in told


async def test_a_rule_is_in_use_once_it_is_kept(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await owner.says("/watch Крим")
    assert "Nothing is watched for here yet" in await bot.chat().sees("/rules")
    reply = await owner.presses("Keep")
    assert reply.replace
    assert reply.toast == "Kept. Alerts come to this chat."
    assert owner.html.startswith("<b>Крим</b>\n\n<b>Крим</b>: 15 forms; also Крым, Crimea\n")
    assert owner.labels == [
        "Words…", "Channels…", "Mute 1 h", "Mute 24 h", "Until woken", "Alerts…", "Remove",
        "All rules",
    ]  # fmt: skip
    assert [rule.query for rule in await held(bot)] == ["Крим"]


async def test_keep_pressed_twice_keeps_once(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    keep = owner.buttons[0].data
    await owner.sends(keep)
    shown = owner.html
    await owner.sends(keep)
    assert owner.html == shown
    assert len(await held(bot)) == 1


async def test_a_rule_that_is_cancelled_is_gone(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    keep = owner.buttons[0].data
    await owner.presses("Cancel")
    assert owner.html == "Not kept: <b>Крим</b>"
    assert owner.buttons == []
    assert (await owner.sends(keep)).toast == "This button is no longer valid."
    assert await held(bot) == []


async def test_a_rule_that_nobody_decided_on_is_forgotten_after_a_week(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    keep = owner.buttons[0].data
    bot.clock.forward(REMEMBERED / 1000 + 1)
    await owner.says("/watch Ялта")
    assert (await owner.sends(keep)).toast == "This button is no longer valid."


@pytest.mark.parametrize("again", ["Крим наш", "Крим  наш!", "наш, Крим", "Крим AND (наш)"])
async def test_the_same_is_not_watched_twice(bot: Bot, again: str) -> None:
    """Whatever its order and signs; in another chat it is."""
    owner = bot.chat()
    await owner.watches("Крим наш")
    assert await owner.sees(f"/watch {again}") == (
        "This is watched here already, as <b>Крим наш</b>. /rules lists all."
    )
    assert len(await held(bot)) == 1
    assert "New rule" in await bot.chat(OWNER, GROUP).sees(f"/watch {again}")


async def test_of_two_that_were_shown_only_one_is_kept(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch Крим")
    first = owner.buttons[0].data
    await owner.says("/watch крим")
    await owner.presses("Keep")
    reply = await owner.sends(first)
    assert reply.toast == "This is watched here already, as крим. /rules lists all."
    assert len(await held(bot)) == 1


async def test_there_is_a_most_of_rules_and_it_is_told(bot: Bot) -> None:
    owner = bot.chat()
    await fills(bot, MAX_RULES - 1)
    await owner.says("/watch ще")
    proposed = owner.buttons[0].data
    await owner.watches("останнє")
    full = "There are 200 rules here, and that is the most. Remove one first: /rules"
    assert (await owner.sends(proposed)).toast == full
    assert await owner.sees("/watch більше") == full
    assert len(await held(bot)) == MAX_RULES


async def test_markup_in_a_rule_is_shown_as_text(bot: Bot) -> None:
    owner = bot.chat()
    assert "&lt;i&gt;Крим&lt;/i&gt; &amp;" in await owner.sees("/watch <i>Крим</i> &amp;")
    await owner.presses("Keep")
    assert "<b>&lt;i&gt;Крим&lt;/i&gt; &amp;amp;</b>" in await owner.sees("/rules")


async def test_an_offered_rule_is_shown_like_one_that_was_written(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/watch")
    assert owner.labels == ["Referendums"]
    reply = await owner.presses("Referendums")
    assert not reply.replace
    assert owner.html.startswith(f"New rule, <b>not kept yet</b>: {STARTER}\n")
    await owner.presses("Keep")
    assert [rule.query for rule in await held(bot)] == [STARTER]


async def test_an_offered_rule_that_is_there_already_is_told_in_plain_text(bot: Bot) -> None:
    """A line over a button shows markup as it is written."""
    owner = bot.chat()
    await owner.watches(f"{STARTER}!")
    await owner.says("/watch")
    reply = await owner.presses("Referendums")
    assert reply.toast == f"This is watched here already, as {STARTER}!. /rules lists all."
    assert reply.message is None
    assert len(await held(bot)) == 1


async def test_however_long_the_rule_is_what_is_told_over_the_button_fits(bot: Bot) -> None:
    owner = bot.chat()
    await owner.watches(f"{STARTER} " + "<&>" * 60)
    await owner.says("/watch")
    reply = await owner.presses("Referendums")
    assert reply.toast.startswith(f"This is watched here already, as {STARTER} <&><&>")
    assert reply.toast.endswith("…") and units(reply.toast) <= 200


@pytest.mark.parametrize(
    "verb", [Verb.KEEP, Verb.DROP, Verb.CARD, Verb.WORDS, Verb.SWITCH, Verb.NARROW, Verb.NARROW_TO]
)
async def test_a_rule_that_is_shown_is_nobody_elses(bot: Bot, verb: Verb) -> None:
    await bot.chat().says("/watch Крим")
    reader = await bot.lets_in(8)
    theirs = await subscribers.find(bot.archive.reader, 8, 0)
    assert theirs
    rest = {Verb.SWITCH: (1, 0), Verb.WORDS: (0,), Verb.NARROW: (0,), Verb.NARROW_TO: (0,)}
    reply = await reader.sends(encode(verb, theirs.id, 1, *rest.get(verb, ())))
    assert (reply.toast, reply.message) == ("This button is no longer valid.", None)
    assert bot.clock.now() == NOW


@pytest.mark.parametrize("lexicon", [Lexicon(languages=("uk", "en"))])
async def test_a_dictionary_that_is_missing_is_told_with_the_words(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    told = "There is no Russian dictionary here: Russian words lack many forms."
    owner = bot.chat()
    assert told in await owner.sees("/watch Крим")
    assert "Ukrainian" not in owner.html
    assert told not in await owner.sees("/watch from:@luhanskaVTSA")
