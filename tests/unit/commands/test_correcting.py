"""Correcting how a rule was understood: its words, its names, its channels."""

import re
from dataclasses import replace

import pytest

from bot.alerts.presses import Verb, encode
from bot.query.reading import Choices
from bot.query.tree import AnyOf, loads
from storage import profiles, rules, subscribers
from storage.records import Channel, ChannelState
from tests.unit.commands.talk import HAIDAI, NOW, OWNER, PUSHILIN, Bot, Chat


async def rule_id(bot: Bot) -> int:
    """Of the newest rule, kept or not."""
    async with bot.archive.heavy() as conn:
        [[newest]] = await conn.execute_fetchall("SELECT max(id) FROM rules")
    return int(newest)


async def words(bot: Bot) -> frozenset[str]:
    """What the newest rule, of one word, waits for, as it is stored."""
    newest = await rule_id(bot)
    tree = loads((await rules.stored(bot.archive.reader, [newest]))[newest].tree)
    assert isinstance(tree, AnyOf)
    return tree.forms


async def query(bot: Bot) -> str:
    found = await rules.get(bot.archive.reader, await rule_id(bot))
    assert found
    return found.query


async def shows(chat: Chat, query: str, *labels: str) -> None:
    await chat.says(f"/watch {query}")
    for label in labels:
        await chat.presses(label)


async def test_the_words_of_a_rule_are_shown_with_names_first(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "Білогорівка", "Words…")
    assert owner.html == (
        "<b>Білогорівка</b>: 6 forms; also Белогоровка, Bilohorivka, Bilogorivka, Belogorovka\n"
        "\n"
        "✓ counts as a hit, ✗ does not, + is how the name could also be spelled. "
        "Press a word to change that."
    )
    assert owner.labels == [
        "✓ Белогоровка", "✓ Bilohorivka", "✓ Bilogorivka", "✓ Belogorovka", "✓ білогорівка",
        "✓ білогорівки", "✓ білогорівко", "✓ білогорівкою", "✓ білогорівку", "✓ білогорівці",
        "Done",
    ]  # fmt: skip


async def test_a_form_is_dropped_and_taken_back(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "Білогорівка", "Words…")
    assert "білогорівко" in await words(bot)
    await owner.presses("✓ білогорівко")
    assert "білогорівко" not in await words(bot)
    assert "✗ білогорівко" in owner.labels
    assert owner.html.startswith("<b>Білогорівка</b>: 5 forms; also")
    await owner.presses("Done")
    assert "5 forms" in owner.html
    await owner.presses("Words…")
    await owner.presses("✗ білогорівко")
    assert "білогорівко" in await words(bot)


async def test_a_name_is_dropped_and_taken_back(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "Білогорівка", "Words…")
    await owner.presses("✓ Belogorovka")
    assert "belogorovka" not in await words(bot)
    assert owner.html.startswith(
        "<b>Білогорівка</b>: 6 forms; also Белогоровка, Bilohorivka, Bilogorivka\n"
    )
    await owner.presses("✗ Belogorovka")
    assert "belogorovka" in await words(bot)


async def test_a_proposed_spelling_counts_once_it_is_added(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "Зайцев")
    assert "; could be added: Zaitsev, Zaytsev, " in owner.html
    await owner.presses("Words…")
    assert "zaitsev" not in await words(bot)
    await owner.presses("+ Zaitsev")
    await owner.presses("+ Zaytsev")
    assert {"zaitsev", "zaytsev"} <= await words(bot)
    assert "forms; also Zaitsev, Zaytsev\n" in owner.html
    await owner.presses("✓ Zaitsev")
    assert "zaitsev" not in await words(bot)
    assert "+ Zaitsev" in owner.labels


async def test_a_name_that_is_a_word_too_counts_once_it_is_added(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "Dolyna", "Words…")
    assert "; also м. Долина, місто Долина, г. Долина, город Долина; could be" in owner.html
    assert "; could be added: Долина\n" in owner.html
    await owner.presses("+ Долина")
    assert "could be added" not in owner.html
    assert "город Долина, Долина\n" in owner.html
    await owner.presses("✓ Долина")
    assert "; could be added: Долина\n" in owner.html


async def test_a_word_in_capitals_is_shown_in_capitals(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "us", "Words…")
    assert {"✓ us", "✓ US"} <= set(owner.labels)


async def test_the_last_form_of_a_word_cannot_be_dropped(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "Білогорівка", "Words…")
    for label in [label for label in owner.labels if label.startswith("✓ біло")][:-1]:
        await owner.presses(label)
    [last] = [label for label in owner.labels if label.startswith("✓ біло")]
    reply = await owner.presses(last)
    assert reply.toast == (
        "One form of each word must stay. To leave out the word, change the query."
    )
    assert reply.message is None


async def test_what_was_chosen_stays_when_the_rule_is_kept_edited_and_opened(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "Білогорівка", "Words…")
    for label in ("✓ білогорівко", "✓ Belogorovka", "Done", "Keep"):
        await owner.presses(label)
    assert not {"білогорівко", "belogorovka"} & await words(bot)
    await owner.says("/rules 1 query Білогорівка OR Ялта")
    assert not {"білогорівко", "belogorovka"} & await words(bot)
    newest = await rule_id(bot)
    held = (await rules.stored(bot.archive.reader, [newest]))[newest]
    assert Choices.loads(held.choices) == Choices(
        frozenset({"білогорівко"}), frozenset({"belogorovka"})
    )


async def test_many_words_come_in_pages_and_a_press_stays_on_its_page(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "ворог обстріл Білогорівка", "Words…")
    first = owner.labels
    assert len(first) == 26 and first[-2:] == ["Next ›", "Done"]
    await owner.presses("Next ›")
    second = owner.labels
    assert "‹ Back" in second and not set(first[:-2]) & set(second)
    await owner.presses(second[0])
    assert owner.labels == [second[0].replace("✓", "✗"), *second[1:]]


async def test_exact_words_have_nothing_to_choose(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "=Крим референдум*", "Words…")
    assert owner.html == (
        "<b>Крим</b>: 1 form\n\nEach word counts in exactly the form that was written."
    )
    assert owner.labels == ["Done"]


async def test_an_option_that_is_no_more_is_stale(bot: Bot) -> None:
    owner = bot.chat()
    await shows(owner, "Крим")
    data = encode(Verb.SWITCH, 1, await rule_id(bot), 12345, 0)
    assert (await owner.sends(data)).toast == "This button is no longer valid."


# --------------------------------------------------------------- channels


async def test_a_rule_is_narrowed_to_a_channel_or_a_pack_and_back_to_all(bot: Bot) -> None:
    await bot.knows_pack("luhansk", HAIDAI)
    await bot.watches(HAIDAI, PUSHILIN)
    assert await profiles.labels(bot.archive.reader) == {"luhansk": [HAIDAI.id]}
    await bot.posts("Крим")
    await bot.posts("Крим", channel=PUSHILIN)
    owner = bot.chat()
    await shows(owner, "Крим OR Ялта", "Channels…")
    assert owner.html == ("Choose the pack or channel in which to watch for this:\nКрим OR Ялта")
    assert owner.labels == ["luhansk", "Пушилин Д.В.", "Сергій Гайдай", "Done"]
    await owner.presses("luhansk")
    assert await query(bot) == "(Крим OR Ялта) in:luhansk"
    assert "In the last 30 days 1 post," in owner.html
    await owner.presses("Channels…")
    assert owner.labels[0] == "All channels"
    await owner.presses("Пушилин Д.В.")
    assert await query(bot) == "(Крим OR Ялта) from:@pushilindenis"
    await owner.presses("Channels…")
    await owner.presses("All channels")
    assert await query(bot) == "Крим OR Ялта"
    assert "In the last 30 days 2 posts," in owner.html


HEIR = Channel(103, "Артем Лисогор", "luhanskaVTSA", ChannelState.JOINED, added_at=NOW)


async def channels_of(bot: Bot) -> set[str]:
    """The marks of channels that the newest rule waits for, as it is stored."""
    newest = await rule_id(bot)
    return set(
        re.findall(r'"(c\d+)"', (await rules.stored(bot.archive.reader, [newest]))[newest].tree)
    )


async def test_a_rule_stays_with_its_channel_when_another_takes_the_name(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await owner.watches("наступ from:@luhanskaVTSA")
    assert "is called" not in owner.html
    await bot.watches(replace(HAIDAI, username="serhiy_hayday"), HEIR)
    await owner.presses("Words…")
    await owner.presses("✓ наступі")
    assert await channels_of(bot) == {"c101"}
    await owner.presses("Done")
    assert "<b>@luhanskavtsa</b>: the channel that is called @serhiy_hayday today" in owner.html
    await owner.says("/rules 1 query обстріл from:@luhanskaVTSA")
    assert await channels_of(bot) == {"c101"}


async def test_a_rule_can_be_corrected_when_its_channel_was_renamed(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await owner.watches("наступ from:@luhanskaVTSA")
    await bot.watches(replace(HAIDAI, username=None))
    await owner.says("/rules 1")
    assert "the channel that is called Сергій Гайдай today" in owner.html
    await owner.presses("Words…")
    await owner.presses("✓ наступі")
    await owner.presses("Done")
    await owner.presses("Channels…")
    await owner.presses("All channels")
    assert await query(bot) == "наступ"
    assert await channels_of(bot) == set()


async def test_the_channel_that_is_chosen_is_meant_though_the_name_meant_another(
    bot: Bot,
) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await owner.watches("наступ from:@luhanskaVTSA")
    await bot.watches(replace(HAIDAI, username="serhiy_hayday"), HEIR)
    await owner.presses("Channels…")
    await owner.presses("Артем Лисогор")
    assert await channels_of(bot) == {"c103"}


async def test_a_channel_that_is_no_longer_watched_cannot_be_chosen(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await shows(owner, "Крим", "Channels…")
    async with bot.archive.transaction() as tx:
        await tx.execute("UPDATE channels SET state = 'removed'")
    assert (await owner.presses("Сергій Гайдай")).toast == "This button is no longer valid."


async def test_a_hundred_channels_come_in_pages(bot: Bot) -> None:
    await bot.watches(
        *(Channel(n, f"Канал {n} " + "а" * 60, f"channel_{n}", ChannelState.JOINED)
          for n in range(1000, 1100))
    )  # fmt: skip
    owner = bot.chat()
    await shows(owner, "Крим", "Channels…")
    seen = set(owner.labels)
    while "Next ›" in owner.labels:
        await owner.presses("Next ›")
        seen |= set(owner.labels)
    assert len([label for label in seen if label.startswith("Канал")]) == 100
    assert bot.clock.now() == NOW


async def test_a_query_that_would_get_too_long_is_refused_over_the_button(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await shows(owner, "Крим " + "🙂" * 990, "Channels…")
    reply = await owner.presses("Сергій Гайдай")
    assert reply.toast.startswith("This is too long: 1,0")
    assert reply.message is None


@pytest.mark.parametrize("verb", [Verb.WORDS, Verb.NARROW])
async def test_a_page_that_is_not_there_shows_one_that_is(bot: Bot, verb: Verb) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await shows(owner, "Крим")
    here = await subscribers.find(bot.archive.reader, OWNER, 0)
    assert here
    for page in (99, -99):
        reply = await owner.sends(encode(verb, here.id, await rule_id(bot), page))
        assert reply.replace
        assert "Done" in owner.labels
