"""The buttons under an alert: what stood around the post, how it changed, not relevant, mute."""

from dataclasses import replace

import pytest

from bot.alerts.composing import Composer
from bot.alerts.presses import Verb, encode
from bot.locales import Html, bare, units
from storage import queues, subscribers
from storage.records import Absence, Deletion, Post, Reply
from tests.unit.commands.talk import GROUP, HAIDAI, HOUR, NOW, OWNER, READER, Bot, Chat

GONE = "This button is no longer valid."


def post(number: int, text: str, **more: object) -> Post:
    said = Post(HAIDAI.id, number, NOW - HOUR + number * 60_000, text, pts=number)
    return replace(said, **more)  # type: ignore[arg-type]  # a test's shorthand


async def alerted(bot: Bot, chat: Chat, *posts: Post) -> None:
    """Have posts taken in, and show the first alert that comes of them."""
    await bot.takes_in(*posts)
    bot.clock.forward(5)
    due = (await queues.due(bot.archive.reader, bot.clock.now(), 1))[0]
    message = await Composer(bot.archive, bot.clock).compose(due)
    chat.shown = Reply(message)


@pytest.fixture
async def owner(bot: Bot) -> Chat:
    """With a rule."""
    await bot.watches(HAIDAI)
    chat = bot.chat()
    await chat.watches("Білогорівка")
    return chat


async def test_a_press_shows_what_was_said_before_and_after(bot: Bot, owner: Chat) -> None:
    said = [post(number, f"Слово {number}") for number in range(1, 10)]
    said[4] = post(5, "Білогорівка наша")
    await alerted(bot, owner, *said)
    reply = await owner.presses("Before and after")
    assert not reply.replace, "the alert stays"
    lines = bare(Html(owner.html)).splitlines()
    assert [line for line in lines if "Слово" in line or "наша" in line] == [
        "Слово 2", "Слово 3", "Слово 4", "Білогорівка наша", "Слово 6", "Слово 7", "Слово 8",
    ]  # fmt: skip
    assert owner.html.count("https://t.me/luhanskaVTSA/") == 7
    assert owner.html.endswith("Times: Kyiv.")


async def test_around_the_newest_post_there_is_nothing_after_it(bot: Bot, owner: Chat) -> None:
    await alerted(bot, owner, post(5, "Білогорівка наша"))
    await owner.presses("Before and after")
    assert "Before: nothing that the archive has" in owner.html
    assert "After: nothing that the archive has" in owner.html


async def test_albums_around_a_post_are_one_entry_and_announcements_none(
    bot: Bot, owner: Chat
) -> None:
    album = [post(number, "", grouped_id=9, media="photo") for number in range(1, 6)]
    pinned = post(6, "", service="pin_message")
    await alerted(bot, owner, *album, pinned, post(7, "Білогорівка наша"))
    await owner.presses("Before and after")
    assert "Album: 5 photos" in owner.html
    assert owner.html.count("https://t.me/luhanskaVTSA/") == 2


async def test_a_press_shows_all_versions_with_their_differences(bot: Bot, owner: Chat) -> None:
    texts = ("Білогорівка наша", "Білогорівка не наша", "Білогорівка не наша, бої", "Тиша")
    edits = [post(1, text, pts=n, edited_at=NOW + n * HOUR) for n, text in enumerate(texts)]
    await alerted(bot, owner, replace(edits[0], edited_at=None), *edits[1:])
    await bot.writes(gone=[Deletion(HAIDAI.id, 1, Absence.NOTICE)])
    reply = await owner.presses("Versions")
    assert not reply.replace
    assert owner.html.startswith("<b>Сергій Гайдай</b>: 4 versions of this post\n\n")
    assert "<blockquote>Білогорівка наша</blockquote>" in owner.html
    assert "<blockquote>Білогорівка <u>не</u> наша</blockquote>" in owner.html
    assert "Version 3</a> · 19 Sep 2022, 20:06" in owner.html
    assert "Deleted, noticed on" in owner.html
    assert owner.labels == ["Next ›"]
    reply = await owner.presses("Next ›")
    assert reply.replace
    assert "Version 4" in owner.html and "Version 3" not in owner.html
    assert owner.labels == ["‹ Back"]


async def test_versions_of_an_album_are_those_of_its_parts_that_say_something(
    bot: Bot, owner: Chat
) -> None:
    parts = [post(n, "Білогорівка" * (n == 1), grouped_id=9, media="photo") for n in (1, 2, 3)]
    await alerted(bot, owner, *parts)
    await bot.writes(replace(parts[1], text="Знімок", pts=50, edited_at=NOW))
    await owner.presses("Versions")
    assert "3 versions of this post" in owner.html
    assert "<u>Знімок</u>" in owner.html


async def test_not_relevant_is_counted_once_and_taken_back(bot: Bot, owner: Chat) -> None:
    await alerted(bot, owner, post(1, "Білогорівка"), post(2, "Знову Білогорівка"))
    shown = owner.shown
    for toast, counted in (
        ("Not relevant: counted in /rules. Press again to undo.", "2 hits, 1 not relevant"),
        ("Undone: this hit is relevant.", "2 hits\n"),
    ):
        owner.shown = shown
        reply = await owner.presses("Not relevant")
        assert (reply.toast, reply.message) == (toast, None)
        assert f"1. <b>Білогорівка</b> · {counted}" in await owner.sees("/rules")


async def test_two_people_of_a_group_who_agree_do_not_cancel_each_other_out(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    first, second = (bot.chat(user, chat=GROUP) for user in (OWNER, READER))
    await first.watches("Білогорівка")
    await alerted(bot, first, post(1, "Білогорівка"))
    second.shown = first.shown
    for chat, toast, counted in (
        (first, "Not relevant: counted in /rules. Press again to undo.", "1 hit, 1 not relevant"),
        (second, "Somebody here said so before: it is counted in /rules.", "1 hit, 1 not relevant"),
        (second, "Somebody here said so before: it is counted in /rules.", "1 hit, 1 not relevant"),
        (first, "Undone: this hit is relevant.", "1 hit\n"),
        (second, "Not relevant: counted in /rules. Press again to undo.", "1 hit, 1 not relevant"),
    ):
        shown = chat.shown
        assert (await chat.presses("Not relevant")).toast == toast
        assert f"1. <b>Білогорівка</b> · {counted}" in await chat.sees("/rules")
        chat.shown = shown


async def test_a_rule_is_muted_until_it_is_woken(bot: Bot, owner: Chat) -> None:
    await alerted(bot, owner, post(1, "Білогорівка"))
    reply = await owner.presses("Until woken")
    assert reply.toast == "Muted until you wake it, by /rules: Білогорівка"
    bot.clock.forward(20 * 365 * 86_400)
    assert "Білогорівка</b> · 1 hit · muted until you wake it" in await owner.sees("/rules")
    await owner.says("/rules 1")
    await owner.presses("Unmute")
    assert "Until woken" in owner.labels
    assert "muted" not in await owner.sees("/rules")


@pytest.mark.parametrize(
    "data",
    ["around:1:999", "vers:1:999", "verspage:1:999:0", "notrel:1:999", "notrel:1:-5", "mute:1:1:7",
     "mute:1:1:-2", "around:1", "around:1:1:1", "vers:9:1", "notrel:99999999999:1", "mute:1:0:-1"],
)  # fmt: skip
async def test_made_up_data_is_answered_politely(bot: Bot, owner: Chat, data: str) -> None:
    await alerted(bot, owner, post(1, "Білогорівка"))
    reply = await owner.sends(data)
    assert (reply.toast, reply.message) == (GONE, None)


@pytest.mark.parametrize("page", [-1, 1, 10**9])
async def test_a_page_that_is_not_there_is_the_nearest_one(
    bot: Bot, owner: Chat, page: int
) -> None:
    await alerted(bot, owner, post(1, "Білогорівка"))
    [here] = [await subscribers.find(bot.archive.reader, OWNER, 0)]
    assert here
    kept = await bot.archive.reader.execute_fetchall("SELECT id FROM posts")
    [post_id] = [row["id"] for row in kept]
    await owner.sends(encode(Verb.VERSIONS_PAGE, here.id, post_id, page))
    assert "1 version of this post" in owner.html


async def test_a_button_of_one_chat_is_nothing_in_another(bot: Bot, owner: Chat) -> None:
    await alerted(bot, owner, post(1, "Білогорівка"))
    buttons = [button.data for button in owner.buttons if button.data]
    elsewhere = (bot.chat(chat=GROUP), await bot.lets_in(READER))
    for chat in elsewhere:
        for data in buttons:
            assert (await chat.sends(data)).toast == GONE
    assert "not relevant" not in await owner.sees("/rules")


async def test_what_a_rule_of_somebody_else_caught_is_not_ones_own_to_judge(
    bot: Bot, owner: Chat
) -> None:
    await alerted(bot, owner, post(1, "Білогорівка"))
    guest = await bot.lets_in(READER)
    here = await subscribers.find(bot.archive.reader, READER, 0)
    assert here
    [judging] = [button.data for button in owner.buttons if button.text == "Not relevant"]
    data = judging.replace("notrel:1:", f"notrel:{here.id}:")
    assert (await guest.sends(data)).toast == GONE


@pytest.mark.parametrize("text", ["<b>" * 1300, "e\u0301\u0300" * 1300, "😀 " * 1300, "а " * 2000])
async def test_the_longest_posts_and_edits_fit_into_a_message(
    bot: Bot, owner: Chat, text: str
) -> None:
    poll = {"media": "poll", "content": {"media": {"question": text}}}
    said = [post(number, text, **poll) for number in range(1, 9)]
    said[4] = replace(said[4], text="Білогорівка " + text)
    changed = [
        replace(said[4], text=f"{edit} {text[::-1]}", pts=100 + edit, edited_at=NOW + edit)
        for edit in range(1, 6)
    ]
    other = {"media": {"question": text[::-1]}}
    changed[2] = replace(changed[2], content=other)
    await alerted(bot, owner, *said, *changed)
    shown = owner.shown
    for label in ("Before and after", "Versions"):
        owner.shown = shown
        await owner.presses(label)
        assert units(bare(Html(owner.html))) <= 4096
        if "Next ›" in owner.labels:
            await owner.presses("Next ›")
            assert units(bare(Html(owner.html))) <= 4096
