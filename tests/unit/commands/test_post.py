"""/post: a post whole, what was told of it here, and its story."""

from dataclasses import replace

import pytest

from bot.commands.post import IF_EMPTY
from bot.locales import LANGUAGES, Html, bare, units
from storage import outbox, queues
from storage.records import (
    Absence,
    Channel,
    ChannelState,
    Deletion,
    Forward,
    Message,
    Post,
)
from storage.withdrawing import Why, withdraw
from tests.unit.commands.talk import HAIDAI, NOW, PUSHILIN, Bot, Chat

NEWS = (
    "Білогорівка повністю під контролем наших захисників, за кожен сантиметр іде боротьба, "
    "ворог готує оборону і підтягує підрозділи з півночі області."
)
FIRST = Post(101, 7, NOW, NEWS, pts=1)
LINK = "https://t.me/luhanskaVTSA/7"


@pytest.fixture
async def owner(bot: Bot) -> Chat:
    await bot.watches(HAIDAI, PUSHILIN)
    return bot.chat()


async def delivers(bot: Bot) -> None:
    bot.clock.forward(2)
    while rows := await queues.due(bot.archive.reader, bot.clock.now(), 9):
        async with bot.archive.transaction() as tx:
            for due in rows:
                await outbox.freeze(tx, due.id, Message("an alert"))
                await outbox.sent(tx, due.id, 1, bot.clock.now())


async def test_a_post_is_shown_with_all_that_is_known_of_it(bot: Bot, owner: Chat) -> None:
    await bot.takes_in(replace(FIRST, forward=Forward(NOW - 60_000, 102, 9)))
    assert await owner.sees(f"/post {LINK}") == (
        '19 Sep 2022, 18:06 · <a href="https://t.me/luhanskaVTSA/7">Сергій Гайдай</a> · forwarded\n'
        f"<blockquote>{NEWS}</blockquote>\n"
        "\n"
        'Forwarded from <a href="https://t.me/pushilindenis/9">Пушилин Д.В.</a>, '
        "19 Sep 2022, 18:05\n"
        "First seen on 19 Sep 2022, 18:06\n"
        "No edit of it was seen.\n"
        "Nothing was told of it here; /why tells the reason.\n"
        "\n"
        "Times: Kyiv."
    )
    assert owner.labels == []


async def test_its_edits_and_its_deletion_are_told(bot: Bot, owner: Chat) -> None:
    await bot.takes_in(FIRST)
    for minute in range(1, 8):
        edited = replace(
            FIRST, text=f"{NEWS} {minute}", edited_at=NOW + minute * 60_000, pts=minute
        )
        await bot.takes_in(edited)
    await bot.takes_in(gone=(Deletion(101, 7, Absence.NOTICE, 99),))
    shown = await owner.sees(f"/post {LINK}")
    assert "7 edits: 19 Sep 2022, 18:07; 19 Sep 2022, 18:08; " in shown and "; …\n" in shown
    assert "Deleted, noticed on 19 Sep 2022, 18:06" in shown


async def test_a_post_that_is_there_again_is_shown_as_if_it_had_stayed(
    bot: Bot, owner: Chat
) -> None:
    await bot.takes_in(FIRST)
    asked = (f"/post {LINK}", "/coverage @luhanskaVTSA", "/search Білогорівка")
    before = [await owner.sees(each) for each in asked]
    await bot.takes_in(gone=(Deletion(101, 7, Absence.RECHECK, 5),))
    assert "Not there any more when checked on" in await owner.sees(asked[0])
    await bot.takes_in(replace(FIRST, pts=6))
    assert [await owner.sees(each) for each in asked] == before
    assert "No edit of it was seen." in before[0]


async def test_what_became_of_its_alert_is_told(bot: Bot, owner: Chat) -> None:
    await owner.watches("Білогорівка")
    await bot.takes_in(FIRST)
    assert "\nIt is still to be told here.\n" in await owner.sees(f"/post {LINK}")
    await delivers(bot)
    assert "\nTold here on 19 Sep 2022, 18:0" in await owner.sees(f"/post {LINK}")
    await bot.takes_in(replace(FIRST, channel_id=102, posted_at=NOW + 60_000))
    await delivers(bot)
    shown = await owner.sees("/post https://t.me/pushilindenis/7")
    assert ", in the alert about its story\n" in shown
    await bot.takes_in(Post(101, 8, NOW, "Білогорівка знову", pts=9))
    async with bot.archive.transaction() as tx:
        [due] = await queues.due(bot.archive.reader, bot.clock.now(), 9)
        await outbox.failed(tx, due.id, "CHAT_<b>RESTRICTED", NOW)
    shown = await owner.sees("/post t.me/luhanskaVTSA/8")
    assert "\nIt could not be told here: CHAT_&lt;b&gt;RESTRICTED\n" in shown


@pytest.mark.parametrize(("why", "said"), [(Why.MUTED, "muted"), (Why.REMOVED, "removed")])
async def test_why_its_alert_did_not_leave_is_told(
    bot: Bot, owner: Chat, why: Why, said: str
) -> None:
    await owner.watches("Білогорівка")
    await bot.takes_in(FIRST)
    async with bot.archive.transaction() as tx:
        await withdraw(tx, [1], why, NOW)
    shown = await owner.sees(f"/post {LINK}")
    assert f"\nIt was not told here: the rules that it hit were {said} before the" in shown
    told = await owner.sees(f"/why {LINK}")
    assert told.endswith("\nNo alert: the rule was muted before the alert left.")


async def test_another_place_is_not_told_what_was_told_here(bot: Bot, owner: Chat) -> None:
    await owner.watches("Білогорівка")
    await bot.takes_in(FIRST)
    guest = await bot.lets_in(8)
    assert "Nothing was told of it here" in await guest.sees(f"/post {LINK}")


async def test_a_story_has_pages(bot: Bot, owner: Chat) -> None:
    await bot.takes_in(FIRST)
    origin = Forward(NOW, 101, 7)
    for number in range(1, 13):
        await bot.takes_in(
            Post(102, number, NOW + number * 60_000, NEWS, forward=origin, pts=number)
        )
    shown = await owner.sees(f"/post {LINK}")
    assert "<b>The same story</b>, 13 posts, newest first:\n" in shown
    assert "pushilindenis/12" in shown and "pushilindenis/7" not in shown
    await owner.presses("Older ›")
    assert "pushilindenis/7" in owner.html and "pushilindenis/12" not in owner.html
    assert owner.html.startswith('19 Sep 2022, 18:06 · <a href="https://t.me/luhanskaVTSA/7">')
    await owner.presses("‹ Newer")
    assert owner.html == shown


async def test_an_album_is_shown_as_one(bot: Bot, owner: Chat) -> None:
    parts = [replace(FIRST, message_id=n, grouped_id=5, media="photo") for n in (7, 8)]
    await bot.takes_in(*parts)
    for number in (7, 8):
        shown = await owner.sees(f"/post https://t.me/luhanskaVTSA/{number}")
        assert "Album: 2 photos" in shown and "The same story" not in shown


@pytest.mark.parametrize("text", ["", "что?", "https://example.org/a/1", "t.me/luhanskaVTSA"])
async def test_what_is_no_link_is_refused(bot: Bot, owner: Chat, text: str) -> None:
    assert await owner.sees(f"/post {text}") == IF_EMPTY


async def test_what_the_archive_does_not_have_is_said(bot: Bot, owner: Chat) -> None:
    assert "is not watched" in await owner.sees("/post t.me/nobody_here/1")
    assert "Post 5 of Сергій Гайдай is not in the archive" in await owner.sees(
        "/post t.me/luhanskaVTSA/5"
    )


@pytest.mark.parametrize("data", ["story:1:5:9", "storyup:1:5:9", "story:1:-1:0"])
async def test_made_up_buttons_do_no_harm(bot: Bot, owner: Chat, data: str) -> None:
    await owner.sees("/rules")
    assert (await owner.sends(data)).toast


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_longest_answer_fits_into_a_message(bot: Bot, language: str) -> None:
    long = "<Військова & цивільна адміністрація> 🇺🇦 " * 6
    channels = [Channel(n, long, f"name{n}", ChannelState.JOINED) for n in range(201, 208)]
    await bot.watches(HAIDAI, *channels)
    owner = bot.chat(language=language)
    text = "Білогорівка <&> 🇺🇦 " * 190
    origin = Forward(NOW, 101, 7)
    await bot.takes_in(replace(FIRST, text=text))
    for channel in channels:
        await bot.takes_in(Post(channel.id, 1, NOW, text, forward=origin, media="photo", pts=1))
    shown = await owner.sees("/post t.me/name203/1")
    assert shown.count("name20") > 5
    assert units(bare(Html(shown))) < 4096
