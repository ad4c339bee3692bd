"""/why: what each rule says to a post."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.context import UserError
from bot.commands.postlinks import read_link
from bot.commands.why import EXPLAINED, IF_EMPTY
from bot.locales import LANGUAGES, Html, bare, units
from storage import held, outbox, rules, subscribers
from storage.records import Handling, Mode, Post, Via
from tests.unit.commands.talk import DAY, HAIDAI, OWNER, PUSHILIN, Bot, Chat

HEAD = '<a href="https://t.me/luhanskaVTSA/{}">Сергій Гайдай</a>\n\n'


@pytest.fixture
async def owner(bot: Bot) -> Chat:
    await bot.watches(HAIDAI, PUSHILIN)
    return bot.chat()


async def comes(bot: Bot, text: str, via: Via = Via.LIVE, **more: object) -> str:
    """A post that the program takes in as it does in life; its link."""
    bot.clock.forward(60)
    number = bot.clock.now() // 60_000
    post = Post(101, number, bot.clock.now(), text, pts=1)
    await bot.takes_in(replace(post, **more), via=via)  # type: ignore[arg-type]  # a test's shorthand
    return f"https://t.me/luhanskaVTSA/{number}"


async def why(chat: Chat, link: str, number: str = "") -> str:
    """The answer below its head."""
    shown = await chat.sees(f"/why {link} {number}")
    assert shown.startswith(HEAD.format(link.rpartition("/")[2]))
    return shown.partition("\n\n")[2]


async def test_a_hit_is_told_with_the_words_that_hit(bot: Bot, owner: Chat) -> None:
    await owner.watches("ворог Білогорівка")
    link = await comes(bot, "Враг под Белогоровкой, ворогами стоять <тут>")
    assert await why(owner, link) == (
        "✅ 1. <b>ворог Білогорівка</b>\nFound: Враг, Белогоровкой, ворогами"
    )


async def test_a_hit_that_is_held_is_told_with_its_digest(bot: Bot, owner: Chat) -> None:
    await owner.watches("Крим")
    async with bot.archive.transaction() as tx:
        await rules.handle(tx, 1, Handling(mode=Mode.DIGEST))
    link = await comes(bot, "Крим")
    told = await why(owner, link)
    assert "\nNo alert (the rule is told in digests): the digest due on " in told
    [(due_at,)] = await bot.archive.reader.execute_fetchall("SELECT due_at FROM held")
    async with bot.archive.transaction() as tx:
        assert await held.tell(tx, bot.archive.id, 1, due_at)
        await outbox.sent(tx, 1, 500, due_at)
    told = await why(owner, link)
    assert "\nNo alert (the rule is told in digests): told in the digest of " in told


async def test_a_miss_is_told_with_the_word_that_failed_and_the_nearest(
    bot: Bot, owner: Chat
) -> None:
    await owner.watches("ворог обстріл")
    link = await comes(bot, "Ворог обстріляв місто")
    assert await why(owner, link) == (
        "❌ 1. <b>ворог обстріл</b>\nобстріл is not there; the nearest is обстріляв"
    )
    link = await comes(bot, "Слава Україні")
    assert await why(owner, link) == (
        "❌ 1. <b>ворог обстріл</b>\nворог is not there\nобстріл is not there"
    )


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("обстріл -навчання", "Обстріл? Навчання!",
         "навчання must not be there, but is: Навчання"),
        ('"командний пункт"', "Пункт командний",
         "\"командний пункт\": the words are there, but not together"),
        ("обстріл ~2 Херсон", "Обстріл був десь далеко під містом Херсон",
         "обстріл ~2 Херсон: the words are there, but not together"),
        ("референдум*", "рефлекс", "референдум* is not there"),
        ("Крим has:photo", "Крим", "has:photo does not hold"),
        ("Крим -from:@luhanskaVTSA", "Крим", "from:luhanskavtsa must not be so, but is"),
        ("Крим from:@pushilindenis", "Крим", "from:pushilindenis does not hold"),
        ("Крим /рф/", "Крим", "/рф/ is not there"),
        ("=Крим", "У Криму", "=Крим is not there; the nearest is Криму"),
        ("обстріл OR референдум", "Вибори", "обстріл is not there\nреферендум is not there"),
    ],
)  # fmt: skip
async def test_each_kind_of_condition_says_why_it_fails(
    bot: Bot, owner: Chat, query: str, text: str, expected: str
) -> None:
    await owner.watches(query)
    told = await why(owner, await comes(bot, text))
    assert told.partition("\n")[2] == expected


async def test_a_rule_without_words_says_that_its_filters_hold(bot: Bot, owner: Chat) -> None:
    await owner.watches("from:@luhanskaVTSA")
    link = await comes(bot, "", media="photo")
    assert (await why(owner, link)).endswith("\nIts filters hold.")


async def test_rules_that_hit_come_first_and_keep_their_numbers(bot: Bot, owner: Chat) -> None:
    for query in ("Ялта", "Крим", "Севастополь"):
        await owner.watches(query)
    told = await why(owner, await comes(bot, "Крим"))
    assert [line[:4] for line in told.splitlines()[::3]] == ["✅ 2.", "❌ 1.", "❌ 3."]


async def test_one_rule_is_asked_about_by_its_number(bot: Bot, owner: Chat) -> None:
    await owner.watches("Ялта")
    await owner.watches("Крим")
    link = await comes(bot, "Крим")
    assert await why(owner, link, "2") == "✅ 2. <b>Крим</b>\nFound: Крим"
    for number in ("3", "0", "x", "2 1"):
        assert await owner.sees(f"/why {link}  {number}") == (
            "There is no such rule here. /rules lists all with their numbers."
        )


async def test_why_there_was_no_alert_for_what_fits_is_told(bot: Bot, owner: Chat) -> None:
    history = await comes(bot, "Крим", Via.BACKFILL)
    before = await comes(bot, "Крим")
    bot.clock.forward(60)
    await owner.watches("Крим")
    alerted = await comes(bot, "Крим")
    other = await comes(bot, "Ялта")
    bot.clock.forward(60)
    await owner.says("/rules 1 query Крим OR Ялта")
    for link, expected in {
        history: "Found: Крим\nNo alert: the post came as history.",
        before: "Found: Крим\nNo alert: the rule is newer than the post.",
        alerted: "Found: Крим",
        other: "Found: Ялта\n"
        "No alert: when the post came it did not fit; the rule was changed since.",
    }.items():
        assert (await why(owner, link)).partition("\n")[2] == expected


async def test_no_reason_is_made_up(bot: Bot, owner: Chat) -> None:
    less = (
        "No alert: when the post came, this chat could not be reached, or the words and labels of "
        "the rule stood for less."
    )
    await owner.watches("Крим")
    async with bot.archive.transaction() as tx:
        await subscribers.set_gone(tx, 1, bot.clock.now())
    away = await comes(bot, "Крим")
    assert (await why(owner, away)).endswith(less)
    bot.clock.forward(60)
    await owner.says("/rules 1 query Крим OR Ялта")
    await owner.presses("Mute 1 h")
    muted = await comes(bot, "Крим")
    assert (await why(owner, muted)).endswith("the rule was muted when the post came.")
    await owner.says("/rules 1")
    await owner.presses("Unmute")
    assert (await why(owner, muted)).endswith("the rule was muted when the post came.")
    assert (await why(owner, await comes(bot, "Крим"))).endswith("Found: Крим")
    assert (await why(owner, away)).endswith("the rule was changed since.")


async def test_a_rule_kept_after_the_post_is_newer_whenever_it_was_shown(
    bot: Bot, owner: Chat
) -> None:
    await owner.says("/watch Крим")
    shown = owner.shown
    link = await comes(bot, "Крим")
    bot.clock.forward(60)
    owner.shown = shown
    await owner.presses("Keep")
    assert "the rule is newer than the post" in await why(owner, link)


async def test_what_fitted_before_an_edit_says_so(bot: Bot, owner: Chat) -> None:
    await owner.watches("Крим")
    link = await comes(bot, "Крим")
    number = int(link.rpartition("/")[2])
    edited = Post(101, number, bot.clock.now(), "Ялта", edited_at=bot.clock.now(), pts=2)
    await bot.takes_in(edited)
    assert (await why(owner, link)).partition("\n")[2] == (
        "Крим is not there\nIt fitted before; the post or the rule was changed since."
    )


async def test_an_album_is_asked_about_by_the_link_of_any_part(bot: Bot, owner: Chat) -> None:
    """That of an alert leads to the first, wherever the words stand."""
    await owner.watches("Крим")
    await owner.watches("Ялта")
    parts = [
        Post(101, 900 + n, bot.clock.now(), "У Криму" if n == 2 else "", grouped_id=5, pts=n + 1)
        for n in range(4)
    ]
    await bot.takes_in(*parts)
    for number in (900, 902):
        told = await why(owner, f"https://t.me/luhanskaVTSA/{number}")
        assert told.startswith("✅ 1. <b>Крим</b>\nFound: Криму\n\n❌ 2.")


async def test_an_announcement_is_told_to_be_one(bot: Bot, owner: Chat) -> None:
    await owner.watches("from:@luhanskaVTSA")
    link = await comes(bot, "", service="pin_message")
    assert await why(owner, link) == (
        "This is an announcement of Telegram, which no rule looks at."
    )


async def test_a_rule_that_is_not_read_any_more_says_what_is_wrong(bot: Bot, owner: Chat) -> None:
    await bot.knows_pack("donetsk", PUSHILIN)
    await owner.watches("Крим in:donetsk")
    link = await comes(bot, "Крим")
    async with bot.archive.transaction() as tx:
        await tx.execute("DELETE FROM labels")
    assert "\nNo channel has the label “donetsk”." in await why(owner, link)


async def test_a_rule_of_a_channel_that_was_renamed_is_held_against_posts(
    bot: Bot, owner: Chat
) -> None:
    await owner.watches("Крим from:@pushilindenis")
    link = await comes(bot, "Крим")
    async with bot.archive.transaction() as tx:
        await tx.execute("UPDATE channels SET username = 'other' WHERE id = 102")
    assert "\nfrom:pushilindenis does not hold" in await why(owner, link)


async def test_without_rules_it_says_how_to_begin(bot: Bot, owner: Chat) -> None:
    link = await comes(bot, "Крим")
    assert await owner.sees(f"/why {link}") == (
        "Nothing is watched for here yet. Begin with /watch Білогорівка"
    )


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("", "Write the link of a post after the command: /why https://t.me/name/123"),
        ("Крим", "Write the link of a post"),
        ("https://t.me/luhanskaVTSA", "Write the link of a post"),
        ("https://example.com/luhanskaVTSA/5", "Write the link of a post"),
        ("https://[", "Write the link of a post"),
        ("https://t.me/c/" + "9" * 30 + "/5", "Write the link of a post"),
        ("https://t.me/c/१२३/5", "Write the link of a post"),
        ("https://t.me/luhanskaVTSA/" + "9" * 30, "Write the link of a post"),
        ("https://t.me/nobody/5", "“nobody” is not watched. /channels lists what is."),
        ("https://t.me/c/999/5", "“999” is not watched."),
        ("https://t.me/luhanskaVTSA/5876",
         "Post 5876 of Сергій Гайдай is not in the archive. /coverage tells what is."),
    ],
)  # fmt: skip
async def test_what_is_no_link_of_ours_is_answered(owner: Chat, link: str, expected: str) -> None:
    assert (await owner.sees(f"/why {link}")).startswith(expected)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://t.me/name/5", ("name", 5)),
        ("t.me/name/5?single", ("name", 5)),
        ("http://www.telegram.me/s/name/5", ("name", 5)),
        ("https://t.me/c/101/5", ("101", 5)),
        ("https://t.me/c/101/7/5", ("101", 5)),
        ("https://t.me/name/5/#x", ("name", 5)),
    ],
)
def test_links_are_read_as_people_copy_them(link: str, expected: tuple[str, int]) -> None:
    assert read_link(link, IF_EMPTY) == expected


@given(st.text() | st.from_regex(r"(https?://)?t\.me/.{0,20}/\d{0,12}"))
def test_any_text_is_a_link_or_an_error(text: str) -> None:
    with suppress(UserError):
        read_link(text, IF_EMPTY)


async def test_it_is_asked_by_whoever_lives_here_about_their_own_rules(
    bot: Bot, owner: Chat
) -> None:
    await owner.watches("Крим")
    reader = await bot.lets_in(8)
    await reader.watches("Ялта")
    told = await why(reader, await comes(bot, "Крим"))
    assert "Ялта" in told and "<b>Крим" not in told


@pytest.mark.parametrize("language", LANGUAGES)
async def test_however_many_and_long_the_rules_the_answer_fits(bot: Bot, language: str) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat(language=language)
    long = " ".join(f'"{chr(1072 + n) * 60} {chr(1073 + n) * 60}"' for n in range(7))
    await owner.says(f"/watch {long}")
    await owner.sends(owner.buttons[0].data)
    here = await subscribers.find(bot.archive.reader, OWNER, 0)
    assert here
    rule = (await rules.of(bot.archive.reader, here.id))[0]
    kept = (await rules.stored(bot.archive.reader, [rule.id]))[rule.id]
    async with bot.archive.transaction() as tx:
        for number in range(199):
            await rules.add(tx, here.id, f"{long} {number}", bot.clock.now(), kept)
    bot.clock.forward(DAY / 1000)
    await comes(bot, "слово " * 600)
    shown = await owner.sees(f"/why t.me/luhanskaVTSA/{bot.clock.now() // 60_000}")
    assert units(bare(Html(shown))) <= 4096
    assert 1 <= shown.count("❌") <= EXPLAINED
    assert str(200 - shown.count("❌")) in shown
